// How often the printed intervals cover the truth, on streams whose percentiles are known in closed
// form. Seeds are fixed: the outcome is the same on every run of one standard library; the bars are
// wide enough for another's generators.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <vector>

#include "harness/core/stats/latency_summary.hpp"
#include "tests/harness/core/stats/simulated_queue.hpp"

namespace perfbench {
namespace {

#ifdef PERFBENCH_SANITIZED
constexpr int kQueueRuns = 20;
#else
constexpr int kQueueRuns = 400;
#endif

struct Coverage {
  int given = 0;
  int covered = 0;
  [[nodiscard]] double share() const {
    return given == 0 ? 0.0 : static_cast<double>(covered) / given;
  }
};

/// Of M/M/1's sojourns; load 0 has no waiting, so they are independent.
Coverage coverage_of(Ppm ppm, std::size_t n, double load, int trials) {
  const double truth = SimulatedQueue::quantile_ns(true, load, ppm);
  Coverage coverage;
  for (int trial = 1; trial <= trials; ++trial) {
    SimulatedQueue queue(true, load, derive_seed(static_cast<std::uint64_t>(trial), n));
    const std::vector<CompactTime> latencies = queue.codes(n);
    const LatencySummary summary = summarize_compact_latencies(latencies);
    const PercentileFigure* figure = find_percentile(summary, ppm);
    if (figure == nullptr || figure->needs_queries) continue;
    ++coverage.given;
    // Latencies are cut to whole nanoseconds.
    const bool inside = static_cast<double>(figure->low->count()) <= truth &&
                        truth < static_cast<double>(figure->high->count()) + 1.0;
    coverage.covered += inside ? 1 : 0;
  }
  std::printf(
      "P%.1f, %zu queries, load %.1f: %d of %d intervals cover the truth, %.1f %% (%d runs)\n",
      ppm / 1e4,
      n,
      load,
      coverage.covered,
      coverage.given,
      100.0 * coverage.share(),
      trials);
  return coverage;
}

TEST(Coverage, OfIndependentExponentialLatenciesIsTheNominal) {
  for (const Ppm ppm : {500'000U, 900'000U, 990'000U}) {
    const Coverage coverage = coverage_of(ppm, 2'000, 0.0, 2'000);
    EXPECT_GE(coverage.given, 1'970) << "independent samples are hardly ever refused, P" << ppm;
    EXPECT_GE(coverage.share(), 0.93) << ppm;
    EXPECT_LE(coverage.share(), 0.97) << ppm;
  }
  const Coverage longer = coverage_of(990'000, 10'000, 0.0, 2'000);
  EXPECT_EQ(longer.given, 2'000);
  EXPECT_GE(longer.share(), 0.93);
  EXPECT_LE(longer.share(), 0.97);
}

TEST(Coverage, OfAQueueAtPointEightLoadHolds) {
  const Coverage coverage = coverage_of(990'000, 100'000, 0.8, kQueueRuns);
  EXPECT_GE(coverage.given, kQueueRuns * 19 / 20);
  EXPECT_GE(coverage.share(), 0.90) << "an interval for independent samples covers 15 % here";
}

TEST(Coverage, TooShortAQueueIsRefusedMoreOftenThanNot) {
  const Coverage coverage = coverage_of(990'000, 3'000, 0.8, 200);
  EXPECT_LT(coverage.given, 50);
}

}  // namespace
}  // namespace perfbench
