#include "scenarios/roofline/roof_from_series.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "harness/core/judge/contended.hpp"
#include "harness/core/judge/limit.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/judge/zone.hpp"
#include "harness/core/limits/core_limits.hpp"
#include "harness/core/result/names.hpp"
#include "harness/core/stats/window_summary.hpp"

namespace perfbench {
namespace {

const LogicalCpu* find_cpu(const MachineShape& shape, int os_index) {
  for (const LogicalCpu& cpu : shape.cpus) {
    if (cpu.os_index == os_index) return &cpu;
  }
  return nullptr;
}

/// SMT threads share a core's limit, so cores count, not CPUs.
int physical_cores(const MachineShape& shape, const std::vector<int>& cpus) {
  std::set<int> cores;
  for (const int index : cpus) {
    const LogicalCpu* cpu = find_cpu(shape, index);
    // A CPU that the machine does not know counts as a core of its own.
    cores.insert(cpu != nullptr ? cpu->core : -1 - index);
  }
  return std::max(1, static_cast<int>(cores.size()));
}

/// A window ends with the last thread, and each has an equal part of the work.
std::string slowest_kind_decides(const MachineShape& shape, const std::vector<int>& cpus) {
  std::set<CoreKind> kinds;
  for (const int index : cpus) {
    if (const LogicalCpu* cpu = find_cpu(shape, index)) kinds.insert(cpu->kind);
  }
  if (kinds.size() < 2) return {};
  return "cores of several kinds had equal parts of the work, so the slowest kind set the pace";
}

std::optional<double> sentinel_of(const MeasuredSeries& series) {
  if (!series.sentinel_ratio.available()) return std::nullopt;
  return series.sentinel_ratio.value();
}

/// shape.identity is that of the first allowed CPU; the limit holds for cores of its kind alone.
bool one_kind_as_identity(const MachineShape& shape, const std::vector<int>& cpus) {
  const auto first = std::find_if(
      shape.cpus.begin(), shape.cpus.end(), [](const LogicalCpu& cpu) { return cpu.allowed; });
  if (first == shape.cpus.end()) return true;
  return std::all_of(cpus.begin(), cpus.end(), [&](int index) {
    const LogicalCpu* cpu = find_cpu(shape, index);
    return cpu == nullptr || cpu->kind == first->kind;
  });
}

Reading<Limit> documented_limit(const Roof& roof,
                                const MachineShape& shape,
                                std::optional<double> ratio) {
  if (!one_kind_as_identity(shape, roof.cpus)) {
    return Reading<Limit>::unavailable(
        "the threads ran on cores of another kind than the one that was identified");
  }
  if (roof.kind == RoofKind::kBandwidth) {
    return bandwidth_limit(shape.identity, roof.level, roof.kernel, roof.isa);
  }
  if (roof.kind == RoofKind::kLatency) {
    return Reading<Limit>::unavailable("a latency has no documented limit");
  }
  return compute_limit(shape.identity, roof.precision, roof.isa, roof.kernel, ratio);
}

/// fp32 FMA of this instruction set, per core and cycle.
std::optional<double> fma_per_cycle(std::span<const Roof> roofs, Isa isa, const TeamEpoch& where) {
  for (const Roof& roof : roofs) {
    const TeamEpoch here = team_epoch(roof);
    if (roof.kind == RoofKind::kCompute && roof.precision == Precision::kFp32 && roof.isa == isa &&
        roof.kernel == "fma" && here.team == where.team && here.epoch == where.epoch) {
      return roof.per_core_cycle;
    }
  }
  return std::nullopt;
}

std::optional<double> width_ratio(std::span<const Roof> roofs, const TeamEpoch& where) {
  const std::optional<double> zmm = fma_per_cycle(roofs, Isa::kAvx512, where);
  const std::optional<double> ymm = fma_per_cycle(roofs, Isa::kAvx2Fma, where);
  if (!zmm || !ymm || *ymm <= 0.0) return std::nullopt;
  return *zmm / *ymm;
}

/// For a dot that nothing bounds: what it should have been held against, as far as that is known.
std::string wanted_roof(const Dot& dot) {
  return "compute-" + std::string(name_of(dot.precision)) + "-" + team_id(dot.team, dot.threads);
}

}  // namespace

std::string lower_bound_reason(const MachineShape& shape, Precision precision) {
  const bool narrow = precision == Precision::kBf16 || precision == Precision::kInt8 ||
                      precision == Precision::kFp16;
  const bool floating = precision == Precision::kFp32 || precision == Precision::kFp64;
  for (const std::string& isa : shape.isas_without_kernel) {
    const bool serves = isa == "AMX" ? narrow : floating && (isa == "SVE" || isa == "SME");
    if (serves) return "the CPU has " + isa + ", which no roof kernel uses";
  }
  return {};
}

Roof make_roof(const MeasuredSeries& series, const MachineShape& shape, const std::string& team) {
  Roof roof;
  roof.team = team;
  roof.epoch = series.epoch;
  roof.core_to_core = series.core_to_core;
  roof.may_hold_cache_hits = series.info.may_hold_cache_hits;
  roof.kind = series.info.kind;
  roof.precision = series.info.precision;
  roof.isa = series.info.isa;
  roof.level = series.info.level;
  roof.kernel = series.info.name;
  roof.placement = series.placement;
  roof.cpus = series.cpus;
  roof.threads = series.threads;
  roof.working_set = series.working_set;
  if (series.work.bytes.count() > 0) {
    roof.moved_per_counted_1000 =
        Bytes(series.work.moved_bytes.count() * 1000U / series.work.bytes.count());
  }
  roof.rate = series.summary;
  roof.series = series.series;
  roof.clock = series.clock;
  roof.cores = physical_cores(shape, series.cpus);
  if (series.info.kind != RoofKind::kLatency) {  // Nanoseconds are no work to share out.
    roof.per_core_cycle = per_core_cycle(series.summary.best, roof.cores, series.clock);
  }
  roof.sentinel_ratio = sentinel_of(series);
  roof.contended =
      judge_contended(series.summary, series.info.kind, roof.sentinel_ratio, series.disturbance)
          .contended;
  roof.lower_bound_reason = slowest_kind_decides(shape, series.cpus);
  if (roof.lower_bound_reason.empty() && series.info.kind == RoofKind::kCompute) {
    roof.lower_bound_reason = lower_bound_reason(shape, series.info.precision);
  }
  roof.lower_bound = !roof.lower_bound_reason.empty();
  roof.disturbance = series.disturbance;
  return roof;
}

void judge_roof(Roof& roof, const MachineShape& shape, std::optional<double> ratio) {
  const Reading<Limit> limit = documented_limit(roof, shape, ratio);
  if (limit.available()) {
    roof.limit_per_core_cycle =
        Reading<double>::of(limit.value().per_core_cycle, limit.value().source);
    roof.limit_may_refuse = limit.value().may_refuse;
  } else {
    roof.limit_per_core_cycle = Reading<double>::unavailable(limit.reason());
    roof.limit_may_refuse = false;
  }
  roof.fraction_of_limit = fraction_of_limit(roof);
  roof.verdict = judge_limit(roof);
}

std::optional<double> zmm_over_ymm(std::span<const Roof> roofs, const TeamEpoch& where) {
  if (const std::optional<double> own = width_ratio(roofs, where)) return own;
  for (const Roof& roof : roofs) {
    if (const std::optional<double> other = width_ratio(roofs, team_epoch(roof))) return other;
  }
  return std::nullopt;
}

Dot make_dot(const MeasuredSeries& series, const std::string& team) {
  Dot dot;
  dot.kernel = series.info.name;
  dot.implementation = series.info.variant;
  dot.precision = series.info.precision;
  dot.shape = series.info.shape;
  dot.working_set = static_cast<std::uint64_t>(series.instances) * series.working_set;
  dot.threads = series.threads;
  dot.team = team;
  dot.epoch = series.epoch;
  dot.placement = series.placement;
  dot.series = series.series;
  if (series.info.kind == RoofKind::kBandwidth) {
    // Measured by the bytes that it streams; a dot's rate is its flop.
    dot.series.work_per_window = series.work.flops.count() * series.iterations *
                                 static_cast<std::uint64_t>(series.instances);
  }
  dot.rate = summarize_windows(dot.series, RoofKind::kCompute);
  if (series.work.bytes.count() > 0) {
    dot.intensity_flop_per_byte = static_cast<double>(series.work.flops.count()) /
                                  static_cast<double>(series.work.bytes.count());
  }
  dot.dot_class = DotClass::kModelled;
  dot.sentinel_ratio = sentinel_of(series);
  dot.contended =
      judge_contended(dot.rate, RoofKind::kCompute, dot.sentinel_ratio, series.disturbance)
          .contended;
  dot.disturbance = series.disturbance;
  return dot;
}

void judge_dot_against(Dot& dot, std::span<const Roof> roofs, std::span<const CacheLevel> levels) {
  const Roof* roof = binding_roof(dot, roofs, levels);
  dot.roof = roof != nullptr ? roof_id(*roof) : wanted_roof(dot);
  dot.zone = dot_zone(dot, roofs, levels);
  dot.roof_fraction = roof_fraction(dot, roof);
  dot.verdict = judge_dot(dot, roof);
}

SustainedHeight sustained_height(const WindowSeries& series, RoofKind kind, Nanoseconds duration) {
  const auto quarter = static_cast<std::ptrdiff_t>((series.windows.size() + 3) / 4);
  const WindowSeries last{series.work_per_window,
                          {series.windows.end() - quarter, series.windows.end()}};
  return {summarize_windows(last, kind).median, duration, last.windows.size()};
}

const Roof* find_roof(std::span<const Roof> roofs,
                      RoofKind kind,
                      Precision precision,
                      int threads) {
  // The first such team is the plain one: those of a kind of core or of another node's memory come
  // behind it.
  const auto first = std::find_if(
      roofs.begin(), roofs.end(), [threads](const Roof& roof) { return roof.threads == threads; });
  if (first == roofs.end()) return nullptr;
  const std::string team = team_epoch(*first).team;
  const Roof* found = nullptr;
  const auto faster = [&found](const Roof* roof) {
    if (roof != nullptr && (found == nullptr || roof->rate.best > found->rate.best)) found = roof;
  };
  for (const Roof& roof : roofs) {
    // Where the host moved us, any epoch's: nothing says which one the workload will run in.
    if (roof.kind != kind || team_epoch(roof).team != team || !may_bind(roof)) continue;
    if (kind == RoofKind::kCompute) {
      faster(compute_roof(roofs, precision, team_epoch(roof)));
    } else if (roof.level == MemoryLevel::kDram && roof.kernel.rfind("triad", 0) == 0) {
      faster(&roof);
    }
  }
  if (found != nullptr || kind != RoofKind::kBandwidth) return found;
  for (const Roof& roof : roofs) {
    const bool read = roof.level == MemoryLevel::kDram && roof.kernel == "read";
    if (read && team_epoch(roof).team == team && may_bind(roof)) faster(&roof);
  }
  return found;
}

}  // namespace perfbench
