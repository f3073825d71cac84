#include "scenarios/drivers/completion_board.hpp"

#include <thread>

#include "harness/core/units/check.hpp"
#include "harness/core/units/compact_time.hpp"
#include "harness/host/clock/cpu_pause.hpp"

namespace perfbench {

/// One query of several samples in flight.
struct alignas(64) CompletionBoard::Slot {
  /// Samples that have not ended, and one for the slot itself, which the last of them gives back
  /// when it has read the rest.
  std::atomic<std::uint64_t> remaining{0};
  /// Of the slowest sample: issue to completion in the upper half, its service in the lower, so
  /// that the later one is the larger number.
  std::atomic<std::uint64_t> slowest{0};
  std::atomic<std::uint32_t> fastest{UINT32_MAX};  ///< Issue to completion of the first.
  std::int64_t issued_ns = 0;
};

namespace {

/// The later one stays: threads may tell their completions in another order than they happened.
void raise_to(std::atomic<std::int64_t>& latest_ns, TimePoint at) noexcept {
  const std::int64_t ns = at.time_since_epoch().count();
  std::int64_t seen = latest_ns.load(std::memory_order_relaxed);
  while (seen < ns && !latest_ns.compare_exchange_weak(seen, ns, std::memory_order_relaxed)) {
  }
}

}  // namespace

CompletionBoard::CompletionBoard(Clock& clock) noexcept : clock_(clock) {}

CompletionBoard::~CompletionBoard() = default;

void CompletionBoard::begin(LatencyRecorder* recorder,
                            std::size_t samples_per_query,
                            const SystemUnderTest* sut) {
  CHECK(samples_per_query > 0, "a query has at least one sample");
  recorder_ = recorder;
  sut_ = sut;
  samples_per_query_ = samples_per_query;
  completed_.store(0, std::memory_order_relaxed);
  if (samples_per_query > 1) slots_ = std::vector<Slot>(kSlots);
}

bool CompletionBoard::open_slot(std::uint64_t query, TimePoint issued) noexcept {
  Slot& slot = slots_[query % kSlots];
  if (slot.remaining.load(std::memory_order_acquire) != 0) return false;
  slot.slowest.store(0, std::memory_order_relaxed);
  slot.fastest.store(UINT32_MAX, std::memory_order_relaxed);
  slot.issued_ns = issued.time_since_epoch().count();
  // The samples reach the workers through the system's queue, which orders these stores.
  slot.remaining.store(samples_per_query_ + 1, std::memory_order_relaxed);
  return true;
}

void CompletionBoard::complete(std::span<const QuerySample> samples,
                               std::optional<TimePoint> started) noexcept {
  const TimePoint done = clock_.now();
  const bool recorded = recorder_ != nullptr && (sut_ == nullptr || !sut_->failed());
  if (started && !queued_.load(std::memory_order_relaxed)) {
    queued_.store(true, std::memory_order_relaxed);
  }
  if (samples_per_query_ > 1) {
    for (const QuerySample& sample : samples) complete_sample(sample, done, started, recorded);
    return;
  }
  if (recorded) {
    for (const QuerySample& sample : samples) {
      const TimePoint begun = started.value_or(sample.issued);
      recorder_->record_completion(sample.id, begun - sample.issued, done - begun);
    }
  }
  raise_to(last_completion_ns_, done);
  completed_.fetch_add(samples.size(), std::memory_order_release);
}

void CompletionBoard::complete_sample(const QuerySample& sample,
                                      TimePoint done,
                                      std::optional<TimePoint> started,
                                      bool recorded) noexcept {
  const std::uint64_t query = sample.id / samples_per_query_;
  Slot& slot = slots_[query % kSlots];
  const TimePoint issued{Nanoseconds(slot.issued_ns)};
  const std::uint32_t took = CompactTime(done - issued).code();
  const std::uint32_t service = CompactTime(done - started.value_or(issued)).code();
  const std::uint64_t word = (std::uint64_t{took} << 32U) | service;
  std::uint64_t slowest = slot.slowest.load(std::memory_order_relaxed);
  while (slowest < word &&
         !slot.slowest.compare_exchange_weak(slowest, word, std::memory_order_relaxed)) {
  }
  std::uint32_t fastest = slot.fastest.load(std::memory_order_relaxed);
  while (took < fastest &&
         !slot.fastest.compare_exchange_weak(fastest, took, std::memory_order_relaxed)) {
  }
  if (slot.remaining.fetch_sub(1, std::memory_order_acq_rel) > 2) return;
  const std::uint64_t last = slot.slowest.load(std::memory_order_relaxed);
  const Nanoseconds latency =
      CompactTime::from_code(static_cast<std::uint32_t>(last >> 32U)).duration();
  const Nanoseconds slow_service =
      CompactTime::from_code(static_cast<std::uint32_t>(last)).duration();
  const Nanoseconds first =
      CompactTime::from_code(slot.fastest.load(std::memory_order_relaxed)).duration();
  if (recorded) {
    recorder_->record_completion(query, latency - slow_service, slow_service, latency - first);
  }
  slot.remaining.store(0, std::memory_order_release);
  raise_to(last_completion_ns_, issued + latency);
  completed_.fetch_add(1, std::memory_order_release);
}

bool CompletionBoard::wait_for(std::uint64_t completed,
                               const Interruption& interruption) const noexcept {
  // An inline system is complete on the first look. A worker that shares this CPU must get it.
  constexpr int kSpinsBeforeYield = 100'000;
  for (int spins = 0; completed_.load(std::memory_order_acquire) < completed; ++spins) {
    if (interruption.requested()) return false;
    cpu_pause();
    if (spins < kSpinsBeforeYield) continue;
    std::this_thread::yield();
    spins = 0;
  }
  return true;
}

}  // namespace perfbench
