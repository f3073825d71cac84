// What the scenarios' own machinery costs on this machine, with a workload that does nothing:
// schedule slip, reported latency and gap between queries, highest rates, memory of 10^8 queries.
//   serving_overhead [hybrid|spin|sleep]
#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "harness/core/plan/serving_layout.hpp"
#include "harness/core/plan/thread_choice.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/clock_cost.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "scenarios/drivers/scenario_run.hpp"
#include "scenarios/drivers/stage_summary.hpp"
#include "scenarios/sut/sut_settings.hpp"

namespace perfbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Does nothing, 1 sample a batch: all that is measured is ours.
class NullWork final : public Workload {
 public:
  explicit NullWork(std::size_t max_batch) : max_batch_(max_batch) {}
  [[nodiscard]] const WorkloadInfo& info() const noexcept override { return info_; }
  void load() override {}
  [[nodiscard]] SampleIndex sample_count() const noexcept override { return 1024; }
  [[nodiscard]] std::size_t max_batch() const noexcept override { return max_batch_; }
  [[nodiscard]] Work work(std::size_t) const noexcept override { return {}; }
  [[nodiscard]] Verification verify() override { return {true, ""}; }
  void execute(std::span<const SampleIndex> samples) override { last_ = samples.back(); }
  [[nodiscard]] bool answer_holds(std::size_t, SampleIndex) const noexcept override { return true; }
  [[nodiscard]] std::uint64_t checksum() const noexcept override { return last_; }

 private:
  WorkloadInfo info_{"null", "nothing", "none", "fixed", Precision::kNone, RoofKind::kCompute, 1};
  std::size_t max_batch_;
  std::uint64_t last_ = 0;
};

struct Place {
  MachineShape shape;
  ThreadChoice threads;
  SteadyClock clock;
  Interruption interruption;
  NullProgress progress;
};

ScenarioResult measure(Place& place, const ScenarioSettings& settings, std::size_t max_batch = 1) {
  WorkloadEntry entry;
  entry.name = "null";
  entry.make = [max_batch] { return std::make_unique<NullWork>(max_batch); };
  const ServingLayout layout =
      choose_serving_layout(place.shape, place.threads, settings.scenario, settings.workers);
  const auto sut = make_system_under_test(entry, sut_settings(place.clock, layout, settings));
  ScenarioRequest request;
  request.settings = settings;
  request.watched = layout.cpus();
  return run_scenario(
      *sut, request, DriverContext{place.clock, place.interruption, place.progress});
}

ScenarioSettings server_at(double qps, Nanoseconds duration, WaitPolicy wait) {
  ScenarioSettings settings;
  settings.scenario = Scenario::kServer;
  settings.arrivals.kind = Arrivals::kPoisson;
  settings.arrivals.target_qps = qps;
  settings.stop.min_duration = duration;
  settings.wait = wait;
  return settings;
}

void print_slip(Place& place, WaitPolicy wait) {
  for (const double qps : {1e3, 1e4, 1e5}) {
    const ScenarioResult result = measure(place, server_at(qps, seconds(2), wait));
    std::printf(
        "Server %7.0f/s: slip p50 %lld ns, p99 %lld ns, p99.9 %lld ns, max %.1f us, over 1 us "
        "%.3f %%; queue p50 %lld ns, p99 %lld ns; achieved %.1f/s%s\n",
        qps,
        static_cast<long long>(result.slip.p50.count()),
        static_cast<long long>(result.slip.p99.count()),
        static_cast<long long>(result.slip.p99_9.count()),
        static_cast<double>(result.slip.max.count()) * 1e-3,
        100.0 * result.slip.over_1us_fraction,
        static_cast<long long>(result.queue.p50.count()),
        static_cast<long long>(result.queue.p99.count()),
        result.rate.per_second(),
        result.ended_early.empty() ? "" : (" " + result.ended_early).c_str());
  }
}

