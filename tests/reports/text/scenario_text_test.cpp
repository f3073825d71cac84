#include "reports/text/scenario_text.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "reports/text/layout.hpp"
#include "reports/text/scenario_findings.hpp"
#include "tests/reports/text/text_lines.hpp"

namespace perfbench {
namespace {

using testing::contains;
using testing::joined;
using testing::kPaths;
using testing::lines_of;

Nanoseconds us(std::int64_t value) { return Nanoseconds(value * 1000); }

/// Figures of which those of 0 are refused.
LatencySummary latency(std::int64_t p50_us, std::int64_t p99_us) {
  LatencySummary summary;
  const auto add = [&summary](std::uint32_t ppm, std::int64_t value) {
    PercentileFigure figure;
    figure.ppm = ppm;
    figure.value = us(value);
    figure.low = us(value - 1);
    figure.high = us(value + 2);
    if (value == 0) figure.needs_queries = 368;
    summary.percentiles.push_back(figure);
  };
  add(500'000, p50_us);
  add(990'000, p99_us);
  return summary;
}

ScenarioResult scenario(Scenario kind, std::int64_t p50_us, std::int64_t p99_us, double rate) {
  ScenarioResult result;
  result.scenario = kind;
  result.workload = "mobilenet";
  result.rung = "fixed";
  result.description = "MobileNetV2 at 96 x 96";
  result.closed_loop = kind == Scenario::kSingleStream || kind == Scenario::kMultiStream;
  result.worker_threads = 2;
  result.queries = 1000;
  result.samples = 1000;
  result.duration = Nanoseconds(1'000'000'000);
  result.latency = latency(p50_us, p99_us);
  result.rate = SamplesPerSecond::per_second(rate);
  result.verdict.validity = Validity::kValid;
  return result;
}

ScenarioResult server() {
  ScenarioResult result = scenario(Scenario::kServer, 1300, 2300, 450.0);
  result.arrivals.kind = Arrivals::kPoisson;
  result.arrivals.target_qps = 450.0;
  result.arrivals.offered_qps = 450.0;
  result.slip = {Nanoseconds(51), us(8), us(91), us(2400), 0.021};
  result.queue.mean_ns = 0.2e6;
  result.service.mean_ns = 1.1e6;
  result.worker_utilisation = 0.25;
  result.batches = {8, us(500), {900, 50}};
  result.bound = BoundRecord{990'000, us(10'000), 2, 0.002, 0.0005, 0.006, 700.0, {}, 838, true};
  result.answers = {12, 0};
  result.undrained = 3;
  return result;
}

PeakRate peak(double rate) {
  PeakRate found;
  found.workload = "mobilenet";
  found.rung = "fixed";
  found.bound = us(10'000);
  found.worker_threads = 2;
  found.found = rate > 0.0;
  found.rate_qps = rate;
  found.low_qps = rate * 0.95;
  found.high_qps = rate * 1.05;
  found.replicates_qps = {rate, rate, rate};
  found.service_mean_ns = 1.1e6;
  found.predictions = {{"M/M/2", 1010.0}, {"M/D/2", 1390.0}};
  ServerProbe probe;
  probe.target_qps = 100.0;
  probe.validity = Validity::kValid;
  found.probes = {probe};
  found.verdict.validity = Validity::kValid;
  return found;
}

TrackResult track(Track kind) {
  TrackResult result;
  result.track = kind;
  result.workload = "detector";
  result.rung = "fitted";
  result.fitted_by = "the largest rung whose P50 is 5 ms at most";
  result.findings = {"The crisis in a sentence."};
  result.verdict.validity = Validity::kValid;
  return result;
}

Report four() {
  Report report;
  report.scenarios = {scenario(Scenario::kSingleStream, 1100, 1400, 900.0),
                      scenario(Scenario::kMultiStream, 4600, 6100, 1700.0),
                      server(),
                      scenario(Scenario::kOffline, 0, 0, 1780.0)};
  report.scenarios[1].samples_per_query = 8;
  report.scenarios[1].frames = FrameRecord{us(10'000), us(10'000), 3, us(200), us(900)};
  report.scenarios[0].early_stopping = EarlyStoppingFigure{900'000, 3, us(1200), {}};
  return report;
}

Report full() {
  Report report = four();
  report.peak_rates = {peak(1240.0), peak(0.0)};
  LoadSweep sweep;
  sweep.workload = "mobilenet";
  sweep.saturation_qps = 1780.0;
  sweep.points = peak(1240.0).probes;
  report.load_sweeps = {sweep};
  report.tracks = {track(Track::kCloud), track(Track::kEdge), track(Track::kMobile)};
  CloudResult cloud;
  cloud.service_ns = 1.1e6;
  cloud.offline_per_s = {1780.0, 1760.0, 1800.0};
  cloud.offline_batch = 32;
  cloud.points = {{5.0, peak(0.0), peak(900.0), {1.0, 1.0, 1.0}, {0.5, 0.4, 0.6}}};
  report.tracks[0].cloud = cloud;
  EdgeResult edge;
  edge.alone_p50_ns = 4.9e6;
  edge.period = edge.deadline = us(10'000);
  edge.threads = 2;
  edge.naive = 4;
  edge.holds = 2;
  CameraTrial trial;
  trial.cameras = 8;
  trial.frames = 3000;
  trial.missed = 2900;
  trial.p99 = us(48'000);
  trial.p99_low = us(46'000);
  trial.p99_high = us(50'000);
  trial.holds = Validity::kInvalid;
  edge.trials = {trial};
  report.tracks[1].edge = edge;
  MobileResult mobile;
  mobile.period = us(16'667);
  mobile.frames = 1800;
  mobile.missed = 9;
  mobile.burst = Nanoseconds(30'000'000'000);
  mobile.missed_by_tenth = {0, 0, 0, 0, 1, 0, 2, 1, 3, 2};
  report.tracks[2].mobile = mobile;
  return report;
}

CalibrationSection calibration() {
  CalibrationSection section;
  section.clock_read_ns = 25.0;
  section.null_reported_latency_p50_ns = 50.0;
  section.null_between_queries_p50_ns = 175.0;
  section.offline_null_samples_per_s = 24e6;
  section.server_null_qps = 610e3;
  section.schedule_slip = {{1000.0, 10'000, Nanoseconds(50), us(8), us(61), 0.021, us(41), 0.0078},
                           {100'000.0, 10'000, Nanoseconds(75), us(8), us(61), 0.021, {}, {}}};
  QueueCalibration queue;
  queue.model = "M/D/1";
  queue.utilisation = 0.5;
  queue.measured_mean_ns = 151'500.0;
  queue.lindley_mean_ns = 150'000.0;
  queue.lindley_issued_mean_ns = 153'000.0;
  queue.theory_mean_ns = 150'300.0;
  queue.theory_standard_error_ns = 900.0;
  queue.measured_p99_ns = 19e6;
  queue.lindley_p99_ns = 20e6;
  queue.stalled = true;
  queue.disturbed_by = {"others used 0.31 of a core"};
  section.queue = {queue};
  section.verdict.validity = Validity::kValid;
  return section;
}

TEST(ScenarioFindings, TellTheFourInWords) {
  const std::vector<std::string> findings = scenario_findings(four());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0],
            "mobilenet, fixed: One sample takes 1.10 ms alone, the slowest 1 % at least 1.40 ms. "
            "8 at once take 4.60 ms, 4.18 times as long as one, with 2 workers; of 1,000 frames "
            "at a period of 10.0 ms, 3 missed the deadline of 10.0 ms. Asked at random moments, "
            "450 /s (workers busy 25.0 % of the time), half of the queries take 1.30 ms or less "
            "and the slowest 1 % at least 2.30 ms: on average 200 us in the queue and 1.10 ms in "
            "service. All together, it does 1,780 /s, 1.98 times as many as one after the other.");
}

TEST(ScenarioFindings, AnInvalidFigureIsNotTold) {
  Report report = four();
  report.scenarios[0].verdict.validity = Validity::kInvalid;
  const std::string text = scenario_findings(report)[0];
  EXPECT_FALSE(contains(text, "alone"));
  EXPECT_FALSE(contains(text, "times as")) << "a ratio needs both figures";
  EXPECT_TRUE(contains(text, "INVALID and not told here: SingleStream."));
}

TEST(ScenarioFindings, DoubtIsSaidBesideTheFigure) {
  Report report = four();
  report.scenarios[0].verdict.validity = Validity::kInconclusive;
  report.scenarios[3].partial = true;
  const std::string text = scenario_findings(report)[0];
  EXPECT_TRUE(contains(text, "at least 1.40 ms (INCONCLUSIVE)."));
  EXPECT_TRUE(contains(text, "1,780 /s (cut short)"));
}

TEST(ScenarioFindings, WhatIsMissingOrRefusedHasNoFigure) {
  Report report;
  report.scenarios = {scenario(Scenario::kSingleStream, 1100, 0, 900.0)};
  EXPECT_EQ(scenario_findings(report)[0],
            "mobilenet, fixed: One sample takes 1.10 ms alone. Not measured: MultiStream, Server, "
            "Offline.");
  report.scenarios = {scenario(Scenario::kServer, 0, 0, 900.0)};
  EXPECT_EQ(scenario_findings(report)[0],
            "mobilenet, fixed: Not measured: SingleStream, MultiStream, Offline.");
  EXPECT_TRUE(scenario_findings(Report{}).empty());
}

TEST(ScenarioFindings, EveryWorkloadAndRungHasItsOwn) {
  Report report = four();
  report.scenarios.push_back(scenario(Scenario::kOffline, 0, 0, 20.0));
  report.scenarios.back().rung = "fitted";
  report.peak_rates = {peak(1240.0)};
  const std::vector<std::string> findings = scenario_findings(report);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_TRUE(contains(findings[0],
                       "With P99 held within 10.0 ms, batches of 1, it serves 1,240 /s (1,180 to "
                       "1,300 /s), 69.7 % of what it does all together."));
  EXPECT_FALSE(contains(findings[1], "it serves"));
}

TEST(ScenarioText, ShowsEveryFigure) {
  const std::string text = joined(scenario_text(full(), {}, kPaths));
  for (const std::string part :
       {"Server mobilenet, fixed: VALID",
        "arrivals poisson, asked for 450 /s, came 450 /s, wait hybrid",
        "schedule slip P50 51 ns, P99 8.00 us, P99.9 91.0 us, longest 2.40 ms, over 1 us 2.10 %",
        "queue mean 200 us",
        "service mean 1.10 ms",
        "batches of up to 8, waiting 500 us for others at most; 950 executions of 1.05 on average",
        "P99 within 10.0 ms: 2 took longer, 0.200 % (0.0500 to 0.600 %); MLPerf's early stopping "
        "asks for 838 queries at that and passes",
        "MLPerf's early-stopping P90 1.20 ms",
        "every 10.0 ms: 3 of 1,000 frames later than 10.0 ms; skew P50 200 us, P99 900 us",
        "12 answers held against the reference, 0 wrong",
        "3 still queued at the end",
        "1,240 /s (1,180 to 1,300 /s)",
        "M/M/2 predicts 1,010 /s; M/D/2 predicts 1,390 /s",
        "not even 100 /s, the lowest rate tried, holds it",
        "saturated at 1,780 /s",
        "The crisis in a sentence.",
        "that promises 4 within 10.0 ms; P99 is held with 2",
        "46.0 to 50.0 ms",
        "k = 5.0 not held 900 100.0 100.0 to 100.0 50.0 40.0 to 60.0",
        "Late in each tenth of the burst: 0, 0, 0, 0, 1, 0, 2, 1, 3, 2.",
        "perfbench check report.json"})
    EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
}

TEST(ScenarioText, RunsOfFreshProcessesStandApart) {
  Report report = four();
  ScenarioResult& result = report.scenarios[2];
  result.runs = {{7, 1000, 450.0, 1.4e6, us(1300), us(1900), us(2300), Validity::kValid, true},
                 {8, 1000, 451.0, 1.4e6, us(1300), us(1900), us(2400), Validity::kInvalid, false}};
  result.p99_between_runs = BetweenRuns{2.35e6, 2.1e6, 2.6e6};
  const std::string text = joined(scenario_text(report));
  EXPECT_TRUE(contains(text, "2 fresh processes P99 2.35 ms (2.10 ms to 2.60 ms)"));
  EXPECT_TRUE(contains(text, "2.40 ms INVALID no"));
}

TEST(ScenarioText, FailureAndLossesAreSaid) {
  Report report = four();
  report.scenarios[0].failure = "out of memory";
  report.scenarios[0].partial = true;
  report.scenarios[0].answers = {12, 2};
  const std::string text = joined(scenario_text(report));
  EXPECT_TRUE(contains(text, "the workload failed: out of memory"));
  EXPECT_TRUE(contains(text, "cut short"));
  EXPECT_TRUE(contains(text, "2 of the answers held against the reference were wrong"));
}

TEST(ScenarioText, VerdictsOfSearchesAndTracksStandAmongTheDoubts) {
  Report report = full();
  const Verdict bad{Validity::kInvalid, {{"x", "A worker stalled.", "Repeat."}}};
  report.peak_rates[0].verdict = bad;
  report.tracks[1].verdict = {Validity::kInconclusive, {{"y", "Too few frames.", "Wait."}}};
  const std::string text = joined(scenario_text(report));
  EXPECT_TRUE(contains(text, "1 figure is INVALID"));
  EXPECT_TRUE(contains(
      text,
      "Peak rate of mobilenet, fixed, P99 within 10.0 ms INVALID: A worker stalled. Remedy: "
      "Repeat."));
  EXPECT_TRUE(contains(text, "Track edge, detector, fitted INCONCLUSIVE: Too few frames."));
}

TEST(CalibrationText, HoldsTheHarnessAgainstKnownTruths) {
  Report report;
  report.calibration = calibration();
  const std::string text = joined(calibration_text(report, {}, kPaths));
  for (const std::string part :
       {"the harness against known truths: VALID",
        "1,000 /s 50 ns 2.00 8.00 us 61.0 us 2.10 % 41.0 us 0.780 %",
        "100,000 /s 75 ns 3.00",
        "reported with 50.0 ns, 2.00 clock reads, and between queries pass 175 ns, 7.00 clock "
        "reads",
        "Offline does 24,000,000 samples/s",
        "stalled at 0.50 152 us 150 us +1.00 % -0.980 % - -",
        "stalled at 0.50 19.0 ms 20.0 ms -5.00 %",
        "was disturbed: others used 0.31 of a core"})
    EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
}

TEST(CalibrationText, WithoutAClockReadThereIsNoQuotient) {
  Report report;
  report.calibration = calibration();
  report.calibration->clock_read_ns = 0.0;
  report.calibration->queue[0].lindley_mean_ns = 0.0;
  const std::string text = calibration_text(report);
  EXPECT_FALSE(contains(text, "not a number"));
  EXPECT_FALSE(contains(text, "inf"));
}

TEST(ScenarioText, FitsEveryWidth) {
  Report report = full();
  report.calibration = calibration();
  report.scenarios[2].runs = {
      {1'234'567'890'123'456'789U, 1000, 450.0, 1.4e6, us(1300), us(1900), us(2300), {}, true}};
  for (int width = 40; width <= 130; width += 6) {
    TextOptions options;
    options.width = width;
    for (const std::string& text : {scenario_text(report, options),
                                    calibration_text(report, options),
                                    summary_text(report, options)}) {
      for (const std::string& line : lines_of(text))
        EXPECT_LE(visible_width(line), static_cast<std::size_t>(width)) << line;
    }
  }
}

TEST(ScenarioText, AStrangersTextCannotSteerTheTerminal) {
  const std::string poison =
      "evil \x1b[2J\x07\r\n\xc2\x9b"
      "1m";
  Report report = full();
  report.calibration = calibration();
  const Verdict verdict{Validity::kInvalid, {{poison, poison, poison}}};
  for (ScenarioResult& result : report.scenarios) {
    result.workload = result.rung = result.description = result.implementation = result.placement =
        result.roof = result.bandwidth_roof = result.failure = result.arrivals.trace = poison;
    result.roof_fraction = result.bandwidth_fraction = 0.5;
    result.verdict = verdict;
  }
  for (PeakRate& found : report.peak_rates) {
    found.workload = found.rung = found.predictions[0].model = poison;
    found.verdict = verdict;
  }
  report.load_sweeps[0].workload = report.load_sweeps[0].rung = poison;
  for (TrackResult& result : report.tracks) {
    result.workload = result.rung = result.fitted_by = result.description = poison;
    result.findings = {poison};
    result.verdict = verdict;
  }
  report.calibration->queue[0].model = poison;
  report.calibration->queue[0].disturbed_by = {poison};
  for (const std::string& text :
       {scenario_text(report), calibration_text(report), summary_text(report)}) {
    for (const char c : text)
      ASSERT_FALSE((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == '\x7f');
    EXPECT_FALSE(contains(text, "\xc2\x9b"));
    EXPECT_TRUE(contains(text, "evil"));
  }
}

TEST(ScenarioText, NumbersThatAreNoneAreSaid) {
  Report report = full();
  report.calibration = calibration();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  report.peak_rates[0].low_qps = nan;
  report.calibration->server_null_qps = nan;
  EXPECT_TRUE(contains(summary_text(report), "not a number"));
}

TEST(Summary, WithoutSuchSectionsThereIsNoHeading) {
  const std::string text = summary_text(Report{});
  for (const char* heading : {"SCENARIOS", "PEAK RATES", "LOAD SWEEP", "TRACK", "CALIBRATION"})
    EXPECT_FALSE(contains(text, heading)) << heading;
}

}  // namespace
}  // namespace perfbench
