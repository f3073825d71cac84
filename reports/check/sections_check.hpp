#pragma once

#include <string>

#include "harness/core/result/report.hpp"
#include "reports/check/comparison.hpp"
#include "reports/check/roof_index.hpp"

namespace perfbench {

// One checker for each part of the report. Inside this room only.

/// What the plan says against the rest: partial and its reason, the seed and its setting, the steps
/// that ran and the sections that they make.
void check_plan(const Report& report, Comparison& comparison);
void check_quiet(const QuietSummary& quiet, Comparison& comparison);

/// Roofs and dots from their windows, then check_section().
void check_roofline(const RooflineSection& roofline,
                    const RoofIndex& roofs,
                    Comparison& comparison);
/// What is said of the section as a whole: ids, epochs, ridge points, levels, library trials.
void check_section(const RooflineSection& roofline, const RoofIndex& roofs, Comparison& comparison);

/// `roofs` is what scenarios are held against; nullptr where the report has none.
void check_scenario(const ScenarioResult& result,
                    const RoofIndex* roofs,
                    const std::string& path,
                    Comparison& comparison);

/// "sections.roofline.roofs[3]"
[[nodiscard]] std::string roofline_element(const char* array, std::size_t index);

/// Beyond so many roofs, which no machine has, what is asked of all of them together is not
/// checked: a stranger's file must not take hours.
inline constexpr std::size_t kMostRoofsTogether = 5000;

}  // namespace perfbench
