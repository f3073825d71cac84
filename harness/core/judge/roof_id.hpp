#pragma once

#include <string>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// Names a roof within a report: "compute-fp32-1t", "bandwidth-dram-read-2t",
/// "latency-l2-chase-1t".
[[nodiscard]] std::string roof_id(const Roof& roof);

}  // namespace perfbench
