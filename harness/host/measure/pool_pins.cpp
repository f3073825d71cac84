#include "harness/host/measure/pool_pins.hpp"

#include <algorithm>
#include <utility>

namespace perfbench {

std::vector<int> busiest_threads(std::span<const ThreadTimes> before,
                                 std::span<const ThreadTimes> after,
                                 std::span<const int> except_tids,
                                 std::size_t count) {
  std::vector<std::pair<Nanoseconds, int>> grown;
  for (const ThreadTimes& t : after) {
    if (std::find(except_tids.begin(), except_tids.end(), t.tid) != except_tids.end()) continue;
    const auto earlier = std::find_if(
        before.begin(), before.end(), [&](const ThreadTimes& b) { return b.tid == t.tid; });
    const Nanoseconds growth = earlier == before.end() ? t.cpu : t.cpu - earlier->cpu;
    grown.emplace_back(growth, t.tid);
  }
  std::sort(grown.begin(), grown.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<int> tids;
  for (const auto& [growth, tid] : grown) {
    if (tids.size() == count || growth.count() <= 0 || growth * 10 < grown.front().first) break;
    tids.push_back(tid);
  }
  return tids;
}

}  // namespace perfbench
