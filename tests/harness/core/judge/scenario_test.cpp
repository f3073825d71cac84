#include "harness/core/judge/scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "tests/harness/core/judge/reasons.hpp"

namespace perfbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// 1 ms and from 0 to n - 1 ns more, in no order.
std::vector<Nanoseconds> latencies(std::size_t n) {
  std::vector<Nanoseconds> values;
  for (std::size_t i = 0; i < n; ++i) values.emplace_back(1'000'000 + static_cast<std::int64_t>(i));
  Random random(1);
  for (std::size_t i = n; i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
  return values;
}

ScenarioResult good(std::size_t queries = 1000) {
  ScenarioResult r;
  r.scenario = Scenario::kSingleStream;
  r.workload = "gemm";
  r.queries = queries;
  r.samples = queries;
  r.duration = seconds(2);
  r.min_duration = seconds(1);
  r.latencies = latencies(queries);
  r.latency = summarize_latencies(r.latencies);
  r.verified = true;
  r.disturbance = quiet_machine();
  return r;
}

ScenarioResult good_server(std::size_t queries = 1000) {
  ScenarioResult r = good(queries);
  r.scenario = Scenario::kServer;
  r.closed_loop = false;
  r.slip.p99 = Nanoseconds(900);
  return r;
}

TEST(JudgeScenario, AGoodClosedLoopIsValidAndSaysWhatItIs) {
  const Verdict verdict = judge_scenario(good());
  EXPECT_EQ(verdict.validity, Validity::kValid);
  EXPECT_EQ(ids(verdict.reasons), std::vector<std::string>{"closed-loop"});
}

TEST(JudgeScenario, AWrongAnswerIsInvalid) {
  ScenarioResult r = good();
  r.verified = false;
  const Verdict verdict = judge_scenario(r);
  EXPECT_EQ(verdict.validity, Validity::kInvalid);
  EXPECT_NE(find_reason(verdict.reasons, "not-verified"), nullptr);
}

TEST(JudgeScenario, ADroppedQueryIsInvalid) {
  ScenarioResult r = good();
  r.dropped = 1;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInvalid);
  EXPECT_NE(find_reason(judge_scenario(r).reasons, "dropped"), nullptr);
}

TEST(JudgeScenario, TheMinimumDurationIsARule) {
  ScenarioResult r = good();
  r.duration = r.min_duration;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  r.duration = r.min_duration - Nanoseconds(1);
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInvalid);
  EXPECT_NE(find_reason(judge_scenario(r).reasons, "min-duration"), nullptr);
}

TEST(JudgeScenario, APartialRunIsInconclusiveNotShort) {
  ScenarioResult r = good();
  r.partial = true;
  r.duration = milliseconds(10);
  const Verdict verdict = judge_scenario(r);
  EXPECT_EQ(verdict.validity, Validity::kInconclusive);
  EXPECT_NE(find_reason(verdict.reasons, "partial"), nullptr);
  EXPECT_EQ(find_reason(verdict.reasons, "min-duration"), nullptr);
  r.verified = false;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInvalid) << "the worst reason decides";
}

TEST(JudgeScenario, TooFewQueriesForP99SayHowManyWouldDo) {
  EXPECT_EQ(judge_scenario(good(368)).validity, Validity::kValid);
  const Verdict verdict = judge_scenario(good(200));
  EXPECT_EQ(verdict.validity, Validity::kInconclusive);
  const Reason* reason = find_reason(verdict.reasons, "too-few-queries");
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(reason->text,
            "P99 is refused: 200 queries; 368 queries would do, about 3.7 s at this rate");
  EXPECT_FALSE(reason->remedy.empty());
}

TEST(JudgeScenario, MoreQueriesOfAnOverloadedServerAreNoAdvice) {
  ScenarioResult r = good_server(200);
  EXPECT_NE(find_reason(judge_scenario(r).reasons, "too-few-queries"), nullptr);
  r.undrained = 7;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInvalid);
  EXPECT_NE(find_reason(judge_scenario(r).reasons, "overload"), nullptr);
  EXPECT_EQ(find_reason(judge_scenario(r).reasons, "too-few-queries"), nullptr);
}

