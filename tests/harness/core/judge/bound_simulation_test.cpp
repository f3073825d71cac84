// The verdict on a latency bound, held against queues whose true P99 is known: M/M/1 and M/D/1 in
// their steady state, utilisation 0.3 to 0.8, seeded. 8 cells of 250 runs of 10^5 queries are 2,000
// trials, each judged at the true P99, at 1.3 times it and at 0.8 times it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "harness/core/judge/latency_bound.hpp"
#include "tests/harness/core/stats/simulated_queue.hpp"

namespace perfbench {
namespace {

constexpr Ppm kP99 = 990'000;
#ifdef PERFBENCH_SANITIZED
constexpr int kTrialsPerCell = 5;
#else
constexpr int kTrialsPerCell = 250;
#endif

struct Cell {
  bool exponential_service;
  double utilisation;
};

std::vector<Cell> cells() {
  std::vector<Cell> all;
  for (const bool exponential_service : {true, false}) {
    for (const double utilisation : {0.3, 0.5, 0.7, 0.8})
      all.push_back({exponential_service, utilisation});
  }
  return all;
}

struct Counts {
  int trials = 0;
  int false_valid = 0;     ///< VALID, the bound at the true P99.
  int false_invalid = 0;   ///< INVALID there.
  int valid = 0;           ///< VALID at 1.3 times.
  int invalid = 0;         ///< INVALID at 0.8 times.
  int early_stopping = 0;  ///< Passed by MLPerf's rule at the true P99.

