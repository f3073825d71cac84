#include "harness/core/stats/fifo_queue.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "harness/core/stats/queue_theory.hpp"

namespace perfbench {
namespace {

std::vector<Nanoseconds> ns(const std::vector<std::int64_t>& counts) {
  return {counts.begin(), counts.end()};
}

/// Of a whole run: a service for each arrival, or one that is everybody's.
std::vector<Nanoseconds> sojourns_of(const std::vector<Nanoseconds>& arrivals,
                                     const std::vector<Nanoseconds>& services,
                                     int servers = 1) {
  FifoQueue queue(servers);
  std::vector<Nanoseconds> sojourns;
  for (std::size_t i = 0; i < arrivals.size(); ++i)
    sojourns.push_back(queue.sojourn(arrivals[i], services[i % services.size()]));
  return sojourns;
}

TEST(FifoQueue, OneServerIsLindley) {
  EXPECT_EQ(sojourns_of(ns({0, 5, 30, 31}), ns({10, 10, 10, 10})), ns({10, 15, 10, 19}));
  EXPECT_EQ(sojourns_of(ns({0, 5, 30, 31}), ns({10})), ns({10, 15, 10, 19}));
  EXPECT_EQ(sojourns_of(ns({-100, -95}), ns({10, 1})), ns({10, 6}));
  EXPECT_TRUE(sojourns_of({}, ns({10})).empty());
}

TEST(FifoQueue, TheServerThatIsFreeFirstTakesTheNext) {
  // Two servers: the third waits for the second server, which is free at 8.
  EXPECT_EQ(sojourns_of(ns({0, 1, 2, 3}), ns({10, 7, 5, 1}), 2), ns({10, 7, 11, 8}));
  EXPECT_EQ(sojourns_of(ns({0, 1, 2, 3}), ns({10, 7, 5, 1}), 4), ns({10, 7, 5, 1}));
}

TEST(FifoQueue, AStallIsALongService) {
  // 1,000 a second of 100 us each, one service of 20 ms: those behind it wait their turn.
  std::vector<Nanoseconds> arrivals;
  std::vector<Nanoseconds> services(100, Nanoseconds(100'000));
  for (std::int64_t i = 0; i < 100; ++i) arrivals.emplace_back(i * 1'000'000);
  services[10] = Nanoseconds(20'000'000);
  const std::vector<Nanoseconds> sojourns = sojourns_of(arrivals, services);
  EXPECT_EQ(sojourns[9], Nanoseconds(100'000));
  EXPECT_EQ(sojourns[11], Nanoseconds(19'100'000));
  EXPECT_EQ(sojourns[12], Nanoseconds(18'200'000));
  EXPECT_EQ(sojourns[40], Nanoseconds(100'000));
}

/// Mean sojourn of M/M/c by the recursion.
double simulated_mean(int servers, double utilisation, bool exponential_service) {
  Random random(17);
  const auto exponential = [&random](double mean) {
    return -mean * std::log((static_cast<double>(random.next() >> 11U) + 0.5) * 0x1.0p-53);
  };
  constexpr double kService = 1e6;
  constexpr int kQueries = 400'000;
  FifoQueue queue(servers);
  double arrival = 0.0;
  double sum = 0.0;
  for (int i = 0; i < kQueries; ++i) {
    arrival += exponential(kService / (utilisation * servers));
    const double service = exponential_service ? exponential(kService) : kService;
    sum += static_cast<double>(queue
                                   .sojourn(Nanoseconds(static_cast<std::int64_t>(arrival)),
                                            Nanoseconds(static_cast<std::int64_t>(service)))
                                   .count());
  }
  return sum / kQueries;
}

TEST(FifoQueue, MeansAreThoseOfTheory) {
  for (const int servers : {1, 2, 4}) {
    for (const double utilisation : {0.3, 0.7}) {
      const QueueLoad load{utilisation * servers * 1e3, 1e6, servers};
      EXPECT_NEAR(simulated_mean(servers, utilisation, true) / mmc_mean_sojourn_ns(load), 1.0, 0.02)
          << servers << " servers at " << utilisation;
    }
  }
  EXPECT_NEAR(simulated_mean(1, 0.7, false) / mg1_mean_sojourn_ns({700.0, 1e6, 1}, 0.0), 1.0, 0.02);
}

}  // namespace
}  // namespace perfbench
