// Google Benchmark around every kernel. Kernel::run() takes the count of iterations, so that no
// loop of the framework is in the time; the counters go by a clock of our own around that one call.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "kernels/gemm/onednn/onednn.hpp"
#include "tools/micro/micro_catalogue.hpp"
#include "tools/micro/micro_options.hpp"
#include "tools/micro/micro_session.hpp"

namespace perfbench {
namespace {

constexpr int kUsage = 2;

void put_counters(benchmark::State& state,
                  const KernelInfo& info,
                  const Work& work,
                  const MicroRun& run) {
  const double runs_per_ns =
      static_cast<double>(run.iterations) / static_cast<double>(run.time.count());
  const auto rate = [&](std::uint64_t amount) {
    return benchmark::Counter(static_cast<double>(amount) * runs_per_ns);
  };
  if (info.kind == RoofKind::kLatency) {
    const auto accesses = static_cast<double>(std::max<std::uint64_t>(1, work.accesses));
    state.counters["ns"] = benchmark::Counter(1.0 / (runs_per_ns * accesses));
  } else {
    const char* operations = info.precision == Precision::kInt8 ? "GOP/s" : "GFLOP/s";
    if (work.flops.count() > 0) state.counters[operations] = rate(work.flops.count());
    if (info.kind == RoofKind::kBandwidth) state.counters["GB/s"] = rate(work.bytes.count());
    if (work.moved_bytes > work.bytes) {
      state.counters["moved_GB/s"] = rate(work.moved_bytes.count());
    }
  }
  if (run.per_cycle) state.counters["per_cycle"] = benchmark::Counter(*run.per_cycle);
  if (run.share) state.counters["share"] = benchmark::Counter(*run.share);
  state.SetLabel(run.label);
}

void measure(benchmark::State& state, MicroSession& session, const MicroKernel& kernel) {
  const std::string refusal = session.take(kernel);
  if (!refusal.empty()) {
    state.SkipWithError(refusal.c_str());
    return;
  }
  session.before_run();
  // All iterations that are asked for in one run.
  while (state.KeepRunningBatch(state.max_iterations)) {
    session.run(static_cast<std::uint64_t>(state.max_iterations));
  }
  put_counters(state, kernel.entry.info, session.work(), session.after_run());
}

int run_all(const MicroOptions& options) {
  const Machine machine = MachineProbe(MachineProbeOptions{}).probe();
  std::vector<std::string> notes;
  const std::vector<MicroKernel> kernels = micro_catalogue(machine.shape, options, notes);
  for (const std::string& note : notes) std::cerr << "perfbench_micro: " << note << "\n";

  const int cpu = options.cpu.value_or(allowed_cpus().front());
  const ScopedPin pin(cpu);
  if (!pin.pinned()) throw ResourceError(pin.refusal());
  SteadyClock clock;
  MicroSession session(machine.shape, clock);
  for (const MicroKernel& kernel : kernels) {
    benchmark::RegisterBenchmark(kernel.name.c_str(), [&session, &kernel](benchmark::State& state) {
      measure(state, session, kernel);
    })->Unit(benchmark::kMicrosecond);
  }
  benchmark::AddCustomContext("pinned_to", "cpu " + std::to_string(cpu));
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return session.wrong_answers() ? 1 : 0;
}

int carry_out(std::vector<std::string> words) {
  const MicroOptions options = take_micro_options(words);
  if (options.help) {
    std::cout << micro_help();
    return 0;
  }
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return kUsage;
  // Before either library is loaded: one thread is measured, and none must spin beside it.
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  for (const auto& [name, value] : onednn_load_environment()) {
    if (value) setenv(name.c_str(), value->c_str(), 1);
  }
  return run_all(options);
}

}  // namespace
}  // namespace perfbench

int main(int argc, char** argv) {
  try {
    return perfbench::carry_out(std::vector<std::string>(argv, argv + argc));
  } catch (const perfbench::Error& error) {
    std::cerr << "perfbench_micro: " << error.what()
              << (error.remedy().empty() ? "" : "; " + error.remedy()) << "\n";
  } catch (const std::exception& error) {
    std::cerr << "perfbench_micro: " << error.what() << "\n";
  }
  return perfbench::kUsage;
}
