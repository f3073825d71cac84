#include "harness/host/machine/load.hpp"

#include <string>
#include <vector>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

using Number = Reading<double>;

Number load_average(const Reading<std::string>& text, std::size_t index) {
  if (!text.available()) return Number::unavailable(text.reason());
  const auto words = split_words(text.value());
  const auto value = index < words.size() ? parse_number(words[index]) : std::nullopt;
  if (!value) return Number::unavailable(text.source() + ": no number in it");
  return Number::of(*value, text.source());
}

/// proc(5): user nice system idle iowait irq softirq steal guest guest_nice; guest time is in user.
struct CpuTicks {
  double steal = 0.0;
  double total = 0.0;
};

Reading<CpuTicks> read_ticks(FileSystemView& files) {
  const auto text = files.read("/proc/stat");
  if (!text.available()) return Reading<CpuTicks>::unavailable(text.reason());
  const auto words = split_words(split(text.value() + '\n', '\n').front());
  if (words.size() < 9 || words.front() != "cpu") {
    return Reading<CpuTicks>::unavailable("/proc/stat: no steal column");
  }
  CpuTicks ticks;
  for (std::size_t column = 1; column <= 8; ++column) {
    ticks.total += parse_number(words[column]).value_or(0.0);
  }
  ticks.steal = parse_number(words[8]).value_or(0.0);
  return Reading<CpuTicks>::of(ticks, "/proc/stat");
}

/// "some avg10=1.25 avg60=..": share of the last ten seconds in which a task waited for a CPU.
Number cpu_pressure(FileSystemView& files) {
  const auto text = files.read("/proc/pressure/cpu");
  if (!text.available()) return Number::unavailable(text.reason());
  constexpr std::string_view kKey = "some avg10=";
  const auto at = text.value().find(kKey);
  const auto words = at == std::string::npos
                         ? std::vector<std::string>{}
                         : split_words(std::string_view(text.value()).substr(at + kKey.size()));
  const auto value = words.empty() ? std::nullopt : parse_number(words.front());
  if (!value) return Number::unavailable(text.source() + ": no average in it");
  return Number::of(*value, text.source());
}

}  // namespace

void add_load_facts(ProbeContext& context, MachineFacts& facts) {
  const auto loads = context.files.read("/proc/loadavg");
  add_fact(facts, "load_average_1min", "", load_average(loads, 0));
  add_fact(facts, "load_average_5min", "", load_average(loads, 1));
  add_fact(facts, "cpu_pressure_avg10_percent", "%", cpu_pressure(context.files));
  const auto ticks = read_ticks(context.files);
  const auto& rate = context.system.ticks_per_s;
  Number stolen = Number::unavailable(ticks.available() ? rate.reason() : ticks.reason());
  if (ticks.available() && rate.available() && rate.value() > 0) {
    stolen = Number::of(ticks.value().steal / static_cast<double>(rate.value()), ticks.source());
  }
  add_fact(facts, "steal_since_boot_s", "s", stolen);
  add_fact(
      facts,
      "steal_since_boot_fraction",
      "",
      ticks.available() && ticks.value().total > 0.0
          ? Number::of(ticks.value().steal / ticks.value().total, ticks.source())
          : Number::unavailable(ticks.available() ? "/proc/stat: no time in it" : ticks.reason()));
}

}  // namespace perfbench
