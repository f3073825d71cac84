#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "harness/core/plan/beyond_cache.hpp"
#include "harness/core/plan/plan_draft.hpp"
#include "harness/core/plan/team.hpp"

namespace perfbench::plan_detail {
namespace {

/// What a depth fixes. Times in seconds.
struct DepthTimes {
  double sweep_s;
  double per_kernel_s;         ///< Windows of a register-only or DRAM kernel.
  double per_cached_kernel_s;  ///< Windows of a kernel whose data stay in a cache.
  double scale_s;              ///< The teams besides one core and all, together.
  double sustained_s;          ///< Of each main roof; 0: no sustained height.
  bool sustained_memory;       ///< DRAM read too, not FMA alone, where heat shows first.
  RoofScope scope;
};

/// 60 ms are 40 windows of 1.5 ms. A sustained height is the last quarter of 10 s or more.
DepthTimes times_of(RooflineDepth depth, Preset preset) {
  switch (depth) {
    case RooflineDepth::kBrief:
      return {1.5, 0.6, 0.12, 0.0, 0.0, false, RoofScope::kMain};
    case RooflineDepth::kQuick:
      return {0.5, 0.11, 0.05, 0.0, 0.0, false, RoofScope::kMain};
    case RooflineDepth::kFull:
    case RooflineDepth::kNone:
      break;
  }
  if (preset == Preset::kStandard) return {5.0, 1.0, 0.2, 30.0, 30.0, true, RoofScope::kAll};
  if (preset == Preset::kStrict) return {5.0, 4.0, 0.5, 60.0, 60.0, true, RoofScope::kAll};
  return {2.5, 0.16, 0.08, 8.0, 10.0, false, RoofScope::kAll};
}

constexpr double kLeastSweepSeconds = 0.5;
/// A few windows of a kernel, for a figure that says something.
constexpr double kLeastKernelSeconds = 0.1;
constexpr double kLeastCachedSeconds = 0.04;
constexpr double kLeastScaleSeconds = 0.3;
/// Making, verifying and calibrating a kernel, with its clock readings.
constexpr double kKernelOverheadSeconds = 0.05;
/// Verifying and calibrating a square product of the default size, a handful of calls; a core of
/// 200 GFLOP/s in fp32 takes 85 ms for one. On several cores it takes less.
constexpr double kProductSeconds = 0.8;
/// Laying out, touching and verifying the copies of a layer's weights.
constexpr double kLayerSeconds = 0.35;
/// First touch of the DRAM arrays, page faults included, is slower than streaming: 2 GB/s was never
/// undercut by much.
constexpr double kTouchBytesPerSecond = 2e9;
/// L1, L2, L3.
constexpr int kCacheLevels = 3;
constexpr int kLevels = kCacheLevels + 1;

/// How many kernels a step holds, as far as the plan can know: the kernels themselves are made
/// later.
struct Count {
  int full = 0;      ///< Registers alone, DRAM, and dots.
  int cached = 0;    ///< Data in a cache.
  int products = 0;  ///< Of the full ones: square gemms, which take a tenth of a second a call.
  int layers = 0;    ///< Of the full ones: cold weights, which are laid out and touched first.
};

Count compute_kernels(RoofScope scope, int isas, bool narrower) {
  if (scope == RoofScope::kScale) return {1, 0, 0, 0};
  // fp32 and fp64, and the square gemms of both.
  if (scope == RoofScope::kMain) return {2 + 2, 0, 2, 0};
  // Besides: FMA+ADD of both, bf16, fp16, int8 and tiles; gemms of three more precisions, and the
  // layer of 16 rows by three backends.
  return {2 * (narrower ? isas : 1) + 6 + 5 + 3, 0, 5, 3};
}

Count memory_kernels(RoofScope scope, bool one_core, bool half_stores) {
  if (scope == RoofScope::kScale) return {1, 0, 0, 0};
  // Read, triad with and without non-temporal stores; the layer of one row by two backends.
  if (scope == RoofScope::kMain) return {3 + 2, kCacheLevels, 0, 2};
  // Seven operations, five of them non-temporal too; dgemv, layers of 1 and 4 rows by three
  // backends, and on one core those between by our own.
  const int layers = 1 + 2 * 3 + (one_core ? 3 : 0);
  // Stores beyond level 2 from registers of half the width: six operations in level 3 and in DRAM.
  const int stores = half_stores ? 6 : 0;
  return {7 + 5 + stores + layers, 7 * kCacheLevels + stores, 0, layers};
}

double dram_bytes(const MachineShape& shape, const KernelSizes& sizes) {
  Bytes last_level{0};
  for (const CacheShape& cache : shape.caches) last_level = std::max(last_level, cache.size);
  const Bytes beyond = kTimesBeyondCache * last_level;
  double bytes = std::max(static_cast<double>(beyond.count()), 256e6);
  if (shape.memory_available.available()) {
    bytes = std::min(bytes, static_cast<double>(shape.memory_available.value().count()) / 4.0);
  }
  if (sizes.dram_at_most.count() > 0) {
    bytes = std::min(bytes, static_cast<double>(sizes.dram_at_most.count()));
  }
  return bytes;
}

class RooflineDrafting {
 public:
  RooflineDrafting(const MachineShape& shape,
                   const PlanOptions& options,
                   RooflineDepth depth,
                   const KernelSizes& sizes)
      : times_(times_of(depth, options.preset)),
        only_(options.only),
        full_(depth == RooflineDepth::kFull),
        isas_(std::max(1, static_cast<int>(shape.isas.size()))),
        half_stores_(std::count(shape.isas.begin(), shape.isas.end(), Isa::kAvx512) > 0),
        touch_s_(dram_bytes(shape, sizes) / kTouchBytesPerSecond),
        product_s_(kProductSeconds * std::pow(static_cast<double>(sizes.gemm_n) /
                                                  static_cast<double>(KernelSizes::kDefaultGemmN),
                                              3.0)) {}

