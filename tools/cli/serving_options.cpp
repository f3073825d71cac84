#include "tools/cli/serving_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "harness/core/result/names.hpp"
#include "harness/core/units/error.hpp"
#include "tools/cli/suggestion.hpp"
#include "tools/cli/values.hpp"

namespace perfbench {
namespace {

constexpr Nanoseconds kDefaultDuration{10'000'000'000};
/// MLPerf's mlperf.conf; for SingleStream the 64 that its P90 needs.
constexpr std::uint64_t kStreamQueries = 64;
constexpr std::uint64_t kServerQueries = 100;
/// Minimums that the workload is too slow for end at so many times the minimum duration, where the
/// number of queries was not asked for.
constexpr int kDurationSlack = 3;
constexpr Nanoseconds kLongestDelay{10'000'000'000};
constexpr std::uint64_t kMostSamples = 4096;
constexpr std::int64_t kMostRuns = 1000;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return text;
}

template <class Value, std::size_t size>
Value choice(const std::string& flag,
             const std::string& word,
             const std::array<std::pair<const char*, Value>, size>& choices) {
  std::vector<std::string> known;
  for (const auto& [name, value] : choices) {
    if (lower(word) == name) return value;
    known.emplace_back(name);
  }
  std::string list;
  for (std::size_t i = 0; i < known.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == known.size() ? " or " : ", ") + known[i];
  }
  const auto near = closest_word(lower(word), known);
  throw UsageError(flag + " takes " + list + ", not '" + word + "'" +
                   (near ? "; did you mean '" + *near + "'?" : "."));
}

Scenario scenario_of(const std::string& word) {
  static constexpr std::array<std::pair<const char*, Scenario>, 4> kChoices{
      {{"singlestream", Scenario::kSingleStream},
       {"multistream", Scenario::kMultiStream},
       {"server", Scenario::kServer},
       {"offline", Scenario::kOffline}}};
  return choice("--scenario", word, kChoices);
}

Arrivals arrivals_of(const std::string& word) {
  static constexpr std::array<std::pair<const char*, Arrivals>, 4> kChoices{
      {{"poisson", Arrivals::kPoisson},
       {"bursty", Arrivals::kBursty},
       {"periodic", Arrivals::kPeriodic},
       {"trace", Arrivals::kTrace}}};
  return choice("--arrivals", word, kChoices);
}

Track track_of(const std::string& word) {
  if (lower(word) == "tiny") {
    throw UsageError(
        "The track tiny is about accuracy beside speed, and its accuracy scenario is not there yet",
        "choose cloud, edge or mobile");
  }
  static constexpr std::array<std::pair<const char*, Track>, 3> kChoices{
      {{"cloud", Track::kCloud}, {"edge", Track::kEdge}, {"mobile", Track::kMobile}}};
  return choice("--track", word, kChoices);
}

double number(const std::string& flag, const std::string& text, double above, double at_most) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || !std::isfinite(value) || value <= above || value > at_most) {
    char range[64];
    std::snprintf(range, sizeof range, "above %g and at most %g", above, at_most);
    throw UsageError(flag + " takes a number " + range + ", not '" + text + "'.");
  }
  return value;
}

std::int64_t count(const std::string& flag, const std::string& text, std::int64_t at_most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > at_most) {
    throw UsageError(flag + " takes a whole number from 1 to " + std::to_string(at_most) +
                     ", not '" + text + "'.");
  }
  return value;
}

Nanoseconds duration(const std::string& flag, const std::string& text) {
  const std::optional<Nanoseconds> whole = parse_duration(text);
  if (whole) return *whole;
  const std::optional<Nanoseconds> decimal = parse_offset(text);
  if (!decimal || decimal->count() <= 0) {
    throw UsageError(flag + " takes a positive time such as 10ms, 1.5s or 2m, not '" + text + "'.");
  }
  return *decimal;
}

/// One flag that only makes sense beside another.
void only_with(bool given, bool sensible, const std::string& flag, const std::string& needed) {
  if (given && !sensible) throw UsageError(flag + " needs " + needed + ".");
}

