#pragma once

#include <string>
#include <string_view>

#include "harness/core/result/reading.hpp"

namespace perfbench {

/// hwloc's XML without what names the host, the process or a control group: infos are kept by a
/// list, "support" lines are dropped. Unavailable when a line is of a form that is not known here:
/// then nothing of it may be written, nor given to hwloc when it came from elsewhere.
[[nodiscard]] Reading<std::string> anonymous_hwloc_xml(std::string_view xml);

}  // namespace perfbench
