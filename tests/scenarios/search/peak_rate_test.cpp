#include "scenarios/search/peak_rate.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/stats/queue_theory.hpp"
#include "tests/scenarios/search/simulated_server.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::has_reason;
using test::server_settings;
using test::SimulatedServer;

PeakRateOptions within(Nanoseconds bound, std::uint64_t seed = 7) {
  PeakRateOptions options;
  options.settings = server_settings(bound, seed);
  options.at_most = seconds(60);
  return options;
}

std::string words(const Verdict& verdict) {
  std::string text;
  for (const Reason& reason : verdict.reasons) text += reason.id + ": " + reason.text + "\n";
  return text;
}

double theory(const SimulatedServer& machine, Nanoseconds bound) {
  return highest_rate_per_s({machine.exponential ? QueueModel::kMMc : QueueModel::kMD1,
                             static_cast<double>(machine.service.count()),
                             machine.workers,
                             990'000,
                             bound});
}

TEST(PeakRate, OfConstantServiceIsThatOfMD1) {
  SimulatedServer machine;
  const Nanoseconds bound = 10 * machine.service;
  const double truth = theory(machine, bound);
  const PeakRate peak = find_peak_rate(within(bound), machine.context());
  ASSERT_TRUE(peak.found);
  EXPECT_EQ(peak.verdict.validity, Validity::kValid) << words(peak.verdict);
  EXPECT_NEAR(peak.rate_qps, truth, 0.05 * truth);
  EXPECT_LE(peak.low_qps, peak.rate_qps);
  EXPECT_GE(peak.high_qps, peak.rate_qps);
  EXPECT_LT(peak.low_qps, peak.high_qps);
  EXPECT_GE(peak.replicates_qps.size(), 3U);
  EXPECT_NEAR(peak.service_mean_ns, 100'000.0, 1.0);
  EXPECT_NEAR(peak.service_cv2, 0.0, 1e-9);
  ASSERT_EQ(peak.predictions.size(), 2U);
  EXPECT_EQ(peak.predictions[0].model, "M/M/1");
  EXPECT_EQ(peak.predictions[1].model, "M/D/1");
  EXPECT_NEAR(peak.predictions[1].rate_qps, truth, 1e-6 * truth);
}

TEST(PeakRate, OfExponentialServiceIsThatOfMM1) {
  SimulatedServer machine;
  machine.exponential = true;
  const Nanoseconds bound = 20 * machine.service;
  const double truth = theory(machine, bound);
  const PeakRate peak = find_peak_rate(within(bound), machine.context());
  ASSERT_TRUE(peak.found);
  EXPECT_NEAR(peak.rate_qps, truth, 0.06 * truth);
  EXPECT_NEAR(peak.service_cv2, 1.0, 0.1);
}

TEST(PeakRate, IntervalsCoverTheTruthOverSeeds) {
  constexpr int kTrials = 12;
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= kTrials; ++seed) {
    SimulatedServer machine;
    const Nanoseconds bound = 10 * machine.service;
    const double truth = theory(machine, bound);
    const PeakRate peak = find_peak_rate(within(bound, seed), machine.context());
    if (peak.low_qps <= truth && truth <= peak.high_qps) ++covered;
  }
  // 95 % of them, and a run of bad luck.
  EXPECT_GE(covered, 9);
}

TEST(PeakRate, SeveralWorkersAreFoundAndPredicted) {
  SimulatedServer machine;
  machine.workers = 4;
  machine.exponential = true;
  const Nanoseconds bound = 10 * machine.service;
  const double truth = theory(machine, bound);
  const PeakRate peak = find_peak_rate(within(bound), machine.context());
  ASSERT_TRUE(peak.found);
  EXPECT_EQ(peak.worker_threads, 4);
  EXPECT_NEAR(peak.rate_qps, truth, 0.06 * truth);
  ASSERT_EQ(peak.predictions.size(), 1U);
  EXPECT_EQ(peak.predictions[0].model, "M/M/4");
}

TEST(PeakRate, IsSearchedFromBothDirections) {
  SimulatedServer machine;
  const PeakRate peak = find_peak_rate(within(10 * machine.service), machine.context());
  const auto ascending = std::count_if(peak.probes.begin(),
                                       peak.probes.end(),
                                       [](const ServerProbe& probe) { return probe.ascending; });
  EXPECT_GT(ascending, 0);
  EXPECT_LT(ascending, static_cast<std::ptrdiff_t>(peak.probes.size()));
}