TEST(JudgeScenario, DependentQueriesAreTooFewAsWell) {
  ScenarioResult r = good(10'000);
  std::sort(r.latencies.begin(), r.latencies.end());
  r.latency = summarize_latencies(r.latencies);
  const Verdict verdict = judge_scenario(r);
  EXPECT_EQ(verdict.validity, Validity::kInconclusive);
  EXPECT_NE(verdict.reasons[0].text.find("depend on each other"), std::string::npos)
      << verdict.reasons[0].text;
}

TEST(JudgeScenario, OfflineIsOneQueryAndNeedsNoP99) {
  ScenarioResult r = good(1);
  r.scenario = Scenario::kOffline;
  r.samples = 100;
  const Verdict verdict = judge_scenario(r);
  EXPECT_EQ(verdict.validity, Validity::kValid);
  EXPECT_TRUE(verdict.reasons.empty());
}

TEST(JudgeScenario, NoQueriesOrNoP99AreInconclusive) {
  ScenarioResult none = good(0);
  EXPECT_EQ(judge_scenario(none).validity, Validity::kInconclusive);
  EXPECT_NE(find_reason(judge_scenario(none).reasons, "no-queries"), nullptr);
  ScenarioResult without = good();
  without.latency.percentiles.clear();
  EXPECT_EQ(judge_scenario(without).validity, Validity::kInconclusive);
  EXPECT_NE(find_reason(judge_scenario(without).reasons, "no-p99"), nullptr);
}

TEST(JudgeScenario, AnOpenLoopMayNotBeLate) {
  ScenarioResult r = good_server();
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  EXPECT_TRUE(judge_scenario(r).reasons.empty());
  // The median is 1.0005 ms: 1 % of it is 10.005 us.
  r.slip.p99 = Nanoseconds(10'000);
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  // More is told as part of the tail, up to a twentieth of it.
  r.slip.p99 = Nanoseconds(10'100);
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  EXPECT_NE(find_reason(judge_scenario(r).reasons, "late-issues"), nullptr);
  const double tail_ns =
      kSlipOverTailLatency *
      static_cast<double>(told_percentile(r.latency, 990'000).value_or(Nanoseconds(0)).count());
  r.slip.p99 = Nanoseconds(static_cast<std::int64_t>(tail_ns) + 1);
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInvalid);
  EXPECT_NE(find_reason(judge_scenario(r).reasons, "schedule-slip"), nullptr);
  r.closed_loop = true;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid) << "a closed loop has no schedule";
}

TEST(JudgeScenario, ASlipBelowAMicrosecondNeverMatters) {
  ScenarioResult r = good_server();
  r.latency = summarize_latencies(std::vector<Nanoseconds>(1000, Nanoseconds(500)));
  r.slip.p99 = kSlipAlwaysGood;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  r.slip.p99 = kSlipAlwaysGood + Nanoseconds(1);
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInvalid);
}

TEST(JudgeScenario, ADisturbedHostIsAReasonAndNoVerdict) {
  ScenarioResult r = good_server();
  r.disturbance.foreign_cpu_cores = Reading<double>::of(0.4, "/proc/stat");
  r.disturbance.share = Reading<double>::of(0.6, "clock");
  const Verdict verdict = judge_scenario(r);
  EXPECT_EQ(verdict.validity, Validity::kValid);
  ASSERT_EQ(ids(verdict.reasons), std::vector<std::string>{"disturbed"});
  EXPECT_NE(verdict.reasons[0].text.find("40.00 %"), std::string::npos) << verdict.reasons[0].text;
  EXPECT_NE(verdict.reasons[0].text.find("60.00 %"), std::string::npos);
  EXPECT_FALSE(verdict.reasons[0].remedy.empty());
}

TEST(JudgeScenario, ARateAboveItsRoofIsLeftOpen) {
  ScenarioResult r = good_server();
  r.roof = "compute-fp32-1t";
  r.roof_fraction = 1.01;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  r.roof_fraction = 1.05;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInconclusive);
  EXPECT_NE(find_reason(judge_scenario(r).reasons, "above-roof"), nullptr);
}

TEST(JudgeScenario, TheBandwidthBesideItIsHeldAsWell) {
  ScenarioResult r = good_server();
  r.bandwidth_roof = "bandwidth-dram-read-avx2-1c";
  r.bandwidth_fraction = 0.9;
  EXPECT_TRUE(judge_scenario(r).reasons.empty());
  r.bandwidth_fraction = 1.05;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInconclusive);
}

