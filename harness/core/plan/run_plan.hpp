#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/plan/team.hpp"
#include "harness/core/plan/thread_choice.hpp"
#include "harness/core/result/report.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/core/result/track.hpp"

namespace perfbench {

enum class Preset { kQuick, kStandard, kStrict };

/// "quick", "standard", "strict". Throws UsageError, with a list of the three, for another word.
[[nodiscard]] Preset preset_from_name(std::string_view name);
[[nodiscard]] std::string_view preset_name(Preset preset) noexcept;

/// How much of the roofline is measured.
enum class RooflineDepth {
  kNone,
  kBrief,  ///< Beside other parts: main kernels, one core and all.
  kQuick,  ///< On its own within 15 s: brief, shorter.
  kFull,   ///< On its own within 60 s: every kernel, every placement, sustained heights.
};

/// Sizes of the roofline's kernels. The workloads of the scenarios have fixed sizes of their own,
/// so that two machines compare.
struct KernelSizes {
  std::uint64_t gemm_n = kDefaultGemmN;  ///< Rows and columns of the square sgemm.
  /// Upper bound of the arrays that the DRAM kernels stream through, all threads together; 0: by
  /// the rule that sizes them from the machine's caches.
  Bytes dram_at_most{0};

  /// Large enough that packing and edges no longer count.
  static constexpr std::uint64_t kDefaultGemmN = 2048;
};

/// What `scenario` and `calibrate` ask for, in place of a preset's scenarios. One of the three.
struct ServingRequest {
  /// Its times are taken as they stand; a rate of 0 is chosen by ScenarioStep::load.
  std::optional<ScenarioSettings> scenario;
  std::optional<Track> track;  ///< Its workload and seed are taken from `scenario`, if there.
  bool calibrate = false;
  int runs = 1;               ///< Of `scenario`: so many processes, each a fresh one.
  bool find_peak = false;     ///< Of `scenario`: search the highest rate that holds its bound.
  bool sweep = false;         ///< Of `scenario`: throughput against latency.
  bool needs_library = true;  ///< The workload computes products.
  bool needs_roofs = true;    ///< The workload does work that a roof judges.
};

/// What the user asked for; an absent value means the default, which the plan writes out.
struct PlanOptions {
  Preset preset = Preset::kQuick;
  std::uint64_t seed = kDefaultSeed;
  std::optional<std::int64_t> threads;  ///< --threads
  std::optional<Nanoseconds> max_time;  ///< --max-time
  std::optional<std::string> label;     ///< --label
  std::optional<std::uint64_t> gemm_n;  ///< --gemm-n
  std::optional<Bytes> triad_bytes;     ///< --triad-bytes: KernelSizes::dram_at_most
  /// The part that the verb asks for. Absent: as deep as the preset has it.
  std::optional<RooflineDepth> roofline;
  bool scenarios = true;
  std::optional<ServingRequest> serving;  ///< Then neither the roofline nor the preset's scenarios.
  /// --only: of the roofline, the roofs of these kinds alone and no sustained heights; empty: all.
  std::vector<RoofKind> only;
  bool refresh_library_search = false;  ///< Search again, whatever is remembered.

  /// Any number does; a fixed one lets two runs draw the same samples.
  static constexpr std::uint64_t kDefaultSeed = 20260917;
};

struct ProbeStep {};

/// Timer, and the gap test on all measured CPUs at once.
struct InstrumentsStep {
  Nanoseconds gap_test{0};
};

/// Children that load and verify the library under each core type that fits.
struct LibrarySearchStep {
  Nanoseconds at_most{0};
  bool refresh = false;  ///< Search again, whatever is remembered.
};

/// Finds the levels of the memory hierarchy on the one-core CPU: latency and read rate over working
/// sets.
struct SweepStep {
  Nanoseconds at_most{0};
};

/// One long run of each of the team's main roofs (FMA, DRAM read), for their sustained height.
struct SustainedStep {
  Team team;
  Nanoseconds per_kernel{0};
  bool memory = true;  ///< DRAM read besides; its arrays are touched anew, which takes seconds.
};

/// Which kernels of its kind a roof step measures.
enum class RoofScope {
  kScale,  ///< The one that shows how the machine scales: FMA fp32, DRAM read.
  kMain,   ///< Besides, what the summary shows: FMA fp64, triads, reads of the caches, main dots.
  kAll,    ///< Every kernel of the registry, at every level, and every dot.
};

/// Roofs of one kind, with the dots that they judge measured in turn with them.
struct RoofStep {
  RoofKind kind = RoofKind::kCompute;
  Team team;
  bool narrower_isas = false;  ///< Every narrower instruction set for which there are kernels too.
  Nanoseconds per_kernel{0};   ///< Time of the windows of one kernel; a dot gets the same.
  RoofScope scope = RoofScope::kMain;
  /// The same of a kernel whose data stay in a cache, which needs less; 0: per_kernel.
  Nanoseconds per_cached_kernel{0};
};

struct ScenarioStep {
  ScenarioSettings settings;
  /// Open loop without a rate: such a share of the saturation that is measured shortly before.
  double load = kDefaultLoad;

