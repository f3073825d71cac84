#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/result/reading.hpp"

namespace perfbench {

/// What of a file may stand in a capture.
enum class CaptureForm {
  kPresence,     ///< That it is there; its text is dropped.
  kNumbers,      ///< Numbers, lists of CPUs, sizes, "max".
  kWords,        ///< Short printable text without addresses, UUIDs or long hexadecimal runs.
  kCpuinfo,      ///< The lines that say what the CPU is; no serial and no board.
  kMeminfo,      ///< Some lines.
  kStatus,       ///< Some lines.
  kStat,         ///< The first line, all CPUs together.
  kLoadavg,      ///< The three averages.
  kCommandLine,  ///< Options that change figures.
  kOsRelease,    ///< The distribution's name and version.
  kMemoryStat,   ///< The lines that are read.
  kDmi,          ///< Only words that name a virtual machine's maker.
  kCgroup,       ///< /proc/self/cgroup: group names are replaced by the caller.
  kMountinfo,    ///< Mounts of cgroups only: likewise.
};

/// The form of what is read at this path; nothing for a path that no rule knows. Files of a control
/// group are known by their own name, wherever the hierarchy is mounted.
[[nodiscard]] std::optional<CaptureForm> capture_form(std::string_view path);
/// Whether the names in this folder may be written, those that are safe.
[[nodiscard]] bool is_captured_folder(std::string_view path);
/// Whether the path is that of a control group's file, whose folders need other names.
[[nodiscard]] bool is_cgroup_file(std::string_view path);

/// The text reduced to its form, or why it is left out. kCgroup and kMountinfo are not for here.
[[nodiscard]] Reading<std::string> reduce(CaptureForm form, const std::string& text);

/// Whether the text could name a machine or a person: a MAC address, a UUID, a hexadecimal run of
/// 16 digits or more, an e-mail address, a home folder.
[[nodiscard]] bool looks_identifying(std::string_view text);
/// A name of a device or folder that may be written: short, plain characters, not identifying, and
/// not numbered by a serial.
[[nodiscard]] bool is_safe_name(std::string_view name);

}  // namespace perfbench
