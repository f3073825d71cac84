#pragma once

#include "harness/core/result/report.hpp"
#include "reports/check/comparison.hpp"

namespace perfbench {

// One checker for each part of the report. Inside this room only.

void check_quiet(const QuietSummary& quiet, Comparison& comparison);
void check_roofline(const RooflineSection& roofline, Comparison& comparison);
/// `roofline` is what scenarios are held against; nullptr where the report has none.
void check_scenario(const ScenarioResult& result,
                    const RooflineSection* roofline,
                    const std::string& path,
                    Comparison& comparison);

/// The roof of an id: of several (one for each instruction set) the widest, which is the one that
/// figures are held against. nullptr where there is none.
[[nodiscard]] const Roof* find_roof_by_id(const RooflineSection& roofline, const std::string& id);

}  // namespace perfbench
