#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "harness/core/judge/latency_bound.hpp"
#include "harness/core/judge/scenario.hpp"
#include "harness/core/plan/random.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "scenarios/schedule/arrival_schedule.hpp"
#include "scenarios/search/scenario_runner.hpp"
#include "tests/support/fake_clock.hpp"

namespace perfbench::test {

/// A machine that serves as a queue does, first come first served, in no time of this world: runs
/// of a ScenarioRunner move the fake clock by their duration.
class SimulatedServer {
 public:
  Nanoseconds service{100'000};  ///< Of one sample alone.
  bool exponential = false;      ///< Else constant.
  int workers = 1;
  std::size_t largest_batch = 1;
  double batch_cost = 1.0;  ///< What each further sample of a batch takes, of one alone.
  std::map<std::string, double> rung_scale;  ///< Service of a rung, of `service`.
  Nanoseconds overhead{50'000'000};          ///< Of each run, beside its duration.
  Nanoseconds loading{0};                    ///< Of the first, beside that.
  bool verified = true;
  Nanoseconds slip{0};  ///< P99 of the schedule slip of every open loop.
  /// Runs from .. to, counted from 1: each query takes so much longer; as a noisy neighbour does.
  int disturbed_from = 0;
  int disturbed_to = 0;
  Nanoseconds disturbance{0};
  int interrupt_after = -1;  ///< Runs; -1: never.
  int runs = 0;
  std::vector<ScenarioSettings> asked;
  FakeClock clock;
  Interruption interruption;
  NullProgress progress;

  [[nodiscard]] ExperimentContext context() {
    return {[this](const ScenarioSettings& settings) { return run(settings); },
            clock,
            interruption,
            progress};
  }

  ScenarioResult run(const ScenarioSettings& settings) {
    ++runs;
    asked.push_back(settings);
    random_ = Random(derive_seed(settings.seed, 0x5e));
    scale_ = rung_scale.count(settings.rung) > 0 ? rung_scale.at(settings.rung) : 1.0;
    ScenarioResult result;
    result.scenario = settings.scenario;
    result.workload = settings.workload;
    result.rung = settings.rung;
    result.worker_threads = settings.workers > 0 ? settings.workers : workers;
    result.min_duration = settings.stop.min_duration;
    result.samples_per_query = settings.samples_per_query;
    result.verified = verified;
    result.closed_loop = settings.arrivals.kind == Arrivals::kClosedLoop;
    slowed_ = runs >= disturbed_from && runs < disturbed_to;
    if (settings.scenario == Scenario::kOffline) {
      offline(settings, result);
    } else if (result.closed_loop) {
      stream(settings, result);
    } else {
      serve(settings, result);
    }
    clock.advance(result.duration + overhead + (runs == 1 ? loading : Nanoseconds(0)));
    if (interrupt_after >= 0 && runs >= interrupt_after) {
      interruption.request(2);
      result.partial = true;
    }
    result.verdict = judge_scenario(result);
    return result;
  }

 private:
  [[nodiscard]] Nanoseconds service_of(std::size_t batch) {
    const double samples = 1.0 + batch_cost * static_cast<double>(batch - 1);
    double ns = static_cast<double>(service.count()) * scale_ * samples;
    if (exponential) {
      constexpr double kUnit = 0x1.0p-53;
      ns *= -std::log((static_cast<double>(random_.next() >> 11U) + 0.5) * kUnit);
    }
    return Nanoseconds(std::max<std::int64_t>(1, std::llround(ns)));
  }

  void offline(const ScenarioSettings& settings, ScenarioResult& result) {
    const std::size_t asked_for = settings.batcher.max_batch;
    const std::size_t batch = asked_for == 0 ? largest_batch : std::min(asked_for, largest_batch);
    result.batches.max_batch = batch;
    const double mean_ns = static_cast<double>(service.count()) * scale_ *
                           (1.0 + batch_cost * static_cast<double>(batch - 1));
    const double per_s = 1e9 * static_cast<double>(batch) * result.worker_threads / mean_ns;
    result.duration = settings.stop.min_duration;
    result.queries = 1;
    result.samples = static_cast<std::uint64_t>(per_s * seconds(result.duration));
    result.rate = SamplesPerSecond::per_second(per_s);
  }

  void stream(const ScenarioSettings& settings, ScenarioResult& result) {
    result.worker_threads = 1;
    std::vector<Nanoseconds> latencies;
    while (result.duration < settings.stop.min_duration) {
      latencies.push_back(service_of(1));
      result.duration += latencies.back();
    }
    finish(settings, latencies, latencies, result);
    result.worker_utilisation = 1.0;
  }

  /// Each worker takes what is queued when it is free, up to a batch.
  void serve(const ScenarioSettings& settings, ScenarioResult& result) {
    const ArrivalCount count = count_arrivals(settings.arrivals, settings.stop);
    ArrivalSchedule schedule(settings.arrivals, count, arrival_seed(settings.seed));
    std::vector<Nanoseconds> arrivals;
    while (const auto arrival = schedule.next()) arrivals.push_back(*arrival);
    const std::size_t each = settings.samples_per_query;
    const std::size_t samples = arrivals.size() * each;
    std::vector<Nanoseconds> latencies(arrivals.size(), Nanoseconds(0));
    std::vector<Nanoseconds> services(arrivals.size(), Nanoseconds(0));
    std::priority_queue<Nanoseconds, std::vector<Nanoseconds>, std::greater<>> free_at;
    for (int i = 0; i < result.worker_threads; ++i) free_at.push(Nanoseconds(0));
    const std::size_t most = std::max<std::size_t>(1, settings.batcher.max_batch);
    Nanoseconds busy{0};
    result.duration = schedule.span();
    for (std::size_t next = 0; next < samples;) {
      const Nanoseconds start = std::max(free_at.top(), arrivals[next / each]);
      free_at.pop();
      const std::size_t first = next;
      while (next < samples && next - first < most && arrivals[next / each] <= start) ++next;
      const Nanoseconds takes = service_of(next - first) + (slowed_ ? disturbance : Nanoseconds(0));
      busy += takes;
      free_at.push(start + takes);
      result.duration = std::max(result.duration, start + takes);
      for (std::size_t sample = first; sample < next; ++sample) {
        Nanoseconds& latency = latencies[sample / each];
        latency = std::max(latency, start + takes - arrivals[sample / each]);
        services[sample / each] = takes;
      }
    }
    // As the driver does, which waits no longer for a queue that came too fast.
    const Nanoseconds most_time = schedule.span() + std::chrono::seconds(1);
    if (result.duration > most_time) {
      result.duration = most_time;
      result.ended_early = "Ended early.";
      busy = std::min(busy, result.duration * result.worker_threads);
    }
    result.batches.max_batch = most;
    result.worker_utilisation = seconds(busy) / (seconds(result.duration) * result.worker_threads);
    result.arrivals.kind = settings.arrivals.kind;
    result.arrivals.target_qps = settings.arrivals.target_qps;
    result.arrivals.offered_qps = schedule.offered_qps();
    result.slip.p99 = slip;
    finish(settings, latencies, services, result);
    if (settings.arrivals.kind != Arrivals::kPeriodic) return;
    FrameRecord frames;
    frames.period = from_seconds(1.0 / settings.arrivals.target_qps);
    frames.deadline = settings.deadline.value_or(frames.period);
    for (const Nanoseconds latency : latencies) {
      if (latency > frames.deadline) ++frames.missed;
    }
    result.frames = frames;
  }

  void finish(const ScenarioSettings& settings,
              const std::vector<Nanoseconds>& latencies,
              const std::vector<Nanoseconds>& services,
              ScenarioResult& result) {
    result.queries = latencies.size();
    result.samples = result.queries * settings.samples_per_query;
    result.rate = Samples(result.samples) / result.duration;
    result.latency = summarize_latencies(latencies);
    const LatencySummary served = summarize_latencies(services);
    result.service.mean_ns = served.mean_ns;
    result.service.standard_deviation_ns = served.standard_deviation_ns;
    result.queue.mean_ns = result.latency.mean_ns - served.mean_ns;
    result.latencies = latencies;
    if (settings.bound) result.bound = judge_latency_bound(latencies, *settings.bound, 0);
  }

  Random random_{1};
  double scale_ = 1.0;
  bool slowed_ = false;
};

/// Settings of a search or a sweep.
[[nodiscard]] inline ScenarioSettings server_settings(Nanoseconds bound, std::uint64_t seed = 7) {
  ScenarioSettings settings;
  settings.scenario = Scenario::kServer;
  settings.workload = "simulated";
  settings.rung = "fixed";
  settings.seed = seed;
  settings.bound = LatencyBound{990'000, bound};
  return settings;
}

[[nodiscard]] inline bool has_reason(const Verdict& verdict, const std::string& id) {
  return std::any_of(verdict.reasons.begin(), verdict.reasons.end(), [&](const Reason& reason) {
    return reason.id == id;
  });
}

}  // namespace perfbench::test
