// Searches, sweeps, tracks and calibration: each test changes a figure and must see it named.
#include <gtest/gtest.h>

#include <string>

#include "reports/check/check.hpp"
#include "tests/reports/check/check_support.hpp"

namespace perfbench {
namespace {

using testing::expect_found;
using testing::listed;
using testing::synthetic_report;

constexpr const char* kPeak = "sections.peak_rates[0].";
constexpr const char* kCloud = "sections.tracks[0].cloud.";
constexpr const char* kEdge = "sections.tracks[1].edge.";
constexpr const char* kMobile = "sections.tracks[2].mobile.";
constexpr const char* kCalibration = "sections.calibration.";

template <class Change>
void expect_peak(const std::string& key, Change change) {
  expect_found(kPeak + key, [&](Report& report) { change(report.peak_rates[0]); });
}

template <class Change>
void expect_cloud(const std::string& key, Change change) {
  expect_found(kCloud + key, [&](Report& report) { change(*report.tracks[0].cloud); });
}

template <class Change>
void expect_edge(const std::string& key, Change change) {
  expect_found(kEdge + key, [&](Report& report) { change(*report.tracks[1].edge); });
}

template <class Change>
void expect_mobile(const std::string& key, Change change) {
  expect_found(kMobile + key, [&](Report& report) { change(*report.tracks[2].mobile); });
}

template <class Change>
void expect_calibration(const std::string& key, Change change) {
  expect_found(kCalibration + key, [&](Report& report) { change(*report.calibration); });
}

TEST(CheckPeakRate, TheRateIsOfTheReplicates) {
  expect_peak("rate_qps", [](PeakRate& peak) { peak.rate_qps *= 1.0001; });
  expect_peak("low_qps", [](PeakRate& peak) { peak.low_qps *= 1.0001; });
  expect_peak("high_qps", [](PeakRate& peak) { peak.high_qps *= 1.0001; });
  expect_peak("rate_qps", [](PeakRate& peak) { peak.replicates_qps[0] *= 1.01; });
  expect_peak("found", [](PeakRate& peak) { peak.found = false; });
  expect_peak("found", [](PeakRate& peak) { peak.replicates_qps.clear(); });
}

TEST(CheckPeakRate, PredictionsAreOfTheService) {
  expect_peak("predictions[0].rate_qps", [](PeakRate& peak) { peak.service_mean_ns *= 1.01; });
  expect_peak("predictions[1].rate_qps",
              [](PeakRate& peak) { peak.predictions[1].rate_qps *= 1.001; });
  expect_peak("predictions[0].model", [](PeakRate& peak) { peak.predictions[0].model = "M/G/1"; });
  expect_peak("predictions[0].model", [](PeakRate& peak) { peak.worker_threads = 2; });
}

TEST(CheckPeakRate, ProbesAreConsistent) {
  expect_peak("probes[0].p90_ns", [](PeakRate& peak) { peak.probes[0].p90 = Nanoseconds(1); });
  expect_peak("probes[1].mean_ns", [](PeakRate& peak) { peak.probes[1].queue_mean_ns *= 2.0; });
  expect_peak("probes[2].worker_utilisation",
              [](PeakRate& peak) { peak.probes[2].worker_utilisation = 1.5; });
}

TEST(CheckLoadSweep, RatesAscend) {
  expect_found("sections.load_sweeps[0].points[3].target_qps",
               [](Report& report) { report.load_sweeps[0].points[3].target_qps = 1.0; });
  expect_found("sections.load_sweeps[0].points[0].p99_ns",
               [](Report& report) { report.load_sweeps[0].points[0].p99 = Nanoseconds(1); });
}

TEST(CheckCloud, GapAndWhatTheBatcherClosesAreOfTheRates) {
  expect_cloud("points[0].gap.value",
               [](CloudResult& cloud) { cloud.points[0].gap.value += 1e-4; });
  expect_cloud("points[1].closed.value",
               [](CloudResult& cloud) { cloud.points[1].closed.value += 1e-4; });
  expect_cloud("points[2].gap.value",
               [](CloudResult& cloud) { cloud.offline_per_s.value *= 1.001; });
  expect_cloud("points[0].gap.low", [](CloudResult& cloud) { cloud.points[0].gap.low = 2.0; });
  expect_cloud("points[0].alone.bound_ns",
               [](CloudResult& cloud) { cloud.points[0].alone.bound += Nanoseconds(5); });
  expect_cloud("points[0].batched.bound_ns", [](CloudResult& cloud) { cloud.points[0].k = 6.0; });
  expect_cloud("points[0].alone.max_batch",
               [](CloudResult& cloud) { cloud.points[0].alone.max_batch = 2; });
  expect_cloud("points[1].k", [](CloudResult& cloud) { cloud.points[1].k = 1.0; });
  expect_cloud("points[1].batched.rate_qps",
               [](CloudResult& cloud) { cloud.points[1].batched.replicates_qps[0] *= 1.1; });
}

TEST(CheckEdge, CamerasThatHoldAreThoseOfTheTrials) {
  expect_edge("holds", [](EdgeResult& edge) { edge.holds = 6; });
  expect_edge("naive", [](EdgeResult& edge) { edge.naive = 9; });
  expect_edge("naive", [](EdgeResult& edge) { edge.threads = 2; });
  expect_edge("trials[3].holds", [](EdgeResult& edge) { edge.trials[3].holds = Validity::kValid; });
  expect_edge("trials[4].holds", [](EdgeResult& edge) {
    edge.trials[4].p99_low = edge.trials[4].p99_high = Nanoseconds(9'000'000);
  });
  expect_edge("trials[4].missed", [](EdgeResult& edge) { edge.trials[4].missed = 3; });
  expect_edge("trials[0].missed", [](EdgeResult& edge) { edge.trials[0].missed = 40; });
  expect_edge("trials[1].cameras", [](EdgeResult& edge) { edge.trials[1].cameras = 1; });
}

TEST(CheckMobile, FramesMissedAddUp) {
  expect_mobile("missed", [](MobileResult& mobile) { mobile.missed += 1; });
  expect_mobile("missed", [](MobileResult& mobile) { mobile.missed_by_tenth[4] += 1; });
  expect_mobile("headroom_fraction",
                [](MobileResult& mobile) { mobile.headroom_fraction += 0.001; });
  expect_mobile("headroom_fraction", [](MobileResult& mobile) { mobile.p50 += Nanoseconds(900); });
  expect_mobile("period_ns", [](MobileResult& mobile) { mobile.frames_per_s = 30.0; });
  expect_mobile("p99_ns", [](MobileResult& mobile) { mobile.p99 = Nanoseconds(1); });
}

TEST(CheckTracks, ATrackHasItsOwnPartAndItsStep) {
  expect_found("sections.tracks[1].mobile",
               [](Report& report) { report.tracks[1].mobile = report.tracks[2].mobile; });
  expect_found("sections.tracks[2].mobile",
               [](Report& report) { report.tracks[2].track = Track::kEdge; });
  expect_found("sections.tracks[1].track", [](Report& report) {
    std::erase_if(report.plan.steps,
                  [](const PlanStepRecord& step) { return step.id == "track-edge"; });
  });
  expect_found("sections.tracks", [](Report& report) { report.tracks.pop_back(); });
}

TEST(CheckPlan, SectionsOfSearchesAndTheirStepsBelongTogether) {
  expect_found("sections.peak_rates", [](Report& report) { report.peak_rates.clear(); });
  expect_found("sections.load_sweeps", [](Report& report) { report.load_sweeps.clear(); });
  expect_found("sections.calibration", [](Report& report) { report.calibration.reset(); });
  expect_found("sections.scenarios", [](Report& report) {
    for (ScenarioResult& result : report.scenarios) result.runs.clear();
  });
  for (const std::string id : {"peak-rate", "load-sweep", "calibration"}) {
    const std::string section = id == "peak-rate"    ? "peak_rates"
                                : id == "load-sweep" ? "load_sweeps"
                                                     : "calibration";
    expect_found("sections." + section, [&id](Report& report) {
      std::erase_if(report.plan.steps, [&id](const PlanStepRecord& step) { return step.id == id; });
    });
  }
}

TEST(CheckCalibration, TruthsAreRecomputed) {
  expect_calibration("queue[0].theory_mean_ns", [](CalibrationSection& calibration) {
    calibration.queue[0].theory_mean_ns *= 1.0001;
  });
  expect_calibration("queue[1].theory_mean_ns", [](CalibrationSection& calibration) {
    calibration.queue[1].service_ns *= 1.01;
  });
  expect_calibration("queue[1].utilisation", [](CalibrationSection& calibration) {
    calibration.queue[1].utilisation = 0.9;
  });
  expect_calibration("queue[1].slip_mean_ns", [](CalibrationSection& calibration) {
    calibration.queue[1].slip_mean_ns = 2.0 * calibration.queue[1].measured_mean_ns;
  });
  expect_calibration("queue[2].quiet",
                     [](CalibrationSection& calibration) { calibration.queue[2].quiet = true; });
  expect_calibration("queue[0].model",
                     [](CalibrationSection& calibration) { calibration.queue[0].model = "M/X/1"; });
  expect_calibration("schedule_slip[0].p99_ns", [](CalibrationSection& calibration) {
    calibration.schedule_slip[0].p99 = Nanoseconds(1);
  });
  expect_calibration("schedule_slip[1].over_1us_fraction", [](CalibrationSection& calibration) {
    calibration.schedule_slip[1].over_1us_fraction = 0.5;
  });
}

TEST(CheckCalibration, TheVerdictFollows) {
  expect_calibration("verdict", [](CalibrationSection& calibration) {
    calibration.queue[0].measured_mean_ns *= 1.2;
  });
  expect_calibration("verdict", [](CalibrationSection& calibration) {
    calibration.verdict = {Validity::kValid, {}};
  });
  expect_calibration("verdict",
                     [](CalibrationSection& calibration) { calibration.clock_read_ns = 5.0; });
}

}  // namespace
}  // namespace perfbench
