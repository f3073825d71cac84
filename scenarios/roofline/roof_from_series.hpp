#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/core/judge/roof_choice.hpp"
#include "harness/core/kernel.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/host/measure/measured_series.hpp"

namespace perfbench {

/// What a measured series says as a roof of this machine, without its limit and verdict. `team` is
/// Team::id.
[[nodiscard]] Roof make_roof(const MeasuredSeries& series,
                             const MachineShape& shape,
                             const std::string& team = {});

/// The documented limit, the fraction of it and the verdict. `zmm_over_ymm` as core/limits has it.
void judge_roof(Roof& roof, const MachineShape& shape, std::optional<double> zmm_over_ymm);

/// fp32 FMA per core and cycle in AVX-512 over AVX2, where both were measured by this team in this
/// epoch; else by any: it is a trait of the core.
[[nodiscard]] std::optional<double> zmm_over_ymm(std::span<const Roof> roofs,
                                                 const TeamEpoch& where);

/// What a measured series says as a dot under the roofs, without its roof, zone and verdict.
[[nodiscard]] Dot make_dot(const MeasuredSeries& series, const std::string& team = {});

/// Chooses the roof that binds a dot (judge/roof_choice.hpp), then zone, fraction and verdict.
void judge_dot_against(Dot& dot, std::span<const Roof> roofs, std::span<const CacheLevel> levels);

/// Median of the last quarter of one long run's windows. `duration` is the run's.
[[nodiscard]] SustainedHeight sustained_height(const WindowSeries& series,
                                               RoofKind kind,
                                               Nanoseconds duration);

/// The roof that holds a workload of this kind: compute of the precision, or the fastest DRAM
/// triad (read where no triad was measured), of the first team with so many threads. Null when it
/// was not measured, or stands above its limit.
[[nodiscard]] const Roof* find_roof(std::span<const Roof> roofs,
                                    RoofKind kind,
                                    Precision precision,
                                    int threads);

/// Why a roof of this precision is only a lower bound on this CPU: an instruction set for it that
/// no kernel of ours uses. Empty when it is none.
[[nodiscard]] std::string lower_bound_reason(const MachineShape& shape, Precision precision);

}  // namespace perfbench
