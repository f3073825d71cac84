#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "harness/core/progress.hpp"
#include "harness/core/system_under_test.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/record/latency_recorder.hpp"

namespace perfbench {

/// Where a system under test tells its completions. complete() reads the clock once, on entry, so
/// that what the board does is no part of the latency, and stores the query's times in the
/// recorder. Query q's samples have the ids q * samples_per_query on; its latency ends with the
/// last of them (the slowest sample counts). Any number of threads complete, one issues.
class CompletionBoard final : public CompletionSink {
 public:
  explicit CompletionBoard(Clock& clock) noexcept;
  ~CompletionBoard() override;

  /// A phase begins (warm-up, or the measured one), nothing being in flight: queries count from 0.
  /// `recorder` is not owned; without one completions are only counted. Completions after `sut` has
  /// failed are counted, so that nobody waits for them, and not recorded.
  void begin(LatencyRecorder* recorder,
             std::size_t samples_per_query,
             const SystemUnderTest* sut = nullptr);

  /// The issuing thread, before it issues `query`. false: the query that is so many before it, as
  /// can be in flight at once, has not ended yet. Always true for queries of one sample.
  [[nodiscard]] bool open(std::uint64_t query, TimePoint issued) noexcept {
    return samples_per_query_ == 1 || open_slot(query, issued);
  }

  void complete(std::span<const QuerySample> samples,
                std::optional<TimePoint> started) noexcept override;

  /// Queries whose last sample is complete.
  [[nodiscard]] std::uint64_t completed() const noexcept {
    return completed_.load(std::memory_order_acquire);
  }
  /// Spins until so many are. A closed loop's wait. false: the interruption came before, as it may
  /// where a batcher waits for a long time.
  [[nodiscard]] bool wait_for(std::uint64_t completed,
                              const Interruption& interruption) const noexcept;
  /// The latest completion of a query, whichever thread told it last. Warm-ups count.
  [[nodiscard]] TimePoint last_completion() const noexcept {
    return TimePoint(Nanoseconds(last_completion_ns_.load(std::memory_order_relaxed)));
  }
  /// Some sample was executed by another thread than the one that issued it.
  [[nodiscard]] bool queued() const noexcept { return queued_.load(std::memory_order_relaxed); }

  /// Queries of several samples that can be in flight at once.
  static constexpr std::size_t kSlots = std::size_t{1} << 16U;

 private:
  struct Slot;

  [[nodiscard]] bool open_slot(std::uint64_t query, TimePoint issued) noexcept;
  void complete_sample(const QuerySample& sample,
                       TimePoint done,
                       std::optional<TimePoint> started,
                       bool recorded) noexcept;

  static constexpr std::size_t kCacheLine = 64;

  Clock& clock_;
  LatencyRecorder* recorder_ = nullptr;
  const SystemUnderTest* sut_ = nullptr;
  std::size_t samples_per_query_ = 1;
  std::vector<Slot> slots_;  ///< Of queries of several samples, by query number modulo kSlots.
  alignas(kCacheLine) std::atomic<std::uint64_t> completed_{0};
  std::atomic<std::int64_t> last_completion_ns_{0};
  std::atomic<bool> queued_{false};
};

}  // namespace perfbench
