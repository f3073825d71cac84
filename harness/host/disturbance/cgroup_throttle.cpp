#include "harness/host/disturbance/cgroup_throttle.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/host/disturbance/proc_files.hpp"

namespace perfbench {
namespace {

namespace fs = std::filesystem;

/// A mounted hierarchy that can hold a CPU quota.
struct Mount {
  bool version_2 = false;
  std::string
      root_in_hierarchy;  ///< What of the hierarchy is mounted: "/" or a container's own group.
  std::string point;
};

/// Of a comma separated list.
bool has_item(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    const std::size_t at = std::min(list.find(','), list.size());
    if (list.substr(0, at) == item) return true;
    list.remove_prefix(std::min(at + 1, list.size()));
  }
  return false;
}

/// proc(5): id parent major:minor root point options [optional ...] - type source super_options
std::optional<Mount> parse_mount(const std::string& line) {
  std::istringstream words(line);
  std::string id, parent, device, options, word;
  Mount mount;
  words >> id >> parent >> device >> mount.root_in_hierarchy >> mount.point >> options;
  while (words >> word && word != "-") {
  }
  std::string type, source, super_options;
  if (!(words >> type >> source >> super_options)) return std::nullopt;
  mount.version_2 = type == "cgroup2";
  if (mount.version_2 || (type == "cgroup" && has_item(super_options, "cpu"))) return mount;
  return std::nullopt;
}

std::vector<Mount> read_mounts(const fs::path& root) {
  std::vector<Mount> mounts;
  std::istringstream text(read_small_file(root / "proc/self/mountinfo").value_or(""));
  for (std::string line; std::getline(text, line);) {
    if (auto mount = parse_mount(line)) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

/// The group's path relative to the mount point. A path outside what is mounted ("/.." in a cgroup
/// namespace) leaves the mount point itself, which is as far as this process can see.
std::string relative_group(std::string path, const Mount& mount) {
  const std::string& base = mount.root_in_hierarchy;
  if (base != "/") {
    if (path.compare(0, base.size(), base) != 0) return {};
    // "/a" is no parent of "/ab".
    if (path.size() > base.size() && path[base.size()] != '/') return {};
    path.erase(0, base.size());
  }
  if (path.compare(0, 3, "/..") == 0) return {};
  while (!path.empty() && path.front() == '/') path.erase(0, 1);
  return path;
}

std::optional<std::int64_t> field(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  std::string key;
  for (std::int64_t value = 0; lines >> key >> value;) {
    if (key == name) return value;
  }
  return std::nullopt;
}

struct Sum {
  std::int64_t throttled = 0;
  int levels = 0;
  std::string failure;
};

void add_path(const fs::path& point, const std::string& group, bool version_2, Sum& sum) {
  const char* quota_file = version_2 ? "cpu.max" : "cpu.cfs_quota_us";
  fs::path level = point / group;
  if (!group.empty() && !level.has_filename()) level = level.parent_path();
  for (fs::path rest = group;; rest = rest.parent_path(), level = level.parent_path()) {
    const auto stat = read_small_file(level / "cpu.stat");
    const auto throttled = stat ? field(*stat, "nr_throttled") : std::nullopt;
    ++sum.levels;
    if (throttled) {
      sum.throttled += *throttled;
    } else if (read_small_file(level / quota_file)) {
      sum.failure = (level / "cpu.stat").string() + " does not tell nr_throttled";
    }
    if (rest.empty()) break;
  }
}

}  // namespace

Reading<std::int64_t> read_throttled_periods(const fs::path& root) {
  using Result = Reading<std::int64_t>;
  const auto groups = read_small_file(root / "proc/self/cgroup");
  if (!groups) {
    // The kernel shows this file to everyone, if it has cgroups at all.
    return read_small_file(root / "proc/self/status")
               ? Result::of(0, "a kernel without cgroups has no CPU quota")
               : Result::unavailable("/proc/self/cgroup cannot be read");
  }
  const std::vector<Mount> mounts = read_mounts(root);
  Sum sum;
  std::string unseen;
  bool version_1_has_cpu = false;
  std::istringstream lines(*groups);
  for (std::string line; std::getline(lines, line);) {
    // "0::/path" is version 2; "4:cpu,cpuacct:/path" version 1.
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool version_2 = controllers.empty();
    if (!version_2 && !has_item(controllers, "cpu")) continue;
    version_1_has_cpu = version_1_has_cpu || !version_2;
    const auto mount = std::find_if(mounts.begin(), mounts.end(), [version_2](const Mount& m) {
      return m.version_2 == version_2;
    });
    if (mount == mounts.end()) {
      // A controller belongs to one hierarchy: where version 1 has it, version 2 cannot throttle.
      if (!version_2 || !version_1_has_cpu) unseen = line;
      continue;
    }
    const fs::path point = root / fs::path(mount->point).relative_path();
    add_path(point, relative_group(line.substr(second + 1), *mount), version_2, sum);
  }
  if (!sum.failure.empty()) return Result::unavailable(sum.failure);
  if (!unseen.empty()) {
    return Result::unavailable("the cgroup \"" + unseen + "\" is not mounted where it can be seen");
  }
  return Result::of(sum.throttled,
                    "cpu.stat nr_throttled of " + std::to_string(sum.levels) + " cgroup levels");
}

}  // namespace perfbench
