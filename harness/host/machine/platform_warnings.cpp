#include <string>

#include "harness/core/limits/microarchitecture.hpp"
#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/warnings.hpp"

namespace perfbench {
namespace {

void identity(const MachineShape& shape, bool virtual_machine, std::vector<Warning>& warnings) {
  const std::string contradiction = identity_contradiction(shape.identity);
  if (contradiction.empty()) return;
  warnings.push_back(
      {"identity-masked",
       "The processor's identity contradicts itself: " + contradiction + '.',
       virtual_machine
           ? "The hypervisor reports another model than the one that works, so no documented "
             "limit is shown, and a library may choose kernels for the wrong core."
           : "No documented limit is shown, and a library may choose kernels for the wrong core.",
       virtual_machine ? "Give the virtual machine the host's own CPU model (QEMU: -cpu host)."
                       : "Report this processor: perfbench probe --capture machine.json"});
}

void machine(const MachineFacts& facts, bool virtual_machine, std::vector<Warning>& warnings) {
  if (bool_fact(facts, "wsl2").value_or(false)) {
    warnings.push_back({"wsl2",
                        "This is Linux in WSL2, a virtual machine that Windows schedules.",
                        "Windows programs take CPU time unseen from here, half of the memory is "
                        "the default limit, and most machines offer no counters inside.",
                        "Close Windows programs; set processors= and memory= in "
                        "%UserProfile%\\.wslconfig, then: wsl --shutdown"});
    return;
  }
  if (!virtual_machine) return;
  warnings.push_back({"virtual-machine",
                      "This is a virtual machine (" +
                          text_fact(facts, "hypervisor").value_or("hypervisor not named") + ").",
                      "Topology and caches may be fiction, neighbours share the cores, and "
                      "stolen time can stay uncounted; the gap test shows the floor.",
                      "Run on the host itself, or on a machine with dedicated cores."});
}

void counters(const MachineFacts& facts, std::vector<Warning>& warnings) {
  const auto cycles = text_fact(facts, "cycles_counter");
  const auto paranoid = integer_fact(facts, "perf_event_paranoid");
  if (cycles.available() || find_fact(facts, "cycles_counter") == nullptr) return;
  const std::string what = "Hardware counters cannot be used (" + cycles.reason() + ").";
  if (cycles.reason().starts_with("not permitted")) {
    const bool by_level = paranoid.available() && paranoid.value() > 2;
    warnings.push_back(
        {"counters-not-permitted",
         by_level
             ? what + " kernel.perf_event_paranoid is " + std::to_string(paranoid.value()) + '.'
             : what,
         "Without them a figure stands without the cycles and misses that explain it.",
         by_level ? "sudo sysctl kernel.perf_event_paranoid=2 (or, for this program alone: sudo "
                    "setcap cap_perfmon+ep PATH_OF_PERFBENCH)"
                  : "In a container: docker run --cap-add PERFMON"});
    return;
  }
  if (!cycles.reason().starts_with("no PMU") && !cycles.reason().starts_with("a cycle counter")) {
    return;  // nobody asked: a replayed tree
  }
  warnings.push_back({"no-counters",
                      what,
                      "Clock and limits rest on timing alone; misses and instructions are not "
                      "available.",
                      "In a virtual machine, let the host pass its PMU on (QEMU: -cpu "
                      "host,pmu=on); in WSL2: hardwarePerformanceCounters=true in .wslconfig."});
}

void kernel(const MachineFacts& facts, std::vector<Warning>& warnings) {
  const std::string clock = text_fact(facts, "clocksource").value_or("");
  if (clock == "hpet" || clock == "acpi_pm" || clock.ends_with("jiffies")) {
    warnings.push_back({"clocksource-slow",
                        "The kernel's clock source is " + clock + '.',
                        "Reading it costs a microsecond or has a coarse step; short latencies "
                        "drown in it.",
                        "echo tsc | sudo tee "
                        "/sys/devices/system/clocksource/clocksource0/current_clocksource"});
  }
  const std::string layout = text_fact(facts, "address_randomisation").value_or("full");
  if (layout != "full") {
    warnings.push_back({"address-randomisation-off",
                        "Address randomisation is " + layout + '.',
                        "Every run then has one and the same memory layout, whose luck is taken "
                        "for the machine's speed.",
                        "sudo sysctl kernel.randomize_va_space=2 (and no setarch -R)"});
  }
}

}  // namespace

std::vector<Warning> platform_warnings(const MachineShape& shape, const MachineFacts& facts) {
  std::vector<Warning> warnings;
  const bool virtual_machine = bool_fact(facts, "virtual_machine").value_or(false);
  identity(shape, virtual_machine, warnings);
  machine(facts, virtual_machine, warnings);
  counters(facts, warnings);
  kernel(facts, warnings);
  return warnings;
}

}  // namespace perfbench