TEST(PeakRate, ASlowerMachineHasALowerOne) {
  SimulatedServer fast;
  SimulatedServer slow;
  slow.service = 2 * fast.service;
  const Nanoseconds bound = 10 * fast.service;
  const double fast_qps = find_peak_rate(within(bound), fast.context()).rate_qps;
  const double slow_qps = find_peak_rate(within(bound), slow.context()).rate_qps;
  EXPECT_LT(slow_qps, 0.5 * fast_qps);
}

TEST(PeakRate, ABoundBelowTheServiceIsHeldByNoRate) {
  SimulatedServer machine;
  const PeakRate peak = find_peak_rate(within(machine.service / 2), machine.context());
  EXPECT_FALSE(peak.found);
  EXPECT_EQ(peak.rate_qps, 0.0);
  EXPECT_TRUE(peak.replicates_qps.empty());
  EXPECT_FALSE(peak.probes.empty());
  EXPECT_TRUE(has_reason(peak.verdict, "not-held"));
  EXPECT_EQ(peak.verdict.validity, Validity::kValid);
}

TEST(PeakRate, WhatKeepsALongBoundFromBeingHeldIsNotTheWorkload) {
  SimulatedServer machine;
  machine.disturbed_from = 2;
  machine.disturbed_to = 1000;
  machine.disturbance = milliseconds(2);
  const PeakRate peak = find_peak_rate(within(10 * machine.service), machine.context());
  EXPECT_FALSE(peak.found);
  EXPECT_EQ(peak.verdict.validity, Validity::kInconclusive);
  EXPECT_TRUE(has_reason(peak.verdict, "not-held"));
}

// A queue that has no steady state is no peak, however long the bound: it is overloaded.
TEST(PeakRate, AnEndlessBoundIsHeldUpToTheSaturation) {
  SimulatedServer machine;
  const PeakRate peak = find_peak_rate(within(seconds(1000)), machine.context());
  ASSERT_TRUE(peak.found);
  const double saturation = 1e9 / static_cast<double>(machine.service.count());
  EXPECT_GT(peak.rate_qps, 0.9 * saturation);
  EXPECT_LT(peak.rate_qps, 1.15 * saturation);
}

TEST(PeakRate, KeepsItsTime) {
  SimulatedServer machine;
  machine.overhead = milliseconds(300);
  const TimePoint begin = machine.clock.now();
  const PeakRate peak = find_peak_rate(within(10 * machine.service), machine.context());
  const Nanoseconds took = machine.clock.now() - begin;
  EXPECT_TRUE(peak.found);
  EXPECT_LE(took, seconds(60) + milliseconds(500));
  EXPECT_GT(took, seconds(15));
}

// A queue that begins empty holds for a while what it would miss: theory says 0.885 of saturation.
TEST(PeakRate, ProbesThatEndBeforeTheQueueSettlesAreNoAnswer) {
  SimulatedServer machine;
  machine.service = milliseconds(5);
  const Nanoseconds bound = 20 * machine.service;
  PeakRateOptions options = within(bound);
  options.at_most = seconds(40);
  const PeakRate hurried = find_peak_rate(options, machine.context());
  ASSERT_TRUE(hurried.found);
  EXPECT_GT(hurried.rate_qps, 1.05 * theory(machine, bound));
  EXPECT_EQ(hurried.verdict.validity, Validity::kInconclusive);
  EXPECT_TRUE(has_reason(hurried.verdict, "short-probes")) << words(hurried.verdict);
  options.at_most = seconds(900);
  const PeakRate settled = find_peak_rate(options, machine.context());
  EXPECT_NEAR(settled.rate_qps, theory(machine, bound), 0.04 * theory(machine, bound));
  EXPECT_FALSE(has_reason(settled.verdict, "short-probes")) << words(settled.verdict);
}

