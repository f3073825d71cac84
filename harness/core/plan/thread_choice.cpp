#include "harness/core/plan/thread_choice.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <set>
#include <utility>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

std::string counted(std::int64_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

/// Performance cores before efficiency cores, then as the system numbers them.
bool pinned_before(const LogicalCpu& a, const LogicalCpu& b) {
  const auto rank = [](const LogicalCpu& cpu) { return cpu.kind == CoreKind::kEfficiency ? 1 : 0; };
  return std::pair(rank(a), a.os_index) < std::pair(rank(b), b.os_index);
}

std::vector<LogicalCpu> allowed_cpus(const MachineShape& shape) {
  std::vector<LogicalCpu> allowed;
  for (const LogicalCpu& cpu : shape.cpus) {
    if (cpu.allowed) allowed.push_back(cpu);
  }
  std::sort(allowed.begin(), allowed.end(), pinned_before);
  return allowed;
}

/// The first logical CPU of each core, then the second ones: a prefix of this uses as many cores as
/// it can.
std::vector<LogicalCpu> cores_first(const std::vector<LogicalCpu>& allowed) {
  std::vector<LogicalCpu> order;
  std::vector<LogicalCpu> left = allowed;
  while (!left.empty()) {
    std::set<int> seen;
    std::vector<LogicalCpu> again;
    for (const LogicalCpu& cpu : left) {
      (seen.insert(cpu.core).second ? order : again).push_back(cpu);
    }
    left = std::move(again);
  }
  return order;
}

/// A quota of half a core still needs one thread; absent or absurd quotas do not bind.
std::int64_t quota_threads(const MachineShape& shape) {
  constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::max();
  if (!shape.cpu_quota_cores.available()) return kNoBound;
  const double cores = shape.cpu_quota_cores.value();
  if (!(cores > 0.0) || cores > 1e6) return kNoBound;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(cores)));
}

void check_asked(std::int64_t asked, std::int64_t allowed) {
  if (asked < 1) {
    throw UsageError(
        "--threads " + std::to_string(asked) + " measures nothing: it takes 1 to " +
            std::to_string(allowed) + " here",
        "give --threads a number from 1 to " + std::to_string(allowed) + ", or leave it out");
  }
  if (asked > allowed) {
    throw UsageError("--threads " + std::to_string(asked) + " is beyond the " +
                         counted(allowed, "CPU") + " that this process may use",
                     "give --threads at most " + std::to_string(allowed) +
                         ", or widen the affinity mask or cpuset");
  }
}

std::string describe(const ThreadChoice& choice,
                     const MachineShape& shape,
                     std::optional<std::int64_t> asked) {
  std::string text = counted(choice.allowed_cpus, "logical CPU") + " on " +
                     counted(choice.allowed_cores, "physical core") + " allowed";
  const std::int64_t quota = quota_threads(shape);
  const bool quota_binds = quota < choice.allowed_cores;
  if (quota_binds) text += ", a CPU quota of " + decimal(shape.cpu_quota_cores.value()) + " cores";
  text += ": " + counted(choice.threads(), "thread");
  if (asked) {
    text += ", as asked by --threads";
    if (choice.threads() > choice.allowed_cores) text += "; some share a core";
    if (quota_binds && *asked > quota) text += "; the quota will stop some of them";
  } else {
    text += quota_binds ? ", the quota rounded up" : ", one a core";
  }
  if (choice.mixed_kinds) text += "; performance and efficiency cores together";
  return text;
}

/// CPU 0 serves most interrupts on many machines, so another core is taken where there is one as
/// fast.
void choose_one_core(ThreadChoice& choice, const std::vector<LogicalCpu>& chosen) {
  const LogicalCpu& first = chosen.front();
  choice.one_core_cpu = first.os_index;
  choice.one_core_reason =
      chosen.size() == 1 ? "the only CPU that is used" : "the first CPU that is used";
  if (first.os_index != 0) return;
  for (const LogicalCpu& cpu : chosen) {
    if (cpu.core == first.core || cpu.kind != first.kind) continue;
    choice.one_core_cpu = cpu.os_index;
    choice.one_core_reason =
        "a core of the fastest kind other than CPU 0's, which serves most interrupts";
    return;
  }
}

}  // namespace

ThreadChoice choose_threads(const MachineShape& shape, std::optional<std::int64_t> asked) {
  const std::vector<LogicalCpu> allowed = allowed_cpus(shape);
  if (allowed.empty()) {
    throw ResourceError("no CPU that this process may use was found",
                        "look at the affinity mask: taskset -cp $$");
  }
  ThreadChoice choice;
  choice.allowed_cpus = static_cast<int>(allowed.size());
  std::set<int> cores;
  for (const LogicalCpu& cpu : allowed) cores.insert(cpu.core);
  choice.allowed_cores = static_cast<int>(cores.size());
  if (asked) check_asked(*asked, choice.allowed_cpus);

  std::vector<LogicalCpu> chosen = cores_first(allowed);
  const std::int64_t threads =
      asked ? *asked : std::min<std::int64_t>(choice.allowed_cores, quota_threads(shape));
  chosen.resize(static_cast<std::size_t>(threads));
  for (const LogicalCpu& cpu : chosen) {
    choice.cpus.push_back(cpu.os_index);
    if (cpu.kind != chosen.front().kind) choice.mixed_kinds = true;
  }
  choose_one_core(choice, chosen);
  choice.reason = describe(choice, shape, asked);
  return choice;
}

std::vector<int> with_siblings(const MachineShape& shape, const std::vector<int>& cpus) {
  std::set<int> watched(cpus.begin(), cpus.end());
  std::set<int> cores;
  for (const LogicalCpu& cpu : shape.cpus) {
    if (watched.count(cpu.os_index) > 0) cores.insert(cpu.core);
  }
  for (const LogicalCpu& cpu : shape.cpus) {
    if (cores.count(cpu.core) > 0) watched.insert(cpu.os_index);
  }
  return {watched.begin(), watched.end()};
}

}  // namespace perfbench