void set_arrivals(const RawServing& raw, ScenarioSettings& settings) {
  const bool server = settings.scenario == Scenario::kServer;
  const bool frames = settings.scenario == Scenario::kMultiStream && raw.frame_period;
  only_with(raw.qps.has_value(), server, "--qps", "the scenario server");
  only_with(raw.arrivals.has_value(), server, "--arrivals", "the scenario server");
  only_with(raw.trace.has_value(), server, "--trace", "the scenario server");
  only_with(raw.frame_period.has_value(), frames, "--frame-period", "the scenario multistream");
  only_with(raw.deadline.has_value(), frames, "--deadline", "--frame-period");
  ArrivalSettings& arrivals = settings.arrivals;
  if (frames) {
    arrivals.kind = Arrivals::kPeriodic;
    const Nanoseconds period = duration("--frame-period", *raw.frame_period);
    arrivals.target_qps = 1.0 / seconds(period);
    settings.deadline = raw.deadline ? duration("--deadline", *raw.deadline) : period;
  }
  if (!server) return;
  arrivals.kind = raw.arrivals ? arrivals_of(*raw.arrivals)
                  : raw.trace  ? Arrivals::kTrace
                               : Arrivals::kPoisson;
  if (raw.qps) arrivals.target_qps = number("--qps", *raw.qps, 0.0, 1e9);
  const bool traced = arrivals.kind == Arrivals::kTrace;
  only_with(traced, raw.trace.has_value(), "--arrivals trace", "--trace FILE");
  only_with(raw.trace.has_value(), traced, "--trace", "--arrivals trace");
  const bool bursty = arrivals.kind == Arrivals::kBursty;
  only_with(raw.burst_duty.has_value(), bursty, "--burst-duty", "--arrivals bursty");
  only_with(raw.burst_period.has_value(), bursty, "--burst-period", "--arrivals bursty");
  if (raw.burst_duty) arrivals.burst_duty = number("--burst-duty", *raw.burst_duty, 0.0, 1.0);
  if (raw.burst_period) arrivals.burst_period = duration("--burst-period", *raw.burst_period);
  if (raw.trace && (raw.min_duration || raw.min_queries)) {
    throw UsageError("a trace is replayed once, from its beginning to its end",
                     "leave --min-duration and --min-queries away; --qps changes its pace");
  }
  if (raw.trace) arrivals.trace_name = raw.trace->substr(raw.trace->find_last_of('/') + 1);
}

void set_stop(const RawServing& raw, ScenarioSettings& settings) {
  StopRule& stop = settings.stop;
  stop.min_duration =
      raw.min_duration ? duration("--min-duration", *raw.min_duration) : kDefaultDuration;
  switch (settings.scenario) {
    case Scenario::kOffline:
      stop.min_queries = 1;
      break;
    case Scenario::kSingleStream:
      stop.min_queries = kStreamQueries;
      break;
    case Scenario::kMultiStream:
    case Scenario::kServer:
      stop.min_queries = kServerQueries;
      break;
  }
  if (raw.min_queries) {
    constexpr std::int64_t kMost = std::int64_t{1} << 30U;
    stop.min_queries = static_cast<std::uint64_t>(count("--min-queries", *raw.min_queries, kMost));
  } else {
    stop.max_duration = kDurationSlack * stop.min_duration;
  }
}

void set_batcher(const RawServing& raw, ScenarioSettings& settings) {
  const bool several = settings.scenario != Scenario::kSingleStream;
  const std::string needed = "a scenario that has several samples at once: singlestream has one";
  only_with(raw.max_batch.has_value(), several, "--max-batch", needed);
  only_with(raw.max_delay.has_value(), several, "--max-delay", needed);
  BatcherSettings& batcher = settings.batcher;
  if (settings.scenario == Scenario::kOffline) batcher.max_batch = ScenarioSettings::kOfflineBatch;
  if (raw.max_batch) {
    batcher.max_batch =
        static_cast<std::size_t>(count("--max-batch", *raw.max_batch, kMostSamples));
  }
  if (!raw.max_delay) return;
  const std::optional<Nanoseconds> delay = parse_offset(*raw.max_delay);
  batcher.max_delay =
      delay && delay->count() == 0 ? Nanoseconds(0) : duration("--max-delay", *raw.max_delay);
  if (batcher.max_delay > kLongestDelay)
    throw UsageError("--max-delay takes a time from 0 to 10s, not '" + *raw.max_delay + "'.");
  only_with(batcher.max_delay.count() > 0,
            batcher.max_batch > 1,
            "--max-delay",
            "--max-batch of 2 or more: a batch of one waits for nobody");
}

void set_system(const RawServing& raw, ScenarioSettings& settings) {
  const bool multi = settings.scenario == Scenario::kMultiStream;
  only_with(raw.samples_per_query.has_value(),
            multi,
            "--samples-per-query",
            "the scenario multistream: queries of the others have one sample");
  if (multi) settings.samples_per_query = ScenarioSettings::kMultiStreamSamples;
  if (raw.samples_per_query) {
    settings.samples_per_query = static_cast<std::size_t>(
        count("--samples-per-query", *raw.samples_per_query, kMostSamples));
  }
  set_batcher(raw, settings);
  if (raw.workers) {
    only_with(true,
              settings.scenario != Scenario::kSingleStream,
              "--workers",
              "a scenario that has several samples at once: singlestream has one");
    settings.workers = static_cast<int>(count("--workers", *raw.workers, kMostSamples));
  }
  settings.wait = wait_policy(raw.wait);
}

