#include "harness/host/machine/kernel_settings.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

using Text = Reading<std::string>;
using List = Reading<std::vector<std::string>>;

constexpr std::array<std::string_view, 33> kShownOptions{"mitigations",
                                                         "spectre_v2",
                                                         "nospectre_v1",
                                                         "nospectre_v2",
                                                         "spec_store_bypass_disable",
                                                         "retbleed",
                                                         "nopti",
                                                         "pti",
                                                         "isolcpus",
                                                         "nohz",
                                                         "nohz_full",
                                                         "rcu_nocbs",
                                                         "irqaffinity",
                                                         "idle",
                                                         "intel_idle.max_cstate",
                                                         "processor.max_cstate",
                                                         "cpuidle.off",
                                                         "intel_pstate",
                                                         "amd_pstate",
                                                         "cpufreq.default_governor",
                                                         "cpufreq.off",
                                                         "nosmt",
                                                         "maxcpus",
                                                         "nr_cpus",
                                                         "transparent_hugepage",
                                                         "hugepages",
                                                         "hugepagesz",
                                                         "default_hugepagesz",
                                                         "numa_balancing",
                                                         "clocksource",
                                                         "tsc",
                                                         "preempt",
                                                         "nokaslr"};
constexpr std::size_t kMaxOption = 100;

/// "PREEMPT_DYNAMIC" and the like stand as a word in uname -v.
Text preemption(const Text& version) {
  if (!version.available()) return version;
  for (const std::string& word : split_words(version.value())) {
    if (word.starts_with("PREEMPT")) return Text::of(word, version.source());
  }
  return Text::unavailable("the kernel's version does not name it");
}

/// An empty file says that there are none, which is a value.
Text or_none(const Text& text) {
  if (text.available() && (text.value().empty() || text.value() == "(null)")) {
    return Text::of("none", text.source());
  }
  return text;
}

Text operating_system(FileSystemView& files) {
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    const auto text = files.read(path);
    for (const std::string& line : split(text.value_or(""), '\n')) {
      constexpr std::string_view kKey = "PRETTY_NAME=";
      if (!line.starts_with(kKey)) continue;
      std::string name = line.substr(kKey.size());
      std::erase(name, '"');
      return Text::of(name, path);
    }
  }
  return Text::unavailable("/etc/os-release: no PRETTY_NAME");
}

/// On only where the kernel's switch is on and this process was not started with setarch -R.
Text address_randomisation(ProbeContext& context) {
  const auto level = as_integer(context.files.read("/proc/sys/kernel/randomize_va_space"));
  if (!level.available()) return Text::unavailable(level.reason());
  if (context.system.address_randomisation_off.value_or(false)) {
    return Text::of("off for this process", context.system.address_randomisation_off.source());
  }
  const char* const names[] = {"off", "partial", "full"};
  if (level.value() < 0 || level.value() > 2) return Text::unavailable("unknown level");
  return Text::of(names[level.value()], level.source());
}

List mitigations(FileSystemView& files) {
  const std::string folder = "/sys/devices/system/cpu/vulnerabilities";
  auto names = files.list(folder);
  if (!names.available()) return names;
  std::vector<std::string> lines;
  for (const std::string& name : names.value()) {
    std::string path = folder;
    path.append("/").append(name);
    const auto state = files.read(path);
    if (state.available()) lines.push_back(name + ": " + state.value());
  }
  return List::of(std::move(lines), folder);
}

List kernel_options(FileSystemView& files) {
  const auto text = files.read("/proc/cmdline");
  if (!text.available()) return List::unavailable(text.reason());
  std::vector<std::string> shown;
  for (const std::string& word : split_words(text.value())) {
    if (word == "--") break;  // what follows is for init
    if (is_shown_kernel_option(word)) shown.push_back(word);
  }
  return List::of(std::move(shown), text.source());
}

}  // namespace

bool is_shown_kernel_option(std::string_view word) {
  const auto name = word.substr(0, word.find('='));
  return word.size() <= kMaxOption &&
         std::find(kShownOptions.begin(), kShownOptions.end(), name) != kShownOptions.end();
}

void add_kernel_facts(ProbeContext& context, MachineFacts& facts) {
  FileSystemView& files = context.files;
  const std::string cpu = "/sys/devices/system/cpu/";
  const std::string clock = "/sys/devices/system/clocksource/clocksource0/";
  const auto release = context.system.kernel_release.available()
                           ? context.system.kernel_release
                           : files.read("/proc/sys/kernel/osrelease");
  add_fact(facts, "operating_system", operating_system(files));
  add_fact(facts, "kernel_release", release);
  add_fact(facts, "kernel_preemption", preemption(context.system.kernel_version));
  add_fact(facts, "kernel_options", kernel_options(files));
  add_fact(facts, "clocksource", not_empty(files.read(clock + "current_clocksource")));
  const auto offered = files.read(clock + "available_clocksource");
  add_fact(facts,
           "clocksources_available",
           offered.available() ? List::of(split_words(offered.value()), offered.source())
                               : List::unavailable(offered.reason()));
  add_fact(facts, "timer_slack_ns", "ns", context.system.timer_slack_ns);
  add_fact(facts, "address_randomisation", address_randomisation(context));
  add_fact(facts, "isolated_cpus", or_none(files.read(cpu + "isolated")));
  add_fact(facts, "nohz_full_cpus", or_none(files.read(cpu + "nohz_full")));
  add_fact(facts, "offline_cpus", or_none(files.read(cpu + "offline")));
  add_fact(facts, "smt_control", not_empty(files.read(cpu + "smt/control")));
  add_fact(facts, "mitigations", mitigations(files));
}

}  // namespace perfbench
