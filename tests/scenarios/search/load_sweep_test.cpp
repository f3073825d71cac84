#include "scenarios/search/load_sweep.hpp"

#include <gtest/gtest.h>

#include "harness/core/stats/queue_theory.hpp"
#include "tests/scenarios/search/simulated_server.hpp"

namespace perfbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::SimulatedServer;

LoadSweepOptions sweep_options() {
  LoadSweepOptions options;
  options.settings = test::server_settings(milliseconds(1));
  options.settings.bound.reset();
  options.at_most = seconds(60);
  return options;
}

TEST(LoadSweep, FollowsTheQueueUpToSaturation) {
  SimulatedServer machine;
  const LoadSweep sweep = sweep_load(sweep_options(), machine.context());
  EXPECT_NEAR(sweep.saturation_qps, 10'000.0, 1.0);
  EXPECT_NEAR(sweep.service_mean_ns, 100'000.0, 1.0);
  ASSERT_GE(sweep.points.size(), 5U);
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    const ServerProbe& point = sweep.points[i];
    if (i > 0) {
      EXPECT_GT(point.target_qps, sweep.points[i - 1].target_qps);
      EXPECT_GE(point.mean_ns, sweep.points[i - 1].mean_ns);
    }
    if (point.target_qps > 0.85 * sweep.saturation_qps) continue;
    const double truth = mg1_mean_sojourn_ns({point.target_qps, 100'000.0, 1}, 0.0);
    EXPECT_NEAR(point.mean_ns, truth, 0.08 * truth) << point.target_qps;
    EXPECT_EQ(point.validity, Validity::kValid);
  }
}

TEST(LoadSweep, TheLastPointIsOverloaded) {
  SimulatedServer machine;
  const LoadSweep sweep = sweep_load(sweep_options(), machine.context());
  ASSERT_FALSE(sweep.points.empty());
  const ServerProbe& last = sweep.points.back();
  EXPECT_GT(last.target_qps, sweep.saturation_qps);
  EXPECT_EQ(last.validity, Validity::kInvalid);
  EXPECT_LT(last.achieved_qps, 0.95 * last.target_qps);
}

TEST(LoadSweep, KeepsItsTime) {
  SimulatedServer machine;
  const TimePoint begin = machine.clock.now();
  static_cast<void>(sweep_load(sweep_options(), machine.context()));
  EXPECT_LE(machine.clock.now() - begin, seconds(61));
}

TEST(LoadSweep, StoppedItKeepsItsPoints) {
  SimulatedServer machine;
  machine.interrupt_after = 5;
  const LoadSweep sweep = sweep_load(sweep_options(), machine.context());
  EXPECT_EQ(machine.runs, 5);
  EXPECT_FALSE(sweep.points.empty());
  EXPECT_LT(sweep.points.size(), 5U);
}

TEST(LoadSweep, AWrongAnswerHasNoPoints) {
  SimulatedServer machine;
  machine.verified = false;
  EXPECT_TRUE(sweep_load(sweep_options(), machine.context()).points.empty());
}

}  // namespace
}  // namespace perfbench
