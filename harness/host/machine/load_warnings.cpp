#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/warnings.hpp"

namespace perfbench {
namespace {

/// One busy process beside us, or a quarter of the CPUs on a larger machine.
constexpr double kLoadOfOne = 1.0;
constexpr double kLoadShare = 0.25;
/// A desktop parks idle pages in swap without harm; above this, work was pushed out.
constexpr double kSwapShare = 0.01;
/// The same bound as the definition of quiet.
constexpr double kStealFraction = 0.005;

std::string rounded(double value, int digits) {
  const double scale = std::pow(10.0, digits);
  std::string text = std::to_string(std::round(value * scale) / scale);
  const auto point = text.find('.');
  return text.substr(0, point + (digits == 0 ? 0 : static_cast<std::size_t>(digits) + 1));
}

}  // namespace

std::vector<Warning> load_warnings(const MachineFacts& facts) {
  std::vector<Warning> warnings;
  const auto load = number_fact(facts, "load_average_1min");
  const auto cpus = static_cast<double>(integer_fact(facts, "logical_cpus").value_or(1));
  if (load.available() && load.value() > std::max(kLoadOfOne, kLoadShare * cpus)) {
    warnings.push_back({"high-load",
                        "The load average of the last minute is " + rounded(load.value(), 2) +
                            " on " + rounded(cpus, 0) + " CPUs.",
                        "Other work takes CPU time, caches and memory bandwidth. The average lags "
                        "by a minute; each window's own disturbance is what counts.",
                        "top -b -n 1 -o %CPU | head -n 15"});
  }
  const auto used = integer_fact(facts, "swap_used_bytes");
  const auto total = integer_fact(facts, "memory_total_bytes");
  if (used.available() && total.available() &&
      static_cast<double>(used.value()) > kSwapShare * static_cast<double>(total.value())) {
    warnings.push_back(
        {"swap-in-use",
         "Swap holds " + rounded(static_cast<double>(used.value()) / 1e9, 2) + " GB.",
         "Memory was short; a page that comes back from disk stalls for "
         "milliseconds.",
         "sudo swapoff -a && sudo swapon -a"});
  }
  const auto steal = number_fact(facts, "steal_since_boot_fraction");
  if (steal.available() && steal.value() > kStealFraction) {
    warnings.push_back({"steal",
                        "The host kept " + rounded(100.0 * steal.value(), 2) +
                            " % of the CPU time since boot for others.",
                        "Time stolen from a window lowers its figure and lengthens tails.",
                        "Run when the host is quieter, or on a machine with dedicated cores."});
  }
  return warnings;
}

}  // namespace perfbench
