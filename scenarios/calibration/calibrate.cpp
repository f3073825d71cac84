#include "scenarios/calibration/calibrate.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "harness/core/judge/calibration.hpp"
#include "harness/core/judge/quiet.hpp"
#include "harness/core/judge/wording.hpp"
#include "harness/core/plan/random.hpp"
#include "harness/core/stats/fifo_queue.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/stats/queue_theory.hpp"
#include "harness/core/stats/robust.hpp"
#include "harness/core/units/check.hpp"
#include "scenarios/schedule/arrival_schedule.hpp"

namespace perfbench {
namespace {

constexpr std::array<double, 3> kSlipRates{1e3, 1e4, 1e5};
constexpr std::array<double, 3> kUtilisations{0.1, 0.5, 0.9};
constexpr std::array<double, 7> kServerRates{1e5, 2e5, 4e5, 6e5, 8e5, 1e6, 1.5e6};
/// The median over so many short runs: one that something disturbed decides nothing.
constexpr int kNullRuns = 9;
/// A rate is held when so much of it was achieved and the generator kept up.
constexpr double kAchieved = 0.99;
constexpr Nanoseconds kKeptUp{50'000};
/// A generator that lengthens the mean latency by less explains nothing.
constexpr double kLateShare = 0.01;
/// How long the server of the queues is busy with a sample. A generator that is held up for a
/// millisecond or two, now and then, lengthens the mean latency by about as much whatever the
/// service takes: under 5 % of it here on a guest that loses 1 % of its time, 3 to 18 % of a queue
/// with a service of 100 us. A constant cost of a query shows less: 5 % at utilisation 0.1 are 26
/// us of latency, where waking an idle worker takes some 10.
constexpr const char* kQueueRung = "500us";
/// Replications of the recursion that the sampling error is told from.
constexpr int kReplications = 40;

// Times of the parts at their full length, in seconds.
constexpr double kSlipSeconds = 2.0;
constexpr double kNullSeconds = 0.2;
constexpr double kOfflineSeconds = 1.0;
constexpr double kServerSeconds = 0.5;
constexpr std::array<double, 3> kQueueSeconds{6.0, 6.0, 10.0};
constexpr double kStallSeconds = 12.0;
/// Making and ending a run, warm-up included.
constexpr double kRunOverheadSeconds = 0.1;

/// Nothing where the run has no median.
std::optional<double> median_latency_ns(const ScenarioResult& result) {
  constexpr Ppm kP50 = 500'000;
  const PercentileFigure* p50 = find_percentile(result.latency, kP50);
  if (result.queries == 0 || p50 == nullptr || p50->needs_queries) return std::nullopt;
  return static_cast<double>(p50->value.count());
}

double planned_seconds() {
  double total = kOfflineSeconds + kStallSeconds + kNullRuns * kNullSeconds +
                 static_cast<double>(kSlipRates.size()) * kSlipSeconds +
                 static_cast<double>(kServerRates.size()) * kServerSeconds;
  for (const double queue : kQueueSeconds) total += queue;
  const double runs =
      2.0 + kNullRuns +
      static_cast<double>(kSlipRates.size() + kServerRates.size() + kUtilisations.size());
  return total + runs * kRunOverheadSeconds;
}

class Calibrating {
 public:
  Calibrating(const CalibrationOptions& options,
              const CalibrationMachine& machine,
              const Interruption& interruption,
              Progress& progress)
      : options_(options),
        machine_(machine),
        interruption_(interruption),
        progress_(progress),
        planned_s_(planned_seconds()),
        scale_(std::min(1.0, seconds(options.at_most) / planned_s_)) {}

  CalibrationSection all() {
    section_.clock_read_ns = machine_.clock_read_ns();
    for (const double qps : kSlipRates) slip(qps);
    null_overhead();
    offline_rate();
    server_rate();
    for (std::size_t i = 0; i < kUtilisations.size(); ++i) {
      queue(kSpinWorkload, kUtilisations[i], kQueueSeconds[i]);
    }
    queue(kStallWorkload, 0.5, kStallSeconds);
    section_.verdict = judge_calibration(section_);
    return std::move(section_);
  }

 private:
  [[nodiscard]] bool stopped() const { return interruption_.requested(); }

  ScenarioSettings settings_for(Scenario scenario, std::string_view workload, double full_s) {
    ScenarioSettings settings;
    settings.scenario = scenario;
    settings.workload = std::string(workload);
    settings.stop.min_duration = from_seconds(full_s * scale_);
    settings.stop.max_duration = settings.stop.min_duration;
    settings.seed = derive_seed(options_.seed, ++streams_);
    settings.wait = options_.wait;
    return settings;
  }

  ScenarioSettings server_at(double qps, std::string_view workload, double full_s) {
    ScenarioSettings settings = settings_for(Scenario::kServer, workload, full_s);
    settings.arrivals.kind = Arrivals::kPoisson;
    settings.arrivals.target_qps = qps;
    return settings;
  }

  ServedRun run(const ScenarioSettings& settings, double full_s, bool with_queries) {
    ServedRun served = machine_.run(settings, with_queries);
    done_s_ += full_s + kRunOverheadSeconds;
    progress_.advance(std::min(1.0, done_s_ / planned_s_));
    return served;
  }

  void slip(double qps) {
    if (stopped()) return;
    const Reading<NoiseFloor> gaps = machine_.gaps();
    const ServedRun served = run(server_at(qps, kNullWorkload, kSlipSeconds), kSlipSeconds, false);
    if (served.result.queries == 0) return;
    SlipCalibration slip;
    slip.target_qps = qps;
    slip.queries = served.result.queries;
    slip.p50 = served.result.slip.p50;
    slip.p99 = served.result.slip.p99;
    slip.p99_9 = served.result.slip.p99_9;
    slip.over_1us_fraction = served.result.slip.over_1us_fraction;
    if (gaps.available()) {
      slip.gap_p99 = gaps.value().gap_p99;
      slip.gap_loss_fraction = gaps.value().loss_fraction;
    }
    section_.schedule_slip.push_back(slip);
  }

  void null_overhead() {
    std::vector<double> reported;
    std::vector<double> between;
    for (int i = 0; i < kNullRuns && !stopped(); ++i) {
      const ScenarioSettings settings =
          settings_for(Scenario::kSingleStream, kNullWorkload, kNullSeconds);
      const ScenarioResult result = run(settings, kNullSeconds, false).result;
      const std::optional<double> p50_ns = median_latency_ns(result);
      if (!p50_ns) continue;
      reported.push_back(*p50_ns);
      between.push_back(static_cast<double>(result.duration.count()) /
                        static_cast<double>(result.queries));
    }
    if (reported.empty()) return;
    section_.null_reported_latency_p50_ns = median(reported);
    section_.null_between_queries_p50_ns = median(between);
  }

  void offline_rate() {
    if (stopped()) return;
    const ScenarioSettings settings =
        settings_for(Scenario::kOffline, kNullWorkload, kOfflineSeconds);
    section_.offline_null_samples_per_s =
        run(settings, kOfflineSeconds, false).result.rate.per_second();
  }

  void server_rate() {
    for (const double qps : kServerRates) {
      if (stopped()) return;
      const ScenarioResult result =
          run(server_at(qps, kNullWorkload, kServerSeconds), kServerSeconds, false).result;
      const bool held = result.queries > 0 && result.refused == 0 &&
                        result.rate.per_second() >= kAchieved * qps && result.slip.p50 <= kKeptUp;
      if (!held) return;
      section_.server_null_qps = qps;
    }
  }

  void queue(std::string_view workload, double utilisation, double full_s) {
    if (stopped()) return;
    if (spin_ns_ <= 0.0 && !find_spin()) return;
    ScenarioSettings settings = server_at(utilisation * 1e9 / spin_ns_, workload, full_s);
    settings.rung = kQueueRung;
    settings.workers = 1;
    const ServedRun served = run(settings, full_s, true);
    // The model is of one server.
    if (served.result.worker_threads != 1) return;
    // One that was cut short is no row: a calibration that lacks a row is not VALID.
    if (served.result.partial) return;
    // Without its last queries the recursion would still hold, without its first it would not.
    if (served.services.empty()) return;
    CHECK(served.latencies.size() == served.services.size() &&
              served.slips.size() == served.services.size(),
          "a query has a latency, a service time and a slip");
    section_.queue.push_back(
        queue_truth(settings, served, utilisation, workload == kStallWorkload));
  }

  /// How long one sample is busy, which sets the rates.
  bool find_spin() {
    ScenarioSettings settings = settings_for(Scenario::kSingleStream, kSpinWorkload, kNullSeconds);
    settings.rung = kQueueRung;
    const ScenarioResult alone = machine_.run(settings, false).result;
    spin_ns_ = median_latency_ns(alone).value_or(0.0);
    return spin_ns_ > 0.0;
  }

  QueueCalibration queue_truth(const ScenarioSettings& settings,
                               const ServedRun& served,
                               double utilisation,
                               bool stalled) {
    const std::size_t queries = served.services.size();
    ArrivalSchedule schedule(settings.arrivals,
                             count_arrivals(settings.arrivals, settings.stop),
                             arrival_seed(settings.seed));
    FifoQueue recursion;
    FifoQueue of_issues;
    std::vector<Nanoseconds> sojourns;
    std::vector<Nanoseconds> from_issue;
    sojourns.reserve(queries);
    from_issue.reserve(queries);
    for (std::size_t i = 0; i < queries; ++i) {
      const Nanoseconds arrival = schedule.next().value_or(schedule.span());
      const Nanoseconds service = served.services[i];
      const Nanoseconds slip = served.slips[i];
      sojourns.push_back(recursion.sojourn(arrival, service));
      from_issue.push_back(slip + of_issues.sojourn(arrival + slip, service));
    }
    QueueCalibration queue;
    queue.model = "M/D/1";
    queue.utilisation = utilisation;
    queue.target_qps = settings.arrivals.target_qps;
    queue.queries = queries;
    queue.service_ns = mean_of(served.services);
    queue.measured_mean_ns = mean_of(served.latencies);
    queue.lindley_mean_ns = mean_of(sojourns);
    queue.lindley_issued_mean_ns = mean_of(from_issue);
    queue.stalled = stalled;
    if (stalled) {
      queue.measured_p99_ns = p99_of(served.latencies);
      queue.lindley_p99_ns = p99_of(sojourns);
    }
    QueueLoad load;
    load.arrivals_per_s = settings.arrivals.target_qps;
    load.service_mean_ns = queue.service_ns;
    // A server that stops has no such closed form.
    if (!stalled && load.utilisation() < 1.0) {
      Random random(derive_seed(settings.seed, 99));
      queue.theory_mean_ns = mg1_mean_sojourn_ns(load, 0.0);
      queue.theory_standard_error_ns = md1_run_mean(load, queries, kReplications, [&random] {
                                         return random.next();
                                       }).standard_error_ns;
    }
    const QuietVerdict quiet = judge_quiet(served.result.disturbance);
    queue.quiet = quiet.quietness == Quietness::kQuiet;
    for (const Reason& reason : quiet.reasons) queue.disturbed_by.push_back(reason.text);
    queue.slip_mean_ns = mean_of(served.slips);
    // At a high load a few late stretches fill the queue for long: what they do to the mean is told
    // by the recursion, not by how late they are.
    const double by_lateness = queue.lindley_issued_mean_ns / queue.lindley_mean_ns - 1.0;
    if (by_lateness > kLateShare) {
      queue.quiet = false;
      queue.disturbed_by.push_back("queries were issued " +
                                   judge::duration(from_seconds(queue.slip_mean_ns * 1e-9)) +
                                   " late on average, since something held up the issuing CPU; by "
                                   "the recursion that makes the mean " +
                                   judge::percent(by_lateness) + " longer");
    }
    return queue;
  }

  static double mean_of(const std::vector<Nanoseconds>& values) {
    const auto add = [](double sum, Nanoseconds x) { return sum + static_cast<double>(x.count()); };
    return std::accumulate(values.begin(), values.end(), 0.0, add) /
           static_cast<double>(values.size());
  }

  static double p99_of(std::vector<Nanoseconds> values) {
    constexpr Ppm kP99 = 990'000;
    std::sort(values.begin(), values.end());
    return static_cast<double>(nearest_rank(values, kP99).count());
  }

  const CalibrationOptions& options_;
  const CalibrationMachine& machine_;
  const Interruption& interruption_;
  Progress& progress_;
  double planned_s_;
  double scale_;
  double done_s_ = 0.0;
  double spin_ns_ = 0.0;
  std::uint64_t streams_ = 0;
  CalibrationSection section_;
};

}  // namespace

void keep_queries(const LatencyRecorder& recorder, ServedRun& run) {
  for (std::size_t i = 0; i < recorder.capacity() && recorder.complete(i); ++i) {
    run.latencies.push_back(recorder.latency(i));
    run.services.push_back(recorder.service(i));
    run.slips.push_back(recorder.slip(i));
  }
}

CalibrationSection calibrate(const CalibrationOptions& options,
                             const CalibrationMachine& machine,
                             const Interruption& interruption,
                             Progress& progress) {
  return Calibrating(options, machine, interruption, progress).all();
}

}  // namespace perfbench
