#include "scenarios/drivers/scenario_run.hpp"

#include <algorithm>
#include <utility>

#include "harness/core/judge/scenario.hpp"
#include "harness/core/units/error.hpp"
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

void check_settings(const ScenarioSettings& settings) {
  if (settings.samples_per_query == 0) throw UsageError("A query needs at least one sample.");
  if (settings.samples_per_query > 1 && settings.scenario != Scenario::kMultiStream) {
    throw UsageError("Only MultiStream has queries of several samples.");
  }
  const bool closed = settings.arrivals.kind == Arrivals::kClosedLoop;
  if (settings.scenario == Scenario::kServer && closed) {
    throw UsageError("Server needs arrivals: a target rate, or a trace.");
  }
  if (!closed &&
      (settings.scenario == Scenario::kSingleStream || settings.scenario == Scenario::kOffline)) {
    throw UsageError(
        "SingleStream and Offline have no arrivals: the one follows its own "
        "completions, the other has all samples at once.");
  }
}

DriverRun drive(SystemUnderTest& sut,
                CompletionBoard& board,
                const DriverSettings& settings,
                const DriverContext& context) {
  if (settings.scenario.scenario == Scenario::kOffline) {
    return run_offline(sut, board, settings, context);
  }
  if (settings.scenario.arrivals.kind == Arrivals::kClosedLoop) {
    return run_closed_loop(sut, board, settings, context);
  }
  return run_open_loop(sut, board, settings, context);
}

}  // namespace

ScenarioResult run_scenario(SystemUnderTest& sut,
                            const ScenarioRequest& request,
                            const DriverContext& context) {
  check_settings(request.settings);
  CompletionBoard board(context.clock);
  const Started stop_afterwards(sut);
  const Verification verification = sut.start(board);
  if (!verification.passed) {
    ScenarioResult wrong = make_scenario_result(sut, request, DriverRun{}, Disturbance{});
    wrong.verified = false;
    wrong.description += "; the answer was wrong: " + verification.detail;
    wrong.verdict = judge_scenario(wrong);
    return wrong;
  }
  DisturbanceOptions watched;
  watched.measured_threads = {current_tid()};
  // Between arrivals, and while workers execute, the issuing thread may sleep.
  watched.threads_sleep = request.settings.arrivals.kind != Arrivals::kClosedLoop ||
                          request.settings.scenario == Scenario::kOffline;
  DisturbanceMonitor monitor(request.watched, context.clock, watched);
  Disturbance disturbance;
  DriverContext timed{context.clock,
                      context.interruption,
                      context.progress,
                      [&monitor] { monitor.start(); },
                      [&monitor, &disturbance] { disturbance = monitor.stop(); }};
  DriverSettings settings;
  settings.scenario = request.settings;
  settings.record_at_most = request.record_at_most;
  settings.workers = sut.worker_threads() / std::max(1, sut.info().threads);
  DriverRun run = drive(sut, board, settings, timed);
  if (request.gap_loss.available()) disturbance.gap_loss_fraction = request.gap_loss;
  if (request.see_queries && run.recorder) request.see_queries(*run.recorder);
  return make_scenario_result(sut, request, std::move(run), std::move(disturbance));
}

}  // namespace perfbench
