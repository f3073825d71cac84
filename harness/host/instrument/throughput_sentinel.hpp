#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// Runs a kernel of constant demand (the FMA peak) for about half a millisecond now and then, and
/// holds each rate against the best it has seen itself. A ratio below 0.95 tells of stolen
/// throughput that no latency chain can see. Belongs to one thread.
class ThroughputSentinel {
 public:
  ThroughputSentinel(std::unique_ptr<Kernel> kernel,
                     Clock& clock,
                     Nanoseconds window = Nanoseconds(500'000));

  /// On the thread that will sample: prepares and verifies the kernel, finds its iterations. A
  /// kernel that gives a wrong answer is no sentinel: false, and sample() does nothing.
  bool prepare(std::size_t expected_samples);
  /// One window. Allocation-free up to the expected number of samples; later ones are not kept.
  void sample() noexcept;

  /// Iterations per second of every sample.
  [[nodiscard]] const std::vector<double>& rates() const noexcept { return rates_; }
  /// Median of the samples' rates over the best of them.
  [[nodiscard]] Reading<double> median_ratio() const;

 private:
  [[nodiscard]] Nanoseconds timed(std::uint64_t iterations) noexcept;

  std::unique_ptr<Kernel> kernel_;
  Clock& clock_;
  Nanoseconds window_;
  bool usable_ = false;
  std::uint64_t iterations_ = 1;
  std::vector<double> rates_;
};

}  // namespace perfbench
