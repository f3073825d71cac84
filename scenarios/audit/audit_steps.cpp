#include "scenarios/audit/audit_steps.hpp"

#include <algorithm>
#include <utility>

#include "harness/core/judge/roof_id.hpp"
#include "harness/core/result/names.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/clock_cost.hpp"
#include "harness/host/instrument/clock_chain.hpp"
#include "harness/host/instrument/gap_test.hpp"
#include "scenarios/audit/quiet_windows.hpp"
#include "scenarios/drivers/scenario_run.hpp"
#include "scenarios/roofline/roof_from_series.hpp"
#include "scenarios/sut/inline_sut.hpp"

namespace perfbench::audit_detail {
namespace {

/// STREAM's rule: four times the largest cache leaves nothing of one pass for the next. Caches that
/// the machine does not tell may be of any size.
bool beyond_caches(const MachineShape& shape, Bytes working_set) {
  constexpr std::uint64_t kTimesTheCache = 4;
  for (const CacheShape& cache : shape.caches) {
    if (working_set < kTimesTheCache * cache.size) return false;
  }
  return !shape.caches.empty();
}

/// Of the available memory, by one workload: the rest of the machine needs some too.
constexpr double kUsableShare = 0.75;

/// A disturbance that comes or goes during the run must not be judged by a test of its first
/// seconds.
constexpr Nanoseconds kGapTestBesideStep{300'000'000};

Reading<double> worst_loss(const std::vector<NoiseFloor>& floors, const std::string& source) {
  if (floors.empty()) return Reading<double>::unavailable("no gap test could run");
  double worst = 0.0;
  for (const NoiseFloor& floor : floors) worst = std::max(worst, floor.loss_fraction);
  return Reading<double>::of(worst, source);
}

Fact nanoseconds_fact(const std::string& name, Nanoseconds value) {
  return {name,
          "ns",
          Reading<FactValue>::of(FactValue(static_cast<std::int64_t>(value.count())), "measured")};
}

bool fits(const MachineShape& shape, Bytes bytes) {
  if (!shape.memory_available.available()) return true;
  return static_cast<double>(bytes.count()) <=
         kUsableShare * static_cast<double>(shape.memory_available.value().count());
}

}  // namespace

AuditSteps::AuditSteps(const RunPlan& plan,
                       const MachineShape& shape,
                       const AuditProviders& providers,
                       const AuditOptions& options,
                       Clock& clock,
                       Progress& progress,
                       const Interruption& interruption,
                       Report& report)
    : plan_(plan),
      shape_(shape),
      providers_(providers),
      options_(options),
      clock_(clock),
      progress_(progress),
      interruption_(interruption),
      report_(report) {}

void AuditSteps::add_clock_facts() {
  const ClockCost cost = calibrate_clock(clock_);
  clock_cost_ = cost.cost_p50;
  gap_threshold_ = gap_threshold(cost);
  std::vector<Fact>& facts = report_.machine.facts;
  facts.push_back(nanoseconds_fact("timer_cost_p50_ns", cost.cost_p50));
  facts.push_back(nanoseconds_fact("timer_cost_p99_ns", cost.cost_p99));
  facts.push_back(nanoseconds_fact("timer_step_ns", cost.step));
  facts.push_back(nanoseconds_fact("timer_back_to_back_max_ns", cost.back_to_back_max));

  const ScopedPin pin(plan_.threads().one_core_cpu);
  ClockChainOptions chain_options;
  chain_options.chain = options_.clock_chain;
  const ClockChainResult chain = measure_clock_chain(clock_, chain_options);
  const Reading<double>& hz = chain.reading.hz;
  facts.push_back({"core_clock_hz",
                   "Hz",
                   hz.available() ? Reading<FactValue>::of(FactValue(hz.value()), hz.source())
                                  : Reading<FactValue>::unavailable(hz.reason())});
}

void AuditSteps::operator()(const InstrumentsStep& step) {
  add_clock_facts();
  progress_.advance(0.1);
  noise_floor_ = run_gap_test(plan_.threads().cpus, step.gap_test);
  gap_loss_ = worst_loss(noise_floor_, "gap test before the run, the worst CPU");
  update_quiet();
}

std::vector<NoiseFloor> AuditSteps::run_gap_test(const std::vector<int>& cpus,
                                                 Nanoseconds duration) {
  GapTestOptions options;
  options.duration = duration;
  options.threshold = gap_threshold_;
  options.read_cost = clock_cost_;
  std::vector<NoiseFloor> floors;
  for (const Reading<NoiseFloor>& floor : gap_test(clock_, cpus, options, &interruption_)) {
    if (floor.available()) {
      floors.push_back(floor.value());
    } else {
      left_out("the noise floor of a CPU", floor.reason(), "");
    }
  }
  return floors;
}

void AuditSteps::test_gaps_beside(const std::vector<int>& cpus) {
  const std::vector<NoiseFloor> floors = run_gap_test(cpus, kGapTestBesideStep);
  if (!floors.empty()) gap_loss_ = worst_loss(floors, "gap test before this step, the worst CPU");
}

void AuditSteps::operator()(const LibrarySearchStep& step) {
  if (!providers_.library) return;
  LibraryOutcome outcome = providers_.library(step, interruption_);
  trials_ = std::move(outcome.trials);
  for (Fact& fact : outcome.facts) report_.machine.facts.push_back(std::move(fact));
  for (Warning& warning : outcome.warnings) report_.machine.warnings.push_back(std::move(warning));
  if (!trials_.empty()) {
    campaign().add_trials(trials_);
    report_.roofline = campaign().section();
  }
}

const WorkloadEntry* AuditSteps::find_workload(const std::string& name) {
  if (!workloads_) workloads_ = providers_.workloads();
  for (const WorkloadEntry& entry : workloads_->entries) {
    if (entry.name == name) return &entry;
  }
  const std::string what = "the scenarios of the workload " + name;
  for (const LeftOut& missing : workloads_->left_out) {
    if (missing.what == name) {
      left_out(what, missing.reason, missing.remedy);
      return nullptr;
    }
  }
  left_out(what, "there is no workload of that name", "");
  return nullptr;
}

void AuditSteps::operator()(const ScenarioStep& step) {
  const WorkloadEntry* entry = find_workload(step.workload);
  if (entry == nullptr) return;
  if (!fits(shape_, entry->working_set)) {
    left_out("the scenarios of the workload " + step.workload,
             "its data do not fit into the available memory",
             "close other programs");
    return;
  }
  InlineSut sut(*entry, plan_.threads().one_core_cpu);
  ScenarioRequest request;
  request.scenario = step.scenario;
  request.workload = step.workload;
  request.settings.stop = step.stop;
  request.settings.warm_up = step.warm_up;
  request.settings.seed = step.seed;
  request.watched = with_siblings(shape_, {plan_.threads().one_core_cpu});
  test_gaps_beside({plan_.threads().one_core_cpu});
  request.gap_loss = gap_loss_;
  const bool stays_in_dram = beyond_caches(shape_, entry->working_set);
  if (campaign_) {
    const Roof* roof = find_roof(campaign_->section().roofs,
                                 sut.info().bound_by,
                                 sut.info().precision,
                                 sut.worker_threads());
    if (roof != nullptr && (roof->kind != RoofKind::kBandwidth || stays_in_dram)) {
      request.roof = BindingRoof{roof_id(*roof), roof->kind, roof->rate.best};
    }
  }
  QuietWindows watched(request.watched, clock_, progress_);
  const DriverContext context{clock_, interruption_, watched};
  ScenarioResult result = run_scenario(sut, request, context);
  if (sut.info().bound_by == RoofKind::kBandwidth && !stays_in_dram) {
    result.description +=
        "; part of its data may stay in this machine's caches, so no DRAM roof is held against it";
  }
  const Reading<double> share = result.disturbance.share;
  // Stopped before the first query there is nothing to keep; a wrong answer is a result.
  if (result.samples > 0 || !result.verified) report_.scenarios.push_back(std::move(result));
  keep_windows(watched.finish(share, gap_loss_));
}

void AuditSteps::keep_windows(std::vector<Disturbance> windows) {
  windows_.insert(windows_.end(),
                  std::make_move_iterator(windows.begin()),
                  std::make_move_iterator(windows.end()));
  update_quiet();
}

void AuditSteps::update_quiet() { report_.quiet = summarize_quiet(windows_, noise_floor_); }

void AuditSteps::left_out(const std::string& what,
                          const std::string& reason,
                          const std::string& remedy) {
  if (!said_.insert(what).second) return;
  report_.machine.warnings.push_back({"left-out",
                                      "Not measured: " + what + " (" + reason + ").",
                                      "The report says nothing about it.",
                                      remedy});
}

}  // namespace perfbench::audit_detail
