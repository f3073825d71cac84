#include "harness/core/plan/serving_layout.hpp"

#include <algorithm>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

std::optional<int> core_of(const MachineShape& shape, int os_index) {
  for (const LogicalCpu& cpu : shape.cpus) {
    if (cpu.os_index == os_index) return cpu.core;
  }
  return std::nullopt;
}

/// The first chosen CPU of each physical core, in the order of the choice.
std::vector<int> one_cpu_a_core(const MachineShape& shape, const std::vector<int>& chosen) {
  std::vector<int> cpus;
  std::vector<int> cores;
  for (const int cpu : chosen) {
    // A CPU that the machine does not list stands for a core of its own.
    const int core = core_of(shape, cpu).value_or(-1 - cpu);
    if (std::find(cores.begin(), cores.end(), core) != cores.end()) continue;
    cores.push_back(core);
    cpus.push_back(cpu);
  }
  return cpus;
}

std::string cpus_in_words(const std::vector<int>& cpus) {
  std::string text = cpus.size() == 1 ? "cpu " : "cpus ";
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    if (i > 0) text += ",";
    text += std::to_string(cpus[i]);
  }
  return text;
}

ServingLayout inline_on(int cpu, const std::string& why) {
  ServingLayout layout;
  layout.worker_cpus = {cpu};
  layout.inline_execution = true;
  layout.sentence =
      "Queries are executed by the thread that issues them, on cpu " + std::to_string(cpu) + why;
  return layout;
}

}  // namespace

std::vector<int> ServingLayout::cpus() const {
  std::vector<int> all;
  if (generator_cpu) all.push_back(*generator_cpu);
  all.insert(all.end(), worker_cpus.begin(), worker_cpus.end());
  return all;
}

ServingLayout choose_serving_layout(const MachineShape& shape,
                                    const ThreadChoice& threads,
                                    Scenario scenario,
                                    int workers) {
  CHECK(!threads.cpus.empty(), "a choice of no CPU");
  CHECK(workers >= 0, "a negative number of workers");
  const int one_core_cpu = threads.one_core_cpu >= 0 ? threads.one_core_cpu : threads.cpus.front();
  if (scenario == Scenario::kSingleStream) {
    return inline_on(one_core_cpu,
                     ": one query at a time needs no worker, and a hand-off would be part of its "
                     "latency.");
  }
  std::vector<int> cpus = one_cpu_a_core(shape, threads.cpus);
  if (cpus.size() == 1) {
    std::string why =
        ": there is one physical core, and a load generator beside a worker on it would take its "
        "time";
    if (threads.cpus.size() > 1) why += " (its other CPUs are SMT siblings)";
    return inline_on(one_core_cpu,
                     why +
                         ". A query that waits for the one before counts from its "
                         "scheduled arrival all the same.");
  }
  // The last core issues; were it the one of the one-core figures, the one before it.
  const std::optional<int> one_core = core_of(shape, one_core_cpu);
  auto generator = cpus.end() - 1;
  if (*generator == one_core_cpu || (one_core && core_of(shape, *generator) == one_core)) {
    --generator;
  }
  ServingLayout layout;
  layout.generator_cpu = *generator;
  cpus.erase(generator);
  const std::size_t free_cores = cpus.size();
  if (workers > 0 && static_cast<std::size_t>(workers) < cpus.size()) {
    cpus.resize(static_cast<std::size_t>(workers));
  }
  layout.worker_cpus = std::move(cpus);
  const std::size_t count = layout.worker_cpus.size();
  layout.sentence = (count == 1 ? std::string("One worker") : std::to_string(count) + " workers") +
                    " on " + cpus_in_words(layout.worker_cpus) +
                    (count == 1 ? ", a physical core of its own" : ", a physical core each") +
                    "; the load generator on cpu " + std::to_string(*layout.generator_cpu) +
                    ", whose core no worker shares.";
  if (workers > 0 && static_cast<std::size_t>(workers) > free_cores) {
    layout.sentence +=
        " " + std::to_string(workers) + " workers were asked for; beside the load " +
        "generator there " +
        (free_cores == 1 ? "is 1 core" : "are " + std::to_string(free_cores) + " cores") + ".";
  }
  return layout;
}

}  // namespace perfbench