  Counts& operator+=(const Counts& other) {
    trials += other.trials;
    false_valid += other.false_valid;
    false_invalid += other.false_invalid;
    valid += other.valid;
    invalid += other.invalid;
    early_stopping += other.early_stopping;
    return *this;
  }
  [[nodiscard]] double share(int count) const { return static_cast<double>(count) / trials; }
};

LatencyBound times_p99(double p99_ns, double factor) {
  return {kP99, Nanoseconds(static_cast<std::int64_t>(p99_ns * factor))};
}

Counts simulate(const Cell& cell, std::size_t queries, int trials) {
  const double p99 = SimulatedQueue::quantile_ns(cell.exponential_service, cell.utilisation, kP99);
  Counts counts;
  counts.trials = trials;
  for (int trial = 1; trial <= trials; ++trial) {
    const auto stream = static_cast<std::uint64_t>(cell.utilisation * 100.0) * 2U +
                        (cell.exponential_service ? 1U : 0U);
    SimulatedQueue queue(cell.exponential_service,
                         cell.utilisation,
                         derive_seed(static_cast<std::uint64_t>(trial), stream));
    const std::vector<CompactTime> latencies = queue.codes(queries);
    const CompactSeries series(latencies);
    const BoundRecord at_p99 = judge_latency_bound(series, times_p99(p99, 1.0), 0);
    counts.false_valid += bound_validity(at_p99) == Validity::kValid ? 1 : 0;
    counts.false_invalid += bound_validity(at_p99) == Validity::kInvalid ? 1 : 0;
    counts.early_stopping += at_p99.early_stopping_passes ? 1 : 0;
    const BoundRecord above = judge_latency_bound(series, times_p99(p99, 1.3), 0);
    counts.valid += bound_validity(above) == Validity::kValid ? 1 : 0;
    const BoundRecord below = judge_latency_bound(series, times_p99(p99, 0.8), 0);
    counts.invalid += bound_validity(below) == Validity::kInvalid ? 1 : 0;
  }
  std::printf(
      "%s %.1f, %zu queries, %d trials: false VALID %.1f %% (early stopping %.1f %%), false "
      "INVALID "
      "%.1f %%, VALID at 1.3 x %.1f %%, INVALID at 0.8 x %.1f %%\n",
      cell.exponential_service ? "M/M/1" : "M/D/1",
      cell.utilisation,
      queries,
      trials,
      100.0 * counts.share(counts.false_valid),
      100.0 * counts.share(counts.early_stopping),
      100.0 * counts.share(counts.false_invalid),
      100.0 * counts.share(counts.valid),
      100.0 * counts.share(counts.invalid));
  return counts;
}

TEST(BoundSimulation, MeetsItsBarsOverTwoThousandRunsOfAHundredThousandQueries) {
  Counts all;
  for (const Cell& cell : cells()) {
    const Counts counts = simulate(cell, 100'000, kTrialsPerCell);
    if (kTrialsPerCell > 100) {
      // A true rate of 2 % shows more than 4 % in one cell of a hundred.
      EXPECT_LE(counts.share(counts.false_valid), 0.04) << cell.utilisation;
      if (cell.utilisation == 0.7) {
        EXPECT_GT(counts.share(counts.early_stopping), 0.2)
            << "the test must be one that independent samples fail";
      }
    }
    all += counts;
  }
  std::printf(
      "all, %d trials: false VALID %.2f %%, false INVALID %.2f %%, VALID at 1.3 x %.1f %%, "
      "INVALID at 0.8 x %.1f %%\n",
      all.trials,
      100.0 * all.share(all.false_valid),
      100.0 * all.share(all.false_invalid),
      100.0 * all.share(all.valid),
      100.0 * all.share(all.invalid));
  if (kTrialsPerCell > 100) {
    EXPECT_LE(all.share(all.false_valid), 0.02);
  }
  EXPECT_GE(all.share(all.valid), 0.90);
  EXPECT_GE(all.share(all.invalid), 0.98);
}

TEST(BoundSimulation, AtPointEightLoadTwiceTheQueriesMeetThemInEveryCell) {
  for (const bool exponential_service : {true, false}) {
    const Counts counts = simulate({exponential_service, 0.8}, 200'000, kTrialsPerCell / 2);
    EXPECT_GE(counts.share(counts.invalid), 0.98);
    if (kTrialsPerCell < 100) continue;
    EXPECT_GE(counts.share(counts.valid), 0.90);
    EXPECT_LE(counts.share(counts.false_valid), 0.04);
  }
}

// Why that cell alone stays below 90 % with 10^5 queries: a judge who knows how the share over the
// true P99 is spread over runs, and calls VALID what 98 % of them exceed, reaches little more.
TEST(BoundSimulation, AtPointEightLoadEvenAnOracleTellsLittleMore) {
  constexpr int kTrials = 4 * kTrialsPerCell;
  constexpr std::size_t kQueries = 100'000;
  const double p99 = SimulatedQueue::quantile_ns(true, 0.8, kP99);
  std::vector<int> over_p99;
  std::vector<int> over_more;
  for (int trial = 1; trial <= kTrials; ++trial) {
    SimulatedQueue queue(true, 0.8, derive_seed(static_cast<std::uint64_t>(trial), 1000));
    int over = 0;
    int more = 0;
    for (std::size_t i = 0; i < kQueries; ++i) {
      const double sojourn = queue.next();
      over += sojourn > p99 ? 1 : 0;
      more += sojourn > 1.3 * p99 ? 1 : 0;
    }
    over_p99.push_back(over);
    over_more.push_back(more);
  }
  std::sort(over_p99.begin(), over_p99.end());
  const int least = over_p99[kTrials / 50];
  const auto valid = std::count_if(
      over_more.begin(), over_more.end(), [least](int over) { return over <= least; });
  const double share = static_cast<double>(valid) / kTrials;
  std::printf("M/M/1 0.8, %zu queries: an oracle says VALID at 1.3 x in %.1f %%\n",
              kQueries,
              100.0 * share);
  if (kTrialsPerCell > 100) {
    EXPECT_LT(share, 0.97);
    EXPECT_GT(share, 0.85);
  }
}

TEST(BoundSimulation, AShortRunIsRatherLeftOpenThanCalledValid) {
  Counts all;
  for (const Cell& cell : cells()) all += simulate(cell, 5'000, (kTrialsPerCell + 1) / 2);
  if (kTrialsPerCell > 100) {
    EXPECT_LE(all.share(all.false_valid), 0.02);
  }
  EXPECT_LT(all.share(all.valid), 0.9) << "it cannot know";
}

}  // namespace
}  // namespace perfbench
