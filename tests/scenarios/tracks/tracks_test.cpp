#include "scenarios/tracks/tracks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/scenarios/search/simulated_server.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::has_reason;
using test::SimulatedServer;

TrackOptions options_of(const std::string& workload, Nanoseconds at_most) {
  TrackOptions options;
  options.settings.workload = workload;
  options.settings.rung = "fixed";
  options.settings.seed = 11;
  options.at_most = at_most;
  return options;
}

/// Rungs of 1, 2, 4, 8 ms and so on with a service of 1 ms.
std::vector<FitRung> doubling_ladder(SimulatedServer& machine, int rungs) {
  machine.service = milliseconds(1);
  std::vector<FitRung> ladder;
  for (int i = 0; i < rungs; ++i) {
    const std::string name = "r" + std::to_string(i);
    ladder.push_back({name, Flops(std::uint64_t{1000} << static_cast<unsigned>(i)), Bytes(0)});
    machine.rung_scale[name] = std::ldexp(1.0, i);
  }
  return ladder;
}

SimulatedServer& batching(SimulatedServer& machine) {
  machine.service = milliseconds(2);
  machine.largest_batch = 16;
  machine.batch_cost = 0.1;  // 16 samples in 5 ms: 3200 a second, and 500 one by one.
  return machine;
}

TEST(CloudTrack, ShowsTheGapAndWhatTheBatcherCloses) {
  SimulatedServer machine;
  const TrackResult result =
      run_cloud_track(options_of("llm-decode", seconds(600)), batching(machine).context());
  EXPECT_EQ(result.track, Track::kCloud);
  EXPECT_FALSE(result.partial);
  ASSERT_TRUE(result.cloud.has_value());
  const CloudResult& cloud = *result.cloud;
  EXPECT_NEAR(cloud.service_ns, 2e6, 1.0);
  EXPECT_NEAR(cloud.offline_per_s.value, 3200.0, 1.0);
  EXPECT_EQ(cloud.offline_batch, 16U);
  ASSERT_EQ(cloud.points.size(), 4U);
  double before = 0.0;
  for (const CloudPoint& point : cloud.points) {
    EXPECT_GT(point.k, before);
    before = point.k;
    EXPECT_EQ(point.alone.bound, Nanoseconds(static_cast<std::int64_t>(point.k * 2e6)));
    EXPECT_EQ(point.alone.max_batch, 1U);
    EXPECT_EQ(point.batched.max_batch, 16U);
    EXPECT_DOUBLE_EQ(point.gap.value, 1.0 - point.alone.rate_qps / cloud.offline_per_s.value);
    // One by one no more than 500 of 3200 are to be had.
    EXPECT_GT(point.gap.value, 0.84);
    EXPECT_LE(point.gap.low, point.gap.value);
    EXPECT_GE(point.gap.high, point.gap.value);
    EXPECT_GT(point.closed.value, 0.2);
    EXPECT_LT(point.closed.value, 1.1);
  }
  EXPECT_GT(cloud.points[3].closed.value, cloud.points[0].closed.value);
  EXPECT_EQ(result.findings.size(), 5U);
  EXPECT_NE(result.findings[0].find("batches of 16"), std::string::npos);
}

TEST(CloudTrack, WithoutAnythingToGainFromBatchesTheGapIsTheQueues) {
  SimulatedServer machine;
  machine.service = milliseconds(2);
  const TrackResult result =
      run_cloud_track(options_of("llm-decode", seconds(600)), machine.context());
  ASSERT_TRUE(result.cloud.has_value());
  for (const CloudPoint& point : result.cloud->points) {
    EXPECT_GT(point.gap.value, 0.0);
    EXPECT_LT(point.gap.value, 0.5);
  }
}

TEST(CloudTrack, KeepsItsTime) {
  SimulatedServer machine;
  const TimePoint begin = machine.clock.now();
  static_cast<void>(
      run_cloud_track(options_of("llm-decode", seconds(240)), batching(machine).context()));
  EXPECT_LE(machine.clock.now() - begin, seconds(242));
}

