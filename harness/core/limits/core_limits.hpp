#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/limits/evidence.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// What one physical core can do in one actual core clock cycle (not TSC tick): flop, or counted
/// bytes. Two SMT threads share it.
struct Limit {
  double per_core_cycle = 0.0;
  bool may_refuse = false;  ///< A figure above it is refused; otherwise it only warns.
  std::string
      source;  ///< "Zen 4, FMA fp32 ymm: 32 per cycle (InstLatX64; measured by a third party)"
};

/// One known cell of the table.
struct LimitRow {
  std::string name;  ///< "FMA fp32 zmm", "L1 load"
  std::string unit;  ///< "flop/cycle", "operation/cycle" (int8) or "B/cycle"
  double per_core_cycle = 0.0;
  Evidence evidence = Evidence::kUncertain;
};

/// Everything the table knows of a core.
struct CoreLimits {
  std::string microarchitecture;
  std::string source;          ///< Where the row is from, in words.
  std::vector<LimitRow> rows;  ///< Cells without a documented limit are left out.
};

/// The table's row for this core, or why there is none (unknown, masked, core type not told).
[[nodiscard]] Reading<CoreLimits> find_core_limits(const CpuIdentity& identity);

/// The widest vector form's rate over the next narrower one's, both in operations per cycle of one
/// window: fp32 FMA on zmm over ymm. About 1 or about 2; it tells one 512-bit unit from two where
/// CPUID does not.
using ZmmOverYmm = std::optional<double>;

/// Limit of a peak kernel by its name (KernelInfo::name), in operations per cycle: "fma" (fp64,
/// fp32, fp16), "fma_add" (as many additions as FMAs, independent of each other), "dot" and "mmla"
/// (bf16 and int8; a multiply and an add are two operations). `isa` is the width of the registers,
/// kAmx the tiles. For "mul_add", the separate multiply and add of ISAs without FMA, the limit is
/// derived from that of "fma_add" and never refuses.
///
/// Skylake-SP and its line have one or two 512-bit FMA units and no CPUID bit says which: without
/// `measured` their 512-bit limits are unavailable. With it, a core that behaves otherwise than its
/// row (a Zen 5 in 256-bit mode) gets the row that fits or, where none does, the contradiction as
/// the reason. Limits of SVE hold for one vector length and ask identity.sve_vector_bytes.
[[nodiscard]] Reading<Limit> compute_limit(const CpuIdentity& identity,
                                           Precision precision,
                                           Isa isa,
                                           std::string_view kernel,
                                           ZmmOverYmm measured = std::nullopt);

/// The same of "fma".
[[nodiscard]] Reading<Limit> compute_limit(const CpuIdentity& identity,
                                           Precision precision,
                                           Isa isa,
                                           ZmmOverYmm measured = std::nullopt);

/// Counted bytes per cycle of a streaming kernel ("read", "write", "copy", "scale", "add", "triad",
/// "update", "axpy") in a level of the core, write-allocate included in the reasoning. `isa` is the
/// widest form that the kernel uses. DRAM has no limit per core; caches shared by several cores
/// have none unless the table knows one. Non-temporal stores ("write_nt") pass the caches by: no
/// limit.
[[nodiscard]] Reading<Limit> bandwidth_limit(const CpuIdentity& identity,
                                             MemoryLevel level,
                                             std::string_view kernel,
                                             Isa isa = Isa::kAvx512);

}  // namespace perfbench