TEST(JudgeScenario, AWrongAnswerWhileItRanIsInvalid) {
  ScenarioResult r = good();
  r.answers = {100, 0};
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  r.answers.wrong = 1;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInvalid);
  EXPECT_NE(find_reason(judge_scenario(r).reasons, "wrong-answers"), nullptr);
}

TEST(JudgeScenario, AWorkloadThatThrewIsInvalidInItsOwnWords) {
  ScenarioResult r = good();
  r.duration = milliseconds(3);
  r.failure = "layer 3 had no weights";
  const Verdict verdict = judge_scenario(r);
  EXPECT_EQ(verdict.validity, Validity::kInvalid);
  const Reason* reason = find_reason(verdict.reasons, "workload-failed");
  ASSERT_NE(reason, nullptr);
  EXPECT_NE(reason->text.find("layer 3 had no weights"), std::string::npos);
  EXPECT_EQ(find_reason(verdict.reasons, "min-duration"), nullptr) << "one reason is enough";
}

TEST(JudgeScenario, AnInvalidFreshRunLeavesItOpen) {
  ScenarioResult r = good();
  RunRecord run;
  run.queries = 1000;
  run.validity = Validity::kValid;
  r.runs = {run, run, run};
  EXPECT_EQ(judge_scenario(r).validity, Validity::kValid);
  r.runs[2].validity = Validity::kInvalid;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInconclusive);
  EXPECT_EQ(find_reason(judge_scenario(r).reasons, "runs-invalid")->text,
            "1 of 3 fresh runs were INVALID");
  EXPECT_EQ(find_reason(judge_scenario(r).reasons, "runs-missing"), nullptr);
  r.runs[2].queries = 0;
  EXPECT_EQ(judge_scenario(r).validity, Validity::kInconclusive);
  EXPECT_NE(find_reason(judge_scenario(r).reasons, "runs-missing"), nullptr);
  EXPECT_EQ(find_reason(judge_scenario(r).reasons, "runs-invalid"), nullptr);
}

TEST(AchievedFraction, IsWorkOverTheRoof) {
  ScenarioResult r = good();
  r.flops_per_sample = Flops(2'000'000);
  r.bytes_per_sample = Bytes(500);
  r.rate = SamplesPerSecond::per_second(1'000.0);
  EXPECT_DOUBLE_EQ(*achieved_fraction(r, RoofKind::kCompute, 8e9), 0.25);
  EXPECT_DOUBLE_EQ(*achieved_fraction(r, RoofKind::kBandwidth, 1e6), 0.5);
  EXPECT_FALSE(achieved_fraction(r, RoofKind::kLatency, 1e6));
  EXPECT_FALSE(achieved_fraction(r, RoofKind::kCompute, 0.0));
  r.flops_per_sample = Flops(0);
  EXPECT_FALSE(achieved_fraction(r, RoofKind::kCompute, 8e9));
}

TEST(JudgeScenario, IsAPureFunctionOfWhatIsStored) {
  const ScenarioResult r = good(200);
  EXPECT_EQ(judge_scenario(r), judge_scenario(r));
}

}  // namespace
}  // namespace perfbench