void print_single_stream(Place& place, Nanoseconds read) {
  ScenarioSettings settings;
  settings.stop.min_duration = milliseconds(500);
  const ScenarioResult result = measure(place, settings);
  const PercentileFigure* p50 = find_percentile(result.latency, 500'000);
  const double latency = static_cast<double>(p50->value.count());
  const double between = 1e9 / result.rate.per_second() - result.latency.mean_ns;
  const auto reads = static_cast<double>(read.count());
  std::printf(
      "SingleStream null: latency p50 %.0f ns (%.1f clock reads), between queries %.0f ns "
      "(%.1f clock reads, mean)\n",
      latency,
      latency / reads,
      between,
      between / reads);
}

void print_offline(Place& place) {
  for (const std::size_t batch : {std::size_t{1}, std::size_t{64}}) {
    ScenarioSettings settings;
    settings.scenario = Scenario::kOffline;
    settings.stop.min_duration = milliseconds(500);
    const ScenarioResult result = measure(place, settings, batch);
    std::printf("Offline null, batches of %zu: %.1f M samples/s on %d workers\n",
                batch,
                result.rate.per_second() * 1e-6,
                result.worker_threads);
  }
}

void print_highest_rate(Place& place, WaitPolicy wait) {
  double best = 0.0;
  double qps = 8e4;
  for (int step = 0; step < 24; ++step) {
    qps *= 1.25;
    const ScenarioResult result = measure(place, server_at(qps, milliseconds(500), wait));
    const double achieved = result.rate.per_second();
    const bool held =
        result.ended_early.empty() && achieved > 0.99 * qps && result.slip.p50 < Nanoseconds(1000);
    if (held) best = qps;
    if (qps > 3e5) {
      std::printf("  %.0f/s: achieved %.0f/s, slip p50 %lld ns, p99 %lld ns, queue p99 %lld ns%s\n",
                  qps,
                  achieved,
                  static_cast<long long>(result.slip.p50.count()),
                  static_cast<long long>(result.slip.p99.count()),
                  static_cast<long long>(result.queue.p99.count()),
                  held ? "" : " (not held)");
    }
    if (!held && qps > 2.0 * best) break;
  }
  std::printf("Server null: highest rate held %.0f/s (achieved within 1 %%, slip p50 below 1 us)\n",
              best);
}

double peak_gib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / (1024.0 * 1024.0);
}

/// Records and summarizes 10^8 queries that never ran.
void print_memory(Place& place) {
  constexpr std::size_t kQueries = 100'000'000;
  const double before = peak_gib();
  const TimePoint start = place.clock.now();
  LatencyRecorder recorder(kQueries, {true, true, false});
  const TimePoint touched = place.clock.now();
  for (std::uint64_t i = 0; i < kQueries; ++i) {
    recorder.record_issue(i, Nanoseconds(30 + static_cast<std::int64_t>(i % 7)));
    recorder.record_completion(
        i,
        Nanoseconds(200),
        Nanoseconds(static_cast<std::int64_t>(1000 + i * 2654435761U % 100'000)));
  }
  const TimePoint recorded = place.clock.now();
  const SlipSummary slip = summarize_slip(recorder, kQueries);
  const StageSummary service = summarize_service(recorder, kQueries);
  const LatencySummary latency = summarize_compact_latencies(
      recorder.add_up(kQueries, [](std::size_t) { return Nanoseconds(0); }));
  std::printf(
      "10^8 queries: peak memory %.2f GiB (%.2f before); %.1f s to touch, %.1f s to record, "
      "%.1f s to summarize; p50 %lld ns, slip p99 %lld ns, service p99 %lld ns\n",
      peak_gib(),
      before,
      perfbench::seconds(touched - start),
      perfbench::seconds(recorded - touched),
      perfbench::seconds(place.clock.now() - recorded),
      static_cast<long long>(latency.percentiles.front().value.count()),
      static_cast<long long>(slip.p99.count()),
      static_cast<long long>(service.p99.count()));
}

int run(const std::string& policy) {
  Place place;
  place.shape = MachineProbe(MachineProbeOptions{}).probe().shape;
  place.threads = choose_threads(place.shape, std::nullopt);
  const WaitPolicy wait = policy == "spin"    ? WaitPolicy::kSpin
                          : policy == "sleep" ? WaitPolicy::kSleep
                                              : WaitPolicy::kHybrid;
  const Nanoseconds read = calibrate_clock(place.clock).cost_p50;
  std::printf(
      "clock read %lld ns, wait %s\n%s\n",
      static_cast<long long>(read.count()),
      policy.c_str(),
      choose_serving_layout(place.shape, place.threads, Scenario::kServer, 0).sentence.c_str());
  print_single_stream(place, read);
  print_slip(place, wait);
  print_offline(place);
  print_highest_rate(place, wait);
  print_memory(place);
  return 0;
}

}  // namespace
}  // namespace perfbench

int main(int argc, char** argv) {
  try {
    return perfbench::run(argc > 1 ? argv[1] : "hybrid");
  } catch (const perfbench::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
