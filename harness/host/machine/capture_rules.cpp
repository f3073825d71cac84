#include "harness/host/machine/capture_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "harness/host/machine/kernel_settings.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

struct Rule {
  std::string_view pattern;  ///< '*' stands for any name within one folder.
  CaptureForm form;
};

constexpr std::array kRules{
    Rule{"/proc/cpuinfo", CaptureForm::kCpuinfo},
    Rule{"/proc/meminfo", CaptureForm::kMeminfo},
    Rule{"/proc/self/status", CaptureForm::kStatus},
    Rule{"/proc/self/cgroup", CaptureForm::kCgroup},
    Rule{"/proc/self/mountinfo", CaptureForm::kMountinfo},
    Rule{"/proc/stat", CaptureForm::kStat},
    Rule{"/proc/loadavg", CaptureForm::kLoadavg},
    Rule{"/proc/cmdline", CaptureForm::kCommandLine},
    Rule{"/proc/pressure/cpu", CaptureForm::kWords},
    Rule{"/proc/sys/kernel/osrelease", CaptureForm::kWords},
    Rule{"/proc/sys/kernel/numa_balancing", CaptureForm::kNumbers},
    Rule{"/proc/sys/kernel/perf_event_paranoid", CaptureForm::kNumbers},
    Rule{"/proc/sys/kernel/randomize_va_space", CaptureForm::kNumbers},
    Rule{"/etc/os-release", CaptureForm::kOsRelease},
    Rule{"/usr/lib/os-release", CaptureForm::kOsRelease},
    Rule{"/.dockerenv", CaptureForm::kPresence},
    Rule{"/run/.containerenv", CaptureForm::kPresence},
    Rule{"/run/systemd/container", CaptureForm::kWords},
    Rule{"/sys/class/dmi/id/sys_vendor", CaptureForm::kDmi},
    Rule{"/sys/class/dmi/id/product_name", CaptureForm::kDmi},
    Rule{"/sys/class/power_supply/*/type", CaptureForm::kWords},
    Rule{"/sys/class/power_supply/*/scope", CaptureForm::kWords},
    Rule{"/sys/class/power_supply/*/status", CaptureForm::kWords},
    Rule{"/sys/class/power_supply/*/online", CaptureForm::kNumbers},
    Rule{"/sys/class/power_supply/*/capacity", CaptureForm::kNumbers},
    Rule{"/sys/class/powercap/*/name", CaptureForm::kWords},
    Rule{"/sys/class/powercap/*/energy_uj", CaptureForm::kNumbers},
    Rule{"/sys/class/thermal/*/type", CaptureForm::kWords},
    Rule{"/sys/class/hwmon/*/name", CaptureForm::kWords},
    Rule{"/sys/devices/cpu_core/cpus", CaptureForm::kNumbers},
    Rule{"/sys/devices/cpu_atom/cpus", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/clocksource/clocksource0/*", CaptureForm::kWords},
    Rule{"/sys/devices/system/cpu/online", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/cpu/offline", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/cpu/isolated", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/cpu/nohz_full", CaptureForm::kWords},
    Rule{"/sys/devices/system/cpu/smt/control", CaptureForm::kWords},
    Rule{"/sys/devices/system/cpu/cpuidle/current_driver", CaptureForm::kWords},
    Rule{"/sys/devices/system/cpu/cpufreq/boost", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/cpu/intel_pstate/no_turbo", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/cpu/vulnerabilities/*", CaptureForm::kWords},
    Rule{"/sys/devices/system/cpu/cpu*/cpu_capacity", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/cpu/cpu*/regs/identification/midr_el1", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/cpu/cpu*/topology/*", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/cpu/cpu*/cache/*/*", CaptureForm::kWords},
    Rule{"/sys/devices/system/cpu/cpu*/cpufreq/*", CaptureForm::kWords},
    Rule{"/sys/devices/system/cpu/cpu*/cpuidle/*/*", CaptureForm::kWords},
    Rule{"/sys/devices/system/cpu/cpu*/thermal_throttle/*", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/node/online", CaptureForm::kNumbers},
    Rule{"/sys/devices/system/node/node*/cpulist", CaptureForm::kNumbers},
    Rule{"/sys/firmware/acpi/platform_profile", CaptureForm::kWords},
    Rule{"/sys/hypervisor/type", CaptureForm::kWords},
    Rule{"/sys/kernel/mm/transparent_hugepage/*", CaptureForm::kWords}};

constexpr std::array<std::string_view, 12> kCgroupFiles{"cpu.max",
                                                        "cpu.cfs_quota_us",
                                                        "cpu.cfs_period_us",
                                                        "cpuset.cpus",
                                                        "cpuset.effective_cpus",
                                                        "cpuset.cpus.effective",
                                                        "memory.max",
                                                        "memory.high",
                                                        "memory.current",
                                                        "memory.stat",
                                                        "memory.limit_in_bytes",
                                                        "memory.usage_in_bytes"};

constexpr std::array<std::string_view, 6> kFolders{"/sys/class/power_supply",
                                                   "/sys/class/powercap",
                                                   "/sys/class/thermal",
                                                   "/sys/class/hwmon",
                                                   "/sys/bus/event_source/devices",
                                                   "/sys/devices/system/cpu/vulnerabilities"};

bool matches(std::string_view pattern, std::string_view path) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == path;
  if (path.substr(0, star) != pattern.substr(0, star)) return false;
  const auto end = std::min(path.find('/', star), path.size());
  return end > star && matches(pattern.substr(star + 1), path.substr(end));
}

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

