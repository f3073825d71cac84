#pragma once

#include <map>
#include <string>
#include <string_view>

namespace perfbench {

/// Gives the folders of control groups other names, "g1", "g2" and so on in the order in which they
/// come: the real ones hold user numbers, job names and container ids. The same name is replaced
/// the same way everywhere; names that every system has ("user.slice", "docker") stay, and a mark
/// of a container engine within a name stays beside the number ("g2-docker").
class CgroupNames {
 public:
  /// Of a folder in a hierarchy, or of a mount point.
  [[nodiscard]] std::string replace_path(std::string_view path);
  /// Of a file in a hierarchy, whose own name is the kernel's and stays.
  [[nodiscard]] std::string replace_file(std::string_view path);
  /// /proc/self/cgroup.
  [[nodiscard]] std::string replace_membership(std::string_view text);
  /// /proc/self/mountinfo, reduced to the mounts of control groups.
  [[nodiscard]] std::string replace_mountinfo(std::string_view text);

 private:
  [[nodiscard]] std::string replace_name(const std::string& name);
  std::map<std::string, std::string> names_;
};

}  // namespace perfbench
