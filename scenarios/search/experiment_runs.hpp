#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/judge/verdict_builder.hpp"
#include "scenarios/search/scenario_runner.hpp"

namespace perfbench {

/// The runs of one experiment within its time. Not thread safe.
class ExperimentRuns {
 public:
  /// Why no further run is begun.
  enum class Halt { kNone, kInterrupted, kTime, kFailed };

  /// `overhead_s`: what a run takes beside its length, where an experiment before has told.
  ExperimentRuns(const ExperimentContext& context,
                 Nanoseconds at_most,
                 std::uint64_t seed,
                 std::optional<double> overhead_s = std::nullopt);

  /// Runs `settings` for `length` with the next seed of the experiment, if that fits into what is
  /// left. Nothing, and a halt, when it does not, at an interruption, and for a run from which
  /// nothing can be concluded: one that failed, was wrong, or completed no query.
  [[nodiscard]] std::optional<ScenarioResult> run(ScenarioSettings settings, Nanoseconds length);
  /// What the run had measured that an interruption ended; once.
  [[nodiscard]] std::optional<ScenarioResult> take_cut_short();
  /// Whether a run of that length fits into what is left.
  [[nodiscard]] bool affords(Nanoseconds length) const;

  [[nodiscard]] double left_s() const;
  /// What a run takes beside its length, in seconds: the median of those so far, since the first
  /// may load a workload that the others find loaded; of none the constructor's.
  [[nodiscard]] double overhead_s() const;
  /// Another seed at each call.
  [[nodiscard]] std::uint64_t next_seed() noexcept;
  /// Uniform in [0, 1), of the experiment's seed.
  [[nodiscard]] double uniform() noexcept;
  [[nodiscard]] Halt halt() const noexcept { return halt_; }
  [[nodiscard]] bool halted() const noexcept { return halt_ != Halt::kNone; }
  /// Ends the experiment: a run that should not have been so.
  void fail(std::string why);
  /// The reasons that all experiments share: a halt, late issues, a disturbed machine. Late is a
  /// schedule slip that the judge refuses and that is not small beside the bound or the deadline
  /// either; in a tenth of the runs it is noted, in more of them INCONCLUSIVE. `enough`:
  /// what was measured before the time ended answers the question, and the end is only noted.
  void judge(VerdictBuilder& verdict, bool enough = false) const;

 private:
  /// `allowed`: of the latency that the run is about.
  void look_at(const ScenarioResult& result, std::optional<Nanoseconds> allowed);

  ExperimentContext context_;
  TimePoint begin_;
  Nanoseconds at_most_;
  std::uint64_t seed_;
  double assumed_overhead_s_;
  std::uint64_t streams_ = 0;
  std::vector<double> overheads_s_;
  int runs_ = 0;
  int late_ = 0;       ///< Runs whose generator was late.
  int disturbed_ = 0;  ///< Runs on a machine that was not quiet.
  Halt halt_ = Halt::kNone;
  std::string failure_;
  std::optional<ScenarioResult> cut_short_;
};

}  // namespace perfbench
