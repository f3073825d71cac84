#include <cstdint>
#include <string>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/warnings.hpp"

namespace perfbench {
namespace {

/// scaling_max_freq is rounded to steps of 100 MHz by some drivers.
constexpr double kCapTolerance = 0.97;

std::string gigahertz(double hz) {
  std::string text = std::to_string(hz / 1e9);
  return text.substr(0, text.find('.') + 3) + " GHz";
}

void governor(const MachineFacts& facts, std::vector<Warning>& warnings) {
  const auto governor = text_fact(facts, "governor");
  if (!governor.available()) {
    if (text_fact(facts, "cpufreq_driver").available()) return;
    warnings.push_back({"frequency-unknown",
                        "This machine tells neither its frequency governor nor its clock's limits "
                        "(no cpufreq).",
                        "The clock may change within a run and between runs, and nothing but the "
                        "measured clock beside each roof shows it.",
                        "No command helps from inside; compare the clock_hz of the roofs."});
    return;
  }
  if (governor.value() == "performance") return;
  warnings.push_back(
      {"governor-not-performance",
       "The frequency governor is " + governor.value() + " (driver " +
           text_fact(facts, "cpufreq_driver").value_or("unknown") + ").",
       "The clock rises only after work has begun and may not reach its height in a short window.",
       "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"});
}

void boost(const MachineFacts& facts, std::vector<Warning>& warnings) {
  const Fact* const fact = find_fact(facts, "boost");
  const auto boost = bool_fact(facts, "boost");
  if (fact == nullptr) return;
  if (!boost.available()) {
    if (text_fact(facts, "governor").available()) {
      warnings.push_back({"boost-unknown",
                          "The machine does not tell whether its clock may rise above its base.",
                          "A burst may then be higher than what the machine holds for long.",
                          "Compare the best window of a roof with its median."});
    }
    return;
  }
  const std::string& path = fact->reading.source();
  const bool inverted = path.find("no_turbo") != std::string::npos;
  const bool on = boost.value();
  const std::string other = (on == inverted) ? "1" : "0";
  const std::string remedy = "echo " + other + " | sudo tee " + path;
  if (on) {
    warnings.push_back({"boost-on",
                        "The clock may rise above its base (boost is on).",
                        "How far depends on heat and on how many cores work, so a short run shows "
                        "a burst that a long one does not hold.",
                        "For figures that repeat: " + remedy});
  } else {
    warnings.push_back({"boost-off",
                        "The clock may not rise above its base (boost is off).",
                        "Peaks are lower than what the processor is sold for.",
                        remedy});
  }
}

void cap(const MachineFacts& facts, std::vector<Warning>& warnings) {
  const auto highest = number_fact(facts, "frequency_max_hz");
  const auto allowed = number_fact(facts, "frequency_allowed_max_hz");
  if (!highest.available() || !allowed.available()) return;
  if (allowed.value() >= kCapTolerance * highest.value()) return;
  warnings.push_back({"frequency-capped",
                      "The clock is held at " + gigahertz(allowed.value()) + " of " +
                          gigahertz(highest.value()) + '.',
                      "Somebody or some power daemon set this limit; peaks are lower by as much.",
                      "echo " + std::to_string(static_cast<std::int64_t>(highest.value() / 1e3)) +
                          " | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_max_freq"});
}

void power(const MachineFacts& facts, std::vector<Warning>& warnings) {
  if (text_fact(facts, "power_source").value_or("") == "battery") {
    warnings.push_back({"on-battery",
                        "The machine runs on its battery.",
                        "Firmware and power daemons lower clocks and power limits on battery.",
                        "Plug in the charger and run again."});
  }
  const std::string profile = text_fact(facts, "platform_profile").value_or("");
  if (profile == "low-power" || profile == "quiet" || profile == "cool") {
    warnings.push_back({"platform-profile-low",
                        "The firmware's platform profile is " + profile + '.',
                        "It lowers the power that the processor may draw.",
                        "echo performance | sudo tee /sys/firmware/acpi/platform_profile"});
  }
  const auto throttled = integer_fact(facts, "throttle_events");
  if (throttled.available() && throttled.value() > 0) {
    warnings.push_back({"throttled-since-boot",
                        "The processor was throttled for heat " +
                            std::to_string(throttled.value()) + " times since boot.",
                        "Under a long load its clock falls; short figures do not show it.",
                        "Free the air flow, let it cool down, and compare burst with sustained."});
  }
}

}  // namespace

std::vector<Warning> clock_warnings(const MachineFacts& facts) {
  std::vector<Warning> warnings;
  governor(facts, warnings);
  boost(facts, warnings);
  cap(facts, warnings);
  power(facts, warnings);
  return warnings;
}

}  // namespace perfbench
