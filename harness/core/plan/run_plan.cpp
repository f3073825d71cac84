#include "harness/core/plan/run_plan.hpp"

#include <utility>

#include "harness/core/plan/plan_draft.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

std::string list(const std::vector<int>& cpus) {
  std::string text;
  for (const int cpu : cpus) {
    if (!text.empty()) text += ',';
    text += std::to_string(cpu);
  }
  return text;
}

void add_step_entries(const std::vector<PlanStep>& steps, std::vector<PlanEntry>& entries) {
  for (const PlanStep& step : steps) {
    if (const auto* work = std::get_if<InstrumentsStep>(&step.work)) {
      entries.push_back({"gap_test_s", seconds(work->gap_test)});
    } else if (const auto* search = std::get_if<LibrarySearchStep>(&step.work)) {
      entries.push_back({"library_search_at_most_s", seconds(search->at_most)});
    } else if (const auto* roofs = std::get_if<RoofStep>(&step.work)) {
      entries.push_back({step.id + "_per_kernel_s", seconds(roofs->per_kernel)});
      if (roofs->per_cached_kernel.count() > 0) {
        entries.push_back({step.id + "_per_cached_kernel_s", seconds(roofs->per_cached_kernel)});
      }
      entries.push_back({step.id + "_narrower_isas", roofs->narrower_isas});
      entries.push_back({step.id + "_cpus", list(roofs->team.cpus)});
    } else if (const auto* sweep = std::get_if<SweepStep>(&step.work)) {
      entries.push_back({"sweep_at_most_s", seconds(sweep->at_most)});
    } else if (const auto* sustained = std::get_if<SustainedStep>(&step.work)) {
      entries.push_back({step.id + "_per_kernel_s", seconds(sustained->per_kernel)});
    } else {
      plan_detail::add_serving_entries(step, entries);
    }
  }
}

std::vector<PlanEntry> entries_of(const RunPlan::Content& content) {
  const PlanOptions& options = content.options;
  std::vector<PlanEntry> entries;
  entries.push_back({"preset", std::string(preset_name(options.preset))});
  // As text: JSON readers keep 53 bits of a number.
  entries.push_back({"seed", std::to_string(options.seed)});
  if (options.max_time) entries.push_back({"max_time_s", seconds(*options.max_time)});
  entries.push_back({"threads", static_cast<std::int64_t>(content.threads.threads())});
  entries.push_back({"threads_reason", content.threads.reason});
  entries.push_back({"cpus", list(content.threads.cpus)});
  entries.push_back({"one_core_cpu", static_cast<std::int64_t>(content.threads.one_core_cpu)});
  entries.push_back({"one_core_reason", content.threads.one_core_reason});
  entries.push_back({"gemm_n", static_cast<std::int64_t>(content.sizes.gemm_n)});
  if (content.sizes.dram_at_most.count() > 0) {
    entries.push_back(
        {"triad_bytes", static_cast<std::int64_t>(content.sizes.dram_at_most.count())});
  } else {
    entries.push_back({"triad_bytes", std::string("sized from the machine's caches")});
  }
  add_step_entries(content.steps, entries);
  if (!content.notes.empty()) entries.push_back({"notes", content.notes});
  return entries;
}

}  // namespace

double RunPlan::estimated_s() const noexcept {
  double total = 0.0;
  for (const PlanStep& step : content_.steps) total += step.estimated_s;
  return total;
}

PlanRecord RunPlan::record() const {
  PlanRecord record;
  record.preset = std::string(preset_name(preset()));
  record.seed = seed();
  record.entries = content_.entries;
  for (const PlanStep& step : content_.steps) {
    record.steps.push_back({step.id, step.what, step.estimated_s, std::nullopt});
  }
  return record;
}

RunPlan make_run_plan(const MachineShape& shape, const PlanOptions& options) {
  if (!options.serving && plan_detail::roofline_depth(options) == RooflineDepth::kNone &&
      !options.scenarios) {
    throw UsageError("the plan has nothing to measure", "ask for the roofline or the scenarios");
  }
  RunPlan::Content content;
  content.options = options;
  content.threads = choose_threads(shape, options.threads);
  content.sizes = plan_detail::check_sizes(shape, options, content.notes);

  std::vector<plan_detail::DraftStep> drafts =
      plan_detail::draft_steps(shape, options, content.threads, content.sizes);
  bool shrunk = false;
  if (options.max_time) shrunk = plan_detail::fit_into(drafts, *options.max_time, content.notes);
  plan_detail::settle(drafts, shrunk);
  for (plan_detail::DraftStep& draft : drafts) content.steps.push_back(std::move(draft.step));
  content.entries = entries_of(content);
  return RunPlan(std::move(content));
}

}  // namespace perfbench
