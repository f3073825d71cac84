// What must fit together in a roofline section: ids, teams, sustained heights, ridges, levels, dots
// and library trials.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "reports/check/check.hpp"
#include "tests/reports/check/check_support.hpp"
#include "tests/reports/support/synthetic_report.hpp"

namespace perfbench {
namespace {

using testing::expect_found;
using testing::listed;
using testing::names;
using testing::synthetic_report;

std::size_t index_of(const Report& report, const std::string& team, RoofKind kind, int epoch = 0) {
  const std::vector<Roof>& roofs = report.roofline->roofs;
  const auto found = std::find_if(roofs.begin(), roofs.end(), [&](const Roof& roof) {
    return roof.team == team && roof.kind == kind && roof.epoch == epoch;
  });
  EXPECT_NE(found, roofs.end());
  return static_cast<std::size_t>(found - roofs.begin());
}

TEST(CheckRoofline, IdsAreUnique) {
  const std::size_t last = synthetic_report().roofline->roofs.size();
  expect_found("sections.roofline.roofs[" + std::to_string(last) + "].id", [](Report& report) {
    report.roofline->roofs.push_back(report.roofline->roofs.front());
  });
}

TEST(CheckRoofline, TeamsThreadsAndEpochsFit) {
  expect_found("sections.roofline.roofs[0].core_to_core_ns",
               [](Report& report) { report.roofline->roofs[0].core_to_core = Nanoseconds(48); });
  expect_found("sections.roofline.roofs[0].epoch",
               [](Report& report) { report.roofline->roofs[0].epoch = 1; });
  expect_found("sections.roofline.roofs[0].team",
               [](Report& report) { report.roofline->roofs[0].team = "2c"; });
  expect_found("sections.roofline.roofs[0].threads",
               [](Report& report) { report.roofline->roofs[0].threads = 2; });
  const std::size_t four = index_of(synthetic_report(), "4c", RoofKind::kBandwidth);
  expect_found(
      "sections.roofline.roofs[" + std::to_string(four) + "].core_to_core_ns",
      [four](Report& report) { report.roofline->roofs[four].core_to_core = Nanoseconds(193); });
  // A placement's own noise is none of another placement's.
  Report report = synthetic_report();
  report.roofline->roofs[four].core_to_core = Nanoseconds(53);
  EXPECT_TRUE(check_report(report).ok()) << listed(check_report(report));
}

TEST(CheckRoofline, SustainedHeightsArePlausible) {
  const std::string path = "sections.roofline.roofs[0].sustained";
  ASSERT_TRUE(synthetic_report().roofline->roofs[0].sustained);
  expect_found(path + ".rate_flop_per_s", [](Report& report) {
    report.roofline->roofs[0].sustained->rate = 2.0 * report.roofline->roofs[0].rate.best;
  });
  expect_found(path + ".rate_flop_per_s",
               [](Report& report) { report.roofline->roofs[0].sustained->rate = 0.0; });
  expect_found(path + ".rate_flop_per_s", [](Report& report) {
    report.roofline->roofs[0].contended = true;
    report.roofline->roofs[0].sustained->rate = 100.0 * report.roofline->roofs[0].rate.best;
  });
  expect_found(path + ".duration_ns", [](Report& report) {
    report.roofline->roofs[0].sustained->duration = Nanoseconds(1'000'000'000);
  });
  expect_found(path + ".windows",
               [](Report& report) { report.roofline->roofs[0].sustained->windows = 0; });
}

TEST(CheckRoofline, RidgePointsFollowFromTheRoofs) {
  expect_found("sections.roofline.ridge_points[0].flop_per_byte",
               [](Report& report) { report.roofline->ridge_points[0].flop_per_byte *= 1.001; });
  expect_found("sections.roofline.ridge_points[0].compute_roof", [](Report& report) {
    report.roofline->ridge_points[0].compute_roof = "compute-fp32-fma-avx512-9c";
  });
  expect_found("sections.roofline.ridge_points.length",
               [](Report& report) { report.roofline->ridge_points.pop_back(); });
}

TEST(CheckRoofline, LevelsFollowFromTheSweep) {
  const std::string level = "sections.roofline.cache_levels[2]";
  expect_found(level + ".found_bytes.value", [](Report& report) {
    report.roofline->cache_levels[2].found = Reading<Bytes>::of(mib(105), "latency sweep");
  });
  expect_found(level + ".working_set_bytes",
               [](Report& report) { report.roofline->cache_levels[2].working_set = mib(64); });
  expect_found(level + ".found_bytes.value", [](Report& report) {
    for (SweepPoint& point : report.roofline->sweep) point.latency_ns = 1.5;
  });
  expect_found("sections.roofline.cache_levels.length",
               [](Report& report) { report.roofline->cache_levels.pop_back(); });
}

TEST(CheckRoofline, TheRoofThatBindsADotFollows) {
  const std::string dot = "sections.roofline.dots[3]";
  ASSERT_EQ(synthetic_report().roofline->dots[3].team, "1c");
  expect_found(dot + ".roof", [](Report& report) {
    report.roofline->dots[3].roof = "bandwidth-l1-read-avx512-1c";
  });
  // The figures alone could not tell that the word before them was changed.
  expect_found(dot + ".zone", [](Report& report) {
    std::string& zone = report.roofline->dots[3].zone;
    zone = "Elsewhere-bound" + zone.substr(zone.find(':'));
  });
  expect_found(dot + ".zone", [](Report& report) {
    report.roofline->dots[3].zone = "Compute-bound: it gets 99 % of its roof.";
  });
  expect_found(dot + ".team", [](Report& report) { report.roofline->dots[3].team = "4c"; });
  expect_found(dot + ".threads", [](Report& report) { report.roofline->dots[3].threads = 4; });
  expect_found(dot + ".epoch", [](Report& report) { report.roofline->dots[3].epoch = 1; });
}

TEST(CheckRoofline, OneTrialOfEachQuestionIsChosenTheFastest) {
  const std::string trials = "sections.roofline.library_trials";
  expect_found(trials + "[1].chosen",
               [](Report& report) { report.roofline->library_trials[1].chosen = false; });
  expect_found(trials + "[2].chosen",
               [](Report& report) { report.roofline->library_trials[2].chosen = true; });
  expect_found(trials + "[2].chosen", [](Report& report) {
    report.roofline->library_trials[1].chosen = false;
    report.roofline->library_trials[2].chosen = true;
    report.roofline->library_trials[2].rate_flop_per_s =
        0.94 * report.roofline->library_trials[1].rate_flop_per_s;
  });
  expect_found(trials + "[1].chosen",
               [](Report& report) { report.roofline->library_trials[1].verified = false; });
  // As good as the fastest is good enough, as the search of a shared CPU takes it.
  Report report = synthetic_report();
  report.roofline->library_trials[2].rate_flop_per_s =
      1.04 * report.roofline->library_trials[1].rate_flop_per_s;
  EXPECT_TRUE(check_report(report).ok()) << listed(check_report(report));
  // Two sizes do not compare.
  report.roofline->library_trials[2].rate_flop_per_s *= 2.0;
  EXPECT_FALSE(check_report(report).ok());
  report.roofline->library_trials[2].shape = MatrixShape{64, 64, 64};
  EXPECT_TRUE(check_report(report).ok()) << listed(check_report(report));
}

}  // namespace
}  // namespace perfbench
