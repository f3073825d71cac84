#include "scenarios/search/peak_rate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "harness/core/judge/latency_bound.hpp"
#include "harness/core/judge/wording.hpp"
#include "harness/core/stats/between_runs.hpp"
#include "harness/core/units/check.hpp"
#include "scenarios/search/experiment_runs.hpp"
#include "scenarios/search/peak_verdict.hpp"
#include "scenarios/search/server_probe.hpp"

namespace perfbench {
namespace {

using judge::number;

// Rates as shares of saturation.
constexpr double kLowStart = 0.2;
// Steps of a bracket.
constexpr double kCoarseStep = 1.5;
constexpr double kNearStep = 1.2;
constexpr double kDive = 3.0;  ///< Down from a first rate that fails.
constexpr int kCoarseReplicates = 2;
/// Decisions that a replicate takes, about: its bracket, then halvings.
constexpr int kCoarseDecisions = 8;
constexpr int kNearDecisions = 5;
/// A probe that leaves it open is followed by one so much longer.
constexpr double kLonger = 2.0;
/// What a decision costs on average: near the peak most probes leave it open.
constexpr double kUnitsPerDecision = 2.4;
constexpr double kRunsPerDecision = 1.7;
constexpr double kLeastUnitSeconds = 0.25;
constexpr double kMostUnitSeconds = 30.0;
/// A bracket that the end of the time left open still counts when it is no wider.
constexpr double kUsableBracket = 0.25;
struct Bracket {
  double held = 0.0;
  double failed = std::numeric_limits<double>::infinity();
  [[nodiscard]] bool closed() const { return held > 0.0 && std::isfinite(failed); }
  [[nodiscard]] double width() const { return failed / held - 1.0; }
  [[nodiscard]] double middle() const { return std::sqrt(held * failed); }
};

class PeakSearch {
 public:
  PeakSearch(const PeakRateOptions& options, const ExperimentContext& context)
      : options_(options),
        runs_(context, options.at_most, options.settings.seed, options.overhead_s) {
    CHECK(options.settings.bound.has_value(), "a peak rate is of a bound");
    const ScenarioSettings& settings = options.settings;
    peak_.workload = settings.workload;
    peak_.rung = settings.rung;
    peak_.ppm = settings.bound->ppm;
    peak_.bound = settings.bound->bound;
    peak_.max_batch = std::max<std::size_t>(1, settings.batcher.max_batch);
    peak_.max_delay = settings.batcher.max_delay;
    peak_.worker_threads = std::max(1, settings.workers);
  }

  PeakRate find() {
    if (find_service() && find_saturation()) {
      plan();
      for (int i = 0; i < replicates_ && !runs_.halted() && !end_.not_held; ++i) {
        // What the replicates before took longer, or less, is shared by those to come.
        if (i > 0) unit_s_ = unit_within(decisions_of(replicates_) - decisions_of(i));
        replicate(i);
      }
    }
    sum_up();
    return std::move(peak_);
  }

 private:
  [[nodiscard]] ScenarioSettings closed_loop(Scenario scenario) const {
    ScenarioSettings settings = options_.settings;
    settings.scenario = scenario;
    settings.arrivals = {};
    settings.samples_per_query = 1;
    settings.bound.reset();
    return settings;
  }

  /// A short look takes little of the time that the probes need.
  [[nodiscard]] Nanoseconds look() const {
    return from_seconds(std::clamp(0.02 * seconds(options_.at_most), 0.1, 1.0));
  }

  bool find_service() {
    peak_.service_cv2 = options_.service_cv2;
    peak_.service_mean_ns = options_.service_mean_ns.value_or(0.0);
    if (peak_.service_mean_ns > 0.0) return true;
    ScenarioSettings alone = closed_loop(Scenario::kSingleStream);
    alone.batcher = {};
    const auto result = runs_.run(alone, look());
    if (!result) return false;
    peak_.service_mean_ns = result->latency.mean_ns;
    const double deviation = result->latency.standard_deviation_ns;
    if (peak_.service_mean_ns <= 0.0) {
      runs_.fail("a sample took no time");
      return false;
    }
    peak_.service_cv2 = std::pow(deviation / peak_.service_mean_ns, 2.0);
    return true;
  }

