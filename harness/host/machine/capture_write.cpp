#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "harness/core/json/value.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/cpu_list.hpp"
#include "harness/host/machine/capture.hpp"
#include "harness/host/machine/capture_cgroup.hpp"
#include "harness/host/machine/capture_rules.hpp"
#include "harness/host/machine/capture_topology.hpp"
#include "harness/host/machine/environment.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

constexpr std::array<std::uint32_t, 9> kLeaves{
    0U, 1U, 7U, 0x1AU, 0x40000000U, 0x80000000U, 0x80000001U, 0x80000008U, 0x8000001AU};

JsonValue lines_of(const std::string& text) {
  if (text.find('\n') == std::string::npos) return JsonValue(text);
  JsonValue lines = JsonValue::array();
  for (const std::string& line : split(text, '\n')) lines.push_back(line);
  return lines;
}

/// Reasons begin with the path, which is the key already and may hold names.
JsonValue absent(const std::string& path, const std::string& reason) {
  const bool prefixed = !path.empty() && reason.starts_with(path + ": ");
  const std::string why = prefixed ? reason.substr(path.size() + 2) : reason;
  const bool safe = why.find('/') == std::string::npos && !looks_identifying(why);
  return JsonValue::object().set("unavailable", safe ? why : "not available");
}

template <class T, class Convert>
JsonValue value_or_reason(const Reading<T>& reading, Convert convert) {
  return reading.available() ? convert(reading.value()) : absent("", reading.reason());
}

JsonValue plain(const Reading<std::int64_t>& reading) {
  return value_or_reason(reading, [](std::int64_t value) { return JsonValue(value); });
}

JsonValue bits(const Reading<std::uint64_t>& reading) {
  return value_or_reason(reading, [](std::uint64_t value) { return JsonValue(value); });
}

JsonValue words(const Reading<std::string>& reading) {
  if (!reading.available()) return absent("", reading.reason());
  const auto kept = reduce(CaptureForm::kWords, reading.value());
  return kept.available() ? JsonValue(kept.value()) : absent("", kept.reason());
}

/// uname -v holds the build's date and machine; only these words say something about speed.
Reading<std::string> version_words(const Reading<std::string>& version) {
  if (!version.available()) return version;
  std::string kept;
  for (const std::string& word : split_words(version.value())) {
    if (word != "SMP" && !word.starts_with("PREEMPT")) continue;
    kept += (kept.empty() ? "" : " ") + word;
  }
  return Reading<std::string>::of(kept, version.source());
}

JsonValue cpuid(const std::vector<CpuidLeaf>& leaves) {
  JsonValue list = JsonValue::array();
  for (const CpuidLeaf& leaf : leaves) {
    if (std::find(kLeaves.begin(), kLeaves.end(), leaf.leaf) == kLeaves.end()) {
      throw InputError("a CPUID leaf has no rule for the capture; nothing was written");
    }
    JsonValue entry = JsonValue::array();
    for (const std::uint32_t number :
         {static_cast<std::uint32_t>(leaf.cpu), leaf.leaf, leaf.subleaf}) {
      entry.push_back(number);
    }
    for (const std::uint32_t number : leaf.registers) entry.push_back(number);
    list.push_back(std::move(entry));
  }
  return list;
}

JsonValue system_section(const SystemFacts& system) {
  JsonValue section = JsonValue::object();
  section.set("hardware", words(system.hardware));
  section.set("kernel_release", words(system.kernel_release));
  section.set("kernel_version", words(version_words(system.kernel_version)));
  section.set("affinity", value_or_reason(system.affinity, [](const std::vector<int>& cpus) {
                return JsonValue(format_cpu_list(cpus));
              }));
  section.set("timer_slack_ns", plain(system.timer_slack_ns));
  section.set("page_size_bytes", plain(system.page_size_bytes));
  section.set("ticks_per_s", plain(system.ticks_per_s));
  section.set("address_space_limit_bytes", plain(system.address_space_limit_bytes));
  const auto flag = [](bool value) { return JsonValue(value); };
  section.set("address_randomisation_off", value_or_reason(system.address_randomisation_off, flag));
  section.set("cpuid", value_or_reason(system.cpuid, cpuid));
  section.set("xcr0", bits(system.xcr0));
  section.set("amx_permission", value_or_reason(system.amx_permission, flag));
  section.set("hwcap", bits(system.hwcap));
  section.set("hwcap2", bits(system.hwcap2));
  section.set("sve_vector_bytes", plain(system.sve_vector_bytes));
  section.set("cycles_event", words(system.cycles_event));
  return section;
}