TEST(CloudTrack, StoppedItKeepsWhatThereIs) {
  SimulatedServer machine;
  machine.interrupt_after = 10;
  const TrackResult result =
      run_cloud_track(options_of("llm-decode", seconds(240)), batching(machine).context());
  EXPECT_EQ(machine.runs, 10);
  EXPECT_TRUE(result.partial);
  EXPECT_EQ(result.verdict.validity, Validity::kInconclusive);
  ASSERT_TRUE(result.cloud.has_value());
  EXPECT_TRUE(result.cloud->points.empty());
  EXPECT_EQ(result.findings.size(), 1U);
}

TEST(CloudTrack, AWrongAnswerHasNoFigures) {
  SimulatedServer machine;
  machine.verified = false;
  const TrackResult result =
      run_cloud_track(options_of("llm-decode", seconds(240)), machine.context());
  EXPECT_FALSE(result.cloud.has_value());
  EXPECT_EQ(result.verdict.validity, Validity::kInvalid);
  EXPECT_TRUE(result.findings.empty());
}

TEST(EdgeTrack, FitsAndCountsWhatHolds) {
  SimulatedServer machine;
  machine.workers = 2;
  TrackOptions options = options_of("detector", seconds(90));
  options.ladder = doubling_ladder(machine, 6);
  const TrackResult result = run_edge_track(options, machine.context());
  EXPECT_EQ(result.rung, "r2") << "4 ms: the next takes 8";
  EXPECT_FALSE(result.fitted_by.empty());
  ASSERT_TRUE(result.edge.has_value());
  const EdgeResult& edge = *result.edge;
  EXPECT_EQ(edge.threads, 2);
  EXPECT_NEAR(edge.alone_p50_ns, 4e6, 1.0);
  EXPECT_EQ(edge.naive, 4);
  // Of constant service two rounds of two fit into 10 ms, and no more.
  EXPECT_EQ(edge.holds, 4);
  const auto eight = std::find_if(
      edge.trials.begin(), edge.trials.end(), [](const auto& trial) { return trial.cameras == 8; });
  ASSERT_NE(eight, edge.trials.end());
  EXPECT_EQ(eight->holds, Validity::kInvalid);
  EXPECT_GT(eight->missed, eight->frames / 2);
  EXPECT_TRUE(std::is_sorted(
      edge.trials.begin(), edge.trials.end(), [](const CameraTrial& a, const CameraTrial& b) {
        return a.cameras < b.cameras;
      }));
  EXPECT_EQ(result.verdict.validity, Validity::kValid);
  EXPECT_EQ(result.findings.size(), 2U);
}

TEST(EdgeTrack, TheMedianPromisesMoreThanTheTailHolds) {
  SimulatedServer machine;
  machine.service = microseconds(4500);
  machine.exponential = true;
  const TrackResult result = run_edge_track(options_of("detector", seconds(90)), machine.context());
  ASSERT_TRUE(result.edge.has_value());
  EXPECT_GT(result.edge->naive, 1);
  EXPECT_EQ(result.edge->holds, 0);
}

TEST(EdgeTrack, ManyThreadsAreFoundByHalving) {
  SimulatedServer machine;
  machine.workers = 16;
  machine.service = microseconds(4900);
  const TrackResult result =
      run_edge_track(options_of("detector", seconds(120)), machine.context());
  ASSERT_TRUE(result.edge.has_value());
  EXPECT_EQ(result.edge->naive, 32);
  EXPECT_EQ(result.edge->holds, 32);
  EXPECT_LE(result.edge->trials.size(), 10U);
}

// On the first camera all others depend: while it cannot be told, it gets the time.
TEST(EdgeTrack, TheFirstCameraIsTriedLongerUntilItIsTold) {
  SimulatedServer machine;
  machine.service = microseconds(2171);  // P99 of the service is the deadline.
  machine.exponential = true;
  const TrackResult result = run_edge_track(options_of("detector", seconds(62)), machine.context());
  ASSERT_TRUE(result.edge.has_value());
  ASSERT_EQ(result.edge->trials.size(), 2U);
  EXPECT_EQ(result.edge->trials.front().holds, Validity::kInconclusive);
  EXPECT_GE(result.edge->trials.front().frames, 2000U);
  EXPECT_GT(result.edge->trials.back().frames, 0U) << "eight are shown all the same";
}

