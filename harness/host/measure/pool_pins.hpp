#pragma once

#include <span>
#include <vector>

#include "harness/host/disturbance/proc_files.hpp"

namespace perfbench {

/// The `count` threads whose CPU time grew most between two readings, busiest first; threads that
/// hardly worked (under a tenth of the busiest) and the excepted ones are left out. This is how the
/// threads of a library's pool are told from all others: they have no name and no owner to ask.
[[nodiscard]] std::vector<int> busiest_threads(std::span<const ThreadTimes> before,
                                               std::span<const ThreadTimes> after,
                                               std::span<const int> except_tids,
                                               std::size_t count);

}  // namespace perfbench
