#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "harness/core/result/names.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "harness/host/measure/measure.hpp"
#include "kernels/peak/fma_peak.hpp"

// The knee: the fp32 FMA peak with 1 to 24 independent accumulators (14 on 256 bits), measured in
// turn on one core. Latency x pipes accumulators are not enough, since the scheduler is not even;
// where 24 gain more than 1% over the number that the peak kernels use, that number is too small.
//
//   accumulator_sweep [SECONDS]

namespace {

using namespace perfbench;

#if defined(__x86_64__)
template <int kAccumulators>
[[gnu::target("avx512f")]] void run_zmm(void* state,
                                        const void* constants,
                                        std::uint64_t iterations) noexcept {
  asm volatile(
      "vbroadcastss 0(%[k]), %%zmm30\n"
      "vbroadcastss 4(%[k]), %%zmm31\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      ".if \\r < %c[accumulators]\n"
      "vmovaps 64*\\r(%[x]), %%zmm\\r\n"
      ".endif\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      ".if \\r < %c[accumulators]\n"
      "vfmadd213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endif\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      ".if \\r < %c[accumulators]\n"
      "vfmsub213ps %%zmm31, %%zmm30, %%zmm\\r\n"
      ".endif\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      ".if \\r < %c[accumulators]\n"
      "vmovaps %%zmm\\r, 64*\\r(%[x])\n"
      ".endif\n"
      ".endr\n"
      "vzeroupper\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants), [accumulators] "i"(kAccumulators)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18",
        "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm30", "xmm31");
  // clang-format on
}

template <int kAccumulators>
[[gnu::target("avx2,fma")]] void run_ymm(void* state,
                                         const void* constants,
                                         std::uint64_t iterations) noexcept {
  asm volatile(
      "vbroadcastss 0(%[k]), %%ymm14\n"
      "vbroadcastss 4(%[k]), %%ymm15\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      ".if \\r < %c[accumulators]\n"
      "vmovaps 32*\\r(%[x]), %%ymm\\r\n"
      ".endif\n"
      ".endr\n"
      ".p2align 6\n"
      "1:\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      ".if \\r < %c[accumulators]\n"
      "vfmadd213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endif\n"
      ".endr\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      ".if \\r < %c[accumulators]\n"
      "vfmsub213ps %%ymm15, %%ymm14, %%ymm\\r\n"
      ".endif\n"
      ".endr\n"
      "decq %[n]\n"
      "jnz 1b\n"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
      ".if \\r < %c[accumulators]\n"
      "vmovaps %%ymm\\r, 32*\\r(%[x])\n"
      ".endif\n"
      ".endr\n"
      "vzeroupper\n"
      : [n] "+r"(iterations)
      : [x] "r"(state), [k] "r"(constants), [accumulators] "i"(kAccumulators)
      // clang-format off
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  // clang-format on
}

PeakLoop loop_of(Isa isa, std::uint32_t accumulators, PeakLoop::Run run) {
  PeakLoop loop;
  loop.isa = isa;
  loop.state_of = isa;
  loop.precision = Precision::kFp32;
  loop.instruction = "vfmadd213ps";
  loop.accumulators = accumulators;
  loop.lanes = isa == Isa::kAvx512 ? 16 : 8;
  loop.run = run;
  return loop;
}

std::vector<PeakLoop> sweep() {
  return {loop_of(Isa::kAvx2Fma, 1, run_ymm<1>),
          loop_of(Isa::kAvx2Fma, 4, run_ymm<4>),
          loop_of(Isa::kAvx2Fma, 8, run_ymm<8>),
          loop_of(Isa::kAvx2Fma, 10, run_ymm<10>),
          loop_of(Isa::kAvx2Fma, 12, run_ymm<12>),
          loop_of(Isa::kAvx2Fma, 14, run_ymm<14>),
          loop_of(Isa::kAvx512, 1, run_zmm<1>),
          loop_of(Isa::kAvx512, 4, run_zmm<4>),
          loop_of(Isa::kAvx512, 8, run_zmm<8>),
          loop_of(Isa::kAvx512, 10, run_zmm<10>),
          loop_of(Isa::kAvx512, 12, run_zmm<12>),
          loop_of(Isa::kAvx512, 16, run_zmm<16>),
          loop_of(Isa::kAvx512, 20, run_zmm<20>),
          loop_of(Isa::kAvx512, 24, run_zmm<24>)};
}
#else
std::vector<PeakLoop> sweep() { return {}; }
#endif

}  // namespace

int main(int argc, char** argv) {
  const Machine machine = MachineProbe(MachineProbeOptions{}).probe();
  const std::vector<PeakLoop> loops = sweep();
  MeasureRequest request;
  std::vector<std::uint32_t> counts;
  for (const PeakLoop& loop : loops) {
    if (!can_run(machine.shape, loop)) continue;
    KernelEntry entry;
    entry.make = [loop] { return make_peak_kernel(loop); };
    entry.info = entry.make()->info();
    request.kernels.push_back(std::move(entry));
    counts.push_back(loop.accumulators);
  }
  if (request.kernels.empty()) {
    std::puts("No sweep for this processor.");
    return EXIT_SUCCESS;
  }
  request.cpus = {allowed_cpus().front()};
  request.options.time_budget = from_seconds(argc > 1 ? std::strtod(argv[1], nullptr) : 8.0);
  SteadyClock clock;
  const Interruption never;
  const std::vector<MeasuredSeries> measured = measure_kernels(request, clock, never);
  for (std::size_t i = 0; i < measured.size(); ++i) {
    double best = 0.0;
    for (const MeasuredSeries& other : measured) {
      if (other.info.isa == measured[i].info.isa) best = std::max(best, other.summary.best);
    }
    std::printf("%-7s %2u accumulators  best %8.2f Gflop/s  %.3f of this width's best%s\n",
                std::string(name_of(measured[i].info.isa)).c_str(),
                counts[i],
                measured[i].summary.best * 1e-9,
                measured[i].summary.best / best,
                measured[i].verification.passed ? "" : "  WRONG ANSWER");
  }
  return EXIT_SUCCESS;
}
