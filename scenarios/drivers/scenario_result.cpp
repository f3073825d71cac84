#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "harness/core/judge/latency_bound.hpp"
#include "harness/core/judge/scenario.hpp"
#include "harness/core/stats/early_stopping.hpp"
#include "harness/core/stats/histogram.hpp"
#include "harness/core/stats/latency_summary.hpp"
#include "scenarios/drivers/scenario_run.hpp"
#include "scenarios/drivers/stage_summary.hpp"

namespace perfbench {
namespace {

/// What a reader must know about the latencies beside the sizes.
std::string describe(const SystemUnderTest& sut,
                     const ScenarioRequest& request,
                     const DriverRun& run) {
  std::string text = sut.info().description;
  if (request.settings.scenario == Scenario::kOffline) {
    const std::size_t batch = sut.max_batch();
    text += "; each latency is of ";
    if (run.samples_per_issue == batch) {
      text += "a batch of " + std::to_string(batch) + (batch == 1 ? " sample" : " samples");
    } else {
      text +=
          std::to_string(run.samples_per_issue) + " samples in batches of " + std::to_string(batch);
    }
  }
  if (run.issued > kRawLatenciesKept) {
    text += "; of " + std::to_string(run.issued) + " latencies the histogram is kept, exact to 1 %";
  }
  return text;
}

/// Work of one sample, over the batches that were executed.
Work work_per_sample(const SystemUnderTest& sut, const BatchRecord& batches) {
  double samples = 0.0;
  double flops = 0.0;
  double bytes = 0.0;
  for (std::size_t i = 0; i < batches.counts.size(); ++i) {
    if (batches.counts[i] == 0) continue;
    const Work work = sut.work(i + 1);
    const auto count = static_cast<double>(batches.counts[i]);
    samples += count * static_cast<double>(i + 1);
    flops += count * static_cast<double>(work.flops.count());
    bytes += count * static_cast<double>(work.bytes.count());
  }
  if (samples <= 0.0) {
    const std::size_t batch = std::max<std::size_t>(1, sut.max_batch());
    const Work work = sut.work(batch);
    return {work.flops / batch, work.bytes / batch, work.moved_bytes / batch};
  }
  Work each{};
  each.flops = Flops(static_cast<std::uint64_t>(std::llround(flops / samples)));
  each.bytes = Bytes(static_cast<std::uint64_t>(std::llround(bytes / samples)));
  return each;
}

void hold_against_roofs(const ScenarioRequest& request, ScenarioResult& result) {
  if (request.roof) {
    result.roof = request.roof->id;
    result.roof_fraction = achieved_fraction(result, request.roof->kind, request.roof->best_per_s);
  }
  if (request.bandwidth_roof) {
    result.bandwidth_roof = request.bandwidth_roof->id;
    result.bandwidth_fraction =
        achieved_fraction(result, request.bandwidth_roof->kind, request.bandwidth_roof->best_per_s);
  }
}

ArrivalRecord arrivals_of(const ScenarioSettings& settings, const DriverRun& run) {
  ArrivalRecord record;
  record.kind = settings.arrivals.kind;
  record.wait = settings.wait;
  record.seed = settings.seed;
  record.target_qps = settings.arrivals.target_qps;
  record.offered_qps = run.offered_qps;
  if (record.kind == Arrivals::kBursty) {
    record.burst_duty = settings.arrivals.burst_duty;
    record.burst_period = settings.arrivals.burst_period;
  }
  if (record.kind == Arrivals::kTrace) record.trace = settings.arrivals.trace_name;
  return record;
}

FrameRecord frames_of(const ScenarioSettings& settings,
                      const LatencyRecorder& recorder,
                      std::size_t issued) {
  FrameRecord frames;
  frames.period = from_seconds(1.0 / settings.arrivals.target_qps);
  frames.deadline = settings.deadline.value_or(frames.period);
  const std::size_t recorded = std::min(issued, recorder.capacity());
  for (std::size_t i = 0; i < recorded; ++i) {
    if (!recorder.complete(i) || recorder.latency(i) > frames.deadline) ++frames.missed;
  }
  const SkewSummary skew = summarize_skew(recorder, issued);
  frames.skew_p50 = skew.p50;
  frames.skew_p99 = skew.p99;
  return frames;
}

/// The figures that need all latencies at once.
void judge_latencies(const ScenarioSettings& settings,
                     DriverRun& run,
                     std::size_t issued,
                     ScenarioResult& result) {
  LatencyRecorder& recorder = *run.recorder;
  const std::size_t count = std::min(issued, recorder.capacity());
  std::vector<std::size_t> never_ended;
  for (std::size_t i = 0; i < count; ++i) {
    if (!recorder.complete(i)) never_ended.push_back(i);
  }
  const auto waited = [&run](std::size_t i) {
    return run.waited_for ? run.waited_for(i) : Nanoseconds(0);
  };
  const std::span<const CompactTime> latencies = recorder.add_up(count, waited);
  // To the verdict those that never ended are a number; to the percentiles how long they had waited
  // at least. A unit of Offline that never ended is nothing.
  std::vector<CompactTime> copy;
  if (!never_ended.empty()) {
    copy.reserve(count - never_ended.size());
    auto next = never_ended.begin();
    for (std::size_t i = 0; i < count; ++i) {
      if (next != never_ended.end() && *next == i) {
        ++next;
      } else {
        copy.push_back(latencies[i]);
      }
    }
  }
  const std::span<const CompactTime> judged =
      never_ended.empty() ? latencies : std::span<const CompactTime>(copy);
  const std::span<const CompactTime> shown = run.waited_for ? latencies : judged;
  result.latency = summarize_compact_latencies(shown);
  result.histogram = make_histogram(shown);
  if (shown.size() <= kRawLatenciesKept) {
    result.latencies.reserve(shown.size());
    for (const CompactTime latency : shown) result.latencies.push_back(latency.duration());
  }
  if (settings.bound) {
    result.bound = judge_latency_bound(judged, *settings.bound, run.undrained + run.refused);
  }
  if (settings.scenario == Scenario::kSingleStream) {
    result.early_stopping = early_stopping_estimate(judged, 900'000);
  } else if (settings.scenario == Scenario::kMultiStream) {
    result.early_stopping = early_stopping_estimate(judged, 990'000);
  }
}

}  // namespace

ScenarioResult make_scenario_result(const SystemUnderTest& sut,
                                    const ScenarioRequest& request,
                                    DriverRun run,
                                    Disturbance disturbance) {
  const ScenarioSettings& settings = request.settings;
  const WorkloadInfo& info = sut.info();
  ScenarioResult result;
  result.scenario = settings.scenario;
  result.workload = settings.workload;
  result.rung = info.rung.empty() ? settings.rung : info.rung;
  result.description = describe(sut, request, run);
  result.implementation = info.implementation;
  result.closed_loop =
      settings.scenario != Scenario::kOffline && settings.arrivals.kind == Arrivals::kClosedLoop;
  result.worker_threads = sut.worker_threads();
  result.placement = sut.placement();
  result.queries = run.queries;
  result.samples = run.samples;
  result.warm_up_queries = run.warm_up_queries;
  result.duration = run.duration;
  result.min_duration = settings.stop.min_duration;
  if (run.samples > 0 && run.duration.count() > 0)
    result.rate = Samples(run.samples) / run.duration;
  result.arrivals = arrivals_of(settings, run);
  result.samples_per_query = settings.samples_per_query;
  result.batches = sut.batches();
  result.answers = sut.answers();
  result.refused = run.refused;
  result.undrained = run.undrained;
  if (run.duration.count() > 0) {
    const int workers = sut.worker_threads() / std::max(1, info.threads);
    result.worker_utilisation = seconds(sut.busy()) / (seconds(std::max(run.duration, run.worked)) *
                                                       static_cast<double>(std::max(1, workers)));
  }
  const Work work = work_per_sample(sut, result.batches);
  result.flops_per_sample = work.flops;
  result.bytes_per_sample = work.bytes;
  hold_against_roofs(request, result);
  result.verified = true;
  result.checksum = run.checksum;
  result.partial = run.interrupted;
  result.failure = sut.failure();
  result.ended_early = run.ended_early;
  result.disturbance = std::move(disturbance);
  if (run.recorder) {
    const auto issued = static_cast<std::size_t>(run.issued);
    const LatencyRecorder& recorder = *run.recorder;
    result.dropped = recorder.dropped();
    result.slip = summarize_slip(recorder, issued);
    result.queue = summarize_queue(recorder, issued);
    result.service = summarize_service(recorder, issued);
    if (settings.scenario == Scenario::kMultiStream &&
        settings.arrivals.kind == Arrivals::kPeriodic) {
      result.frames = frames_of(settings, recorder, issued);
    }
    judge_latencies(settings, run, issued, result);
  } else {
    result.latency = summarize_compact_latencies({});
  }
  result.verdict = judge_scenario(result);
  return result;
}

}  // namespace perfbench
