#include "harness/core/stats/queue_theory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "tests/harness/core/stats/simulated_queue.hpp"

namespace perfbench {
namespace {

constexpr double kService = 1e6;
constexpr Ppm kP99 = 990'000;

QueueLoad load_of(double utilisation, int servers = 1) {
  return {utilisation * servers * 1e9 / kService, kService, servers};
}

TEST(QueueTheory, ErlangsCHasItsClosedForms) {
  for (const double offered : {0.1, 0.5, 0.9}) EXPECT_NEAR(erlang_c(1, offered), offered, 1e-14);
  // Two servers: C = a^2 / (2 + a) for a < 2.
  for (const double a : {0.2, 1.0, 1.9}) EXPECT_NEAR(erlang_c(2, a), a * a / (2.0 + a), 1e-13);
  EXPECT_EQ(erlang_c(3, 0.0), 0.0);
  EXPECT_EQ(erlang_c(3, 3.0), 1.0);
  // The table's 10 servers at 7 erlangs.
  EXPECT_NEAR(erlang_c(10, 7.0), 0.2217, 1e-4);
}

TEST(QueueTheory, OneServerHasAnExponentialSojourn) {
  for (const double utilisation : {0.0, 0.3, 0.5, 0.8, 0.95}) {
    const QueueLoad load = load_of(utilisation);
    EXPECT_NEAR(mmc_mean_sojourn_ns(load), kService / (1.0 - utilisation), 1e-3);
    EXPECT_NEAR(mmc_sojourn_quantile_ns(load, kP99),
                std::log(100.0) * kService / (1.0 - utilisation),
                1e-2);
    EXPECT_NEAR(mg1_mean_sojourn_ns(load, 1.0), mmc_mean_sojourn_ns(load), 1e-3);
  }
}

TEST(QueueTheory, SeveralServersMeanIsTheIntegralOfTheirTail) {
  // The mean of a time is the integral of the probability to exceed it: quantiles over all levels.
  for (const int servers : {2, 3, 8}) {
    const QueueLoad load = load_of(0.7, servers);
    double sum = 0.0;
    constexpr int kSteps = 20'000;
    for (int i = 0; i < kSteps; ++i)
      sum += mmc_sojourn_quantile_ns(load, static_cast<Ppm>(i * 50 + 25));
    EXPECT_NEAR(sum / kSteps / mmc_mean_sojourn_ns(load), 1.0, 2e-3) << servers;
  }
  // The case in which waiting and service have one rate: two servers, half busy.
  EXPECT_GT(mmc_sojourn_quantile_ns(load_of(0.5, 2), kP99),
            mmc_sojourn_quantile_ns(load_of(0.4999, 2), kP99));
  EXPECT_LT(mmc_sojourn_quantile_ns(load_of(0.5, 2), kP99),
            mmc_sojourn_quantile_ns(load_of(0.5001, 2), kP99));
}

TEST(QueueTheory, ConstantServiceWaitsHalfAsLong) {
  const QueueLoad load = load_of(0.8);
  EXPECT_NEAR(mg1_mean_sojourn_ns(load, 0.0), kService * 3.0, 1e-3);
  EXPECT_NEAR(mg1_mean_sojourn_ns(load, 1.0), kService * 5.0, 1e-3);
}

/// Erlang's sum of 1909 for M/D/1, which alternates: good for short waits only.
long double erlang_waiting(long double utilisation, long double x) {
  long double sum = 0.0L;
  for (int j = 0; j <= static_cast<int>(std::floor(x)); ++j) {
    const long double a = utilisation * (static_cast<long double>(j) - x);
    sum += std::pow(a, static_cast<long double>(j)) /
           std::tgamma(static_cast<long double>(j) + 1.0L) * std::exp(-a);
  }
  return (1.0L - utilisation) * sum;
}

TEST(QueueTheory, WaitingOfConstantServiceIsErlangs) {
  for (const double utilisation : {0.1, 0.5, 0.8, 0.95}) {
    for (const double x : {0.0, 0.3, 0.999, 1.0, 2.5, 7.25, 12.0}) {
      EXPECT_NEAR(md1_waiting_probability(load_of(utilisation), x * kService),
                  static_cast<double>(erlang_waiting(utilisation, x)),
                  1e-9)
          << utilisation << " at " << x;
    }
  }
  EXPECT_EQ(md1_waiting_probability(load_of(0.5), -1.0), 0.0);
}

TEST(QueueTheory, WaitingOfConstantServiceIntegratesToItsMean) {
  for (const double utilisation : {0.3, 0.8, 0.95}) {
    const QueueLoad load = load_of(utilisation);
    double mean = 0.0;
    constexpr double kStep = 0.01;
    for (double x = 0.5 * kStep; x < 400.0; x += kStep)
      mean += (1.0 - md1_waiting_probability(load, x * kService)) * kStep;
    EXPECT_NEAR(kService * (1.0 + mean) / mg1_mean_sojourn_ns(load, 0.0), 1.0, 1e-4)
        << utilisation << ": no digits are lost in the long waits";
  }
}

TEST(QueueTheory, QuantileOfConstantServiceIsThatOfALongRecursion) {
  for (const double utilisation : {0.3, 0.7, 0.8}) {
    SimulatedQueue queue(false, utilisation, 11);
    std::vector<double> sojourns;
    for (int i = 0; i < 2'000'000; ++i) sojourns.push_back(queue.next());
    const auto p99 = sojourns.begin() + 1'980'000;
    std::nth_element(sojourns.begin(), p99, sojourns.end());
    EXPECT_NEAR(*p99 / SimulatedQueue::quantile_ns(false, utilisation, kP99), 1.0, 0.02)
        << utilisation;
  }
  EXPECT_EQ(md1_waiting_quantile_ns(load_of(0.3), 500'000), 0.0) << "seven of ten do not wait";
  EXPECT_EQ(md1_sojourn_quantile_ns(load_of(0.3), 500'000), kService);
}

TEST(QueueTheory, WithoutASteadyStateNothingIsFinite) {
  for (const double utilisation : {1.0, 1.5}) {
    const QueueLoad load = load_of(utilisation);
    EXPECT_TRUE(std::isinf(mmc_mean_sojourn_ns(load)));
    EXPECT_TRUE(std::isinf(mmc_sojourn_quantile_ns(load, kP99)));
    EXPECT_TRUE(std::isinf(mg1_mean_sojourn_ns(load, 0.0)));
    EXPECT_TRUE(std::isinf(md1_sojourn_quantile_ns(load, kP99)));
    EXPECT_EQ(md1_waiting_probability(load, 5.0 * kService), 0.0);
  }
}

TEST(QueueTheory, TheHighestRateIsTheOneWhoseQuantileIsTheBound) {
  RateQuestion question;
  question.service_mean_ns = kService;
  question.bound = Nanoseconds(10'000'000);
  // M/M/1: ln(100) S / (1 - u) = 10 S.
  EXPECT_NEAR(highest_rate_per_s(question), 1e3 * (1.0 - std::log(100.0) / 10.0), 1e-6);
  question.servers = 4;
  double rate = highest_rate_per_s(question);
  EXPECT_NEAR(mmc_sojourn_quantile_ns({rate, kService, 4}, kP99), 1e7, 10.0);
  question.model = QueueModel::kMD1;
  question.servers = 1;
  rate = highest_rate_per_s(question);
  EXPECT_NEAR(md1_sojourn_quantile_ns({rate, kService, 1}, kP99), 1e7, 10.0);
  EXPECT_GT(rate, 700.0);
  question.bound = Nanoseconds(999'999);
  EXPECT_EQ(highest_rate_per_s(question), 0.0) << "even alone it takes longer";
  question.model = QueueModel::kMMc;
  question.bound = Nanoseconds(4'000'000);
  EXPECT_EQ(highest_rate_per_s(question), 0.0) << "P99 of the service is 4.6 times its mean";
  question.bound = Nanoseconds(2'000'000'000);
  EXPECT_GT(highest_rate_per_s(question), 990.0);
  question.model = QueueModel::kMD1;
  EXPECT_GT(highest_rate_per_s(question), 990.0);
}

TEST(QueueTheory, AFullerQueueForgetsLater) {
  RateQuestion question;
  question.service_mean_ns = kService;
  question.bound = Nanoseconds(11'000'000);
  // M/D/1: P(waiting > x) = exp(-2 (1 - u) x / S), so u = 0.77, and 2 S / (1 - u)^2 is 37.7
  // services.
  const double idle = std::log(100.0) / 20.0;
  const double once = relaxation_ns(question, 0.0);
  EXPECT_NEAR(once, 2.0 * kService / (idle * idle), 1e-3);
  question.bound = Nanoseconds(21'000'000);
  EXPECT_NEAR(relaxation_ns(question, 0.0), 4.0 * once, 1e-2) << "the bound enters by its square";
  // Exponential service keeps the queue shorter at the same percentile.
  EXPECT_NEAR(relaxation_ns(question, 1.0), 2.0 * once, 1e-2);
  question.servers = 2;
  EXPECT_NEAR(relaxation_ns(question, 1.0), 4.0 * once, 1e-2);
  question.bound = Nanoseconds(1'000'000);
  EXPECT_EQ(relaxation_ns(question, 0.0), 0.0) << "no room for a queue";
  question.bound = Nanoseconds(1'000'001);
  EXPECT_NEAR(relaxation_ns(question, 1.0), 2.0 * kService, 1e-6) << "an empty one";
}

TEST(QueueTheory, ARunsMeanScattersByItsLength) {
  Random random(21);
  const RandomBits bits = [&random] { return random.next(); };
  const QueueLoad load = load_of(0.5);
  const double theory = mg1_mean_sojourn_ns(load, 0.0);
  const RunMean shorter = md1_run_mean(load, 1'000, 400, bits);
  const RunMean longer = md1_run_mean(load, 16'000, 200, bits);
  EXPECT_NEAR(longer.mean_ns / theory, 1.0, 0.005);
  EXPECT_NEAR(shorter.standard_error_ns / longer.standard_error_ns, 4.0, 0.8)
      << "the root of 16 times the length";
  EXPECT_GT(longer.standard_error_ns / theory, 0.001);
  EXPECT_LT(longer.standard_error_ns / theory, 0.02);
  const RunMean idle = md1_run_mean(load_of(1e-6), 100, 10, bits);
  EXPECT_NEAR(idle.mean_ns, kService, 1e-3 * kService);
}

}  // namespace
}  // namespace perfbench