void set_bound(const RawServing& raw, ScenarioSettings& settings) {
  only_with(
      raw.percentile.has_value(), raw.latency_bound.has_value(), "--percentile", "--latency-bound");
  if (!raw.latency_bound) return;
  only_with(true,
            settings.scenario != Scenario::kOffline,
            "--latency-bound",
            "a scenario of latencies: offline is one query");
  LatencyBound bound;
  bound.bound = duration("--latency-bound", *raw.latency_bound);
  if (settings.batcher.max_delay >= bound.bound) {
    throw UsageError(
        "--max-delay is not below --latency-bound: whoever waits so long has missed it",
        "give a shorter delay");
  }
  if (raw.percentile) {
    // In parts of a million, as integers everywhere else: 99.9 is 999,000.
    const double percent = number("--percentile", *raw.percentile, 0.0, 99.9999);
    bound.ppm = static_cast<std::uint32_t>(std::llround(percent * 1e4));
    if (bound.ppm == 0) throw UsageError("--percentile is below 0.0001.");
  }
  settings.bound = bound;
}

ScenarioSettings typed_settings(const RawServing& raw, std::uint64_t seed) {
  ScenarioSettings settings;
  const bool searching = raw.find_peak || raw.sweep;
  settings.scenario = raw.scenario ? scenario_of(*raw.scenario)
                      : searching  ? Scenario::kServer
                                   : Scenario::kSingleStream;
  settings.workload = raw.workload.value_or("mobilenet");
  if (raw.workload_file) settings.workload = "file";
  settings.rung = raw.rung.value_or("fixed");
  settings.seed = seed;
  set_arrivals(raw, settings);
  set_stop(raw, settings);
  set_system(raw, settings);
  set_bound(raw, settings);
  const bool server = settings.scenario == Scenario::kServer;
  only_with(raw.find_peak, server, "--find-peak", "the scenario server");
  only_with(raw.sweep, server, "--sweep", "the scenario server");
  only_with(raw.find_peak,
            settings.bound.has_value(),
            "--find-peak",
            "the bound that has to be held, such as --latency-bound 10ms");
  return settings;
}

/// A track chooses everything but what it is run on.
void refuse_beside_track(const RawServing& raw) {
  const std::array<std::pair<const char*, bool>, 9> flags{
      {{"--scenario", raw.scenario.has_value()},
       {"--qps", raw.qps.has_value()},
       {"--arrivals", raw.arrivals.has_value()},
       {"--trace", raw.trace.has_value()},
       {"--runs", raw.runs.has_value()},
       {"--find-peak", raw.find_peak},
       {"--sweep", raw.sweep},
       {"--latency-bound", raw.latency_bound.has_value()},
       {"--frame-period", raw.frame_period.has_value()}}};
  for (const auto& [name, given] : flags) {
    if (given) {
      throw UsageError(std::string(name) + " does not go with --track",
                       "a track chooses its own scenarios, rates and bounds");
    }
  }
}

}  // namespace

WaitPolicy wait_policy(const std::optional<std::string>& word) {
  static constexpr std::array<std::pair<const char*, WaitPolicy>, 3> kChoices{
      {{"hybrid", WaitPolicy::kHybrid},
       {"spin", WaitPolicy::kSpin},
       {"sleep", WaitPolicy::kSleep}}};
  return word ? choice("--wait", *word, kChoices) : WaitPolicy::kHybrid;
}

ServingRequest typed_serving(const RawServing& raw, std::uint64_t seed) {
  ServingRequest request;
  if (raw.workload && raw.workload_file)
    throw UsageError("--workload and --workload-file do not go together", "give one of the two");
  if (raw.track) {
    request.track = track_of(*raw.track);
    refuse_beside_track(raw);
    ScenarioSettings settings;
    settings.workload = raw.workload_file ? "file" : raw.workload.value_or("");
    settings.rung = raw.rung.value_or("");
    settings.seed = seed;
    settings.wait = wait_policy(raw.wait);
    if (raw.workers)
      settings.workers = static_cast<int>(count("--workers", *raw.workers, kMostSamples));
    request.scenario = settings;
    return request;
  }
  if (!raw.scenario && !raw.find_peak && !raw.sweep && !raw.list_workloads) {
    throw UsageError("Which scenario was not said",
                     "add singlestream, multistream, server or offline, or --track NAME");
  }
  request.scenario = typed_settings(raw, seed);
  request.find_peak = raw.find_peak;
  request.sweep = raw.sweep;
  if (raw.runs) request.runs = static_cast<int>(count("--runs", *raw.runs, kMostRuns));
  const std::string& workload = request.scenario->workload;
  const bool idle = workload == "null" || workload == "spin";
  request.needs_roofs = !idle;
  request.needs_library = !idle && workload != "triad";
  return request;
}

}  // namespace perfbench
