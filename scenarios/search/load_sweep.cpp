#include "scenarios/search/load_sweep.hpp"

#include <algorithm>
#include <array>

#include "scenarios/search/experiment_runs.hpp"
#include "scenarios/search/server_probe.hpp"

namespace perfbench {
namespace {

constexpr std::array<double, 9> kLoads{0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.95, 1.1};
constexpr double kLookShare = 0.03;
constexpr double kLeastSeconds = 0.2;
constexpr double kMostSeconds = 60.0;
/// The last points drain their queues after the schedule.
constexpr double kDrainShare = 1.1;

ScenarioSettings without_arrivals(const ScenarioSettings& settings, Scenario scenario) {
  ScenarioSettings made = settings;
  made.scenario = scenario;
  made.arrivals = {};
  made.samples_per_query = 1;
  return made;
}

}  // namespace

LoadSweep sweep_load(const LoadSweepOptions& options, const ExperimentContext& context) {
  const ScenarioSettings& settings = options.settings;
  LoadSweep sweep;
  sweep.workload = settings.workload;
  sweep.rung = settings.rung;
  sweep.worker_threads = std::max(1, settings.workers);
  sweep.max_batch = std::max<std::size_t>(1, settings.batcher.max_batch);
  sweep.max_delay = settings.batcher.max_delay;
  ExperimentRuns runs(context, options.at_most, settings.seed);
  const Nanoseconds look =
      from_seconds(std::clamp(kLookShare * seconds(options.at_most), 0.1, 1.0));
  ScenarioSettings alone = without_arrivals(settings, Scenario::kSingleStream);
  alone.batcher = {};
  alone.bound.reset();
  if (const auto result = runs.run(alone, look)) sweep.service_mean_ns = result->latency.mean_ns;
  sweep.saturation_qps = options.saturation_qps.value_or(0.0);
  if (sweep.saturation_qps <= 0.0) {
    ScenarioSettings offline = without_arrivals(settings, Scenario::kOffline);
    offline.bound.reset();
    if (const auto result = runs.run(offline, look)) {
      sweep.saturation_qps = result->rate.per_second();
      sweep.worker_threads = std::max(1, result->worker_threads);
    }
  }
  if (sweep.saturation_qps <= 0.0) return sweep;
  const double each_s =
      (runs.left_s() / static_cast<double>(kLoads.size()) - runs.overhead_s()) / kDrainShare;
  const Nanoseconds length = from_seconds(std::clamp(each_s, kLeastSeconds, kMostSeconds));
  for (const double load : kLoads) {
    ScenarioSettings server = without_arrivals(settings, Scenario::kServer);
    server.arrivals.kind = Arrivals::kPoisson;
    server.arrivals.target_qps = load * sweep.saturation_qps;
    const auto result = runs.run(server, length);
    if (!result) break;
    sweep.worker_threads = std::max(1, result->worker_threads);
    sweep.points.push_back(make_server_probe(*result));
    sweep.points.back().target_qps = server.arrivals.target_qps;
  }
  return sweep;
}

}  // namespace perfbench
