#include "harness/core/stats/early_stopping.hpp"

#include <array>

#include "harness/core/stats/binomial.hpp"
#include "harness/core/stats/sample_series.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

bool accepts(Ppm ppm, std::uint64_t queries, std::uint64_t over, double confidence) {
  const double above = static_cast<double>(kOneMillion - ppm) / kOneMillion;
  const double below = static_cast<double>(ppm) / kOneMillion;
  return queries > over && binomial_at_most(over, queries, above, below) <= 1.0 - confidence;
}

EarlyStoppingFigure estimate(const SampleSeries& series, Ppm ppm) {
  EarlyStoppingFigure figure;
  figure.ppm = ppm;
  const std::uint64_t n = series.size();
  const std::optional<std::uint64_t> allowed = early_stopping_allowed(ppm, n);
  if (!allowed || *allowed == 0) {
    figure.needs_queries = early_stopping_queries(ppm, 1);
    return figure;
  }
  figure.discarded = *allowed - 1;
  const std::array<std::uint64_t, 1> rank{n - figure.discarded};
  figure.value = series.at_ranks(rank).front().value;
  return figure;
}

}  // namespace

std::uint64_t early_stopping_queries(Ppm ppm, std::uint64_t over, double confidence) {
  CHECK(ppm > 0 && ppm < kOneMillion, "a percentile lies between 0 and 1");
  CHECK(confidence > 0.5 && confidence < 1.0, "a confidence lies between a half and 1");
  std::uint64_t too_few = over;
  std::uint64_t enough = over + 1;
  while (!accepts(ppm, enough, over, confidence)) {
    too_few = enough;
    enough *= 2;
  }
  while (enough - too_few > 1) {
    const std::uint64_t middle = too_few + (enough - too_few) / 2;
    (accepts(ppm, middle, over, confidence) ? enough : too_few) = middle;
  }
  return enough;
}

std::optional<std::uint64_t> early_stopping_allowed(Ppm ppm,
                                                    std::uint64_t queries,
                                                    double confidence) {
  CHECK(ppm > 0 && ppm < kOneMillion, "a percentile lies between 0 and 1");
  if (!accepts(ppm, queries, 0, confidence)) return std::nullopt;
  std::uint64_t allowed = 0;
  std::uint64_t too_many = queries;
  while (too_many - allowed > 1) {
    const std::uint64_t middle = allowed + (too_many - allowed) / 2;
    (accepts(ppm, queries, middle, confidence) ? allowed : too_many) = middle;
  }
  return allowed;
}

EarlyStoppingFigure early_stopping_estimate(std::span<const Nanoseconds> latencies, Ppm ppm) {
  return estimate(NanosecondSeries(latencies), ppm);
}

EarlyStoppingFigure early_stopping_estimate(std::span<const CompactTime> latencies, Ppm ppm) {
  return estimate(CompactSeries(latencies), ppm);
}

}  // namespace perfbench
