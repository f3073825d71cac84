// How often the printed intervals cover the truth, on streams whose percentiles are known in closed
// form. Seeds are fixed: the outcome is the same on every run of one standard library; the bars are
// wide enough for another's generators.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "harness/core/stats/latency_summary.hpp"

namespace perfbench {
namespace {

constexpr double kServiceMeanNs = 1e6;

double exponential(std::mt19937_64& engine, double mean) {
  const double u = (static_cast<double>(engine() >> 11U) + 0.5) * 0x1.0p-53;
  return -mean * std::log(u);
}

/// Sojourn times of an M/M/1 queue in its steady state by Lindley's recursion; load 0 has no
/// waiting.
std::vector<Nanoseconds> queue(std::size_t n, double load, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  double waiting = 0.0;
  if (load > 0.0 && exponential(engine, 1.0) > -std::log(load)) {
    waiting = exponential(engine, kServiceMeanNs / (1.0 - load));
  }
  std::vector<Nanoseconds> latencies;
  latencies.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double sojourn = waiting + exponential(engine, kServiceMeanNs);
    latencies.emplace_back(static_cast<std::int64_t>(sojourn));
    if (load > 0.0) waiting = std::max(0.0, sojourn - exponential(engine, kServiceMeanNs / load));
  }
  return latencies;
}

struct Coverage {
  int given = 0;
  int covered = 0;
  [[nodiscard]] double share() const {
    return given == 0 ? 0.0 : static_cast<double>(covered) / given;
  }
};

Coverage coverage_of(Ppm ppm, std::size_t n, double load, int trials) {
  // The sojourn time of M/M/1 is exponential with mean service / (1 - load).
  const double truth = -std::log(1.0 - ppm / 1e6) * kServiceMeanNs / (1.0 - load);
  Coverage coverage;
  for (int trial = 1; trial <= trials; ++trial) {
    const LatencySummary summary =
        summarize_latencies(queue(n, load, static_cast<std::uint64_t>(trial)));
    const PercentileFigure* figure = find_percentile(summary, ppm);
    if (figure == nullptr || figure->needs_queries) continue;
    ++coverage.given;
    const bool inside = static_cast<double>(figure->low->count()) <= truth &&
                        truth <= static_cast<double>(figure->high->count());
    coverage.covered += inside ? 1 : 0;
  }
  return coverage;
}

TEST(Coverage, OfIndependentExponentialLatenciesIsTheNominal) {
  for (const Ppm ppm : {500'000U, 900'000U, 990'000U}) {
    const Coverage coverage = coverage_of(ppm, 2000, 0.0, 1500);
    EXPECT_GE(coverage.given, 1485) << "independent samples are hardly ever refused, P" << ppm;
    EXPECT_GE(coverage.share(), 0.93) << ppm;
    EXPECT_LE(coverage.share(), 0.975)
        << ppm << ": an exact interval of whole ranks covers 95 to 97 %";
  }
}

TEST(Coverage, OfAQueueAtPointEightLoadHolds) {
  const Coverage coverage = coverage_of(990'000, 100'000, 0.8, 40);
  EXPECT_GE(coverage.given, 38);
  EXPECT_GE(coverage.share(), 0.90) << "an interval for independent samples covers 15 % here";
}

TEST(Coverage, TooShortAQueueIsRefusedMoreOftenThanNot) {
  const Coverage coverage = coverage_of(990'000, 3'000, 0.8, 100);
  EXPECT_LT(coverage.given, 50);
}

}  // namespace
}  // namespace perfbench
