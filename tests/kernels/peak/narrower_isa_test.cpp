// Numbers move: a narrower instruction set lowers the roof. Ratios of bests measured in turn within
// one run, so that a busy machine changes nothing.
#include <gtest/gtest.h>

#include <vector>

#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/measure/measure.hpp"
#include "kernels/peak/fma_peak.hpp"

namespace perfbench {
namespace {

// Every ISA of which this processor has a loop, asked of the compiler's CPU detection, which no
// code of ours takes part in.
std::vector<Isa> isas_here() {
#if defined(__x86_64__)
  std::vector<Isa> isas = {Isa::kScalar, Isa::kSse2};
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    isas.push_back(Isa::kAvx2Fma);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
      isas.push_back(Isa::kAvx512);
    }
  }
  return isas;
#elif defined(__aarch64__)
  return {Isa::kScalar, Isa::kNeon};
#else
  return {};
#endif
}

TEST(NarrowerIsa, LowersTheRoof) {
  MachineShape machine;
  machine.isas = isas_here();
  if (machine.isas.size() < 2) GTEST_SKIP() << "one instruction set alone cannot be compared";
  MeasureRequest request;
  for (const KernelEntry& entry : peak_entries(machine)) {
    const bool plain = entry.info.name == "fma" || entry.info.name == "mul_add";
    if (plain && entry.info.precision == Precision::kFp32) request.kernels.push_back(entry);
  }
  request.cpus = {allowed_cpus().front()};
  request.options.windows = 150;
  request.options.time_budget = Nanoseconds(3'000'000'000);
  SteadyClock clock;
  const Interruption interruption;
  const auto measured = measure_kernels(request, clock, interruption);
  ASSERT_EQ(measured.size(), machine.isas.size());
  for (std::size_t i = 1; i < measured.size(); ++i) {
    ASSERT_TRUE(measured[i].verification.passed) << measured[i].verification.detail;
    const double ratio = measured[i].summary.best / measured[i - 1].summary.best;
    // Vectors of 4 floats beat scalars, and 8 floats with FMA beat 4 without. 16 may run as two
    // halves (Zen 4, client Ice Lake) at a lower clock.
    const double at_least = measured[i].info.isa == Isa::kAvx512 ? 0.85 : 1.5;
    EXPECT_GE(ratio, at_least) << measured[i].info.variant << " over "
                               << measured[i - 1].info.variant;
    // Never more than the width and the fusing explain, clock included.
    EXPECT_LE(ratio, 10.0) << measured[i].info.variant << " over " << measured[i - 1].info.variant;
  }
}

}  // namespace
}  // namespace perfbench
