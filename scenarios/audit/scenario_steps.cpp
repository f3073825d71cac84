#include <algorithm>
#include <cstdio>
#include <utility>

#include "harness/core/judge/quiet.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/judge/scenario.hpp"
#include "harness/core/plan/random.hpp"
#include "harness/core/result/names.hpp"
#include "harness/core/stats/between_runs.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/units/error.hpp"
#include "scenarios/audit/audit_steps.hpp"
#include "scenarios/calibration/calibrate.hpp"
#include "scenarios/calibration/stalling_workload.hpp"
#include "scenarios/roofline/roof_from_series.hpp"
#include "scenarios/search/server_probe.hpp"
#include "scenarios/sut/sut_settings.hpp"

namespace perfbench::audit_detail {
namespace {

/// At least four times the largest cache, what a workload that streams its weights is defined by
/// and half of kTimesBeyondCache: at just four times a core of a Zen 5 read a tenth faster than
/// from DRAM alone. Caches that the machine does not tell may be of any size.
bool beyond_caches(const MachineShape& shape, Bytes working_set) {
  constexpr std::uint64_t kTimesTheCache = 4;
  for (const CacheShape& cache : shape.caches) {
    if (working_set < kTimesTheCache * cache.size) return false;
  }
  return !shape.caches.empty();
}

/// Of the available memory, by the workload: the rest of the machine needs some too.
constexpr double kUsableShare = 0.75;

/// How long the saturation is looked at before an open loop without a rate.
constexpr Nanoseconds kSaturationLook{700'000'000};

std::string gigabytes(double bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g GB", bytes / 1e9);
  return text;
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

/// What all instances share is there once.
double memory_of(const WorkloadEntry& entry, int instances) {
  const auto whole = static_cast<double>(entry.working_set.count());
  const auto shared = static_cast<double>(entry.shared.count());
  return shared + instances * std::max(0.0, whole - shared);
}

void check_memory(const MachineShape& shape, const WorkloadEntry& entry, int instances) {
  if (!shape.memory_available.available()) return;
  const double needed = memory_of(entry, instances);
  const double usable = kUsableShare * static_cast<double>(shape.memory_available.value().count());
  if (needed <= usable) return;
  throw ResourceError("its data do not fit into the available memory: " + gigabytes(needed) +
                          " for " + std::to_string(instances) +
                          (instances == 1 ? " worker" : " workers") +
                          ", and 75 % of what is available are " + gigabytes(usable),
                      "close other programs, or choose a smaller rung or fewer workers");
}

BindingRoof binding(const Roof& roof) { return {roof_id(roof), roof.kind, roof.rate.best}; }

RunRecord run_record(const ScenarioResult& result) {
  RunRecord record;
  record.seed = result.arrivals.seed;
  record.queries = result.queries;
  record.rate_per_s = result.rate.per_second();
  record.mean_ns = result.latency.mean_ns;
  record.p50 = told_percentile(result.latency, 500'000).value_or(Nanoseconds(0));
  record.p90 = told_percentile(result.latency, 900'000).value_or(Nanoseconds(0));
  record.p99 = told_percentile(result.latency, 990'000).value_or(Nanoseconds(0));
  record.validity = result.verdict.validity;
  record.quiet = judge_quiet(result.disturbance).quietness == Quietness::kQuiet;
  return record;
}

/// Its place among the runs tells at the figure that one died.
RunRecord died(std::uint64_t seed) {
  RunRecord record;
  record.seed = seed;
  record.validity = Validity::kInvalid;
  return record;
}

/// A percentile that one run refused has no interval over the runs.
void sum_up_runs(ScenarioResult& result) {
  std::vector<double> rates;
  std::vector<double> p99s;
  for (const RunRecord& run : result.runs) {
    rates.push_back(run.rate_per_s);
    p99s.push_back(static_cast<double>(run.p99.count()));
  }
  const auto all_positive = [](const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return value > 0.0; });
  };
  result.rate_between_runs.reset();
  result.p99_between_runs.reset();
  if (all_positive(rates)) result.rate_between_runs = between_runs(rates);
  if (all_positive(p99s)) result.p99_between_runs = between_runs(p99s);
  // A run that is INVALID leaves the whole open.
  result.verdict = judge_scenario(result);
}

std::string in_words(const ScenarioSettings& settings) {
  return std::string(name_of(settings.scenario)) + " of the workload " + settings.workload;
}

}  // namespace

std::string AuditSteps::workload_key(const ScenarioSettings& settings) {
  return settings.workload + "/" + (settings.rung.empty() ? "fixed" : settings.rung);
}

const WorkloadChoice& AuditSteps::workload_for(const ScenarioSettings& settings, int instances) {
  const std::string rung = settings.rung.empty() ? "fixed" : settings.rung;
  const std::string key = workload_key(settings);
  auto found = workloads_.find(key);
  if (found == workloads_.end()) {
    const bool stalls = settings.workload == kStallWorkload;
    WorkloadChoice choice =
        providers_.workload(stalls ? std::string(kSpinWorkload) : settings.workload, rung);
    if (stalls) choice.entry = with_stalls(std::move(choice.entry), {}, clock_);
    found = workloads_.emplace(key, std::move(choice)).first;
  }
  check_memory(shape_, found->second.entry, instances);
  return found->second;
}

ServingLayout AuditSteps::layout_for(const ScenarioSettings& settings) const {
  return choose_serving_layout(shape_, plan_.threads(), settings.scenario, settings.workers);
}

void AuditSteps::hold_against_roofs(const WorkloadEntry& entry,
                                    const WorkloadInfo& info,
                                    int workers,
                                    ScenarioRequest& request) const {
  if (!campaign_) return;
  const std::vector<Roof>& roofs = campaign_->section().roofs;
  const Roof* compute = find_roof(roofs, RoofKind::kCompute, info.precision, workers);
  // Data that a cache may keep are not held against the memory behind it.
  const Roof* memory = beyond_caches(shape_, entry.working_set)
                           ? find_roof(roofs, RoofKind::kBandwidth, info.precision, workers)
                           : nullptr;
  const Roof* first = info.bound_by == RoofKind::kBandwidth ? memory : compute;
  if (first != nullptr) request.roof = binding(*first);
  if (memory != nullptr && memory != first) request.bandwidth_roof = binding(*memory);
}

ScenarioResult AuditSteps::run_one(const ScenarioSettings& settings, const RunManner& manner) {
  const ServingLayout layout = layout_for(settings);
  const auto workers = static_cast<int>(layout.worker_cpus.size());
  const WorkloadChoice& choice = workload_for(settings, workers);
  const WorkloadEntry& entry = choice.entry;
  SutSettings served = sut_settings(clock_, layout, settings);
  if (manner.exact_batch) served.max_batch = settings.batcher.max_batch;
  // Another workload's weights leave before these come.
  const std::string key = workload_key(settings);
  if (kept_.first != key) kept_ = {};
  std::unique_ptr<SystemUnderTest> sut = make_system_under_test(entry, served);
  ScenarioRequest request;
  request.settings = settings;
  request.see_queries = manner.see_queries;
  request.watched = with_siblings(shape_, layout.cpus());
  test_gaps_now_and_then(layout.cpus());
  request.gap_loss = gap_loss_;
  hold_against_roofs(entry, sut->info(), workers, request);
  QuietWindows watched(request.watched, clock_, manner.progress ? *manner.progress : progress_);
  const DriverContext context{clock_, interruption_, watched};
  ScenarioResult result = run_scenario(*sut, request, context);
  if (sut->info().bound_by == RoofKind::kBandwidth && !beyond_caches(shape_, entry.working_set)) {
    result.description +=
        "; part of its data may stay in this machine's caches, so no DRAM roof is held against it";
  }
  if (!choice.fitted_by.empty()) result.description += "; " + choice.fitted_by;
  std::vector<Disturbance> windows = watched.finish(result.disturbance.share, gap_loss_);
  // A run that is shorter than a window is one.
  if (windows.empty() && result.disturbance.wall.count() > 0) {
    windows.push_back(result.disturbance);
  }
  keep_windows(std::move(windows));
  kept_ = {};
  if (manner.progress != nullptr) kept_ = {key, std::move(sut)};
  return result;
}

std::string AuditSteps::choose_rate(ScenarioSettings& settings, double load) {
  ScenarioSettings look = settings;
  look.scenario = Scenario::kOffline;
  look.arrivals = {};
  look.samples_per_query = 1;
  look.bound.reset();
  look.stop = {};
  look.stop.min_duration = kSaturationLook;
  look.stop.max_duration = 10 * kSaturationLook;
  NullProgress silent;  // A look at the way to the step, no part of it.
  const ScenarioResult saturated = run_one(look, {true, nullptr, &silent});
  if (std::string why = why_unusable(saturated); !why.empty()) {
    if (interruption_.requested()) return {};
    throw ResourceError("no rate could be chosen: " + why,
                        "perfbench scenario offline of the same workload shows it");
  }
  const double samples_per_s = saturated.rate.per_second();
  if (samples_per_s <= 0.0) {
    if (interruption_.requested()) return {};
    throw ResourceError("no rate could be chosen: no sample was completed in " +
                            rounded(seconds(10 * kSaturationLook)) + " s",
                        "give a rate with --qps, or choose a smaller rung");
  }
  const double queries_per_s = samples_per_s / static_cast<double>(settings.samples_per_query);
  settings.arrivals.target_qps = load * queries_per_s;
  return rounded(100.0 * load) + " % of the saturation of " + rounded(queries_per_s) +
         " queries/s in batches of at most " + std::to_string(settings.batcher.max_batch) +
         ", since no rate was given";
}

void AuditSteps::operator()(const ScenarioStep& step) {
  ScenarioSettings settings = step.settings;
  std::string failure;
  try {
    std::string chosen;
    if (rate_is_open(settings.arrivals)) chosen = choose_rate(settings, step.load);
    if (interruption_.requested() || rate_is_open(settings.arrivals)) return;
    settled_ = settings;
    ScenarioResult result = run_one(settings);
    result.arrivals.target_chosen_by = chosen;
    failure = result.failure;
    // Stopped before the first query there is nothing to keep; a wrong answer is a result.
    if (result.samples > 0 || !result.verified) report_.scenarios.push_back(std::move(result));
  } catch (const Error& error) {
    // A part of a whole run is missed by it; a run of its own has nothing else.
    if (plan_.serving()) throw;
    left_out(in_words(settings), error.what(), error.remedy());
  }
  if (!failure.empty()) throw ResourceError("the workload failed: " + failure);
}

void AuditSteps::operator()(const FreshRunsStep& step) {
  if (!providers_.fresh_run || !settled_ || report_.scenarios.empty()) return;
  ScenarioResult& first = report_.scenarios.back();
  first.runs = {run_record(first)};
  for (int run = 1; run <= step.runs && !interruption_.requested(); ++run) {
    ScenarioSettings settings = *settled_;
    settings.seed = derive_seed(settled_->seed, static_cast<std::uint64_t>(run));
    try {
      first.runs.push_back(run_record(providers_.fresh_run(settings, interruption_)));
    } catch (const Error& error) {
      if (!interruption_.requested()) {
        left_out("a fresh run of " + in_words(settings), error.what(), error.remedy());
        first.runs.push_back(died(settings.seed));
      }
    }
    sum_up_runs(first);
    progress_.advance(static_cast<double>(run) / step.runs);
  }
}

}  // namespace perfbench::audit_detail
