#include "scenarios/drivers/scenario_run.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "harness/core/judge/scenario.hpp"
#include "harness/core/stats/histogram.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/units/check.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/disturbance/disturbance_monitor.hpp"

namespace perfbench {
namespace {

/// Stops the system on every way out.
class Started {
 public:
  explicit Started(SystemUnderTest& sut) noexcept : sut_(sut) {}
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;
  ~Started() noexcept { sut_.stop(); }

 private:
  SystemUnderTest& sut_;
};

Nanoseconds rank_of(std::vector<Nanoseconds>& values, Ppm ppm) {
  if (values.empty()) return Nanoseconds(0);
  std::sort(values.begin(), values.end());
  return nearest_rank(values, ppm);
}

/// What a reader must know about the latencies beside the sizes.
std::string describe(const WorkloadInfo& info,
                     const ScenarioRequest& request,
                     const DriverRun& run) {
  std::string text = info.description;
  if (request.scenario == Scenario::kOffline) {
    text += "; each latency is of a batch of " + std::to_string(run.samples_per_issue) +
            (run.samples_per_issue == 1 ? " sample" : " samples");
  }
  if (run.latencies.size() > kRawLatenciesKept) {
    text += "; of " + std::to_string(run.latencies.size()) +
            " latencies the histogram is kept, exact to 1 %";
  }
  return text;
}

void judge_against_roof(const std::optional<BindingRoof>& roof, ScenarioResult& result) {
  if (!roof) return;
  result.roof = roof->id;
  const auto work =
      static_cast<double>(roof->kind == RoofKind::kCompute ? result.flops_per_sample.count()
                                                           : result.bytes_per_sample.count());
  if (roof->best_per_s <= 0.0 || work <= 0.0 || result.samples == 0) return;
  result.roof_fraction = work * result.rate.per_second() / roof->best_per_s;
}

}  // namespace

ScenarioResult make_scenario_result(const SystemUnderTest& sut,
                                    const ScenarioRequest& request,
                                    DriverRun run,
                                    Disturbance disturbance) {
  const WorkloadInfo& info = sut.info();
  ScenarioResult result;
  result.scenario = request.scenario;
  result.workload = request.workload;
  result.description = describe(info, request, run);
  result.implementation = info.implementation;
  result.closed_loop = request.scenario == Scenario::kSingleStream;
  result.worker_threads = sut.worker_threads();
  result.placement = sut.placement();
  result.queries = run.queries;
  result.samples = run.samples;
  result.warm_up_queries = run.warm_up_queries;
  result.duration = run.duration;
  result.min_duration = request.settings.stop.min_duration;
  result.latency = summarize_latencies(run.latencies);
  result.histogram = make_histogram(run.latencies);
  if (run.samples > 0 && run.duration.count() > 0)
    result.rate = Samples(run.samples) / run.duration;
  result.slip_p50 = rank_of(run.slips, 500'000);
  result.slip_p99 = rank_of(run.slips, 990'000);
  const Work work = sut.work(run.samples_per_issue);
  result.flops_per_sample = work.flops / run.samples_per_issue;
  result.bytes_per_sample = work.bytes / run.samples_per_issue;
  judge_against_roof(request.roof, result);
  result.verified = true;
  result.checksum = run.checksum;
  result.dropped = run.dropped;
  result.partial = run.interrupted;
  result.disturbance = std::move(disturbance);
  if (run.latencies.size() <= kRawLatenciesKept) result.latencies = std::move(run.latencies);
  result.verdict = judge_scenario(result);
  return result;
}

ScenarioResult run_scenario(SystemUnderTest& sut,
                            const ScenarioRequest& request,
                            const DriverContext& context) {
  CHECK(request.scenario == Scenario::kSingleStream || request.scenario == Scenario::kOffline,
        "a scenario without a driver");
  CompletionLatch latch(context.clock);
  const Started stop_afterwards(sut);
  const Verification verification = sut.start(latch);
  if (!verification.passed) {
    ScenarioResult wrong = make_scenario_result(sut, request, DriverRun{}, Disturbance{});
    wrong.verified = false;
    wrong.description += "; the answer was wrong: " + verification.detail;
    wrong.verdict = judge_scenario(wrong);
    return wrong;
  }
  DisturbanceOptions watched;
  watched.measured_threads = {current_tid()};
  DisturbanceMonitor monitor(request.watched, context.clock, watched);
  Disturbance disturbance;
  DriverContext timed{context.clock,
                      context.interruption,
                      context.progress,
                      [&monitor] { monitor.start(); },
                      [&monitor, &disturbance] { disturbance = monitor.stop(); }};
  DriverRun run = request.scenario == Scenario::kOffline
                      ? run_offline(sut, latch, request.settings, timed)
                      : run_single_stream(sut, latch, request.settings, timed);
  if (request.gap_loss.available()) disturbance.gap_loss_fraction = request.gap_loss;
  return make_scenario_result(sut, request, std::move(run), std::move(disturbance));
}

}  // namespace perfbench
