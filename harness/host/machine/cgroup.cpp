#include "harness/host/machine/cgroup.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/host/affinity/cpu_list.hpp"
#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

/// v1 writes "no limit" as the highest multiple of the page size below 2^63.
constexpr std::int64_t kUnlimitedV1 = std::int64_t{1} << 62U;

/// Group names can identify a user or a job, so a level is named by its number only.
std::string level_name(const CgroupPath& path, std::size_t level, const char* file) {
  return "cgroup v" + std::to_string(path.version) + ' ' + file + ", level " +
         std::to_string(level + 1) + " of " + std::to_string(path.folders.size());
}

/// Keeps the smaller of two; `seen` counts the levels that answered.
template <class T>
struct Tightest {
  std::optional<T> value;
  std::string source;
  int seen = 0;

  void take(T candidate, std::string from) {
    if (value && !(candidate < *value)) return;
    value = candidate;
    source = std::move(from);
  }
  [[nodiscard]] Reading<T> reading(const std::string& what) const {
    if (value) return Reading<T>::of(*value, source);
    if (seen == 0) return Reading<T>::unavailable("no cgroup told of a " + what);
    return Reading<T>::unavailable("no " + what + " on the visible cgroup levels (" +
                                   std::to_string(seen) + ")");
  }
};

void take_quota_v1(FileSystemView& files,
                   const CgroupPath& path,
                   std::size_t level,
                   Tightest<double>& quota) {
  const std::string& folder = path.folders[level];
  const auto allowed = as_integer(files.read(folder + "/cpu.cfs_quota_us"));
  const auto period = as_integer(files.read(folder + "/cpu.cfs_period_us"));
  if (!allowed.available() || !period.available() || period.value() <= 0) return;
  ++quota.seen;
  if (allowed.value() <= 0) return;
  quota.take(static_cast<double>(allowed.value()) / static_cast<double>(period.value()),
             level_name(path, level, "cpu.cfs_quota_us"));
}

void take_quota_v2(FileSystemView& files,
                   const CgroupPath& path,
                   std::size_t level,
                   Tightest<double>& quota) {
  const auto text = files.read(path.folders[level] + "/cpu.max");
  if (!text.available()) return;
  const auto words = split_words(text.value());
  if (words.size() != 2) return;
  ++quota.seen;
  const auto allowed = parse_integer(words[0]);
  const auto period = parse_integer(words[1]);
  if (!allowed || !period || *allowed <= 0 || *period <= 0) return;
  quota.take(static_cast<double>(*allowed) / static_cast<double>(*period),
             level_name(path, level, "cpu.max"));
}

Reading<double> read_quota(FileSystemView& files) {
  Tightest<double> quota;
  for (const CgroupPath& path : find_cgroup_paths(files, "cpu")) {
    for (std::size_t level = 0; level < path.folders.size(); ++level) {
      if (path.version == 1) take_quota_v1(files, path, level, quota);
      if (path.version == 2) take_quota_v2(files, path, level, quota);
    }
  }
  return quota.reading("CPU quota");
}

/// "inactive_file 12345" of memory.stat: file pages that the kernel drops before it refuses memory.
std::int64_t droppable(FileSystemView& files, const std::string& folder, std::string_view key) {
  const auto text = files.read(folder + "/memory.stat");
  for (const std::string& line : split(text.value_or(""), '\n')) {
    const auto words = split_words(line);
    if (words.size() == 2 && words[0] == key) return parse_integer(words[1]).value_or(0);
  }
  return 0;
}

struct MemoryFiles {
  std::vector<const char*> limits;
  const char* usage;
  const char* droppable_key;
};

void take_memory(FileSystemView& files,
                 const CgroupPath& path,
                 std::size_t level,
                 Tightest<Bytes>& limit,
                 Tightest<Bytes>& left) {
  const MemoryFiles names =
      path.version == 1
          ? MemoryFiles{{"memory.limit_in_bytes"}, "memory.usage_in_bytes", "total_inactive_file"}
          : MemoryFiles{{"memory.max", "memory.high"}, "memory.current", "inactive_file"};
  const std::string& folder = path.folders[level];
  for (const char* file : names.limits) {
    const auto text = files.read(folder + '/' + file);
    if (!text.available()) continue;
    ++limit.seen;
    ++left.seen;
    const auto bytes = parse_integer(text.value());  // v2 writes "max" for none
    if (!bytes || *bytes < 0 || *bytes >= kUnlimitedV1) continue;
    limit.take(Bytes(static_cast<std::uint64_t>(*bytes)), level_name(path, level, file));
    const auto usage = as_integer(files.read(folder + '/' + names.usage));
    if (!usage.available()) continue;
    const auto held = usage.value() - droppable(files, folder, names.droppable_key);
    const auto rest = std::max<std::int64_t>(0, *bytes - std::max<std::int64_t>(held, 0));
    left.take(Bytes(static_cast<std::uint64_t>(rest)), level_name(path, level, file) + " less use");
  }
}

Reading<std::vector<int>> read_cpuset(FileSystemView& files) {
  std::string reason = "no cgroup told of a cpuset";
  for (const CgroupPath& path : find_cgroup_paths(files, "cpuset")) {
    const auto candidates = path.version == 1
                                ? std::vector<const char*>{"cpuset.effective_cpus", "cpuset.cpus"}
                                : std::vector<const char*>{"cpuset.cpus.effective"};
    for (std::size_t level = path.folders.size(); level-- > 0;) {
      for (const char* file : candidates) {
        const auto cpus = as_cpu_list(files.read(path.folders[level] + '/' + file));
        if (!cpus.available() || cpus.value().empty()) continue;
        return Reading<std::vector<int>>::of(cpus.value(), level_name(path, level, file));
      }
    }
  }
  return Reading<std::vector<int>>::unavailable(reason);
}

}  // namespace

CgroupLimits read_cgroup_limits(FileSystemView& files) {
  CgroupLimits limits;
  limits.quota_cores = read_quota(files);
  Tightest<Bytes> limit;
  Tightest<Bytes> left;
  for (const CgroupPath& path : find_cgroup_paths(files, "memory")) {
    for (std::size_t level = 0; level < path.folders.size(); ++level) {
      take_memory(files, path, level, limit, left);
    }
  }
  limits.memory_limit = limit.reading("memory limit");
  limits.memory_left = left.reading("memory limit");
  limits.cpuset = read_cpuset(files);
  return limits;
}

void add_cgroup_facts(FileSystemView& files, const CgroupLimits& limits, MachineFacts& facts) {
  std::string versions;
  for (const CgroupPath& path : find_cgroup_paths(files, "cpu")) {
    if (!versions.empty()) versions += " and ";
    versions += 'v' + std::to_string(path.version);
  }
  add_fact(facts,
           "cgroup_version",
           versions.empty() ? Reading<std::string>::unavailable("no cgroup is mounted here")
                            : Reading<std::string>::of(versions, "/proc/self/mountinfo"));
  add_fact(facts, "cpu_quota_cores", "core", limits.quota_cores);
  add_fact(facts, "memory_limit_bytes", limits.memory_limit);
  add_fact(
      facts,
      "cpuset_cpus",
      limits.cpuset.available()
          ? Reading<std::string>::of(format_cpu_list(limits.cpuset.value()), limits.cpuset.source())
          : Reading<std::string>::unavailable(limits.cpuset.reason()));
}

}  // namespace perfbench
