#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "harness/core/stats/queue_theory.hpp"
#include "harness/core/units/compact_time.hpp"

namespace perfbench {

/// One server, Poisson arrivals, service exponential (M/M/1) or constant (M/D/1), 1 us on average.
/// Sojourn times by Lindley's recursion from the steady state on; utilisation 0 has no waiting.
class SimulatedQueue {
 public:
  static constexpr double kServiceNs = 1000.0;

  SimulatedQueue(bool exponential_service, double utilisation, std::uint64_t seed)
      : exponential_service_(exponential_service), utilisation_(utilisation), random_(seed) {
    if (utilisation <= 0.0) return;
    if (exponential_service) {
      // Waiting is 0 with probability 1 - utilisation, else exponential.
      if (exponential() > -std::log(utilisation))
        waiting_ = kServiceNs / (1.0 - utilisation) * exponential();
      return;
    }
    // The steady state of M/D/1 is run up to.
    constexpr int kRunUp = 3000;
    for (int i = 0; i < kRunUp; ++i) next();
  }

  double next() {
    const double sojourn = waiting_ + kServiceNs * (exponential_service_ ? exponential() : 1.0);
    if (utilisation_ > 0.0)
      waiting_ = std::max(0.0, sojourn - kServiceNs / utilisation_ * exponential());
    return sojourn;
  }

  std::vector<CompactTime> codes(std::size_t n) {
    std::vector<CompactTime> samples;
    samples.reserve(n);
    for (std::size_t i = 0; i < n; ++i)
      samples.emplace_back(Nanoseconds(static_cast<std::int64_t>(next())));
    return samples;
  }

  /// The true percentile of the sojourn.
  static double quantile_ns(bool exponential_service, double utilisation, Ppm ppm) {
    QueueLoad load;
    load.service_mean_ns = kServiceNs;
    load.arrivals_per_s = utilisation * 1e9 / kServiceNs;
    return exponential_service ? mmc_sojourn_quantile_ns(load, ppm)
                               : md1_sojourn_quantile_ns(load, ppm);
  }

 private:
  double exponential() {
    return -std::log((static_cast<double>(random_.next() >> 11U) + 0.5) * 0x1.0p-53);
  }

  bool exponential_service_;
  double utilisation_;
  Random random_;
  double waiting_ = 0.0;
};

}  // namespace perfbench
