#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

inline const Reason* find_reason(const std::vector<Reason>& reasons, std::string_view id) {
  const auto found =
      std::find_if(reasons.begin(), reasons.end(), [=](const Reason& r) { return r.id == id; });
  return found == reasons.end() ? nullptr : &*found;
}

inline std::vector<std::string> ids(const std::vector<Reason>& reasons) {
  std::vector<std::string> result;
  for (const Reason& reason : reasons) result.push_back(reason.id);
  return result;
}

/// Every needed reading taken, none of them near its limit.
inline Disturbance quiet_machine() {
  Disturbance d;
  d.wall = std::chrono::milliseconds(500);
  d.foreign_cpu_cores = Reading<double>::of(0.004, "/proc/stat");
  d.steal_fraction = Reading<double>::of(0.0, "/proc/stat");
  d.share = Reading<double>::of(0.999, "thread CPU clock");
  d.gap_loss_fraction = Reading<double>::of(0.007, "gap test");
  d.quota_throttled = Reading<std::int64_t>::of(0, "no cgroup quota");
  return d;
}

}  // namespace perfbench
