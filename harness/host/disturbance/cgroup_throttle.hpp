#pragma once

#include <cstdint>
#include <filesystem>

#include "harness/core/result/reading.hpp"

namespace perfbench {

/// Periods (nr_throttled) in which a CPU quota of this process's cgroups stopped it since boot,
/// summed over the whole path from its own group to the top, version 1 and version 2 hierarchies
/// alike. A level that has no quota file, or a kernel without cgroups, cannot throttle and adds
/// nothing; a level that has one but does not say how often it throttled makes the reading
/// unavailable. `root` is the file-system root.
[[nodiscard]] Reading<std::int64_t> read_throttled_periods(const std::filesystem::path& root);

}  // namespace perfbench
