// The experiments: peak rates, load sweeps, tracks and the calibration, driven through run_one().
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "scenarios/audit/audit_steps.hpp"
#include "scenarios/audit/timed_progress.hpp"
#include "scenarios/calibration/calibrate.hpp"
#include "scenarios/search/load_sweep.hpp"
#include "scenarios/search/peak_rate.hpp"
#include "scenarios/tracks/tracks.hpp"

namespace perfbench::audit_detail {
namespace {

constexpr Nanoseconds kCalibrationGapTest{1'000'000'000};

/// Of one reading, with the fraction of a nanosecond that a single difference does not show: the
/// median over batches of readings.
double clock_read(Clock& clock) {
  constexpr std::size_t kBatches = 101;
  constexpr int kReadings = 1000;
  std::vector<double> costs;
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    const TimePoint begin = clock.now();
    TimePoint last = begin;
    for (int reading = 0; reading < kReadings; ++reading) last = clock.now();
    costs.push_back(static_cast<double>((last - begin).count()) / kReadings);
  }
  std::nth_element(costs.begin(), costs.begin() + kBatches / 2, costs.end());
  return costs[kBatches / 2];
}

}  // namespace

int AuditSteps::issuing_cpu() const {
  ScenarioSettings server;
  server.scenario = Scenario::kServer;
  const ServingLayout layout = layout_for(server);
  return layout.generator_cpu.value_or(layout.worker_cpus.front());
}

void AuditSteps::operator()(const CalibrationStep& step) {
  TimedProgress progress(progress_, clock_, step.at_most);
  CalibrationMachine machine;
  machine.run = [this, &progress](const ScenarioSettings& settings, bool with_queries) {
    ServedRun run;
    RunManner manner;
    manner.progress = &progress;
    if (with_queries) {
      manner.see_queries = [&run](const LatencyRecorder& recorder) { keep_queries(recorder, run); };
    }
    run.result = run_one(settings, manner);
    return run;
  };
  machine.clock_read_ns = [this] {
    const ScopedPin pin(issuing_cpu());
    return clock_read(clock_);
  };
  machine.gaps = [this] {
    const std::vector<NoiseFloor> floors = run_gap_test({issuing_cpu()}, kCalibrationGapTest);
    return floors.empty() ? Reading<NoiseFloor>::unavailable("no gap test could run")
                          : Reading<NoiseFloor>::of(floors.front(), "gap test");
  };
  CalibrationOptions options;
  options.seed = step.seed;
  options.wait = step.wait;
  options.at_most = step.at_most;
  report_.calibration = calibrate(options, machine, interruption_, progress);
  kept_ = {};
}

ExperimentContext AuditSteps::experiments(Progress& progress) {
  // Offline in the batches that were asked for exactly, as ScenarioRunner has it.
  return {[this, &progress](const ScenarioSettings& settings) {
            return run_one(settings, {true, nullptr, &progress});
          },
          clock_,
          interruption_,
          progress};
}

void AuditSteps::operator()(const PeakRateStep& step) {
  PeakRateOptions options;
  options.settings = step.settings;
  options.at_most = step.at_most;
  TimedProgress progress(progress_, clock_, step.at_most);
  PeakRate rate = find_peak_rate(options, experiments(progress));
  kept_ = {};
  if (rate.probes.empty()) {
    if (interruption_.requested()) return;
    // Without a probe there is no section that could say why.
    const std::vector<Reason>& reasons = rate.verdict.reasons;
    throw ResourceError("no rate could be tried: " +
                            (reasons.empty() ? std::string("no run ended") : reasons.front().text),
                        reasons.empty() ? std::string() : reasons.front().remedy);
  }
  report_.peak_rates.push_back(std::move(rate));
}

void AuditSteps::operator()(const LoadSweepStep& step) {
  LoadSweepOptions options;
  options.settings = step.settings;
  options.at_most = step.at_most;
  TimedProgress progress(progress_, clock_, step.at_most);
  LoadSweep sweep = sweep_load(options, experiments(progress));
  kept_ = {};
  if (sweep.points.empty()) {
    if (interruption_.requested()) return;
    throw ResourceError(
        "no load could be measured: its runs failed, were wrong, or did not fit into the time",
        "a longer --max-time; perfbench scenario offline of the same workload shows a failure");
  }
  report_.load_sweeps.push_back(std::move(sweep));
}

void AuditSteps::operator()(const TrackStep& step) {
  TrackOptions options;
  options.settings = step.settings;
  options.at_most = step.at_most;
  ScenarioSettings& settings = options.settings;
  if (settings.workload.empty()) settings.workload = default_workload(step.track);
  // The cloud's weights are fitted by their size before anything runs; the others by time.
  const bool by_time = step.track != Track::kCloud;
  if (settings.rung.empty() && by_time && providers_.ladder) {
    options.ladder = providers_.ladder(settings.workload);
    // One size is no choice.
    if (options.ladder.size() < 2) {
      options.ladder.clear();
      settings.rung = "fixed";
    }
  } else if (settings.rung.empty()) {
    settings.rung = "fitted";
  }
  if (!settings.rung.empty()) {
    const WorkloadChoice& choice = workload_for(settings, 1);
    options.fitted_by = choice.fitted_by;
    settings.rung = choice.rung;
  }
  TimedProgress progress(progress_, clock_, step.at_most);
  report_.tracks.push_back(run_track(step.track, options, experiments(progress)));
  kept_ = {};
}

}  // namespace perfbench::audit_detail
