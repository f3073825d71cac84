#include "reports/document/scenario_parts_json.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "reports/document/common_json.hpp"

namespace perfbench {
namespace {

/// The batcher has no larger batch, and nobody has the patience for more runs.
constexpr std::size_t kMaxBatch = 1U << 20U;
constexpr std::size_t kMaxRuns = 1000;

std::uint64_t read_count_from_1(const JsonCursor& at, std::uint64_t most) {
  const std::uint64_t value = at.as_uint64();
  if (value < 1 || value > most) {
    at.fail("expected a whole number from 1 to " + std::to_string(most));
  }
  return value;
}

std::optional<std::uint64_t> read_needed(const JsonCursor& parent) {
  const JsonCursor at = parent.at("needs_queries");
  if (at.is_null()) return std::nullopt;
  return at.as_uint64();
}

/// A percentile that its run refused is 0.
JsonValue known_or_null(Nanoseconds value) {
  return value.count() > 0 ? JsonValue(value.count()) : JsonValue(nullptr);
}

Nanoseconds read_known(const JsonCursor& parent, std::string_view key) {
  return read_optional_duration(parent, key).value_or(Nanoseconds(0));
}

JsonValue to_json(const RunRecord& run) {
  JsonValue json = JsonValue::object();
  json.set("seed", std::to_string(run.seed))
      .set("queries", run.queries)
      .set("rate_per_s", run.rate_per_s)
      .set("mean_ns", run.mean_ns)
      .set("p50_ns", known_or_null(run.p50))
      .set("p90_ns", known_or_null(run.p90))
      .set("p99_ns", known_or_null(run.p99))
      .set("verdict", name_of(run.validity))
      .set("quiet", run.quiet);
  return json;
}

RunRecord read_run_record(const JsonCursor& at) {
  RunRecord run;
  run.seed = read_seed(at.at("seed"));
  run.queries = at.at("queries").as_uint64();
  run.rate_per_s = read_amount(at.at("rate_per_s"));
  run.mean_ns = read_amount(at.at("mean_ns"));
  run.p50 = read_known(at, "p50_ns");
  run.p90 = read_known(at, "p90_ns");
  run.p99 = read_known(at, "p99_ns");
  run.validity = read_word<Validity>(at.at("verdict"));
  run.quiet = at.at("quiet").as_bool();
  return run;
}

}  // namespace

JsonValue to_json(const ArrivalRecord& arrivals) {
  JsonValue json = JsonValue::object();
  json.set("kind", name_of(arrivals.kind))
      .set("wait", name_of(arrivals.wait))
      .set("seed", std::to_string(arrivals.seed))
      .set("target_qps", arrivals.target_qps)
      .set("offered_qps", arrivals.offered_qps)
      .set("burst_duty", optional_to_json(arrivals.burst_duty))
      .set("burst_period_ns", optional_to_json(arrivals.burst_period))
      .set("trace", arrivals.trace);
  if (!arrivals.target_chosen_by.empty()) json.set("target_chosen_by", arrivals.target_chosen_by);
  return json;
}

ArrivalRecord read_arrivals(const JsonCursor& at) {
  ArrivalRecord arrivals;
  arrivals.kind = read_word<Arrivals>(at.at("kind"));
  arrivals.wait = read_word<WaitPolicy>(at.at("wait"));
  arrivals.seed = read_seed(at.at("seed"));
  arrivals.target_qps = read_amount(at.at("target_qps"));
  arrivals.offered_qps = read_amount(at.at("offered_qps"));
  if (const JsonCursor duty = at.at("burst_duty"); !duty.is_null())
    arrivals.burst_duty = read_fraction(duty);
  arrivals.burst_period = read_optional_duration(at, "burst_period_ns");
  arrivals.trace = at.at("trace").as_string();
  if (const auto chosen = at.find("target_chosen_by"))
    arrivals.target_chosen_by = chosen->as_string();
  return arrivals;
}

void add_slip(JsonValue& object, const SlipSummary& slip) {
  JsonValue json = JsonValue::object();
  json.set("p50", slip.p50.count())
      .set("p99", slip.p99.count())
      .set("p99_9", slip.p99_9.count())
      .set("max", slip.max.count());
  object.set("slip_ns", std::move(json)).set("slip_over_1us_fraction", slip.over_1us_fraction);
}

SlipSummary read_slip(const JsonCursor& parent) {
  const JsonCursor at = parent.at("slip_ns");
  SlipSummary slip;
  slip.p50 = read_duration(at.at("p50"));
  slip.p99 = read_duration(at.at("p99"));
  slip.p99_9 = read_duration(at.at("p99_9"));
  slip.max = read_duration(at.at("max"));
  slip.over_1us_fraction = read_fraction(parent.at("slip_over_1us_fraction"));
  return slip;
}

JsonValue to_json(const StageSummary& stage) {
  JsonValue json = JsonValue::object();
  json.set("mean", stage.mean_ns)
      .set("standard_deviation", stage.standard_deviation_ns)
      .set("p50", stage.p50.count())
      .set("p99", stage.p99.count())
      .set("max", stage.max.count());
  return json;
}

StageSummary read_stage(const JsonCursor& at) {
  StageSummary stage;
  stage.mean_ns = read_amount(at.at("mean"));
  stage.standard_deviation_ns = read_amount(at.at("standard_deviation"));
  stage.p50 = read_duration(at.at("p50"));
  stage.p99 = read_duration(at.at("p99"));
  stage.max = read_duration(at.at("max"));
  return stage;
}

JsonValue to_json(const BatchRecord& batches) {
  JsonValue::Array counts(batches.counts.begin(), batches.counts.end());
  JsonValue json = JsonValue::object();
  json.set("max_batch", batches.max_batch)
      .set("max_delay_ns", batches.max_delay.count())
      .set("counts", std::move(counts));
  return json;
}

BatchRecord read_batches(const JsonCursor& at) {
  // Sums of batch sizes times their counts stay within 64 bits.
  constexpr std::int64_t kMaxExecutions = 10'000'000'000;
  BatchRecord batches;
  batches.max_batch = read_count_from_1(at.at("max_batch"), kMaxBatch);
  batches.max_delay = read_duration(at.at("max_delay_ns"));
  const JsonCursor counts = at.at("counts");
  if (counts.size() > batches.max_batch) counts.fail("more counts than max_batch");
  std::int64_t total = 0;
  for (const std::int64_t count : counts.int64_array()) {
    if (count < 0 || count > kMaxExecutions - total) {
      counts.fail("expected counts of 0 or more that sum to 1e10 at most");
    }
    total += count;
    batches.counts.push_back(static_cast<std::uint64_t>(count));
  }
  return batches;
}

JsonValue to_json(const std::optional<BoundRecord>& bound) {
  if (!bound) return nullptr;
  JsonValue json = JsonValue::object();
  json.set("percentile", percentile_key(bound->ppm))
      .set("bound_ns", bound->bound.count())
      .set("over", bound->over)
      .set("over_fraction", bound->over_fraction)
      .set("over_low", bound->over_low)
      .set("over_high", bound->over_high)
      .set("n_effective", bound->n_effective)
      .set("needs_queries", optional_to_json(bound->needs_queries))
      .set("early_stopping_needs", bound->early_stopping_needs)
      .set("early_stopping_passes", bound->early_stopping_passes);
  return json;
}

std::optional<BoundRecord> read_bound(const JsonCursor& at) {
  if (at.is_null()) return std::nullopt;
  BoundRecord bound;
  bound.ppm = read_percentile_name(at.at("percentile"));
  bound.bound = read_duration(at.at("bound_ns"));
  bound.over = at.at("over").as_uint64();
  bound.over_fraction = read_fraction(at.at("over_fraction"));
  bound.over_low = read_fraction(at.at("over_low"));
  bound.over_high = read_fraction(at.at("over_high"));
  bound.n_effective = read_amount(at.at("n_effective"));
  bound.needs_queries = read_needed(at);
  bound.early_stopping_needs = at.at("early_stopping_needs").as_uint64();
  bound.early_stopping_passes = at.at("early_stopping_passes").as_bool();
  return bound;
}

JsonValue to_json(const std::optional<EarlyStoppingFigure>& figure) {
  if (!figure) return nullptr;
  JsonValue json = JsonValue::object();
  json.set("percentile", percentile_key(figure->ppm))
      .set("discarded", figure->discarded)
      .set("value_ns",
           figure->needs_queries ? JsonValue(nullptr) : JsonValue(figure->value.count()))
      .set("needs_queries", optional_to_json(figure->needs_queries));
  return json;
}

std::optional<EarlyStoppingFigure> read_early_stopping(const JsonCursor& at) {
  if (at.is_null()) return std::nullopt;
  EarlyStoppingFigure figure;
  figure.ppm = read_percentile_name(at.at("percentile"));
  figure.discarded = at.at("discarded").as_uint64();
  figure.needs_queries = read_needed(at);
  const std::optional<Nanoseconds> value = read_optional_duration(at, "value_ns");
  if (value && figure.needs_queries) {
    at.at("needs_queries").fail("expected null beside " + at.path() + ".value_ns");
  }
  if (!value && !figure.needs_queries) at.at("value_ns").fail("expected a duration");
  if (value) figure.value = *value;
  return figure;
}

JsonValue to_json(const std::optional<FrameRecord>& frames) {
  if (!frames) return nullptr;
  JsonValue json = JsonValue::object();
  json.set("period_ns", frames->period.count())
      .set("deadline_ns", frames->deadline.count())
      .set("missed", frames->missed)
      .set("skew_p50_ns", frames->skew_p50.count())
      .set("skew_p99_ns", frames->skew_p99.count());
  return json;
}

std::optional<FrameRecord> read_frames(const JsonCursor& at) {
  if (at.is_null()) return std::nullopt;
  FrameRecord frames;
  frames.period = read_duration(at.at("period_ns"));
  frames.deadline = read_duration(at.at("deadline_ns"));
  frames.missed = at.at("missed").as_uint64();
  frames.skew_p50 = read_duration(at.at("skew_p50_ns"));
  frames.skew_p99 = read_duration(at.at("skew_p99_ns"));
  return frames;
}

JsonValue to_json(const AnswerCheck& answers) {
  JsonValue json = JsonValue::object();
  json.set("checked", answers.checked).set("wrong", answers.wrong);
  return json;
}

AnswerCheck read_answers(const JsonCursor& at) {
  return {at.at("checked").as_uint64(), at.at("wrong").as_uint64()};
}

JsonValue to_json(const std::vector<RunRecord>& runs) {
  JsonValue array = JsonValue::array();
  for (const RunRecord& run : runs) array.push_back(to_json(run));
  return array;
}

std::vector<RunRecord> read_runs(const JsonCursor& at) {
  std::vector<RunRecord> runs;
  for (const JsonCursor& run : read_elements(at, kMaxRuns)) runs.push_back(read_run_record(run));
  return runs;
}

JsonValue to_json(const std::optional<BetweenRuns>& between) {
  if (!between) return nullptr;
  JsonValue json = JsonValue::object();
  json.set("mean", between->mean)
      .set("low", optional_to_json(between->low))
      .set("high", optional_to_json(between->high));
  return json;
}

std::optional<BetweenRuns> read_between_runs(const JsonCursor& at) {
  if (at.is_null()) return std::nullopt;
  const auto figure = [&at](std::string_view key) -> std::optional<double> {
    const JsonCursor value = at.at(key);
    if (value.is_null()) return std::nullopt;
    return read_amount(value);
  };
  BetweenRuns between;
  between.mean = read_amount(at.at("mean"));
  between.low = figure("low");
  between.high = figure("high");
  return between;
}

}  // namespace perfbench