  std::vector<DraftStep> scale_of(const Team& team, int importance) {
    add_scale(team, 2.0 * kLeastScaleSeconds, importance);
    return std::move(drafts_);
  }

  std::vector<DraftStep> all(const std::vector<Team>& teams) {
    if (wanted(RoofKind::kBandwidth) || wanted(RoofKind::kLatency)) add_sweep();
    for (std::size_t i = 0; i < teams.size() && i < 2; ++i) add_team(teams[i], i == 0);
    const std::size_t others = teams.size() > 2 ? teams.size() - 2 : 0;
    for (std::size_t i = 2; i < teams.size(); ++i) {
      add_scale(teams[i], times_.scale_s / static_cast<double>(others), 35);
    }
    if (times_.sustained_s > 0.0 && only_.empty()) {
      add_sustained(teams.size() > 1 ? teams[1] : teams[0]);
    }
    return std::move(drafts_);
  }

 private:
  [[nodiscard]] bool wanted(RoofKind kind) const {
    return only_.empty() || std::find(only_.begin(), only_.end(), kind) != only_.end();
  }

  void add_sweep() {
    add({"sweep", "finding the cache levels", 0.0, SweepStep{}},
        {0.2, times_.sweep_s, kLeastSweepSeconds, 1, 0, 60});
  }

  struct Times {
    double fixed_s;
    double flexible_s;
    double least_flexible_s;
    int kernels;
    double cached_share;  ///< per_cached_kernel over per_kernel.
    int importance;
  };

  void add(PlanStep step, Times times) {
    DraftStep draft;
    draft.step = std::move(step);
    draft.fixed_s = times.fixed_s;
    draft.flexible_s = times.flexible_s;
    draft.least_flexible_s = std::min(times.least_flexible_s, times.flexible_s);
    draft.kernels = times.kernels;
    draft.cached_share = times.cached_share;
    draft.importance = times.importance;
    drafts_.push_back(std::move(draft));
  }

  void add_team(const Team& team, bool first) {
    if (wanted(RoofKind::kCompute)) add_roofs(team, RoofKind::kCompute, first ? kEssential : 50);
    if (wanted(RoofKind::kBandwidth)) {
      // What is left must be something to measure.
      const bool alone = first && !wanted(RoofKind::kCompute);
      add_roofs(team, RoofKind::kBandwidth, alone ? kEssential : first ? 95 : 40);
    }
    if (first && wanted(RoofKind::kLatency)) add_latency(team);
  }

