#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "harness/host/affinity/affinity.hpp"

namespace perfbench {

/// Threads of this process that were not there `before` (ascending): a library's, when nobody else
/// starts any.
[[nodiscard]] inline std::vector<int> threads_started_since(const std::vector<int>& before) {
  const std::vector<int> now = threads_of_process();
  std::vector<int> started;
  std::set_difference(
      now.begin(), now.end(), before.begin(), before.end(), std::back_inserter(started));
  return started;
}

}  // namespace perfbench
