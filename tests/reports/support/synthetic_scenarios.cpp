#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/judge/latency_bound.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/judge/scenario.hpp"
#include "harness/core/stats/between_runs.hpp"
#include "harness/core/stats/early_stopping.hpp"
#include "harness/core/stats/histogram.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "harness/core/stats/order_statistics.hpp"
#include "tests/reports/support/synthetic_parts.hpp"

namespace perfbench::testing {
namespace {

constexpr Ppm kP50 = 500'000;
constexpr Ppm kP90 = 900'000;
constexpr Ppm kP99 = 990'000;
constexpr Ppm kP999 = 999'000;

struct ScenarioSketch {
  Scenario scenario = Scenario::kSingleStream;
  const char* workload = "gemm";
  std::vector<Nanoseconds> latencies;
  std::uint64_t samples_per_query = 1;
  const Roof* roof = nullptr;
  const Roof* bandwidth_roof = nullptr;
};

/// What a queue made of scheduled arrivals.
struct Served {
  std::vector<Nanoseconds> slip;
  std::vector<Nanoseconds> queue;
  std::vector<Nanoseconds> service;
  std::vector<Nanoseconds> latency;
  std::vector<std::uint64_t> batches;
  Nanoseconds busy{0};
  Nanoseconds span{0};
  Nanoseconds end{0};
};

std::vector<Nanoseconds> sorted(std::vector<Nanoseconds> values) {
  std::sort(values.begin(), values.end());
  return values;
}

StageSummary stage_of(const std::vector<Nanoseconds>& values) {
  const LatencySummary summary = summarize_latencies(values);
  const std::vector<Nanoseconds> ordered = sorted(values);
  return {summary.mean_ns,
          summary.standard_deviation_ns,
          nearest_rank(ordered, kP50),
          nearest_rank(ordered, kP99),
          summary.max};
}

SlipSummary slip_of(const std::vector<Nanoseconds>& values) {
  const std::vector<Nanoseconds> ordered = sorted(values);
  const auto over = std::count_if(
      values.begin(), values.end(), [](Nanoseconds slip) { return slip > Nanoseconds(1000); });
  return {nearest_rank(ordered, kP50),
          nearest_rank(ordered, kP99),
          nearest_rank(ordered, kP999),
          ordered.back(),
          static_cast<double>(over) / static_cast<double>(values.size())};
}

void set_work(ScenarioResult& result, const ScenarioSketch& sketch) {
  const bool is_gemm = result.workload == "gemm";
  result.description = is_gemm ? "C = A B, 256 x 256 x 256, fp32" : "a = b + s c over 4 MiB, fp64";
  result.implementation = is_gemm ? "OpenBLAS 0.3.21, core SkylakeX" : "avx512";
  result.flops_per_sample = Flops(is_gemm ? 33'554'432U : 524'288U);
  result.bytes_per_sample = Bytes(is_gemm ? 786'432U : 6'291'456U);
  const auto fraction = [&result](std::uint64_t work, const Roof& roof) {
    return static_cast<double>(work) * result.rate.per_second() / roof.rate.best;
  };
  result.roof = roof_id(*sketch.roof);
  result.roof_fraction = fraction(
      is_gemm ? result.flops_per_sample.count() : result.bytes_per_sample.count(), *sketch.roof);
  if (sketch.bandwidth_roof != nullptr) {
    result.bandwidth_roof = roof_id(*sketch.bandwidth_roof);
    result.bandwidth_fraction = fraction(result.bytes_per_sample.count(), *sketch.bandwidth_roof);
  }
}

/// Everything but the queue's own parts and the verdict.
ScenarioResult begin_scenario(const ScenarioSketch& sketch) {
  const bool offline = sketch.scenario == Scenario::kOffline;
  ScenarioResult result;
  result.scenario = sketch.scenario;
  result.workload = sketch.workload;
  result.rung = "fixed";
  result.closed_loop = !offline;
  result.worker_threads = offline ? 4 : 1;
  result.placement = offline ? "cpus 0-3" : "cpu 0, in the issuing thread";
  result.queries = offline ? 1 : sketch.latencies.size();
  result.samples = sketch.latencies.size() * sketch.samples_per_query;
  result.samples_per_query = offline ? 1 : sketch.samples_per_query;
  result.warm_up_queries = 50;
  result.duration = total(sketch.latencies);
  result.min_duration = Nanoseconds(100'000'000);
  result.latency = summarize_latencies(sketch.latencies);
  result.latencies = sketch.latencies;
  result.histogram = make_histogram(sketch.latencies);
  result.rate = Samples(result.samples) / result.duration;
  result.arrivals.seed = 0x9e3779b97f4a7c15ULL;
  result.service = stage_of(sketch.latencies);
  result.batches.max_batch = offline ? sketch.samples_per_query : 1;
  result.batches.counts.assign(result.batches.max_batch, 0);
  result.batches.counts.back() = offline ? sketch.latencies.size() : result.samples;
  result.answers = {37, 0};
  result.verified = true;
  result.checksum = 0x00ab54a98ceb1f0aULL;
  return result;
}

ScenarioResult finish_scenario(ScenarioResult result, const ScenarioSketch& sketch) {
  set_work(result, sketch);
  result.disturbance = calm(result.duration);
  if (result.scenario == Scenario::kSingleStream || result.scenario == Scenario::kMultiStream) {
    const Ppm ppm = result.scenario == Scenario::kSingleStream ? kP90 : kP99;
    result.early_stopping = early_stopping_estimate(result.latencies, ppm);
  }
  result.verdict = judge_scenario(result);
  return result;
}

std::vector<Nanoseconds> latencies(Draw& draw, std::size_t count, std::int64_t base, bool stalls) {
  std::vector<Nanoseconds> result = draw.windows(count, base);
  for (Nanoseconds& latency : result) {
    if (stalls && draw.below(80) == 0)
      latency += Nanoseconds(60'000 + static_cast<std::int64_t>(draw.below(900'000)));
  }
  return result;
}

/// One worker, batches of up to four, arrivals at random gaps of `gap` on average.
Served serve(Draw& draw, std::size_t count, std::int64_t gap, std::int64_t base) {
  constexpr std::size_t kMaxBatch = 4;
  constexpr std::int64_t kMoreOfABatch = 90'000;
  Served served;
  std::vector<Nanoseconds> arrivals;
  Nanoseconds arrival{0};
  for (std::size_t i = 0; i < count; ++i) {
    arrivals.push_back(arrival);
    served.slip.emplace_back(20 + static_cast<std::int64_t>(draw.below(60)) +
                             (draw.below(400) == 0 ? 1500 : 0));
    arrival +=
        Nanoseconds(static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(2 * gap))));
  }
  served.span = arrival;
  served.batches.assign(kMaxBatch, 0);
  for (std::size_t i = 0; i < count;) {
    const Nanoseconds start = std::max(served.end, arrivals[i] + served.slip[i]);
    std::size_t batch = 1;
    while (batch < kMaxBatch && i + batch < count &&
           arrivals[i + batch] + served.slip[i + batch] <= start)
      ++batch;
    const Nanoseconds service =
        draw.window(base + static_cast<std::int64_t>(batch - 1) * kMoreOfABatch);
    for (std::size_t j = i; j < i + batch; ++j) {
      served.queue.push_back(start - arrivals[j] - served.slip[j]);
      served.service.push_back(service);
      served.latency.push_back(start + service - arrivals[j]);
    }
    ++served.batches[batch - 1];
    served.busy += service;
    served.end = start + service;
    i += batch;
  }
  while (!served.batches.empty() && served.batches.back() == 0) served.batches.pop_back();
  return served;
}