bool is_number_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_hex(c) || std::string_view("x,-. \nKMGmax").find(c) != std::string_view::npos;
  });
}

bool is_word_text(std::string_view text) {
  constexpr std::size_t kMaxLine = 300;
  for (const std::string& line : split(text, '\n')) {
    if (line.size() > kMaxLine) return false;
  }
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= ' ' && c <= '~') || c == '\n' || c == '\t';
  });
  return printable && !looks_identifying(text);
}

using Keys = std::vector<std::string_view>;

std::string lines_with_keys(std::string_view text, char separator, const Keys& keys) {
  std::string kept;
  for (const std::string& line : split(text, '\n')) {
    const auto key = trim(std::string_view(line).substr(0, line.find(separator)));
    // Blocks of /proc/cpuinfo are told apart by empty lines.
    const bool block_end = line.empty() && !kept.empty() && !kept.ends_with("\n\n");
    if (block_end || (!key.empty() && std::find(keys.begin(), keys.end(), key) != keys.end())) {
      kept += line + '\n';
    }
  }
  while (kept.ends_with('\n')) kept.pop_back();
  return kept;
}

Keys cpuinfo_keys() {
  return {"processor",        "vendor_id",   "cpu family", "model",        "model name",
          "stepping",         "microcode",   "cpu MHz",    "cache size",   "physical id",
          "siblings",         "core id",     "cpu cores",  "flags",        "Features",
          "CPU architecture", "CPU variant", "CPU part",   "CPU revision", "CPU implementer"};
}

Keys meminfo_keys() {
  return {"MemTotal",
          "MemAvailable",
          "SwapTotal",
          "SwapFree",
          "HugePages_Total",
          "HugePages_Free",
          "Hugepagesize"};
}

std::string shown_options(std::string_view text) {
  // The same list of options as the fact's, from the one place that has it.
  std::string kept;
  for (const std::string& word : split_words(text)) {
    if (word == "--") break;
    if (is_shown_kernel_option(word)) kept += (kept.empty() ? "" : " ") + word;
  }
  return kept;
}

bool names_virtual_machine(std::string_view text) {
  constexpr std::array<std::string_view, 12> kWords{"QEMU",
                                                    "Amazon EC2",
                                                    "Google",
                                                    "VMware",
                                                    "Apple",
                                                    "Parallels",
                                                    "innotek",
                                                    "VirtualBox",
                                                    "Xen",
                                                    "Microsoft Corporation",
                                                    "Virtual Machine",
                                                    "metal"};
  return text.size() <= 60 && std::any_of(kWords.begin(), kWords.end(), [text](auto word) {
           return text.find(word) != std::string_view::npos;
         });
}

Reading<std::string> keep(std::string text) {
  return Reading<std::string>::of(std::move(text), "capture");
}

Reading<std::string> leave_out() {
  return Reading<std::string>::unavailable("left out of the capture: text of another form");
}

}  // namespace

