#pragma once

#include <string>
#include <vector>

#include "harness/core/result/machine.hpp"
#include "harness/core/units/quantity.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// Where this process stands in one cgroup hierarchy: folders from the mount point down to its own
/// group. Levels above the mount point (outside a container) cannot be seen.
struct CgroupPath {
  int version = 2;
  std::vector<std::string> folders;  ///< Outermost first.
};

/// The hierarchies that carry a controller ("cpu", "memory", "cpuset"): v1's, v2's, or both on a
/// hybrid system.
[[nodiscard]] std::vector<CgroupPath> find_cgroup_paths(FileSystemView& files,
                                                        const std::string& controller);

/// What the control groups of this process allow: the tightest over the whole path.
struct CgroupLimits {
  Reading<double> quota_cores;  ///< Unavailable "no quota on ..." when nothing limits.
  Reading<Bytes> memory_limit;  ///< memory.max and memory.high, or memory.limit_in_bytes.
  Reading<Bytes> memory_left;   ///< Limit less use; file pages that can be dropped count as left.
  Reading<std::vector<int>> cpuset;
};

[[nodiscard]] CgroupLimits read_cgroup_limits(FileSystemView& files);

void add_cgroup_facts(FileSystemView& files, const CgroupLimits& limits, MachineFacts& facts);

}  // namespace perfbench