ScenarioResult make_server(Draw& draw, const RooflineSection& roofline) {
  const Served served = serve(draw, 3000, 475'000, 190'000);
  const ScenarioSketch sketch{Scenario::kServer,
                              "gemm",
                              served.latency,
                              1,
                              fma_roof(roofline, Precision::kFp32, "1c"),
                              dram_roof(roofline, "read", "1c")};
  ScenarioResult result = begin_scenario(sketch);
  result.closed_loop = false;
  result.placement = "worker on cpu 1, generator on cpu 0";
  result.duration = std::max(served.end, served.span);
  result.rate = Samples(result.samples) / result.duration;
  result.arrivals.kind = Arrivals::kPoisson;
  result.arrivals.offered_qps = static_cast<double>(result.queries) / seconds(served.span);
  result.arrivals.target_qps = result.arrivals.offered_qps;
  result.arrivals.target_chosen_by = "40 % of the saturation of 5,140 /s that was looked at before";
  result.slip = slip_of(served.slip);
  result.queue = stage_of(served.queue);
  result.service = stage_of(served.service);
  result.batches = {4, Nanoseconds(0), served.batches};
  result.worker_utilisation = seconds(served.busy) / seconds(result.duration);
  result.bound = judge_latency_bound(result.latencies, {kP99, Nanoseconds(1'000'000)}, 0);
  return finish_scenario(std::move(result), sketch);
}

