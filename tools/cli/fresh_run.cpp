#include "tools/cli/fresh_run.hpp"

#include <string>
#include <utility>
#include <variant>

#include "harness/core/json/cursor.hpp"
#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/process/child_runner.hpp"
#include "kernels/gemm/openblas/core_search.hpp"
#include "reports/document/read.hpp"
#include "reports/document/write.hpp"
#include "tools/cli/command_line.hpp"
#include "tools/cli/measurement.hpp"

namespace perfbench {
namespace {

constexpr const char* kTask = "scenario-run";
constexpr const char* kWords = "words";
constexpr const char* kQps = "target_qps";
constexpr const char* kSeed = "seed";
constexpr const char* kMinDuration = "min_duration_ns";
constexpr const char* kMaxDuration = "max_duration_ns";
constexpr const char* kMinQueries = "min_queries";
constexpr const char* kDocument = "document";
/// Of a child whose scenario has no maximum duration; one that hangs must not outlive the day.
constexpr Nanoseconds kLongestRun = std::chrono::hours(12);
/// Probe, libraries and loading beside the scenario itself.
constexpr Nanoseconds kBeside = std::chrono::minutes(3);

JsonValue request_of(const ScenarioSettings& settings, const Context& context) {
  JsonValue::Array words;
  for (const std::string& word : context.words) words.emplace_back(word);
  JsonValue request = JsonValue::object();
  request.set(kWords, std::move(words))
      .set(kQps, settings.arrivals.target_qps)
      .set(kSeed, settings.seed)
      .set(kMinDuration, settings.stop.min_duration.count())
      .set(kMinQueries, settings.stop.min_queries);
  if (settings.stop.max_duration) request.set(kMaxDuration, settings.stop.max_duration->count());
  return request;
}

/// The command as it was typed, for one run of its scenario alone.
RunCommand command_of(const JsonCursor& request) {
  const Command parsed = parse_command_line(request.at(kWords).string_array());
  const auto* typed = std::get_if<RunCommand>(&parsed);
  if (typed == nullptr || !typed->plan.serving || !typed->plan.serving->scenario)
    throw UsageError("a fresh run was asked for without a scenario");
  RunCommand command = *typed;
  ServingRequest& serving = *command.plan.serving;
  serving.runs = 1;
  serving.find_peak = false;
  serving.sweep = false;
  serving.needs_roofs = false;
  serving.scenario->seed = request.at(kSeed).as_uint64();
  serving.scenario->arrivals.target_qps = request.at(kQps).as_double();
  // As the parent's plan has it, which --max-time may have made shorter: all runs are alike.
  command.plan.max_time.reset();
  StopRule stop;
  stop.min_duration = Nanoseconds(request.at(kMinDuration).as_int64());
  stop.min_queries = request.at(kMinQueries).as_uint64();
  if (const auto most = request.find(kMaxDuration))
    stop.max_duration = Nanoseconds(most->as_int64());
  command.stop = stop;
  return command;
}

JsonValue answer(const JsonValue& request, Context& context) {
  RunCommand command = command_of(JsonCursor(request));
  Measurement measurement = prepare_measurement(command, context);
  NullProgress progress;
  carry_out(measurement, context, progress);
  Report& report = measurement.report;
  if (report.scenarios.empty())
    throw ResourceError(report.partial_reason.empty() ? "nothing was measured"
                                                      : report.partial_reason);
  report.scenarios.back().latencies.clear();
  return JsonValue::object().set(kDocument, parse_json(write_document(report)));
}

Nanoseconds time_limit(const ScenarioSettings& settings) {
  return settings.stop.max_duration ? 2 * *settings.stop.max_duration + kBeside : kLongestRun;
}

}  // namespace

ScenarioResult run_fresh(const ScenarioSettings& settings,
                         const Context& context,
                         const Interruption& interruption) {
  ChildRunnerOptions options;
  options.environment = context.environment;
  const ChildRunner runner(options);
  ChildCall call;
  call.task = kTask;
  call.request = request_of(settings, context);
  call.limits.wall = time_limit(settings);
  const ChildResult result = runner.call(call, interruption);
  if (!result.ok()) throw ResourceError("a fresh process gave no result: " + result.sentence);
  const JsonValue* document = result.answer.find(kDocument);
  if (document == nullptr) throw ResourceError("a fresh process gave no report");
  Report report = read_document(write_json(*document, 0));
  if (report.scenarios.empty()) throw ResourceError("a fresh process measured nothing");
  return std::move(report.scenarios.back());
}

std::vector<ChildTask> child_tasks(Context& context) {
  return {openblas_trial_task(),
          {kTask, [&context](const JsonValue& request) { return answer(request, context); }}};
}

}  // namespace perfbench
