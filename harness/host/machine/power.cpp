#include "harness/host/machine/power.hpp"

#include <optional>
#include <string>
#include <vector>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

constexpr const char* kSupplies = "/sys/class/power_supply";
constexpr int kMaxIdleStates = 16;  // the kernel's CPUIDLE_STATE_MAX is 10

struct Power {
  bool mains = false;         ///< There is a charger's socket,
  bool mains_online = false;  ///< and it delivers.
  bool battery = false;
  bool discharging = false;
  std::optional<std::int64_t> percent;
  std::string source;
};

/// sysfs-class-power: a battery with scope "Device" is that of a mouse or a pen.
Power read_power(FileSystemView& files, const std::vector<std::string>& names) {
  Power power;
  for (const std::string& name : names) {
    const std::string folder = std::string(kSupplies) + '/' + name + '/';
    const std::string type = files.read(folder + "type").value_or("");
    if (type == "Mains" || type == "USB") {
      power.mains = true;
      const auto online = files.read(folder + "online");
      if (online.value_or("") != "1") continue;
      power.mains_online = true;
      power.source = online.source();
    } else if (type == "Battery" && files.read(folder + "scope").value_or("") != "Device") {
      power.battery = true;
      const auto status = files.read(folder + "status");
      power.discharging = power.discharging || status.value_or("") == "Discharging";
      if (!power.percent)
        power.percent = parse_integer(files.read(folder + "capacity").value_or(""));
      if (power.source.empty()) power.source = status.available() ? status.source() : kSupplies;
    }
  }
  return power;
}

void add_supply_facts(FileSystemView& files, MachineFacts& facts) {
  using Text = Reading<std::string>;
  using Integer = Reading<std::int64_t>;
  const auto names = files.list(kSupplies);
  if (!names.available() || names.value().empty()) {
    const std::string reason =
        names.available() ? std::string(kSupplies) + ": empty" : names.reason();
    add_fact(facts, "power_source", Text::unavailable(reason));
    add_fact(facts, "battery_percent", "%", Integer::unavailable(reason));
    return;
  }
  const Power power = read_power(files, names.value());
  Text source = Text::unavailable("no battery or charger tells its state");
  if (power.mains_online) {
    source = Text::of("charger", power.source);
  } else if (power.battery && (power.mains || power.discharging)) {
    source = Text::of("battery", power.source);
  }
  add_fact(facts, "power_source", source);
  add_fact(facts,
           "battery_percent",
           "%",
           power.percent ? Integer::of(*power.percent, kSupplies)
                         : Integer::unavailable("no battery tells its charge"));
}

Reading<std::vector<std::string>> idle_states(FileSystemView& files, int cpu) {
  std::vector<std::string> states;
  const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpuidle/state";
  const auto first = files.read(folder + "0/name");
  if (!first.available()) return Reading<std::vector<std::string>>::unavailable(first.reason());
  for (int state = 0; state < kMaxIdleStates; ++state) {
    const std::string path = folder + std::to_string(state) + '/';
    const auto name = files.read(path + "name");
    if (!name.available()) break;
    std::string text = name.value();
    const auto latency = as_integer(files.read(path + "latency"));
    if (latency.available()) text += ", wakes in " + std::to_string(latency.value()) + " us";
    if (files.read(path + "disable").value_or("0") == "1") text += ", off";
    states.push_back(std::move(text));
  }
  return Reading<std::vector<std::string>>::of(std::move(states), first.source());
}

}  // namespace

void add_power_facts(FileSystemView& files, int cpu, MachineFacts& facts) {
  add_supply_facts(files, facts);
  add_fact(facts, "platform_profile", not_empty(files.read("/sys/firmware/acpi/platform_profile")));
  add_fact(facts,
           "idle_driver",
           not_empty(files.read("/sys/devices/system/cpu/cpuidle/current_driver")));
  add_fact(facts, "idle_states", idle_states(files, cpu));
}

}  // namespace perfbench