  /// The queue of one worker is then as long as its service on average, and a P99 needs a few
  /// thousand queries, not a hundred thousand.
  static constexpr double kDefaultLoad = 0.5;
};

/// The scenario of the step before again, as that one was settled, in fresh processes.
struct FreshRunsStep {
  int runs = 1;  ///< Beside the one of this process.
};

/// The highest Server rate that holds settings.bound.
struct PeakRateStep {
  ScenarioSettings settings;
  Nanoseconds at_most{0};
};

/// Throughput against latency of Server.
struct LoadSweepStep {
  ScenarioSettings settings;
  Nanoseconds at_most{0};
};

struct TrackStep {
  Track track = Track::kCloud;
  ScenarioSettings settings;  ///< Workload (empty: the track's own), rung, seed, wait, workers.
  Nanoseconds at_most{0};
};

/// The harness against known truths.
struct CalibrationStep {
  std::uint64_t seed = 0;
  WaitPolicy wait = WaitPolicy::kHybrid;
  Nanoseconds at_most{0};
};

using StepWork = std::variant<ProbeStep,
                              InstrumentsStep,
                              LibrarySearchStep,
                              SweepStep,
                              RoofStep,
                              SustainedStep,
                              ScenarioStep,
                              FreshRunsStep,
                              PeakRateStep,
                              LoadSweepStep,
                              TrackStep,
                              CalibrationStep>;

struct PlanStep {
  std::string id;    ///< "roofs-compute-1t", "scenario-mobilenet-offline"
  std::string what;  ///< For the progress bar.
  double estimated_s = 0.0;
  StepWork work;
};

/// What will run, in order, and under which settings. Immutable; made by make_run_plan().
class RunPlan {
 public:
  struct Content {
    PlanOptions options;
    ThreadChoice threads;
    KernelSizes sizes;
    std::vector<PlanStep> steps;
    std::vector<PlanEntry> entries;
    std::vector<std::string> notes;
  };
  explicit RunPlan(Content content) : content_(std::move(content)) {}

  [[nodiscard]] Preset preset() const noexcept { return content_.options.preset; }
  [[nodiscard]] std::uint64_t seed() const noexcept { return content_.options.seed; }
  [[nodiscard]] const std::optional<std::string>& label() const noexcept {
    return content_.options.label;
  }
  [[nodiscard]] const std::optional<Nanoseconds>& max_time() const noexcept {
    return content_.options.max_time;
  }
  /// `scenario` or `calibrate`: there is nothing else to measure.
  [[nodiscard]] bool serving() const noexcept { return content_.options.serving.has_value(); }
  [[nodiscard]] const ThreadChoice& threads() const noexcept { return content_.threads; }
  [[nodiscard]] const KernelSizes& sizes() const noexcept { return content_.sizes; }
  [[nodiscard]] const std::vector<PlanStep>& steps() const noexcept { return content_.steps; }
  /// Every setting with its value, defaults included.
  [[nodiscard]] const std::vector<PlanEntry>& entries() const noexcept { return content_.entries; }
  /// Sentences: what was left out to keep within the time, and what could not be checked.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return content_.notes; }
  [[nodiscard]] double estimated_s() const noexcept;
  /// For the report: no step has run yet.
  [[nodiscard]] PlanRecord record() const;

 private:
  Content content_;
};

/// Validates the options against the machine, chooses what is left open and shrinks the plan into
/// max_time: first fewer windows and shorter scenarios, then whole steps from the end of the list
/// of importance, each with a note. Throws UsageError, in one sentence with a remedy, for a size of
/// 0 or beyond the memory, a thread count that the machine cannot give, and a max_time below the
/// least plan.
[[nodiscard]] RunPlan make_run_plan(const MachineShape& shape, const PlanOptions& options);

}  // namespace perfbench
