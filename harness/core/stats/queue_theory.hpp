#pragma once

#include <cstdint>
#include <functional>

#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// A queue in its steady state: Poisson arrivals, first come first served, `servers` alike. Times
/// are of the sojourn (waiting and service), as latencies are, unless said otherwise. From a
/// utilisation of 1 on there is no steady state and every time is infinite.
struct QueueLoad {
  double arrivals_per_s = 0.0;
  double service_mean_ns = 0.0;
  int servers = 1;
  /// Arrivals times service over servers.
  [[nodiscard]] double utilisation() const noexcept {
    return arrivals_per_s * service_mean_ns * 1e-9 / servers;
  }
};

/// Erlang's C: the probability that an arrival of M/M/c waits. `offered` is arrivals times service,
/// in servers. 1 from a full load on.
[[nodiscard]] double erlang_c(int servers, double offered);

/// M/M/c: service is exponential.
[[nodiscard]] double mmc_mean_sojourn_ns(const QueueLoad& load);
[[nodiscard]] double mmc_sojourn_quantile_ns(const QueueLoad& load, Ppm ppm);

/// M/G/1 by Pollaczek and Khinchine: `service_cv2` is the squared coefficient of variation of the
/// service time, 0 for M/D/1 and 1 for M/M/1. One server.
[[nodiscard]] double mg1_mean_sojourn_ns(const QueueLoad& load, double service_cv2);

/// M/D/1: P(waiting <= waiting_ns), from the distribution of the queue's length (Tijms, A First
/// Course in Stochastic Models, 9.6): every term is positive, while Erlang's sum alternates and
/// loses all digits from 20 services on. One server.
[[nodiscard]] double md1_waiting_probability(const QueueLoad& load, double waiting_ns);
[[nodiscard]] double md1_waiting_quantile_ns(const QueueLoad& load, Ppm ppm);
/// The same plus the service.
[[nodiscard]] double md1_sojourn_quantile_ns(const QueueLoad& load, Ppm ppm);

enum class QueueModel {
  kMMc,  ///< Exponential service, any number of servers.
  kMD1,  ///< Constant service, one server.
};

/// What a highest rate is asked for.
struct RateQuestion {
  QueueModel model = QueueModel::kMMc;
  double service_mean_ns = 0.0;
  int servers = 1;  ///< kMD1 takes one.
  Ppm ppm = 990'000;
  Nanoseconds bound{0};
};

/// The highest arrival rate per second whose percentile of the sojourn holds the bound; 0 when even
/// an empty queue misses it.
[[nodiscard]] double highest_rate_per_s(const RateQuestion& question);

/// How long a queue that is as full as the question's rate makes it takes to forget how it began,
/// by the diffusion that a full queue resembles (Kingman; Kleinrock, Queueing Systems II, 2.8): of
/// M/G/servers, its waiting exponential with mean service (1 + cv2) / (2 servers (1 - rho)), twice
/// variance over drift squared. The model is not looked at; `service_cv2` is as above.
[[nodiscard]] double relaxation_ns(const RateQuestion& question, double service_cv2);

/// Source of independent uniform 64-bit words: Random::next().
using RandomBits = std::function<std::uint64_t()>;

/// What the mean sojourn of one finite run may be expected to be.
struct RunMean {
  double mean_ns = 0.0;            ///< Over the replications.
  double standard_error_ns = 0.0;  ///< Standard deviation of one run's mean.
};

/// M/D/1 runs of so many queries that start empty, their arrivals Poisson at exactly the load's
/// rate (given their number, uniform over the run), by Lindley's recursion. At least 2
/// replications, 1 query and a utilisation that is finite.
[[nodiscard]] RunMean md1_run_mean(const QueueLoad& load,
                                   std::uint64_t queries,
                                   int replications,
                                   const RandomBits& bits);

}  // namespace perfbench
