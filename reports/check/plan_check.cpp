// The plan against the rest of the report: a section that was taken out leaves its step behind.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "harness/core/judge/roof_id.hpp"
#include "reports/check/sections_check.hpp"
#include "reports/document/names.hpp"

namespace perfbench {
namespace {

const PlanEntry* find_setting(const PlanRecord& plan, std::string_view name) {
  for (const PlanEntry& entry : plan.entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

/// A setting as text: seeds are written as one, since JSON numbers of many readers end at 2^53.
std::string text_of(const FactValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  return {};
}

void check_settings(const PlanRecord& plan, Comparison& comparison) {
  if (const PlanEntry* seed = find_setting(plan, "seed"))
    comparison.word("plan.seed", std::to_string(plan.seed), text_of(seed->value));
  if (const PlanEntry* preset = find_setting(plan, "preset"))
    comparison.word("plan.preset", plan.preset, text_of(preset->value));
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

/// The id of harness/core/plan for a scenario's step.
std::string step_of(const ScenarioResult& result) {
  return "scenario-" + result.workload + "-" + lower_case(name_of(result.scenario));
}

bool has_track(const Report& report, std::string_view name) {
  return std::any_of(report.tracks.begin(), report.tracks.end(), [name](const TrackResult& result) {
    return name_of(result.track) == name;
  });
}

bool has_roof(const RooflineSection& roofline, RoofKind kind, std::string_view team) {
  return std::any_of(roofline.roofs.begin(), roofline.roofs.end(), [&](const Roof& roof) {
    return roof.kind == kind && team_id(roof.team, roof.threads) == team;
  });
}

bool has_sustained(const RooflineSection& roofline, std::string_view team) {
  return std::any_of(roofline.roofs.begin(), roofline.roofs.end(), [&](const Roof& roof) {
    return roof.sustained && team_id(roof.team, roof.threads) == team;
  });
}

/// Whether the report holds what the step makes. A kernel that did not fit or answered wrong is
/// left out with a note, so a roofline that notes something may lack a part.
bool has_outcome(const Report& report, const std::string& step) {
  const std::string_view id = step;
  if (id.starts_with("scenario-")) {
    return std::any_of(report.scenarios.begin(),
                       report.scenarios.end(),
                       [&step](const ScenarioResult& result) { return step_of(result) == step; });
  }
  if (id == "fresh-runs") {
    return std::any_of(report.scenarios.begin(),
                       report.scenarios.end(),
                       [](const ScenarioResult& result) { return !result.runs.empty(); });
  }
  if (id == "peak-rate") return !report.peak_rates.empty();
  if (id == "load-sweep") return !report.load_sweeps.empty();
  if (id == "calibration") return report.calibration.has_value();
  constexpr std::string_view kTrackPrefix = "track-";
  if (id.starts_with(kTrackPrefix)) return has_track(report, id.substr(kTrackPrefix.size()));
  const auto team_after = [id](std::string_view prefix) { return id.substr(prefix.size()); };
  const bool of_roofline =
      id.starts_with("roofs-") || id.starts_with("sustained-") || id == "sweep";
  if (!of_roofline) return true;
  if (!report.roofline) return false;
  const RooflineSection& roofline = *report.roofline;
  if (!roofline.notes.empty()) return !roofline.roofs.empty() || !roofline.sweep.empty();
  if (id == "sweep") return !roofline.sweep.empty();
  if (id.starts_with("sustained-")) return has_sustained(roofline, team_after("sustained-"));
  if (id.starts_with("roofs-compute-"))
    return has_roof(roofline, RoofKind::kCompute, team_after("roofs-compute-"));
  if (id.starts_with("roofs-memory-"))
    return has_roof(roofline, RoofKind::kBandwidth, team_after("roofs-memory-"));
  return true;
}

/// The section that a step makes.
std::string section_of(std::string_view step) {
  if (step.starts_with("scenario-") || step == "fresh-runs") return "sections.scenarios";
  if (step == "peak-rate") return "sections.peak_rates";
  if (step == "load-sweep") return "sections.load_sweeps";
  if (step == "calibration") return "sections.calibration";
  if (step.starts_with("track-")) return "sections.tracks";
  return "sections.roofline";
}

void check_steps(const Report& report, Comparison& comparison) {
  // An interrupted step has run for a while and made nothing.
  if (report.partial) return;
  constexpr std::size_t kMostSteps = 1000;
  std::size_t looked_at = 0;
  for (const PlanStepRecord& step : report.plan.steps) {
    if (!step.took_s || ++looked_at > kMostSteps) continue;
    comparison.holds(section_of(step.id),
                     has_outcome(report, step.id),
                     "nothing of the step " + step.id,
                     "what the step made, since it ran");
  }
}

/// A result that no step of the plan made was put in.
void check_results_have_steps(const Report& report, Comparison& comparison) {
  const auto needs_step = [&](const std::string& path,
                              std::string_view stored,
                              const std::string& id) {
    const bool ran = std::any_of(
        report.plan.steps.begin(), report.plan.steps.end(), [&id](const PlanStepRecord& step) {
          return step.id == id && step.took_s;
        });
    comparison.holds(
        path, report.partial || ran, std::string(stored), "a step " + id + " of the plan that ran");
  };
  constexpr std::size_t kMostResults = 1000;
  for (std::size_t i = 0; i < std::min(report.scenarios.size(), kMostResults); ++i) {
    const ScenarioResult& result = report.scenarios[i];
    needs_step(
        "sections.scenarios[" + std::to_string(i) + "].workload", result.workload, step_of(result));
  }
  for (std::size_t i = 0; i < std::min(report.tracks.size(), kMostResults); ++i) {
    const std::string_view name = name_of(report.tracks[i].track);
    needs_step(
        "sections.tracks[" + std::to_string(i) + "].track", name, "track-" + std::string(name));
  }
  if (!report.peak_rates.empty()) needs_step("sections.peak_rates", "present", "peak-rate");
  if (!report.load_sweeps.empty()) needs_step("sections.load_sweeps", "present", "load-sweep");
  if (report.calibration) needs_step("sections.calibration", "present", "calibration");
}

}  // namespace

void check_plan(const Report& report, Comparison& comparison) {
  comparison.flag("partial", report.partial, !report.partial_reason.empty());
  check_settings(report.plan, comparison);
  check_steps(report, comparison);
  check_results_have_steps(report, comparison);
}

}  // namespace perfbench
