#pragma once

#include <string>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// Names one roof of a report, and no other of it: "compute-fp32-fma-avx512-1c",
/// "bandwidth-dram-read-avx512-2c", "latency-l2-chase-1c" (a chase has no instruction set to tell),
/// with "-e1", "-e2" behind it for the later placement epochs. A roof that does not say its team
/// (reports of before) has its threads instead: "2t".
[[nodiscard]] std::string roof_id(const Roof& roof);

/// The team's part of roof_id().
[[nodiscard]] std::string team_id(const std::string& team, int threads);

}  // namespace perfbench
