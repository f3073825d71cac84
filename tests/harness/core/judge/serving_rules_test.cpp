#include "harness/core/judge/serving_rules.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/judge/latency_bound.hpp"
#include "harness/core/judge/scenario.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "tests/harness/core/judge/reasons.hpp"

namespace perfbench {
namespace {

using std::chrono::seconds;

/// A Server run of 5,000 queries at 1,000 a second, `slow` of them 5 ms, the others 1 ms.
ScenarioResult server(std::size_t slow = 0) {
  ScenarioResult r;
  r.scenario = Scenario::kServer;
  r.closed_loop = false;
  r.queries = 5'000;
  r.samples = r.queries;
  r.duration = seconds(5);
  r.min_duration = seconds(5);
  for (std::size_t i = 0; i < r.queries; ++i) {
    r.latencies.emplace_back(1'000'000 + static_cast<std::int64_t>((i * 7919) % r.queries));
  }
  // Spread without a pattern that batches would see.
  for (std::size_t i = 0; i < slow; ++i)
    r.latencies[(i * 3571) % r.queries] = Nanoseconds(5'000'000);
  r.latency = summarize_latencies(r.latencies);
  r.rate = Samples(r.samples) / r.duration;
  r.arrivals.kind = Arrivals::kPoisson;
  r.arrivals.target_qps = 1'000.0;
  r.arrivals.offered_qps = 1'000.0;
  r.worker_utilisation = 0.5;
  r.slip.p99 = Nanoseconds(900);
  r.verified = true;
  r.disturbance = quiet_machine();
  return r;
}

ScenarioResult bounded(std::size_t slow) {
  ScenarioResult r = server(slow);
  r.bound = judge_latency_bound(r.latencies, {990'000, Nanoseconds(2'000'000)}, 0);
  return r;
}

std::string text_of(const Verdict& verdict, const char* id) {
  const Reason* reason = find_reason(verdict.reasons, id);
  return reason == nullptr ? "" : reason->text;
}

TEST(ServingRules, WithoutABoundTheFiguresAreJudged) {
  const Verdict verdict = judge_scenario(server(200));
  EXPECT_EQ(verdict.validity, Validity::kValid);
  EXPECT_TRUE(verdict.reasons.empty());
}

TEST(ServingRules, ABoundThatHoldsIsValidAndSaysBy) {
  const Verdict verdict = judge_scenario(bounded(5));
  EXPECT_EQ(verdict.validity, Validity::kValid);
  EXPECT_EQ(ids(verdict.reasons), std::vector<std::string>{"bound-holds"});
  EXPECT_NE(text_of(verdict, "bound-holds").find("P99 holds its bound of 2 ms: 0.1 %"),
            std::string::npos)
      << text_of(verdict, "bound-holds");
}

TEST(ServingRules, ABoundThatIsMissedIsInvalid) {
  const Verdict verdict = judge_scenario(bounded(200));
  EXPECT_EQ(verdict.validity, Validity::kInvalid);
  const Reason* reason = find_reason(verdict.reasons, "bound-missed");
  ASSERT_NE(reason, nullptr);
  EXPECT_NE(reason->text.find("4 % of the queries took longer (200), allowed is 1 %"),
            std::string::npos)
      << reason->text;
  EXPECT_FALSE(reason->remedy.empty());
}

TEST(ServingRules, ABoundThatCannotBeToldIsOpenAndSaysHowManyWouldDo) {
  const Verdict verdict = judge_scenario(bounded(40));
  EXPECT_EQ(verdict.validity, Validity::kInconclusive);
  const std::string text = text_of(verdict, "bound-open");
  EXPECT_NE(text.find("queries would do, about"), std::string::npos) << text;
  EXPECT_NE(text_of(judge_scenario(bounded(50)), "bound-open").find("no run of sensible length"),
            std::string::npos);
}

TEST(ServingRules, TheRecordAloneDecides) {
  ScenarioResult r = bounded(5);
  r.latencies.clear();
  EXPECT_EQ(judge_scenario(r), judge_scenario(bounded(5))) << "check has the record, not the run";
  r.bound->over_high = 0.02;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInconclusive);
}

TEST(ServingRules, ABoundedRunIsNotRefusedForItsP99) {
  ScenarioResult r = bounded(5);
  for (PercentileFigure& figure : r.latency.percentiles) figure.needs_queries = 1'000'000;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  r.bound.reset();
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInconclusive);
}

TEST(ServingRules, OverloadIsInvalid) {
  ScenarioResult r = server();
  r.worker_utilisation = 0.99;
  r.rate = SamplesPerSecond::per_second(940.0);
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInvalid);
  EXPECT_NE(text_of(judge_scenario(r), "overload").find("1000 came a second and 940"),
            std::string::npos)
      << text_of(judge_scenario(r), "overload");
  r.rate = SamplesPerSecond::per_second(960.0);
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  EXPECT_EQ(ids(judge_scenario(r).reasons), std::vector<std::string>{"near-saturation"});
  r.rate = SamplesPerSecond::per_second(500.0);
  r.worker_utilisation = 0.4;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid)
      << "idle workers are not overloaded: the last query of a short run took long";
}

TEST(ServingRules, SamplesOfAQueryAreCountedTogether) {
  ScenarioResult r = server();
  r.worker_utilisation = 0.99;
  r.samples_per_query = 8;
  r.rate = SamplesPerSecond::per_second(7'900.0);
  EXPECT_EQ(find_reason(judge_scenario(r).reasons, "overload"), nullptr);
}

TEST(ServingRules, WhatWasRefusedOrLeftInTheQueueIsOverload) {
  ScenarioResult r = server();
  r.refused = 1;
  EXPECT_NE(text_of(judge_scenario(r), "overload").find("1 found the queue full"),
            std::string::npos);
  r = server();
  r.undrained = 7;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInvalid);
  EXPECT_NE(text_of(judge_scenario(r), "overload").find("7 were left in the queue"),
            std::string::npos);
  r.partial = true;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInconclusive)
      << "an interrupt leaves some in the queue";
  r = server();
  r.duration = seconds(1);
  r.ended_early = "The queue was full.";
  EXPECT_EQ(ids(judge_scenario(r).reasons), std::vector<std::string>{"overload"});
}

TEST(ServingRules, AClosedLoopCannotBeOverloaded) {
  ScenarioResult r = server();
  r.closed_loop = true;
  r.worker_utilisation = 0.999;
  r.arrivals = {};
  EXPECT_EQ(ids(judge_scenario(r).reasons), std::vector<std::string>{"closed-loop"});
}

TEST(ServingRules, MissedFramesAreAResult) {
  ScenarioResult r = server();
  r.frames = FrameRecord{Nanoseconds(16'666'667), Nanoseconds(16'666'667), 0, {}, {}};
  EXPECT_TRUE(judge_scenario(r).reasons.empty());
  r.frames->missed = 12;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  EXPECT_EQ(text_of(judge_scenario(r), "frames-missed"),
            "12 of 5000 frames came later than 16.7 ms");
}

}  // namespace
}  // namespace perfbench
