#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/host/measure/measured_series.hpp"

namespace perfbench {

/// What a measured series says as a roof of this machine, without its limit and verdict.
[[nodiscard]] Roof make_roof(const MeasuredSeries& series, const MachineShape& shape);

/// The documented limit, the fraction of it and the verdict. `zmm_over_ymm` as core/limits has it.
void judge_roof(Roof& roof, const MachineShape& shape, std::optional<double> zmm_over_ymm);

/// fp32 FMA per core and cycle in AVX-512 over AVX2, where both were measured on as many threads.
[[nodiscard]] std::optional<double> zmm_over_ymm(std::span<const Roof> roofs, int threads);

/// What a measured series says as a dot under the roofs, without its roof and verdict.
[[nodiscard]] Dot make_dot(const MeasuredSeries& series);

/// Chooses the roof that binds a dot, among those of as many threads: the compute roof of its
/// precision in the widest ISA, or DRAM read, whichever allows less. Then fraction and verdict.
void judge_dot_against(Dot& dot, Precision precision, std::span<const Roof> roofs);

/// The roof that holds a workload of this kind: compute of the precision in the widest ISA, or the
/// fastest DRAM triad. Null when it was not measured on so many threads.
[[nodiscard]] const Roof* find_roof(std::span<const Roof> roofs,
                                    RoofKind kind,
                                    Precision precision,
                                    int threads);

/// Why a roof of this precision is only a lower bound on this CPU: an instruction set for it that
/// no kernel of ours uses. Empty when it is none.
[[nodiscard]] std::string lower_bound_reason(const MachineShape& shape, Precision precision);

}  // namespace perfbench
