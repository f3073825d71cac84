#include <string>
#include <utility>

#include "harness/core/plan/plan_draft.hpp"
#include "harness/core/result/names.hpp"

namespace perfbench::plan_detail {
namespace {

class Entries {
 public:
  Entries(const std::string& step, std::vector<PlanEntry>& entries)
      : prefix_(step + "_"), entries_(entries) {}

  void add(const char* name, FactValue value) {
    entries_.push_back({prefix_ + name, std::move(value)});
  }
  void add_seconds(const char* name, Nanoseconds value) { add(name, seconds(value)); }
  void add_count(const char* name, std::uint64_t value) {
    add(name, static_cast<std::int64_t>(value));
  }
  void add_word(const char* name, std::string_view word) { add(name, std::string(word)); }

 private:
  std::string prefix_;
  std::vector<PlanEntry>& entries_;
};

void add_stop(const ScenarioSettings& settings, Entries& entries) {
  const StopRule& stop = settings.stop;
  entries.add_seconds("min_duration_s", stop.min_duration);
  entries.add_count(settings.scenario == Scenario::kOffline ? "min_samples" : "min_queries",
                    stop.min_queries);
  if (stop.max_duration) entries.add_seconds("max_duration_s", *stop.max_duration);
  if (stop.max_queries) entries.add_count("max_queries", *stop.max_queries);
  entries.add_count("warm_up_min_queries", settings.warm_up.min_queries);
  entries.add_count("warm_up_max_queries", settings.warm_up.max_queries);
}

void add_arrivals(const ScenarioSettings& settings, double load, Entries& entries) {
  const ArrivalSettings& arrivals = settings.arrivals;
  entries.add_word("arrivals", name_of(arrivals.kind));
  if (arrivals.kind == Arrivals::kClosedLoop) return;
  if (arrivals.target_qps > 0.0) {
    entries.add("target_qps", arrivals.target_qps);
  } else if (arrivals.kind == Arrivals::kTrace) {
    entries.add_word("target_qps", "the trace's own pace");
  } else {
    entries.add("target_load_of_saturation", load);
  }
  if (arrivals.kind == Arrivals::kBursty) {
    entries.add("burst_duty", arrivals.burst_duty);
    entries.add_seconds("burst_period_s", arrivals.burst_period);
  }
  if (arrivals.kind == Arrivals::kTrace) entries.add_word("trace", arrivals.trace_name);
}

void add_settings(const ScenarioSettings& settings, double load, Entries& entries) {
  entries.add_word("scenario", name_of(settings.scenario));
  entries.add_word("workload", settings.workload);
  entries.add_word("rung", settings.rung.empty() ? "fixed" : settings.rung);
  add_stop(settings, entries);
  // As text: JSON readers keep 53 bits of a number.
  entries.add_word("seed", std::to_string(settings.seed));
  add_arrivals(settings, load, entries);
  entries.add_count("samples_per_query", settings.samples_per_query);
  entries.add_count("max_batch", settings.batcher.max_batch);
  entries.add_seconds("max_delay_s", settings.batcher.max_delay);
  entries.add_word("wait", name_of(settings.wait));
  if (settings.bound) {
    entries.add_seconds("latency_bound_s", settings.bound->bound);
    entries.add("bound_percentile", settings.bound->ppm / 1e4);
  }
  if (settings.deadline) entries.add_seconds("deadline_s", *settings.deadline);
  if (settings.workers > 0) {
    entries.add_count("workers", static_cast<std::uint64_t>(settings.workers));
  } else {
    entries.add_word("workers", "one a core beside the generator's");
  }
}

struct AddStep {
  Entries& entries;
  void operator()(const ScenarioStep& step) const {
    add_settings(step.settings, step.load, entries);
  }
  void operator()(const FreshRunsStep& step) const {
    entries.add_count("runs", static_cast<std::uint64_t>(step.runs));
  }
  void operator()(const PeakRateStep& step) const {
    add_settings(step.settings, ScenarioStep::kDefaultLoad, entries);
    entries.add_seconds("at_most_s", step.at_most);
  }
  void operator()(const LoadSweepStep& step) const {
    add_settings(step.settings, ScenarioStep::kDefaultLoad, entries);
    entries.add_seconds("at_most_s", step.at_most);
  }
  void operator()(const TrackStep& step) const {
    entries.add_word("track", name_of(step.track));
    entries.add_word("workload",
                     step.settings.workload.empty() ? "the track's" : step.settings.workload);
    entries.add_word("rung", step.settings.rung.empty() ? "fitted" : step.settings.rung);
    entries.add_word("seed", std::to_string(step.settings.seed));
    entries.add_word("wait", name_of(step.settings.wait));
    entries.add_seconds("at_most_s", step.at_most);
  }
  void operator()(const CalibrationStep& step) const {
    entries.add_word("seed", std::to_string(step.seed));
    entries.add_word("wait", name_of(step.wait));
    entries.add_seconds("at_most_s", step.at_most);
  }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

void add_serving_entries(const PlanStep& step, std::vector<PlanEntry>& entries) {
  Entries named(step.id, entries);
  std::visit(AddStep{named}, step.work);
}

}  // namespace perfbench::plan_detail
