#pragma once

#include "harness/core/result/report.hpp"

namespace perfbench {

/// Version, compiler, flags and git revision of this build, compiled in.
[[nodiscard]] ToolInfo build_info();

}  // namespace perfbench
