#include "harness/host/machine/sensors.hpp"

#include <optional>
#include <string>
#include <vector>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

using Text = Reading<std::string>;
using List = Reading<std::vector<std::string>>;

std::string join(const std::string& folder, const std::string& entry, const char* file) {
  std::string path = folder;
  return path.append("/").append(entry).append("/").append(file);
}

/// Only a counter that was opened and moved is available: the folder of a PMU may exist without.
Text cycles_counter(const SystemFacts& system) {
  const auto& outcome = system.cycles_event;
  if (!outcome.available() || outcome.value() == "counts") return outcome;
  const std::string& error = outcome.value();
  if (error == "ENOENT" || error == "ENODEV" || error == "EOPNOTSUPP") {
    return Text::unavailable("no PMU: opening a cycle counter gives " + error);
  }
  if (error == "EACCES" || error == "EPERM") {
    return Text::unavailable("not permitted: opening a cycle counter gives " + error);
  }
  return Text::unavailable("a cycle counter " + error);
}

bool is_pmu_of_a_core(const std::string& name) {
  return name == "cpu" || name == "cpu_core" || name == "cpu_atom" || name.starts_with("armv8_") ||
         name.starts_with("armv9_") || name.starts_with("apple_");
}

List core_pmus(FileSystemView& files) {
  auto names = files.list("/sys/bus/event_source/devices");
  if (!names.available()) return names;
  std::vector<std::string> kept;
  for (const std::string& name : names.value()) {
    if (is_pmu_of_a_core(name)) kept.push_back(name);
  }
  if (kept.empty()) return List::unavailable(names.source() + ": no PMU of a core in it");
  return List::of(std::move(kept), names.source());
}

/// "package-0", "dram, permission denied": zones of the powercap tree with a counter.
List energy_counters(FileSystemView& files) {
  const std::string folder = "/sys/class/powercap";
  auto zones = files.list(folder);
  if (!zones.available()) return zones;
  std::vector<std::string> counters;
  for (const std::string& zone : zones.value()) {
    const auto name = files.read(join(folder, zone, "name"));
    if (!zone.starts_with("intel-rapl:") || !name.available()) continue;
    const auto energy = as_integer(files.read(join(folder, zone, "energy_uj")));
    const auto reason = energy.reason().rfind(": ");
    counters.push_back(energy.available() || reason == std::string::npos
                           ? name.value()
                           : name.value() + ", " + energy.reason().substr(reason + 2));
  }
  if (counters.empty()) return List::unavailable(folder + ": no RAPL zone in it");
  return List::of(std::move(counters), folder);
}

/// One file of each numbered entry of a folder: thermal_zone0/type, hwmon1/name.
List names_in(FileSystemView& files,
              const std::string& folder,
              std::string_view prefix,
              const char* file) {
  auto entries = files.list(folder);
  if (!entries.available()) return entries;
  std::vector<std::string> names;
  for (const std::string& entry : entries.value()) {
    if (!entry.starts_with(prefix)) continue;
    const auto name = files.read(join(folder, entry, file));
    if (name.available()) names.push_back(name.value());
  }
  if (names.empty()) return List::unavailable(folder + ": empty");
  return List::of(std::move(names), folder);
}

Reading<std::int64_t> throttle_events(FileSystemView& files, int cpu) {
  const std::string folder =
      "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/thermal_throttle/";
  auto core = as_integer(files.read(folder + "core_throttle_count"));
  const auto package = as_integer(files.read(folder + "package_throttle_count"));
  if (!core.available()) return core;
  return Reading<std::int64_t>::of(core.value() + package.value_or(0), core.source());
}

}  // namespace

void add_sensor_facts(ProbeContext& context, int cpu, MachineFacts& facts) {
  FileSystemView& files = context.files;
  add_fact(facts, "cycles_counter", cycles_counter(context.system));
  add_fact(facts, "core_pmus", core_pmus(files));
  add_fact(facts,
           "perf_event_paranoid",
           "",
           as_integer(files.read("/proc/sys/kernel/perf_event_paranoid")));
  add_fact(facts, "energy_counters", energy_counters(files));
  add_fact(facts, "thermal_zones", names_in(files, "/sys/class/thermal", "thermal_zone", "type"));
  add_fact(facts, "hardware_monitors", names_in(files, "/sys/class/hwmon", "hwmon", "name"));
  add_fact(facts, "throttle_events", "", throttle_events(files, cpu));
}

}  // namespace perfbench
