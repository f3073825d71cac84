#include <algorithm>
#include <array>

#include "harness/core/limits/core_limits.hpp"
#include "harness/core/limits/limit_text.hpp"
#include "harness/core/result/names.hpp"

namespace perfbench {
namespace {

using limits::Cell;
using limits::CoreRow;
using limits::make_limit;
using limits::Recognition;

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
    Traffic{"scale", 1, 1, 2, 1},
    Traffic{"add", 2, 1, 3, 1},
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

const limits::L1Width& l1_width(const CoreRow& row, Isa isa) {
  if (isa == Isa::kSve) return row.l1_sve;
  return isa == Isa::kAvx512 && row.l1_zmm.load.known() ? row.l1_zmm : row.l1;
}

Reading<Limit> l1_limit(const Recognition& core,
                        const CoreRow& row,
                        const Traffic& traffic,
                        Isa isa) {
  const limits::L1Width& l1 = l1_width(row, isa);
  if ((traffic.loads > 0 && !l1.load.known()) || (traffic.stores > 0 && !l1.store.known())) {
    return no_limit(MemoryLevel::kL1, core);
  }
  Bound bound;
  if (traffic.loads > 0) tighten(bound, traffic.loads, l1.load);
  if (traffic.stores > 0) tighten(bound, traffic.stores, l1.store);
  const double counted = traffic.loads + traffic.stores;
  if (traffic.loads > 0 && traffic.stores > 0 && l1.both.known()) tighten(bound, counted, l1.both);
  return make_limit(core.name,
                    "L1 " + std::string(traffic.kernel),
                    "counted B/cycle",
                    {counted / bound.cycles, bound.evidence},
                    row.source);
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
  return make_limit(core.name,
                    std::string(name_of(level)) + " " + std::string(traffic.kernel),
                    "counted B/cycle",
                    {counted / bound.cycles, bound.evidence},
                    row.source);
}

}  // namespace

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
