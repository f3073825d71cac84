#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/plan/level_size.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/plan/run_plan.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/result/report.hpp"
#include "harness/core/workload.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/instrument/clock_chain.hpp"
#include "scenarios/tracks/fit.hpp"

namespace perfbench {

/// Something that cannot be measured here, and why: "sgemm", "libopenblas.so.0 was not found".
struct LeftOut {
  std::string what;
  std::string reason;
  std::string remedy;
};

struct KernelSet {
  std::vector<KernelEntry> entries;
  std::vector<LeftOut> left_out;
  std::vector<std::string> notes;  ///< For the roofline section: how the arrays were sized.
};

/// A workload, and what chose its rung where that was to be fitted to this machine.
struct WorkloadChoice {
  WorkloadEntry entry;
  std::string fitted_by;  ///< The rule with its figures; empty for a rung that was named.
  std::string rung;       ///< Its name in the ladder.
};

/// What the search for the fitting library setting found.
struct LibraryOutcome {
  std::vector<LibraryTrial> trials;
  std::vector<Fact> facts;
  std::vector<Warning> warnings;
};

/// Which kernels an audit's step wants.
struct KernelRequest {
  RoofKind kind = RoofKind::kCompute;
  Team team;
  RoofScope scope = RoofScope::kMain;
  /// Working sets of one thread in each cache, as the sweep found them; without a sweep, or for a
  /// level that was not found, there is none.
  std::vector<LevelSize> levels;
};

/// What the audit measures, handed in by tools, since scenarios know no kernel. The audit calls
/// them in the thread that called it: library once, then kernels for each team and workloads as
/// they come. `library` loads nothing into this process before it has tried it in a child; the
/// others may then use it.
struct AuditProviders {
  std::function<LibraryOutcome(const LibrarySearchStep&, const Interruption&)> library;
  std::function<KernelSet(const KernelRequest&)> kernels;
  /// Kernels of growing working sets for the sweep, on one CPU. May be empty: no sweep then.
  std::function<std::vector<KernelEntry>()> sweep = nullptr;
  /// A workload by name and rung; asked once for each, and kept. Throws an Error that says why
  /// there is none.
  std::function<WorkloadChoice(const std::string& workload, const std::string& rung)> workload;
  /// The ladder of a workload, ascending in work, for a track to choose from; empty where it has
  /// one size. May be empty itself.
  std::function<std::vector<FitRung>(const std::string& workload)> ladder = nullptr;
  /// The same scenario in a fresh process. Throws an Error that says why there is no result. May be
  /// empty: no fresh runs then.
  std::function<ScenarioResult(const ScenarioSettings&, const Interruption&)> fresh_run = nullptr;
};

struct AuditOptions {
  /// The machine was probed before the plan could be made; how long that took.
  std::optional<double> probe_took_s = std::nullopt;
  /// The dependent additions that tell the core clock; tests script them.
  std::function<void(std::uint64_t)> clock_chain = run_add_chain;
};

/// Carries out the plan: instruments, library search, roofs and dots, scenarios. `report` comes
/// with its head (tool, command, label, started_utc) and the machine's facts, and is filled step by
/// step; on return it holds all that was measured. A step that cannot be done (no OpenBLAS) leaves
/// a warning. An exception of the Error family or a lack of memory in one step, or an interruption,
/// keeps what was measured and marks the report partial, with the reason; after an interruption no
/// further step is begun.
void run_audit(const RunPlan& plan,
               const MachineShape& shape,
               const AuditProviders& providers,
               const AuditOptions& options,
               Clock& clock,
               Progress& progress,
               const Interruption& interruption,
               Report& report);

}  // namespace perfbench
