#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json/cursor.hpp"
#include "harness/core/json/parse.hpp"
#include "harness/host/affinity/cpu_list.hpp"
#include "harness/host/machine/capture.hpp"
#include "harness/host/machine/capture_topology.hpp"
#include "harness/host/machine/environment.hpp"
#include "harness/host/machine/system_facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

constexpr JsonLimits kLimits{std::size_t{16} << 20U, 8, std::size_t{1} << 20U, 1'000'000};
constexpr std::size_t kMaxPath = 400;
constexpr std::size_t kMaxFiles = 100'000;
/// After paths with a range were expanded.
constexpr std::size_t kMaxText = std::size_t{64} << 20U;
constexpr std::size_t kMaxLeaves = 20'000;

/// The reason when the value is {"unavailable": reason}.
std::optional<std::string> absence(const JsonCursor& value) {
  const JsonValue* const reason = value.value().find("unavailable");
  if (reason == nullptr) return std::nullopt;
  return value.at("unavailable").as_string();
}

std::string text_of(const JsonCursor& value) {
  if (!value.value().is_array()) return value.as_string();
  std::string text;
  for (const std::string& line : value.string_array()) text += (text.empty() ? "" : "\n") + line;
  return text;
}

/// "/a/cpu{0-2}/b" stands for three paths; several ranges for every combination.
std::vector<std::string> expand(const JsonCursor& place, const std::string& path) {
  const bool absolute = path.starts_with('/') && path.size() > 1 && path.size() <= kMaxPath;
  if (!absolute || (path + '/').find("/../") != std::string::npos) {
    place.fail("expected an absolute path without \"..\"");
  }
  std::vector<std::string> paths{""};
  std::string_view rest = path;
  while (!rest.empty()) {
    const auto open = std::min(rest.find('{'), rest.size());
    for (std::string& one : paths) one += rest.substr(0, open);
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const auto close = rest.find('}');
    const auto numbers =
        close == std::string_view::npos ? std::nullopt : parse_cpu_list(rest.substr(1, close - 1));
    if (!numbers || numbers->empty()) place.fail("expected a range such as {0-3,8} in the path");
    if (paths.size() * numbers->size() > kMaxFiles) place.fail("more files than may be");
    std::vector<std::string> longer;
    for (const std::string& one : paths) {
      for (const int number : *numbers) longer.push_back(one + std::to_string(number));
    }
    paths = std::move(longer);
    rest.remove_prefix(close + 1);
  }
  return paths;
}

void read_files(const JsonCursor& section, MachineSnapshot& snapshot) {
  std::size_t bytes = 0;
  for (const std::string& key : section.keys()) {
    const JsonCursor value = section.at(key);
    const auto reason = absence(value);
    const std::string text = reason ? std::string() : text_of(value);
    for (const std::string& path : expand(value, key)) {
      bytes += text.size() + path.size();
      if (snapshot.files.size() >= kMaxFiles || bytes > kMaxText) {
        section.fail("more files than a capture may hold");
      }
      const auto reading = reason ? Reading<std::string>::unavailable(path + ": " + *reason)
                                  : Reading<std::string>::of(text, path);
      if (!snapshot.files.emplace(path, reading).second) value.fail("this file is given twice");
    }
  }
}

void read_folders(const JsonCursor& section, MachineSnapshot& snapshot) {
  using List = Reading<std::vector<std::string>>;
  for (const std::string& key : section.keys()) {
    const JsonCursor value = section.at(key);
    const auto reason = absence(value);
    for (const std::string& path : expand(value, key)) {
      if (snapshot.folders.size() >= kMaxFiles) section.fail("more folders than may be");
      auto names = reason ? std::vector<std::string>{} : value.string_array();
      std::sort(names.begin(), names.end());
      snapshot.folders.insert_or_assign(
          path,
          reason ? List::unavailable(path + ": " + *reason) : List::of(std::move(names), path));
    }
  }
}

template <class T, class Convert>
void take(const JsonCursor& section,
          const char* name,
          const char* source,
          Reading<T>& into,
          Convert convert) {
  const auto value = section.find(name);
  if (!value) return;  // stays "not in the archive"
  const auto reason = absence(*value);
  into = reason ? Reading<T>::unavailable(*reason) : Reading<T>::of(convert(*value), source);
}

std::vector<int> cpu_list(const JsonCursor& value) {
  const auto cpus = parse_cpu_list(value.as_string());
  if (!cpus || cpus->empty()) value.fail("expected a list of CPUs such as \"0-3\"");
  return *cpus;
}

/// [cpu, leaf, subleaf, EAX, EBX, ECX, EDX]; numbers may be hexadecimal text.
std::uint32_t register_value(const JsonCursor& value) {
  const auto number =
      value.value().is_string() ? parse_hex(value.as_string()) : std::optional(value.as_uint64());
  if (!number || *number > 0xffffffffU) value.fail("expected a number of 32 bits");
  return static_cast<std::uint32_t>(*number);
}

