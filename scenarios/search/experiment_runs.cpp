#include "scenarios/search/experiment_runs.hpp"

#include <algorithm>
#include <utility>

#include "harness/core/judge/quiet.hpp"
#include "harness/core/judge/serving_rules.hpp"
#include "harness/core/plan/random.hpp"
#include "harness/core/stats/robust.hpp"
#include "scenarios/search/server_probe.hpp"

namespace perfbench {
namespace {

/// Loading, verifying and warming up, before the first run has told.
constexpr double kAssumedOverheadSeconds = 0.3;
/// Of the runs: fewer late ones move no figure over all of them.
constexpr double kFewRuns = 0.1;

/// The latency that a run is held against.
std::optional<Nanoseconds> held_against(const ScenarioSettings& settings) {
  if (settings.bound) return settings.bound->bound;
  return settings.deadline;
}

std::string of_runs(int count, int all) {
  return std::to_string(count) + " of " + std::to_string(all) + (all == 1 ? " run" : " runs");
}

}  // namespace

ExperimentRuns::ExperimentRuns(const ExperimentContext& context,
                               Nanoseconds at_most,
                               std::uint64_t seed,
                               std::optional<double> overhead_s)
    : context_(context),
      begin_(context.clock.now()),
      at_most_(at_most),
      seed_(seed),
      assumed_overhead_s_(overhead_s.value_or(kAssumedOverheadSeconds)) {}

double ExperimentRuns::left_s() const {
  return seconds(at_most_ - (context_.clock.now() - begin_));
}

double ExperimentRuns::overhead_s() const {
  return overheads_s_.empty() ? assumed_overhead_s_ : median(overheads_s_);
}

bool ExperimentRuns::affords(Nanoseconds length) const {
  return seconds(length) + overhead_s() <= left_s();
}

std::uint64_t ExperimentRuns::next_seed() noexcept { return derive_seed(seed_, ++streams_); }

double ExperimentRuns::uniform() noexcept {
  constexpr unsigned kDropped = 11;
  return static_cast<double>(next_seed() >> kDropped) * 0x1p-53;
}

void ExperimentRuns::fail(std::string why) {
  halt_ = Halt::kFailed;
  failure_ = std::move(why);
}

std::optional<ScenarioResult> ExperimentRuns::take_cut_short() {
  return std::exchange(cut_short_, std::nullopt);
}

std::optional<ScenarioResult> ExperimentRuns::run(ScenarioSettings settings, Nanoseconds length) {
  if (halted()) return std::nullopt;
  if (context_.interruption.requested()) {
    halt_ = Halt::kInterrupted;
    return std::nullopt;
  }
  if (!affords(length)) {
    halt_ = Halt::kTime;
    return std::nullopt;
  }
  settings.seed = next_seed();
  settings.stop = {};
  settings.stop.min_duration = length;
  settings.stop.max_duration = length;
  const TimePoint before = context_.clock.now();
  ScenarioResult result = context_.run(settings);
  const TimePoint after = context_.clock.now();
  overheads_s_.push_back(std::max(0.0, seconds(after - before - result.duration)));
  ++runs_;
  context_.progress.advance(std::clamp(seconds(after - begin_) / seconds(at_most_), 0.0, 1.0));
  if (std::string why = why_unusable(result); !why.empty()) {
    fail(std::move(why));
    return std::nullopt;
  }
  if (result.partial || context_.interruption.requested()) {
    halt_ = Halt::kInterrupted;
    cut_short_ = std::move(result);
    return std::nullopt;
  }
  if (result.queries == 0 && !overloaded(result)) {
    fail("no query was completed");
    return std::nullopt;
  }
  look_at(result, held_against(settings));
  return result;
}

void ExperimentRuns::look_at(const ScenarioResult& result, std::optional<Nanoseconds> allowed) {
  VerdictBuilder schedule;
  judge::schedule(result, schedule);
  const bool refused = std::move(schedule).build().validity == Validity::kInvalid;
  const bool small =
      allowed && seconds(result.slip.p99) <= kSlipOverMedianLatency * seconds(*allowed);
  if (refused && !small) ++late_;
  if (judge_quiet(result.disturbance).quietness != Quietness::kQuiet) ++disturbed_;
}

void ExperimentRuns::judge(VerdictBuilder& verdict, bool enough) const {
  switch (halt_) {
    case Halt::kInterrupted:
      verdict.inconclusive({"partial", "the experiment was ended early", "Let it run to its end."});
      break;
    case Halt::kTime:
      if (enough) {
        verdict.note({"out-of-time", "the time ended before the last replicate was complete", ""});
      } else {
        verdict.inconclusive({"out-of-time",
                              "the time for the experiment ended before it was complete",
                              "A longer --max-time."});
      }
      break;
    case Halt::kFailed:
      verdict.invalid({"run-failed", failure_, "Mend that first; a run on its own shows it."});
      break;
    case Halt::kNone:
      break;
  }
  if (late_ > 0) {
    Reason late{
        "schedule-slip",
        "in " + of_runs(late_, runs_) + " queries were issued too late, which counts as latency",
        "Leave the issuing thread a CPU of its own."};
    if (late_ <= kFewRuns * runs_) {
      verdict.note(std::move(late));
    } else {
      verdict.inconclusive(std::move(late));
    }
  }
  if (disturbed_ > 0) {
    verdict.note({"disturbed",
                  "the machine was not quiet in " + of_runs(disturbed_, runs_) +
                      ", and the figures hold under that condition",
                  "Close other programs, or use a machine of your own."});
  }
}

}  // namespace perfbench