  bool find_saturation() {
    saturation_ = options_.saturation_qps.value_or(0.0);
    if (saturation_ > 0.0) {
      told_ = true;
      return true;
    }
    saturation_ = peak_.worker_threads * 1e9 / peak_.service_mean_ns;
    if (peak_.max_batch == 1) return true;
    const auto result = runs_.run(closed_loop(Scenario::kOffline), look());
    if (!result) return false;
    saturation_ = std::max(saturation_, result->rate.per_second());
    told_ = true;
    return true;
  }

  /// That so many replicates take, about.
  [[nodiscard]] int decisions_of(int replicates) const {
    const int coarse = options_.guess_qps > 0.0 ? 0 : std::min(replicates, kCoarseReplicates);
    return coarse * kCoarseDecisions + (replicates - coarse) * kNearDecisions;
  }

  /// Length of a probe when so many decisions share what is left.
  [[nodiscard]] double unit_within(int decisions) const {
    const double unit_s =
        (runs_.left_s() / decisions - kRunsPerDecision * runs_.overhead_s()) / kUnitsPerDecision;
    return std::clamp(unit_s, kLeastUnitSeconds, kMostUnitSeconds);
  }

  void plan() {
    const int wanted = std::clamp(options_.replicates, 1, 5);
    const int least = std::min(wanted, static_cast<int>(kEnoughReplicates));
    replicates_ = wanted;
    while (replicates_ > least && unit_within(decisions_of(replicates_)) <= kLeastUnitSeconds)
      --replicates_;
    unit_s_ = unit_within(decisions_of(replicates_));
    planned_ = std::to_string(replicates_) + " replicates by probes of about " +
               number(unit_s_, 2) + " s, and " + number(kLonger * unit_s_, 2) +
               " s more where one leaves it open, within " + number(seconds(options_.at_most), 2) +
               " s in all";
  }

  /// The longer probe where there is one.
  [[nodiscard]] double longest_s() const {
    return unit_s_ <= kLeastUnitSeconds ? unit_s_ : kLonger * unit_s_;
  }

  void replicate(int index) {
    const bool up = index % 2 == 0;
    const bool guessed = options_.guess_qps > 0.0;
    const bool near = guessed || (index >= kCoarseReplicates && !peak_.replicates_qps.empty());
    const double step = near ? kNearStep : kCoarseStep;
    // A start anywhere within a step: brackets of several replicates are not the same grid.
    const double within = std::pow(step, runs_.uniform() - 0.5);
    double start = within * saturation_ * (up ? kLowStart : 1.0);
    if (near) {
      const double about = peak_.replicates_qps.empty() ? options_.guess_qps
                                                        : between_runs(peak_.replicates_qps).mean;
      start = within * (up ? about / step : about * step);
    }
    Bracket bracket;
    close(std::min(start, ceiling()), step, up, bracket);
    while (bracket.closed() && bracket.width() > options_.resolution && !runs_.halted())
      narrow(bracket.middle(), up, bracket);
    if (at_ceiling_) {
      peak_.replicates_qps.push_back(bracket.held);
    } else if (bracket.closed() &&
               bracket.width() <= (runs_.halted() ? kUsableBracket : options_.resolution)) {
      peak_.replicates_qps.push_back(bracket.middle());
    }
  }

  void close(double rate, double step, bool up, Bracket& bracket) {
    at_ceiling_ = false;
    while (!bracket.closed() && narrow(rate, up, bracket)) {
      if (!std::isfinite(bracket.failed)) {
        if (rate >= ceiling()) {
          at_ceiling_ = end_.held_to_ceiling = true;
          return;
        }
        rate = std::min(
            (step == kCoarseStep ? std::max(rate * step, kLowStart * saturation_) : rate * step),
            ceiling());
      } else if (bracket.held <= 0.0) {
        if (rate <= kLowestShare * saturation_) {
          // Others found a rate: then something disturbed this replicate, and it is none.
          end_.not_held = peak_.replicates_qps.empty();
          ++end_.lost;
          return;
        }
        rate = std::max(rate / (up ? kDive : step), kLowestShare * saturation_);
      }
    }
  }

  /// False when nothing was decided.
  bool narrow(double rate, bool up, Bracket& bracket) {
    const std::optional<bool> held = decide(rate, up);
    if (!held) return false;
    (*held ? bracket.held : bracket.failed) = rate;
    return true;
  }

  [[nodiscard]] double ceiling() const { return kCeilingShare * saturation_; }