TEST(EdgeTrack, StoppedItKeepsItsTrials) {
  SimulatedServer machine;
  machine.service = microseconds(4900);
  machine.interrupt_after = 3;
  const TrackResult result = run_edge_track(options_of("detector", seconds(90)), machine.context());
  EXPECT_TRUE(result.partial);
  ASSERT_TRUE(result.edge.has_value());
  EXPECT_EQ(result.edge->trials.size(), 1U);
  EXPECT_EQ(result.verdict.validity, Validity::kInconclusive);
}

TEST(MobileTrack, ConstantServiceMissesNothing) {
  SimulatedServer machine;
  machine.service = milliseconds(15);
  const TrackResult result =
      run_mobile_track(options_of("mobilenet", seconds(40)), machine.context());
  ASSERT_TRUE(result.mobile.has_value());
  const MobileResult& mobile = *result.mobile;
  EXPECT_NEAR(mobile.headroom_fraction, 0.1, 1e-6);
  EXPECT_EQ(mobile.frames, 1800U);
  EXPECT_EQ(mobile.missed, 0U);
  EXPECT_EQ(mobile.missed_by_tenth.size(), 10U);
  EXPECT_NEAR(static_cast<double>(mobile.burst.count()), 30e9, 0.1e9);
  EXPECT_EQ(result.verdict.validity, Validity::kValid);
}

TEST(MobileTrack, MissesAreCountedByTenth) {
  SimulatedServer machine;
  machine.service = milliseconds(10);
  machine.exponential = true;
  const TrackResult result =
      run_mobile_track(options_of("mobilenet", seconds(40)), machine.context());
  ASSERT_TRUE(result.mobile.has_value());
  const MobileResult& mobile = *result.mobile;
  EXPECT_GT(mobile.missed, 100U);
  EXPECT_EQ(std::accumulate(
                mobile.missed_by_tenth.begin(), mobile.missed_by_tenth.end(), std::uint64_t{0}),
            mobile.missed);
  EXPECT_NE(result.findings.back().find("first half"), std::string::npos);
}

TEST(MobileTrack, IsFittedToItsHeadroomAndShortenedByItsTime) {
  SimulatedServer machine;
  TrackOptions options = options_of("mobilenet", seconds(12));
  options.ladder = doubling_ladder(machine, 6);
  const TrackResult result = run_mobile_track(options, machine.context());
  EXPECT_EQ(result.rung, "r3") << "8 ms: the next takes 16";
  ASSERT_TRUE(result.mobile.has_value());
  EXPECT_LT(result.mobile->burst, seconds(12));
  EXPECT_GT(result.mobile->burst, seconds(6));
}

TEST(MobileTrack, ARungAboveTheTargetIsSaid) {
  SimulatedServer machine;
  machine.service = milliseconds(20);
  const TrackResult result =
      run_mobile_track(options_of("mobilenet", seconds(40)), machine.context());
  EXPECT_EQ(result.verdict.validity, Validity::kInconclusive);
  EXPECT_TRUE(has_reason(result.verdict, "no-headroom"));
}

TEST(MobileTrack, ABurstThatWasStoppedIsKept) {
  SimulatedServer machine;
  machine.service = milliseconds(15);
  machine.interrupt_after = 2;
  const TrackResult result =
      run_mobile_track(options_of("mobilenet", seconds(40)), machine.context());
  EXPECT_TRUE(result.partial);
  EXPECT_TRUE(result.mobile.has_value());
  EXPECT_EQ(result.verdict.validity, Validity::kInconclusive);
}

TEST(Tracks, HaveAWorkloadEach) {
  EXPECT_EQ(default_workload(Track::kCloud), "llm-decode");
  EXPECT_EQ(default_workload(Track::kEdge), "detector");
  EXPECT_EQ(default_workload(Track::kMobile), "mobilenet");
  SimulatedServer machine;
  machine.service = milliseconds(15);
  const TrackOptions options = options_of("mobilenet", seconds(40));
  EXPECT_TRUE(run_track(Track::kMobile, options, machine.context()).mobile.has_value());
}

}  // namespace
}  // namespace perfbench
