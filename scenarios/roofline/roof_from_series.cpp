#include "scenarios/roofline/roof_from_series.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "harness/core/judge/contended.hpp"
#include "harness/core/judge/limit.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/limits/core_limits.hpp"

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
  if (roof.kernel != "fma") {
    return Reading<Limit>::unavailable("no documented limit for the kernel " + roof.kernel);
  }
  return compute_limit(shape.identity, roof.precision, roof.isa, ratio);
}

bool wider(const Roof& a, const Roof& b) {
  return static_cast<int>(a.isa) > static_cast<int>(b.isa);
}

const Roof* dram_read(std::span<const Roof> roofs, int threads) {
  for (const Roof& roof : roofs) {
    if (roof.kind == RoofKind::kBandwidth && roof.level == MemoryLevel::kDram &&
        roof.kernel == "read" && roof.threads == threads) {
      return &roof;
    }
  }
  return nullptr;
}

/// The roof that allows less at this intensity.
const Roof* lower_of(const Roof* a, const Roof* b, double intensity) {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  const auto of_a = attainable_flop_per_s(*a, intensity);
  const auto of_b = attainable_flop_per_s(*b, intensity);
  return of_b && (!of_a || *of_b < *of_a) ? b : a;
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

Roof make_roof(const MeasuredSeries& series, const MachineShape& shape) {
  Roof roof;
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
  roof.per_core_cycle = per_core_cycle(series.summary.best, roof.cores, series.clock);
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

std::optional<double> zmm_over_ymm(std::span<const Roof> roofs, int threads) {
  const auto per_cycle = [&](Isa isa) -> std::optional<double> {
    for (const Roof& roof : roofs) {
      if (roof.kind == RoofKind::kCompute && roof.precision == Precision::kFp32 &&
          roof.isa == isa && roof.threads == threads && roof.kernel == "fma") {
        return roof.per_core_cycle;
      }
    }
    return std::nullopt;
  };
  const std::optional<double> zmm = per_cycle(Isa::kAvx512);
  const std::optional<double> ymm = per_cycle(Isa::kAvx2Fma);
  if (!zmm || !ymm || *ymm <= 0.0) return std::nullopt;
  return *zmm / *ymm;
}

Dot make_dot(const MeasuredSeries& series) {
  Dot dot;
  dot.kernel = series.info.name;
  dot.implementation = series.info.variant;
  dot.threads = series.threads;
  dot.placement = series.placement;
  dot.rate = series.summary;
  dot.series = series.series;
  if (series.work.bytes.count() > 0) {
    dot.intensity_flop_per_byte = static_cast<double>(series.work.flops.count()) /
                                  static_cast<double>(series.work.bytes.count());
  }
  dot.dot_class = DotClass::kModelled;
  dot.sentinel_ratio = sentinel_of(series);
  dot.contended =
      judge_contended(series.summary, series.info.kind, dot.sentinel_ratio, series.disturbance)
          .contended;
  dot.disturbance = series.disturbance;
  return dot;
}

void judge_dot_against(Dot& dot, Precision precision, std::span<const Roof> roofs) {
  const Roof* compute = find_roof(roofs, RoofKind::kCompute, precision, dot.threads);
  const Roof* roof = lower_of(compute, dram_read(roofs, dot.threads), dot.intensity_flop_per_byte);
  if (roof != nullptr) {
    dot.roof = roof_id(*roof);
  } else {
    Roof wanted;
    wanted.precision = precision;
    wanted.threads = dot.threads;
    dot.roof = roof_id(wanted);
  }
  dot.roof_fraction = roof_fraction(dot, roof);
  dot.verdict = judge_dot(dot, roof);
}

const Roof* find_roof(std::span<const Roof> roofs,
                      RoofKind kind,
                      Precision precision,
                      int threads) {
  const Roof* found = nullptr;
  for (const Roof& roof : roofs) {
    if (roof.kind != kind || roof.threads != threads) continue;
    if (kind == RoofKind::kCompute) {
      if (roof.precision != precision) continue;
      if (found == nullptr || wider(roof, *found)) found = &roof;
    } else if (roof.level == MemoryLevel::kDram && roof.kernel.rfind("triad", 0) == 0) {
      if (found == nullptr || roof.rate.best > found->rate.best) found = &roof;
    }
  }
  return found;
}

}  // namespace perfbench
