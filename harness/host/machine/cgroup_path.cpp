#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "harness/host/machine/cgroup.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kMaxLevels = 64;

struct Mount {
  std::string root;  ///< Folder of the hierarchy that is shown at `point`.
  std::string point;
  bool v2 = false;
  std::vector<std::string> options;  ///< Super options: v1 names its controllers there.
};

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// mountinfo writes blank, tab, newline and backslash as octal (proc(5)).
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octal = text.substr(i, 4);
    if (octal == "\\040" || octal == "\\011" || octal == "\\012" || octal == "\\134") {
      plain += octal == "\\040" ? ' ' : octal == "\\011" ? '\t' : octal == "\\012" ? '\n' : '\\';
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// proc(5): "36 35 98:0 /root /point options [optional fields] - type source super_options".
std::optional<Mount> parse_mount(const std::string& line) {
  const auto words = split_words(line);
  const auto dash = std::find(words.begin(), words.end(), "-");
  if (dash - words.begin() < 6 || words.end() - dash < 4) return std::nullopt;
  const std::string& type = *(dash + 1);
  if (type != "cgroup" && type != "cgroup2") return std::nullopt;
  return Mount{unescape(words[3]), unescape(words[4]), type == "cgroup2", split(*(dash + 3), ',')};
}

std::optional<Mount> find_mount(const std::string& mountinfo, const std::string& controller) {
  for (const std::string& line : split(mountinfo, '\n')) {
    auto mount = parse_mount(line);
    if (!mount) continue;
    if (controller.empty() ? mount->v2 : !mount->v2 && contains(mount->options, controller)) {
      return mount;
    }
  }
  return std::nullopt;
}

/// Path of this process in the hierarchy, by /proc/self/cgroup's "id:controllers:path"; v2 has no
/// controllers there.
std::optional<std::string> own_path(const std::string& cgroups, const std::string& controller) {
  for (const std::string& line : split(cgroups, '\n')) {
    const auto first = line.find(':');
    if (first == std::string::npos) continue;
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const auto names = split(line.substr(first + 1, second - first - 1), ',');
    if (controller.empty() ? names.empty() : contains(names, controller)) {
      return line.substr(second + 1);
    }
  }
  return std::nullopt;
}

/// The part of `path` below the mount's root. Nothing is below it when the process's group lies
/// outside of what is mounted: then only the mount point itself can be read.
std::string below(const std::string& path, const std::string& root) {
  if (path.find("/..") != std::string::npos) return {};
  if (root == "/") return path;
  if (path == root) return {};
  if (path.starts_with(root + '/')) return path.substr(root.size());
  return {};
}

CgroupPath make_path(const Mount& mount, const std::string& own) {
  CgroupPath path{mount.v2 ? 2 : 1, {mount.point}};
  std::string folder = mount.point;
  for (const std::string& name : split(below(own, mount.root), '/')) {
    if (name.empty() || path.folders.size() >= kMaxLevels) continue;
    folder += '/' + name;
    path.folders.push_back(folder);
  }
  return path;
}

}  // namespace

std::vector<CgroupPath> find_cgroup_paths(FileSystemView& files, const std::string& controller) {
  std::vector<CgroupPath> paths;
  const auto cgroups = files.read("/proc/self/cgroup");
  const auto mountinfo = files.read("/proc/self/mountinfo");
  if (!cgroups.available() || !mountinfo.available()) return paths;
  for (const std::string& key : {controller, std::string()}) {
    const auto mount = find_mount(mountinfo.value(), key);
    const auto own = own_path(cgroups.value(), key);
    if (mount && own) paths.push_back(make_path(*mount, *own));
  }
  return paths;
}

}  // namespace perfbench
