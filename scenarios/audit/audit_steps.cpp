#include "scenarios/audit/audit_steps.hpp"

#include <algorithm>
#include <utility>

#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/clock_cost.hpp"
#include "harness/host/instrument/clock_chain.hpp"
#include "harness/host/instrument/gap_test.hpp"

namespace perfbench::audit_detail {
namespace {

/// A disturbance that comes or goes during the run must not be judged by a test of its first
/// seconds.
constexpr Nanoseconds kGapTestBesideStep{300'000'000};
/// A search makes dozens of short runs, one after the other.
constexpr Nanoseconds kGapTestsHoldFor{3'000'000'000};

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

void AuditSteps::test_gaps_now_and_then(const std::vector<int>& cpus) {
  const bool fresh = gaps_tested_on_ == cpus && clock_.now() - gaps_tested_at_ < kGapTestsHoldFor;
  if (fresh) return;
  test_gaps_beside(cpus);
  gaps_tested_on_ = cpus;
  gaps_tested_at_ = clock_.now();
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