bool has_safe_names(const std::string& path) {
  const auto names = split(std::string_view(path).substr(1), '/');
  return std::all_of(names.begin(), names.end(), [&names](const std::string& name) {
    return is_safe_name(name) || (names.size() == 1 && name == ".dockerenv") ||
           name == ".containerenv";
  });
}

Reading<std::string> reduced(CaptureForm form, const std::string& text, CgroupNames& names) {
  using Text = Reading<std::string>;
  if (form == CaptureForm::kCgroup) return Text::of(names.replace_membership(text), "capture");
  if (form == CaptureForm::kMountinfo) return Text::of(names.replace_mountinfo(text), "capture");
  return reduce(form, text);
}

JsonValue files_section(const MachineSnapshot& snapshot, CgroupNames& names) {
  JsonValue section = JsonValue::object();
  for (const auto& [path, reading] : snapshot.files) {
    const auto form = capture_form(path);
    if (!form) throw InputError("the capture has no rule for " + path + "; nothing was written");
    const std::string shown = is_cgroup_file(path) ? names.replace_file(path) : path;
    if (!is_cgroup_file(path) && !has_safe_names(path)) continue;
    if (!reading.available()) {
      // What is not there is the same as what is not in the archive.
      if (!reading.reason().ends_with(": no such file")) {
        section.set(shown, absent(path, reading.reason()));
      }
      continue;
    }
    const auto text = reduced(*form, reading.value(), names);
    section.set(shown, text.available() ? lines_of(text.value()) : absent("", text.reason()));
  }
  return section;
}

JsonValue folders_section(const MachineSnapshot& snapshot) {
  JsonValue section = JsonValue::object();
  for (const auto& [path, reading] : snapshot.folders) {
    if (!is_captured_folder(path)) {
      throw InputError("the capture has no rule for the folder " + path + "; nothing was written");
    }
    if (!reading.available()) {
      section.set(path, absent(path, reading.reason()));
      continue;
    }
    JsonValue names = JsonValue::array();
    for (const std::string& name : reading.value()) {
      if (is_safe_name(name)) names.push_back(name);
    }
    section.set(path, std::move(names));
  }
  return section;
}

JsonValue topology_section(const Reading<std::string>& xml) {
  if (!xml.available()) return absent("", xml.reason());
  const auto kept = anonymous_hwloc_xml(xml.value());
  return kept.available() ? lines_of(std::string(trim(kept.value()))) : absent("", kept.reason());
}

}  // namespace

std::string write_capture(const MachineSnapshot& snapshot) {
  CgroupNames names;
  JsonValue document = JsonValue::object();
  const bool synthetic = snapshot.origin == MachineSnapshot::Origin::kSynthetic;
  document.set("format", "perfbench-capture/1");
  document.set("origin", synthetic ? "synthetic" : "captured");
  document.set("note", snapshot.note);
  document.set("system", system_section(snapshot.system));
  JsonValue environment = JsonValue::object();
  for (const auto& [name, value] : snapshot.environment) {
    if (is_ambient_variable(name)) environment.set(name, anonymous_value(value));
  }
  document.set("environment", std::move(environment));
  document.set("files", files_section(snapshot, names));
  document.set("folders", folders_section(snapshot));
  document.set("hwloc_xml", topology_section(snapshot.hwloc_xml));
  return write_json(document, 1) + '\n';
}

}  // namespace perfbench