/// Eight samples each on four workers, every 2 ms, some of them late.
ScenarioResult make_frames(Draw& draw, const RooflineSection& roofline) {
  constexpr Nanoseconds kPeriod(2'000'000);
  const ScenarioSketch sketch{Scenario::kMultiStream,
                              "gemm",
                              latencies(draw, 500, 392'000, true),
                              8,
                              fma_roof(roofline, Precision::kFp32, "4c"),
                              dram_roof(roofline, "read", "4c")};
  ScenarioResult result = begin_scenario(sketch);
  result.closed_loop = false;
  result.worker_threads = 4;
  result.placement = "workers on cpus 0-3, the generator shares cpu 0 with a worker";
  result.duration = kPeriod * 500;
  result.rate = Samples(result.samples) / result.duration;
  result.arrivals.kind = Arrivals::kPeriodic;
  result.arrivals.wait = WaitPolicy::kSleep;
  result.arrivals.target_qps = 1.0 / seconds(kPeriod);
  result.arrivals.offered_qps = result.arrivals.target_qps;
  std::vector<Nanoseconds> slip;
  std::vector<Nanoseconds> queue;
  std::vector<Nanoseconds> service;
  for (const Nanoseconds latency : sketch.latencies) {
    slip.emplace_back(40 + static_cast<std::int64_t>(draw.below(300)));
    queue.emplace_back(190'000 + static_cast<std::int64_t>(draw.below(4000)));
    service.push_back(latency - slip.back() - queue.back());
  }
  result.slip = slip_of(slip);
  result.queue = stage_of(queue);
  result.service = stage_of(service);
  result.worker_utilisation = 0.375;
  FrameRecord frames{kPeriod, Nanoseconds(500'000), 0, Nanoseconds(6'100), Nanoseconds(31'000)};
  frames.missed = static_cast<std::uint64_t>(
      std::count_if(sketch.latencies.begin(), sketch.latencies.end(), [&](Nanoseconds latency) {
        return latency > frames.deadline;
      }));
  result.frames = frames;
  return finish_scenario(std::move(result), sketch);
}

/// The same in fresh processes: the first is the scenario's own.
void add_runs(Draw& draw, ScenarioResult& result) {
  const auto value = [&result](Ppm ppm) { return find_percentile(result.latency, ppm)->value; };
  RunRecord run{result.arrivals.seed,
                result.queries,
                result.rate.per_second(),
                result.latency.mean_ns,
                value(kP50),
                value(kP90),
                value(kP99),
                result.verdict.validity,
                true};
  std::vector<double> rates;
  std::vector<double> tails;
  for (std::uint64_t i = 0; i < 5; ++i) {
    result.runs.push_back(run);
    rates.push_back(run.rate_per_s);
    tails.push_back(static_cast<double>(run.p99.count()));
    run.seed += 1;
    run.queries = 880 + draw.below(40);
    run.p50 = draw.window(190'000);
    run.p90 = run.p50 + Nanoseconds(6'000);
    run.p99 = draw.window(700'000);
    run.mean_ns = static_cast<double>(run.p50.count()) + 9'000.5;
    run.rate_per_s = 1e9 / run.mean_ns;
    run.quiet = draw.below(4) != 0;
  }
  result.rate_between_runs = between_runs(rates);
  result.p99_between_runs = between_runs(tails);
}

}  // namespace

std::vector<ScenarioResult> make_scenarios(Draw& draw, const RooflineSection& roofline) {
  const ScenarioSketch sketches[] = {{Scenario::kSingleStream,
                                      "gemm",
                                      latencies(draw, 900, 190'000, true),
                                      1,
                                      fma_roof(roofline, Precision::kFp32, "1c"),
                                      dram_roof(roofline, "read", "1c")},
                                     {Scenario::kSingleStream,
                                      "triad",
                                      latencies(draw, 320, 580'000, false),
                                      1,
                                      dram_roof(roofline, "triad_nt", "1c")},
                                     {Scenario::kOffline,
                                      "gemm",
                                      latencies(draw, 64, 4'100'000, false),
                                      64,
                                      fma_roof(roofline, Precision::kFp32, "4c"),
                                      dram_roof(roofline, "read", "4c")},
                                     {Scenario::kOffline,
                                      "triad",
                                      latencies(draw, 64, 5'000'000, false),
                                      32,
                                      dram_roof(roofline, "triad_nt", "4c")}};
  std::vector<ScenarioResult> results;
  for (const ScenarioSketch& sketch : sketches)
    results.push_back(finish_scenario(begin_scenario(sketch), sketch));
  add_runs(draw, results.front());
  results.push_back(make_server(draw, roofline));
  results.push_back(make_frames(draw, roofline));
  return results;
}

}  // namespace perfbench::testing
