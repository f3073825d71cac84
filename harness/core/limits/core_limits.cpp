#include "harness/core/limits/core_limits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "harness/core/limits/limit_table.hpp"
#include "harness/core/limits/microarchitecture.hpp"
#include "harness/core/result/names.hpp"

namespace perfbench {
namespace {

using limits::Cell;
using limits::Core;
using limits::CoreRow;
using limits::Fma;
using limits::Recognition;

/// Most limits are whole numbers.
std::string figure(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

Limit make_limit(const std::string& name,
                 const std::string& what,
                 std::string_view unit,
                 const Cell& cell,
                 std::string_view source) {
  std::string text = name + ", " + what + ": " + figure(cell.value) + " " + std::string(unit) +
                     " (" + std::string(source) + "; " + std::string(describe(cell.evidence)) + ")";
  return {cell.value, may_refuse(cell.evidence), std::move(text)};
}

Reading<Limit> to_reading(Limit limit) {
  std::string source = limit.source;
  return Reading<Limit>::of(std::move(limit), std::move(source));
}

void add(std::vector<LimitRow>& rows, std::string name, std::string_view unit, const Cell& cell) {
  if (cell.known()) rows.push_back({std::move(name), std::string(unit), cell.value, cell.evidence});
}

void add_fma(std::vector<LimitRow>& rows, const std::string& width, const Fma& fma) {
  add(rows, "FMA fp64 " + width, "flop/cycle", fma.fp64);
  add(rows, "FMA fp32 " + width, "flop/cycle", fma.fp32);
}

void add_l1(std::vector<LimitRow>& rows, const std::string& width, const limits::L1Width& l1) {
  add(rows, "L1 load " + width, "B/cycle", l1.load);
  add(rows, "L1 store " + width, "B/cycle", l1.store);
  add(rows, "L1 load and store " + width, "B/cycle", l1.both);
}

/// What the measured zmm/ymm ratio says.
enum class Units { kOne, kTwo, kUnclear };

// A 512-bit unit more doubles the rate per cycle. A wide form that runs at a lower clock (Skylake's
// frequency classes cost up to a fifth between 256 and 512 bits) moves 2.0 down to 1.6 and 1.0 to
// 0.8; what lies between says nothing.
constexpr double kOneUnitBelow = 1.25;
constexpr double kTwoUnitsAbove = 1.5;
constexpr double kPlausibleFrom = 0.6;
constexpr double kPlausibleTo = 2.4;

Units units_of(double ratio) {
  if (ratio >= kPlausibleFrom && ratio < kOneUnitBelow) return Units::kOne;
  if (ratio > kTwoUnitsAbove && ratio <= kPlausibleTo) return Units::kTwo;
  return Units::kUnclear;
}

std::string hundredths(double value) {
  if (!std::isfinite(value) || std::abs(value) > 1e6) return "not a ratio";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

std::string unclear_ratio(const std::string& name, double ratio) {
  return "the zmm/ymm FMA ratio of " + hundredths(ratio) + " on " + name +
         " is near neither 1.0 (one 512-bit unit) nor 2.0 (two): measure it again on a quiet "
         "machine";
}

/// The 512-bit row that fits the measured ratio.
Reading<Limit> zmm_limit(const Recognition& core,
                         const CoreRow& row,
                         bool fp64,
                         ZmmOverYmm measured) {
  const std::string what = std::string("FMA ") + (fp64 ? "fp64" : "fp32") + " zmm";
  const Cell cell = fp64 ? row.zmm.fp64 : row.zmm.fp32;
  const Cell narrow_cell = fp64 ? row.ymm.fp64 : row.ymm.fp32;
  if (!cell.known())
    return Reading<Limit>::unavailable("no documented AVX-512 FMA limit for " + core.name);
  if (!measured) {
    if (core.zmm_units_vary) {
      return Reading<Limit>::unavailable(
          core.name +
          " has one or two 512-bit FMA units and no CPUID bit says which; "
          "the measured zmm/ymm ratio would");
    }
    return to_reading(make_limit(core.name, what, "flop/cycle", cell, row.source));
  }
  const Units units = units_of(*measured);
  if (units == Units::kUnclear)
    return Reading<Limit>::unavailable(unclear_ratio(core.name, *measured));
  const bool table_says_two = cell.value > 1.5 * narrow_cell.value;
  if (table_says_two == (units == Units::kTwo)) {
    const std::string name =
        core.zmm_units_vary ? core.name + " with two 512-bit FMA units" : core.name;
    return to_reading(make_limit(name, what, "flop/cycle", cell, row.source));
  }
  if (core.zmm_units_vary) {
    const Cell one{narrow_cell.value, Evidence::kUncertain};
    return to_reading(
        make_limit(core.name + " with one 512-bit FMA unit", what, "flop/cycle", one, row.source));
  }
  if (core.core == Core::kZen5) {
    // Firmware can put the full-width part into 256-bit mode while CPUID still claims FP512
    // (InstLatX64, 9950X).
    const Cell narrow{narrow_cell.value, Evidence::kThirdParty};
    return to_reading(
        make_limit("Zen 5 in 256-bit mode", what, "flop/cycle", narrow, "InstLatX64"));
  }
  return Reading<Limit>::unavailable(
      "CPUID says " + core.name + ", behaviour says " +
      (units == Units::kTwo ? "two 512-bit FMA units" : "one 512-bit FMA unit") +
      " (zmm/ymm ratio " + hundredths(*measured) + ")");
}

/// Lines per iteration of a streaming kernel: counted loads and stores, and what a cache level
/// fills and takes back with write-allocate.
struct Traffic {
  std::string_view kernel;
  double loads;
  double stores;
  double fills;
  double writes;
};

constexpr std::array kTraffic{
    Traffic{"read", 1, 0, 1, 0},
    Traffic{"load", 1, 0, 1, 0},
    Traffic{"write", 0, 1, 1, 1},
    Traffic{"store", 0, 1, 1, 1},
    Traffic{"copy", 1, 1, 2, 1},
    Traffic{"triad", 2, 1, 3, 1},
    Traffic{"update", 1, 1, 1, 1},
    Traffic{"axpy", 2, 1, 2, 1},
};

/// Cycles that `lines` take at a cell's width, with the cell that says so.
struct Bound {
  double cycles = 0.0;
  Evidence evidence = Evidence::kUncertain;
};

/// The slowest of the bounds decides. Of equal ones the better known: it alone would do.
void tighten(Bound& bound, double lines, const Cell& cell) {
  const double cycles = lines / cell.value;
  const bool better_known = cycles == bound.cycles && may_refuse(cell.evidence);
  if (cycles > bound.cycles || better_known) bound = {cycles, cell.evidence};
}

Reading<Limit> no_limit(MemoryLevel level, const Recognition& core) {
  return Reading<Limit>::unavailable("no documented " + std::string(name_of(level)) +
                                     " limit for " + core.name);
}

Reading<Limit> l1_limit(const Recognition& core,
                        const CoreRow& row,
                        const Traffic& traffic,
                        Isa isa) {
  const bool wide = isa == Isa::kAvx512 && row.l1_zmm.load.known();
  const limits::L1Width& l1 = wide ? row.l1_zmm : row.l1;
  if ((traffic.loads > 0 && !l1.load.known()) || (traffic.stores > 0 && !l1.store.known())) {
    return no_limit(MemoryLevel::kL1, core);
  }
  Bound bound;
  if (traffic.loads > 0) tighten(bound, traffic.loads, l1.load);
  if (traffic.stores > 0) tighten(bound, traffic.stores, l1.store);
  const double counted = traffic.loads + traffic.stores;
  if (traffic.loads > 0 && traffic.stores > 0 && l1.both.known()) tighten(bound, counted, l1.both);
  return to_reading(make_limit(core.name,
                               "L1 " + std::string(traffic.kernel),
                               "counted B/cycle",
                               {counted / bound.cycles, bound.evidence},
                               row.source));
}

Reading<Limit> outer_limit(MemoryLevel level,
                           const Recognition& core,
                           const CoreRow& row,
                           const Traffic& traffic) {
  const Cell fill = level == MemoryLevel::kL2 ? row.l2_fill : row.l3;
  const Cell write = level == MemoryLevel::kL2 ? row.l2_write : row.l3;
  if (!fill.known() || !write.known()) return no_limit(level, core);
  Bound bound;
  tighten(bound, traffic.fills, fill);
  if (traffic.writes > 0) tighten(bound, traffic.writes, write);
  const double counted = traffic.loads + traffic.stores;
  return to_reading(make_limit(core.name,
                               std::string(name_of(level)) + " " + std::string(traffic.kernel),
                               "counted B/cycle",
                               {counted / bound.cycles, bound.evidence},
                               row.source));
}

}  // namespace

Reading<CoreLimits> find_core_limits(const CpuIdentity& identity) {
  const Recognition core = limits::recognise(identity);
  const CoreRow* row = limits::find_row(core.core);
  if (row == nullptr) return Reading<CoreLimits>::unavailable(core.reason);
  CoreLimits result{core.name, row->source, {}};
  const bool arm = identity.architecture == Architecture::kArm64;
  add_fma(result.rows, arm ? "NEON" : "xmm", row->xmm);
  add_fma(result.rows, "ymm", row->ymm);
  add_fma(result.rows, core.zmm_units_vary ? "zmm with two units" : "zmm", row->zmm);
  add_l1(result.rows, arm ? "NEON" : "ymm", row->l1);
  add_l1(result.rows, "zmm", row->l1_zmm);
  add(result.rows, "L2 to L1", "B/cycle", row->l2_fill);
  add(result.rows, "L1 to L2", "B/cycle", row->l2_write);
  add(result.rows, "L3 per direction", "B/cycle", row->l3);
  return Reading<CoreLimits>::of(std::move(result), describe_identity(identity));
}

Reading<Limit> compute_limit(const CpuIdentity& identity,
                             Precision precision,
                             Isa isa,
                             ZmmOverYmm measured) {
  const Recognition core = limits::recognise(identity);
  const CoreRow* row = limits::find_row(core.core);
  if (row == nullptr) return Reading<Limit>::unavailable(core.reason);
  if (precision != Precision::kFp32 && precision != Precision::kFp64) {
    return Reading<Limit>::unavailable("no " + std::string(name_of(precision)) +
                                       " limit is kept for " + core.name);
  }
  const bool fp64 = precision == Precision::kFp64;
  const bool arm = identity.architecture == Architecture::kArm64;
  if (isa == Isa::kScalar || isa == Isa::kSse2) {
    return Reading<Limit>::unavailable("no documented limit for " + std::string(name_of(isa)) +
                                       " multiply and add; the documents count FMA");
  }
  if (arm != (isa == Isa::kNeon)) {
    return Reading<Limit>::unavailable(core.name + " has no " + std::string(name_of(isa)));
  }
  if (isa == Isa::kAvx512) return zmm_limit(core, *row, fp64, measured);
  const Fma& fma = arm ? row->xmm : row->ymm;
  const Cell& cell = fp64 ? fma.fp64 : fma.fp32;
  const std::string what = "FMA " + std::string(name_of(precision)) + (arm ? " NEON" : " ymm");
  if (!cell.known()) return Reading<Limit>::unavailable("no documented FMA limit for " + core.name);
  return to_reading(make_limit(core.name, what, "flop/cycle", cell, row->source));
}

Reading<Limit> compute_limit(const CpuIdentity& identity,
                             Precision precision,
                             Isa isa,
                             std::string_view kernel,
                             ZmmOverYmm measured) {
  if (kernel == "fma") return compute_limit(identity, precision, isa, measured);
  return Reading<Limit>::unavailable("no documented limit for the kernel " + std::string(kernel));
}

Reading<Limit> bandwidth_limit(const CpuIdentity& identity,
                               MemoryLevel level,
                               std::string_view kernel,
                               Isa isa) {
  if (level == MemoryLevel::kDram)
    return Reading<Limit>::unavailable("no documented per-core DRAM limit");
  const Recognition core = limits::recognise(identity);
  const CoreRow* row = limits::find_row(core.core);
  if (row == nullptr) return Reading<Limit>::unavailable(core.reason);
  if (kernel.ends_with("_nt")) {
    return Reading<Limit>::unavailable("non-temporal stores pass the caches by");
  }
  const auto traffic = std::find_if(
      kTraffic.begin(), kTraffic.end(), [=](const Traffic& t) { return t.kernel == kernel; });
  if (traffic == kTraffic.end() || level == MemoryLevel::kNone) {
    return Reading<Limit>::unavailable("no bandwidth limit is derived for the kernel " +
                                       std::string(kernel));
  }
  return level == MemoryLevel::kL1 ? l1_limit(core, *row, *traffic, isa)
                                   : outer_limit(level, core, *row, *traffic);
}

}  // namespace perfbench