  void add_roofs(const Team& team, RoofKind kind, int importance) {
    const bool compute = kind == RoofKind::kCompute;
    RoofStep work;
    work.kind = kind;
    work.team = team;
    work.scope = times_.scope;
    // The narrower sets tell how much a program loses that was built for them, and where wider
    // registers gain nothing: one core says it.
    work.narrower_isas = full_ && team.threads() == 1;
    const Count count =
        compute
            ? compute_kernels(times_.scope, isas_, work.narrower_isas)
            : memory_kernels(times_.scope, team.threads() == 1, work.narrower_isas && half_stores_);
    const double fixed = (count.full + count.cached) * kKernelOverheadSeconds +
                         count.products * product_s_ / team.threads() +
                         count.layers * kLayerSeconds + (compute ? 0.0 : touch_s_);
    const double cached_share = times_.per_cached_kernel_s / times_.per_kernel_s;
    const double flexible =
        count.full * times_.per_kernel_s + count.cached * times_.per_cached_kernel_s;
    const double least = count.full * kLeastKernelSeconds + count.cached * kLeastCachedSeconds;
    add({std::string(compute ? "roofs-compute-" : "roofs-memory-") + team.id,
         (compute ? "compute roofs and gemm, " : "memory roofs and gemv, ") + team.words,
         0.0,
         work},
        {fixed, flexible, least, count.full, count.cached > 0 ? cached_share : 0.0, importance});
    drafts_.back().cached_kernels = count.cached;
  }

  void add_latency(const Team& team) {
    RoofStep work;
    work.kind = RoofKind::kLatency;
    work.team = team;
    work.scope = times_.scope;
    add({"roofs-latency-" + team.id, "latency of each level, " + team.words, 0.0, work},
        {kLevels * kKernelOverheadSeconds + 0.5,
         kLevels * times_.per_cached_kernel_s,
         kLevels * kLeastCachedSeconds,
         kLevels,
         0.0,
         only_.size() == 1 ? kEssential : 45});
  }

  void add_scale(const Team& team, double team_s, int importance) {
    for (const RoofKind kind : {RoofKind::kCompute, RoofKind::kBandwidth}) {
      RoofStep work;
      work.kind = kind;
      work.team = team;
      work.scope = RoofScope::kScale;
      if (!wanted(kind)) continue;
      const bool compute = kind == RoofKind::kCompute;
      add({std::string(compute ? "roofs-compute-" : "roofs-memory-") + team.id,
           (compute ? "FMA, " : "DRAM read, ") + team.words,
           0.0,
           work},
          {kKernelOverheadSeconds + (compute ? 0.0 : touch_s_),
           std::max(0.5 * team_s, kLeastScaleSeconds),
           kLeastScaleSeconds,
           1,
           0.0,
           importance});
    }
  }

  void add_sustained(const Team& team) {
    SustainedStep work;
    work.team = team;
    work.memory = times_.sustained_memory;
    const int roofs = work.memory ? 2 : 1;
    const double all = roofs * times_.sustained_s;
    // Shorter than asked it would not be a sustained height: it is done whole or left out.
    add({"sustained-" + team.id, "sustained heights, " + team.words, 0.0, work},
        {work.memory ? touch_s_ : 0.0, all, all, roofs, 0.0, 15});
  }

  DepthTimes times_;
  const std::vector<RoofKind>& only_;
  bool full_;
  int isas_;
  bool half_stores_;  ///< There are wider registers than the half that stores are measured from.
  double touch_s_;
  double product_s_;  ///< Of one square gemm on one core.
  std::vector<DraftStep> drafts_;
};

}  // namespace

std::vector<DraftStep> roofline_steps(const MachineShape& shape,
                                      const PlanOptions& options,
                                      RooflineDepth depth,
                                      const ThreadChoice& threads,
                                      const KernelSizes& sizes) {
  if (depth == RooflineDepth::kNone) return {};
  const TeamScope scope = depth == RooflineDepth::kFull ? TeamScope::kScale : TeamScope::kOneAndAll;
  return RooflineDrafting(shape, options, depth, sizes).all(choose_teams(shape, threads, scope));
}

std::vector<DraftStep> scale_steps(const MachineShape& shape,
                                   const PlanOptions& options,
                                   const KernelSizes& sizes,
                                   const Team& team,
                                   int importance) {
  return RooflineDrafting(shape, options, RooflineDepth::kBrief, sizes).scale_of(team, importance);
}

}  // namespace perfbench::plan_detail
