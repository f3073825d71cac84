#pragma once

#include <atomic>
#include <cstdint>

#include "harness/core/system_under_test.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// Waits for the samples of one issue. complete() reads the clock once, on entry, so that what the
/// latch does is not part of the latency; the latest completion counts (the slowest sample of a
/// query). Completions may come from any thread, one issue at a time.
class CompletionLatch final : public CompletionSink {
 public:
  explicit CompletionLatch(Clock& clock) noexcept : clock_(clock) {}

  /// Before each issue.
  void arm(std::uint64_t samples) noexcept;
  void complete(std::span<const QuerySample> samples) noexcept override;
  /// Spins until all armed samples are complete; returns the time of the last completion.
  [[nodiscard]] TimePoint wait() noexcept;

 private:
  Clock& clock_;
  std::atomic<std::int64_t> last_ns_{0};
  std::atomic<std::uint64_t> outstanding_{0};
};

}  // namespace perfbench