std::optional<CaptureForm> capture_form(std::string_view path) {
  for (const Rule& rule : kRules) {
    if (matches(rule.pattern, path)) return rule.form;
  }
  if (!is_cgroup_file(path)) return std::nullopt;
  return last_name(path) == "memory.stat" ? CaptureForm::kMemoryStat : CaptureForm::kNumbers;
}

bool is_captured_folder(std::string_view path) {
  return std::find(kFolders.begin(), kFolders.end(), path) != kFolders.end();
}

bool is_cgroup_file(std::string_view path) {
  return std::find(kCgroupFiles.begin(), kCgroupFiles.end(), last_name(path)) != kCgroupFiles.end();
}

Reading<std::string> reduce(CaptureForm form, const std::string& text) {
  switch (form) {
    case CaptureForm::kPresence:
      return keep("");
    case CaptureForm::kNumbers:
      return is_number_text(text) ? keep(text) : leave_out();
    case CaptureForm::kWords:
      return is_word_text(text) ? keep(text) : leave_out();
    case CaptureForm::kCpuinfo:
      return keep(lines_with_keys(text, ':', cpuinfo_keys()));
    case CaptureForm::kMeminfo:
      return keep(lines_with_keys(text, ':', meminfo_keys()));
    case CaptureForm::kStatus:
      return keep(lines_with_keys(text, ':', {"VmSize", "Cpus_allowed_list"}));
    case CaptureForm::kStat: {
      const std::string first = text.substr(0, text.find('\n'));
      return first.starts_with("cpu ") && is_number_text(std::string_view(first).substr(4))
                 ? keep(first)
                 : leave_out();
    }
    case CaptureForm::kLoadavg: {
      const auto words = split_words(text);
      if (words.size() < 3 || !is_number_text(text.substr(0, text.find('/')))) return leave_out();
      return keep(words[0] + ' ' + words[1] + ' ' + words[2]);
    }
    case CaptureForm::kCommandLine:
      return keep(shown_options(text));
    case CaptureForm::kOsRelease:
      return keep(lines_with_keys(text, '=', {"PRETTY_NAME", "ID", "VERSION_ID"}));
    case CaptureForm::kMemoryStat:
      return keep(lines_with_keys(text, ' ', {"inactive_file", "total_inactive_file"}));
    case CaptureForm::kDmi:
      return names_virtual_machine(text) ? keep(text) : leave_out();
    case CaptureForm::kCgroup:
    case CaptureForm::kMountinfo:
      break;
  }
  return leave_out();
}

bool looks_identifying(std::string_view text) {
  constexpr std::size_t kLongHexRun = 16;
  std::size_t hex_run = 0;
  std::size_t pairs = 0;  // "aa:" and "aa-" in a row, as in a MAC address
  for (std::size_t i = 0; i < text.size(); ++i) {
    hex_run = is_hex(text[i]) ? hex_run + 1 : 0;
    if (hex_run >= kLongHexRun) return true;
    const bool separator = text[i] == ':' || text[i] == '-';
    if (separator) {
      const bool pair =
          i >= 2 && is_hex(text[i - 1]) && is_hex(text[i - 2]) && (i == 2 || !is_hex(text[i - 3]));
      pairs = pair ? pairs + 1 : 0;
      if (pairs >= 5) return true;
    } else if (!is_hex(text[i])) {
      pairs = 0;
    }
    if (text[i] == '@') return true;
  }
  // A UUID: eight hexadecimal digits, then three groups of four.
  for (std::size_t i = 0; i + 24 <= text.size(); ++i) {
    if (text[i + 8] != '-' || text[i + 13] != '-' || text[i + 18] != '-' || text[i + 23] != '-') {
      continue;
    }
    if (std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i),
                    text.begin() + static_cast<std::ptrdiff_t>(i + 8),
                    is_hex)) {
      return true;
    }
  }
  return text.find("/home/") != std::string_view::npos;
}

bool is_safe_name(std::string_view name) {
  constexpr std::size_t kMaxName = 48;
  if (name.empty() || name.size() > kMaxName || name.starts_with('.')) return false;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' ||
           c == ':' || c == ',';
  });
  // Names of things on a wire carry their address: "hid-00:1f:20:..-battery".
  return plain && !looks_identifying(name) && !name.starts_with("hid");
}

}  // namespace perfbench
