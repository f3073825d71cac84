#include "harness/host/instrument/throughput_sentinel.hpp"

#include <algorithm>

#include "harness/core/stats/robust.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr std::uint64_t kMostIterations = std::uint64_t{1} << 40U;
/// Of a sample, run before it: 0.1 ms of 0.5 ms.
constexpr std::uint64_t kWarmUpPart = 5;

}  // namespace

ThroughputSentinel::ThroughputSentinel(std::unique_ptr<Kernel> kernel,
                                       Clock& clock,
                                       Nanoseconds window)
    : kernel_(std::move(kernel)), clock_(clock), window_(window) {
  CHECK(kernel_ != nullptr, "a sentinel without a kernel");
}

Nanoseconds ThroughputSentinel::timed(std::uint64_t iterations) noexcept {
  const TimePoint before = clock_.now();
  kernel_->run(iterations);
  return clock_.now() - before;
}

bool ThroughputSentinel::prepare(std::size_t expected_samples) {
  rates_.clear();
  rates_.reserve(expected_samples);
  kernel_->prepare();
  usable_ = kernel_->verify().passed;
  if (!usable_) return false;
  for (iterations_ = 1; iterations_ < kMostIterations; iterations_ *= 2) {
    const Nanoseconds best = std::min(timed(iterations_), timed(iterations_));
    if (best * 2 < window_) continue;
    const double scale = static_cast<double>(window_.count()) / static_cast<double>(best.count());
    iterations_ = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(static_cast<double>(iterations_) * scale));
    return true;
  }
  usable_ = false;
  return false;
}

void ThroughputSentinel::sample() noexcept {
  if (!usable_ || rates_.size() == rates_.capacity()) return;
  // A core that has run no wide vectors for a while takes tens of microseconds to power them up at
  // a fraction of their throughput (Intel's licences); that is not stolen time, so it is not timed.
  kernel_->run(iterations_ / kWarmUpPart + 1);
  const Nanoseconds time = timed(iterations_);
  if (time.count() > 0) rates_.push_back(static_cast<double>(iterations_) / seconds(time));
}

Reading<double> ThroughputSentinel::median_ratio() const {
  if (rates_.empty()) return Reading<double>::unavailable("the sentinel took no sample");
  return Reading<double>::of(median(rates_) / *std::max_element(rates_.begin(), rates_.end()),
                             "sentinel " + kernel_->info().name + ", median over best of " +
                                 std::to_string(rates_.size()));
}

}  // namespace perfbench