std::vector<CpuidLeaf> cpuid_leaves(const JsonCursor& list) {
  std::vector<CpuidLeaf> leaves;
  if (list.size() > kMaxLeaves) list.fail("too many CPUID leaves");
  for (const JsonCursor& entry : list.elements()) {
    if (entry.size() != 7) entry.fail("expected seven numbers");
    CpuidLeaf leaf;
    leaf.cpu = static_cast<int>(register_value(entry.at(0)) & 0xffffU);
    leaf.leaf = register_value(entry.at(1));
    leaf.subleaf = register_value(entry.at(2));
    for (std::size_t i = 0; i < 4; ++i) leaf.registers[i] = register_value(entry.at(3 + i));
    leaves.push_back(leaf);
  }
  return leaves;
}

SystemFacts read_system(const JsonCursor& section) {
  SystemFacts system = no_system_facts("not in the archive");
  const auto integer = [](const JsonCursor& value) { return value.as_int64(); };
  const auto bits = [](const JsonCursor& value) { return value.as_uint64(); };
  const auto text = [](const JsonCursor& value) { return value.as_string(); };
  const auto flag = [](const JsonCursor& value) { return value.as_bool(); };
  take(section, "hardware", "uname", system.hardware, text);
  take(section, "kernel_release", "uname", system.kernel_release, text);
  take(section, "kernel_version", "uname", system.kernel_version, text);
  take(section, "affinity", "sched_getaffinity", system.affinity, cpu_list);
  take(section, "timer_slack_ns", "prctl(PR_GET_TIMERSLACK)", system.timer_slack_ns, integer);
  take(section, "page_size_bytes", "sysconf(_SC_PAGESIZE)", system.page_size_bytes, integer);
  take(section, "ticks_per_s", "sysconf(_SC_CLK_TCK)", system.ticks_per_s, integer);
  take(section,
       "address_space_limit_bytes",
       "getrlimit(RLIMIT_AS)",
       system.address_space_limit_bytes,
       integer);
  take(section,
       "address_randomisation_off",
       "personality(0xffffffff)",
       system.address_randomisation_off,
       flag);
  take(section, "cpuid", "cpuid", system.cpuid, cpuid_leaves);
  take(section, "xcr0", "xgetbv", system.xcr0, bits);
  take(section, "amx_permission", "arch_prctl(ARCH_REQ_XCOMP_PERM)", system.amx_permission, flag);
  take(section, "hwcap", "getauxval(AT_HWCAP)", system.hwcap, bits);
  take(section, "hwcap2", "getauxval(AT_HWCAP2)", system.hwcap2, bits);
  take(section, "sve_vector_bytes", "prctl(PR_SVE_GET_VL)", system.sve_vector_bytes, integer);
  take(section, "cycles_event", "perf_event_open(cycles)", system.cycles_event, text);
  return system;
}

/// Only what write_capture() itself would write is handed to hwloc's parser.
Reading<std::string> read_topology(const JsonCursor& value) {
  if (const auto reason = absence(value)) return Reading<std::string>::unavailable(*reason);
  auto xml = anonymous_hwloc_xml(text_of(value));
  if (!xml.available()) value.fail("not a topology as perfbench writes it");
  return xml;
}

}  // namespace

MachineSnapshot read_capture(std::string_view text) {
  const JsonValue document = parse_json(text, kLimits);
  const JsonCursor root(document);
  if (root.at("format").as_string() != "perfbench-capture/1") {
    root.at("format").fail("expected \"perfbench-capture/1\"");
  }
  MachineSnapshot snapshot;
  const std::string& origin = root.at("origin").as_string();
  if (origin != "captured" && origin != "synthetic") {
    root.at("origin").fail("expected \"captured\" or \"synthetic\"");
  }
  snapshot.origin = origin == "synthetic" ? MachineSnapshot::Origin::kSynthetic
                                          : MachineSnapshot::Origin::kCaptured;
  if (const auto note = root.find("note")) snapshot.note = note->as_string();
  snapshot.system = read_system(root.at("system"));
  read_files(root.at("files"), snapshot);
  if (const auto folders = root.find("folders")) read_folders(*folders, snapshot);
  if (const auto environment = root.find("environment")) {
    for (const std::string& name : environment->keys()) {
      if (!is_ambient_variable(name)) environment->at(name).fail("not a variable of a capture");
      snapshot.environment[name] = environment->at(name).as_string();
    }
  }
  const auto topology = root.find("hwloc_xml");
  snapshot.hwloc_xml =
      topology ? read_topology(*topology) : Reading<std::string>::unavailable("not in the archive");
  return snapshot;
}

}  // namespace perfbench
