#include "harness/core/stats/window_summary.hpp"

#include <gtest/gtest.h>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

WindowSeries series(std::uint64_t work, std::vector<std::int64_t> ns) {
  WindowSeries result;
  result.work_per_window = work;
  for (const std::int64_t window : ns) result.windows.emplace_back(window);
  return result;
}

TEST(WindowSummary, OfRates) {
  // 1000 flop in 10, 20, 25, 40 and 1000 ns: 100, 50, 40, 25 and 1 flop/ns.
  const WindowSummary summary =
      summarize_windows(series(1000, {20, 1000, 10, 40, 25}), RoofKind::kCompute);
  EXPECT_DOUBLE_EQ(summary.best, 100e9);
  EXPECT_DOUBLE_EQ(summary.p90, 100e9);
  EXPECT_DOUBLE_EQ(summary.median, 40e9);
  EXPECT_DOUBLE_EQ(summary.relative_mad, 15.0 / 40.0);
}

TEST(WindowSummary, OfLatenciesTakesTheSmallestAsBest) {
  const WindowSummary summary = summarize_windows(
      series(10, {100, 110, 120, 130, 140, 150, 160, 170, 180, 1000}), RoofKind::kLatency);
  EXPECT_DOUBLE_EQ(summary.best, 10.0);
  EXPECT_DOUBLE_EQ(summary.median, 14.0);
  EXPECT_DOUBLE_EQ(summary.p90, 18.0);
}

TEST(WindowSummary, KeepsTheWindowsOrderInRates) {
  EXPECT_EQ(window_rates(series(1, {1, 2, 4}), RoofKind::kBandwidth),
            (std::vector<double>{1e9, 0.5e9, 0.25e9}));
}

TEST(WindowSummary, OfOneAndOfEqualWindowsHasNoSpread) {
  const WindowSummary one = summarize_windows(series(8, {4}), RoofKind::kBandwidth);
  EXPECT_DOUBLE_EQ(one.best, 2e9);
  EXPECT_DOUBLE_EQ(one.median, 2e9);
  EXPECT_EQ(one.relative_mad, 0.0);
  EXPECT_EQ(summarize_windows(series(8, {4, 4, 4}), RoofKind::kCompute).relative_mad, 0.0);
}

TEST(WindowSummary, OfNoWindowsIsZero) {
  const WindowSummary none = summarize_windows({}, RoofKind::kCompute);
  EXPECT_EQ(none.best, 0.0);
  EXPECT_EQ(none.median, 0.0);
}

TEST(WindowSummary, OfNoWorkHasNoSpreadToRelate) {
  const WindowSummary idle = summarize_windows(series(0, {4, 5}), RoofKind::kCompute);
  EXPECT_EQ(idle.best, 0.0);
  EXPECT_EQ(idle.relative_mad, 0.0);
}

TEST(WindowSummary, RefusesWindowsThatCannotBe) {
  EXPECT_THROW((void)summarize_windows(series(8, {4, 0}), RoofKind::kCompute), InputError);
  EXPECT_THROW((void)summarize_windows(series(8, {-4}), RoofKind::kCompute), InputError);
  EXPECT_THROW((void)summarize_windows(series(0, {4}), RoofKind::kLatency), InputError);
}

}  // namespace
}  // namespace perfbench
