#include "harness/host/machine/frequency.hpp"

#include <algorithm>
#include <string>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

constexpr double kHzPerKilohertz = 1e3;

std::string cpufreq_path(int cpu, const char* file) {
  return "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/" + file;
}

/// One text over all CPUs: "powersave", or "performance, powersave" where they differ.
Reading<std::string> common_text(FileSystemView& files,
                                 const std::vector<int>& cpus,
                                 const char* file) {
  std::vector<std::string> values;
  auto first = files.read(cpufreq_path(cpus.front(), file));
  for (const int cpu : cpus) {
    const auto text = files.read(cpufreq_path(cpu, file));
    if (!text.available() || text.value().empty()) continue;
    if (std::find(values.begin(), values.end(), text.value()) == values.end()) {
      values.push_back(text.value());
    }
  }
  if (values.empty()) return not_empty(first);
  std::sort(values.begin(), values.end());
  std::string all;
  for (const std::string& value : values) all += (all.empty() ? "" : ", ") + value;
  return Reading<std::string>::of(all, cpufreq_path(cpus.front(), file));
}

/// Hz: the files are in kHz.
Reading<double> hertz(FileSystemView& files, int cpu, const char* file) {
  return scaled(as_integer(files.read(cpufreq_path(cpu, file))), kHzPerKilohertz);
}

/// Turbo (Intel) or boost (AMD, Arm): whether the clock may rise above its base.
Reading<bool> read_boost(FileSystemView& files, int cpu) {
  const auto no_turbo = files.read("/sys/devices/system/cpu/intel_pstate/no_turbo");
  if (no_turbo.available() && (no_turbo.value() == "0" || no_turbo.value() == "1")) {
    return Reading<bool>::of(no_turbo.value() == "0", no_turbo.source());
  }
  for (const std::string& path :
       {std::string("/sys/devices/system/cpu/cpufreq/boost"), cpufreq_path(cpu, "boost")}) {
    const auto boost = files.read(path);
    if (boost.available() && (boost.value() == "0" || boost.value() == "1")) {
      return Reading<bool>::of(boost.value() == "1", boost.source());
    }
  }
  return Reading<bool>::unavailable("neither intel_pstate/no_turbo nor cpufreq/boost is there");
}

}  // namespace

void add_frequency_facts(FileSystemView& files, const std::vector<int>& cpus, MachineFacts& facts) {
  const std::vector<int> asked = cpus.empty() ? std::vector<int>{0} : cpus;
  const int cpu = asked.front();
  add_fact(facts, "cpufreq_driver", common_text(files, asked, "scaling_driver"));
  add_fact(facts, "governor", common_text(files, asked, "scaling_governor"));
  add_fact(facts,
           "energy_performance_preference",
           common_text(files, asked, "energy_performance_preference"));
  add_fact(facts, "boost", read_boost(files, cpu));
  add_fact(facts, "frequency_min_hz", "Hz", hertz(files, cpu, "cpuinfo_min_freq"));
  add_fact(facts, "frequency_max_hz", "Hz", hertz(files, cpu, "cpuinfo_max_freq"));
  add_fact(facts, "frequency_base_hz", "Hz", hertz(files, cpu, "base_frequency"));
  add_fact(facts, "frequency_allowed_max_hz", "Hz", hertz(files, cpu, "scaling_max_freq"));
  add_fact(facts, "frequency_requested_hz", "Hz", hertz(files, cpu, "scaling_cur_freq"));
}

}  // namespace perfbench
