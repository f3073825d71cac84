#include "harness/host/machine/capture_cgroup.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

constexpr std::array<std::string_view, 30> kKept{
    "sys",     "fs",       "cgroup",         "dev",          "mnt",           "run",
    "unified", "systemd",  "user.slice",     "system.slice", "machine.slice", "init.scope",
    "docker",  "kubepods", "kubepods.slice", "lxc",          "cpu",           "cpuacct",
    "cpuset",  "memory",   "blkio",          "devices",      "freezer",       "pids",
    "net_cls", "net_prio", "perf_event",     "hugetlb",      "rdma",          "misc"};
constexpr std::array<std::string_view, 5> kMarks{
    "kubepods", "docker", "containerd", "libpod", "lxc"};

template <class Words>
bool has(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// "cpu,cpuacct": names of controllers that are mounted together.
bool is_controller_list(const std::string& text) {
  const auto pieces = split(text, ',');
  return std::all_of(pieces.begin(), pieces.end(), [](const std::string& piece) {
    return has(kKept, piece) || piece == "name=systemd";
  });
}

std::string joined_controllers(std::string_view text) {
  std::string kept;
  for (const std::string& piece : split(text, ',')) {
    if (piece != "rw" && piece != "ro" && !is_controller_list(piece)) continue;
    kept += (kept.empty() ? "" : ",") + piece;
  }
  return kept;
}

}  // namespace

std::string CgroupNames::replace_name(const std::string& name) {
  if (name.empty() || name == "." || name == ".." || is_controller_list(name)) return name;
  const auto known = names_.find(name);
  if (known != names_.end()) return known->second;
  std::string other = 'g' + std::to_string(names_.size() + 1);
  for (const std::string_view mark : kMarks) {
    if (name.find(mark) == std::string::npos) continue;
    other += '-';
    other += mark;
    break;
  }
  names_.emplace(name, other);
  return other;
}

std::string CgroupNames::replace_path(std::string_view path) {
  std::string result;
  const auto names = split(path, '/');
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) result += '/';
    result += replace_name(names[i]);
  }
  return result;
}

std::string CgroupNames::replace_file(std::string_view path) {
  const auto slash = std::min(path.rfind('/'), path.size());
  return replace_path(path.substr(0, slash)) + std::string(path.substr(slash));
}

std::string CgroupNames::replace_membership(std::string_view text) {
  std::string result;
  for (const std::string& line : split(text, '\n')) {
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (!parse_integer(line.substr(0, first)) || !is_controller_list(controllers)) continue;
    result += line.substr(0, second + 1) + replace_path(line.substr(second + 1)) + '\n';
  }
  return std::string(trim(result));
}

std::string CgroupNames::replace_mountinfo(std::string_view text) {
  std::string result;
  for (const std::string& line : split(text, '\n')) {
    const auto words = split_words(line);
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (dash - words.begin() < 6 || words.end() - dash < 4) continue;
    const std::string& type = *(dash + 1);
    if (type != "cgroup" && type != "cgroup2") continue;
    result += "1 1 0:1 " + replace_path(words[3]) + ' ' + replace_path(words[4]) + " rw - " + type +
              " cgroup " + joined_controllers(*(dash + 3)) + '\n';
  }
  return std::string(trim(result));
}

}  // namespace perfbench