// The first run loads what the others find loaded: it says nothing of what they take.
TEST(PeakRate, LoadingOnceShortensNoProbe) {
  const auto shortest_s = [](Nanoseconds loading, Nanoseconds at_most) {
    SimulatedServer machine;
    machine.overhead = milliseconds(10);
    machine.loading = loading;
    PeakRateOptions options = within(10 * machine.service);
    options.at_most = at_most;
    const PeakRate peak = find_peak_rate(options, machine.context());
    double least_s = 1e9;
    for (std::size_t i = 1; i < peak.probes.size(); ++i) {
      const ServerProbe& probe = peak.probes[i];
      least_s = std::min(least_s, static_cast<double>(probe.queries) / probe.target_qps);
    }
    return least_s;
  };
  const double at_once = shortest_s(Nanoseconds(0), seconds(120));
  EXPECT_GT(at_once, 0.3);
  EXPECT_GT(shortest_s(seconds(2), seconds(122)), 0.8 * at_once);
}

TEST(PeakRate, WithoutTimeIsInconclusive) {
  SimulatedServer machine;
  PeakRateOptions options = within(10 * machine.service);
  options.at_most = milliseconds(900);
  const PeakRate peak = find_peak_rate(options, machine.context());
  EXPECT_EQ(peak.verdict.validity, Validity::kInconclusive);
}

TEST(PeakRate, StoppedItKeepsWhatThereIs) {
  SimulatedServer machine;
  machine.interrupt_after = 6;
  const PeakRate peak = find_peak_rate(within(10 * machine.service), machine.context());
  EXPECT_EQ(machine.runs, 6);
  EXPECT_EQ(peak.verdict.validity, Validity::kInconclusive);
  EXPECT_TRUE(has_reason(peak.verdict, "partial"));
  EXPECT_FALSE(peak.probes.empty());
}

TEST(PeakRate, AWrongAnswerHasNoRate) {
  SimulatedServer machine;
  machine.verified = false;
  const PeakRate peak = find_peak_rate(within(10 * machine.service), machine.context());
  EXPECT_FALSE(peak.found);
  EXPECT_EQ(peak.verdict.validity, Validity::kInvalid);
  EXPECT_EQ(machine.runs, 1);
}

// Whatever a neighbour does for some seconds, the replicates before and after it stand.
TEST(PeakRate, AReplicateThatIsDisturbedDoesNotEndTheSearch) {
  SimulatedServer machine;
  machine.disturbed_from = 22;
  machine.disturbed_to = 40;
  machine.disturbance = milliseconds(2);
  const Nanoseconds bound = 10 * machine.service;
  const PeakRate peak = find_peak_rate(within(bound), machine.context());
  ASSERT_TRUE(peak.found);
  EXPECT_GE(peak.replicates_qps.size(), 2U);
  EXPECT_TRUE(has_reason(peak.verdict, "replicates-lost")) << words(peak.verdict);
}

TEST(PeakRate, ALateGeneratorIsNoAnswer) {
  SimulatedServer machine;
  const Nanoseconds bound = 10 * machine.service;
  machine.slip = bound / 200;
  EXPECT_EQ(find_peak_rate(within(bound), machine.context()).verdict.validity, Validity::kValid);
  machine.slip = bound / 20;
  const PeakRate peak = find_peak_rate(within(bound), machine.context());
  EXPECT_EQ(peak.verdict.validity, Validity::kInconclusive);
  EXPECT_TRUE(has_reason(peak.verdict, "schedule-slip"));
}

TEST(PeakRate, BatchesThatCostLittleRaiseIt) {
  SimulatedServer machine;
  machine.largest_batch = 16;
  machine.batch_cost = 0.1;
  const Nanoseconds bound = 10 * machine.service;
  const PeakRate alone = find_peak_rate(within(bound), machine.context());
  PeakRateOptions options = within(bound);
  options.settings.batcher.max_batch = 16;
  const PeakRate batched = find_peak_rate(options, machine.context());
  ASSERT_TRUE(alone.found);
  ASSERT_TRUE(batched.found);
  EXPECT_EQ(batched.max_batch, 16U);
  EXPECT_GT(batched.rate_qps, 2.0 * alone.rate_qps);
}

TEST(PeakRate, SameSeedSameAnswer) {
  SimulatedServer first;
  SimulatedServer second;
  const PeakRate a = find_peak_rate(within(milliseconds(1)), first.context());
  const PeakRate b = find_peak_rate(within(milliseconds(1)), second.context());
  EXPECT_EQ(a.replicates_qps, b.replicates_qps);
}

}  // namespace
}  // namespace perfbench