  /// A probe's share over the bound, and what the judge says of it.
  struct Outcome {
    Validity word = Validity::kInconclusive;
    double over = 0.0;
    double queries = 0.0;
  };

  std::optional<Outcome> probe(double rate, bool up, double length_s) {
    ScenarioSettings settings = options_.settings;
    settings.scenario = Scenario::kServer;
    settings.samples_per_query = 1;
    settings.arrivals = {};
    settings.arrivals.kind = Arrivals::kPoisson;
    settings.arrivals.target_qps = rate;
    const auto result = runs_.run(settings, from_seconds(length_s));
    if (!result) return std::nullopt;
    if (!result->bound) {
      runs_.fail("the run was not held against its bound");
      return std::nullopt;
    }
    peak_.worker_threads = std::max(1, result->worker_threads);
    if (!told_) {
      // Alone it may have been measured at a worse moment than now.
      const double now_ns = result->service.mean_ns;
      const double service_ns =
          now_ns > 0.0 ? std::min(now_ns, peak_.service_mean_ns) : peak_.service_mean_ns;
      saturation_ = std::max(saturation_, peak_.worker_threads * 1e9 / service_ns);
    }
    ServerProbe record = make_server_probe(*result);
    record.target_qps = rate;
    record.ascending = up;
    record.validity = overloaded(*result) ? Validity::kInvalid : bound_validity(*result->bound);
    const double queries =
        static_cast<double>(result->queries + result->refused + result->undrained);
    peak_.probes.push_back(record);
    return Outcome{record.validity, record.over_fraction * queries, queries};
  }

  std::optional<bool> decide(double rate, bool up) {
    std::optional<Outcome> first = probe(rate, up, unit_s_);
    if (!first) return std::nullopt;
    // The first run loaded the workload, and this one tells what the others take.
    if (++decisions_ == 1) plan();
    end_.longest_probe_s = std::min(end_.longest_probe_s, longest_s());
    if (first->word != Validity::kInconclusive) return first->word == Validity::kValid;
    double over = first->over;
    double queries = first->queries;
    // With hardly time for one probe each, more rates tell more than longer probes.
    const bool hurried = longest_s() <= unit_s_;
    if (!hurried && runs_.affords(from_seconds(kLonger * unit_s_))) {
      const std::optional<Outcome> longer = probe(rate, up, kLonger * unit_s_);
      if (!longer) return std::nullopt;
      if (longer->word != Validity::kInconclusive) return longer->word == Validity::kValid;
      over += longer->over;
      queries += longer->queries;
    }
    ++by_estimate_;
    BoundRecord allowed;
    allowed.ppm = peak_.ppm;
    return over <= allowed_over(allowed) * queries;
  }

  void sum_up() {
    predict_peak(peak_);
    peak_.found = !peak_.replicates_qps.empty();
    if (peak_.found) {
      const BetweenRuns rate = between_runs(peak_.replicates_qps);
      peak_.rate_qps = rate.mean;
      peak_.low_qps = rate.low.value_or(rate.mean);
      peak_.high_qps = rate.high.value_or(rate.mean);
    }
    VerdictBuilder verdict;
    runs_.judge(verdict, peak_.replicates_qps.size() >= kEnoughReplicates);
    judge_peak(peak_, end_, verdict);
    if (!planned_.empty()) verdict.note({"search-plan", planned_, ""});
    if (by_estimate_ > 0) {
      verdict.note({"by-estimate",
                    std::to_string(by_estimate_) + " of " + std::to_string(decisions_) +
                        " rates were too near to the peak, or their probes too short, to tell: "
                        "decided by the share over the bound alone",
                    "A longer --max-time makes the probes longer."});
    }
    peak_.verdict = std::move(verdict).build();
  }

  const PeakRateOptions& options_;
  ExperimentRuns runs_;
  PeakRate peak_;
  double saturation_ = 0.0;
  bool told_ = false;  ///< The saturation does not follow from workers and service.
  int replicates_ = 0;
  double unit_s_ = 0.0;
  PeakSearchEnd end_;
  std::string planned_;
  bool at_ceiling_ = false;  ///< Of the present replicate.
  int decisions_ = 0;
  int by_estimate_ = 0;
};

}  // namespace

PeakRate find_peak_rate(const PeakRateOptions& options, const ExperimentContext& context) {
  return PeakSearch(options, context).find();
}

}  // namespace perfbench
