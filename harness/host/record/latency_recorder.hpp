#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/core/units/compact_time.hpp"
#include "harness/core/units/quantity.hpp"
#include "harness/host/record/touched_memory.hpp"

namespace perfbench {

/// What is kept of a query beside its service time, 4 bytes each.
struct RecordedParts {
  /// Open loops: issued minus scheduled; where the issuing thread executes, minus the completion of
  /// the query before, when that was later.
  bool slip = false;
  /// Start of execution minus issued. Open loops where the issuing thread executes: how long the
  /// query waited for that thread to complete the one before.
  bool queue = false;
  bool skew = false;  ///< Queries of several samples: last minus first completion.
};

/// Durations of every query, at most 16 bytes a query: slip, time in the queue, service time, skew.
/// Query i's slip is stored by the thread that issues it, the others by the thread that completes
/// it, in arrays of their own, so that the generator shares no cache line with a worker. All memory
/// is there and touched before; storing neither allocates nor locks, and nothing grows: queries
/// beyond the capacity are counted as dropped. Read it when all writers are done and known to be.
class LatencyRecorder {
 public:
  /// Throws ResourceError when the memory is not to be had.
  LatencyRecorder(std::size_t capacity, RecordedParts parts);

  /// Bytes that such a recorder takes.
  [[nodiscard]] static std::size_t bytes(std::size_t capacity, RecordedParts parts) noexcept;

  /// By the issuing thread, of query `i`. Counts the ones that do not fit; false for those.
  bool record_issue(std::uint64_t i, Nanoseconds slip) noexcept {
    if (i >= capacity_) {
      ++dropped_;
      return false;
    }
    if (slip_ != nullptr) slip_[i] = CompactTime(slip);
    return true;
  }
  /// By the issuing thread where it executes, after the completion of query `i`.
  void record_queue(std::uint64_t i, Nanoseconds queue) noexcept {
    if (i < capacity_ && queue_ != nullptr) queue_[i] = CompactTime(queue);
  }
  /// By the completing thread. `queue` and `skew` are left out where they are not kept.
  void record_completion(std::uint64_t i,
                         Nanoseconds queue,
                         Nanoseconds service,
                         Nanoseconds skew = Nanoseconds(0)) noexcept {
    if (i >= capacity_) return;
    if (queue_ != nullptr) queue_[i] = CompactTime(queue);
    if (skew_ != nullptr) skew_[i] = CompactTime(skew);
    service_[i] = CompactTime(service);
    // A code that no duration of less than 9 years has: 0 is "not complete".
    service_[i] = CompactTime::from_code(service_[i].code() + 1U);
  }

  /// Of the first `issued` queries: adds up the parts to the latency, completion minus scheduled,
  /// in order of issue, and lets go of what is not needed for it. A query that never completed gets
  /// what `incomplete(i)` says. Afterwards only latencies() is there to read.
  template <class Incomplete>
  std::span<const CompactTime> add_up(std::size_t issued, const Incomplete& incomplete) {
    const std::size_t count = issued < capacity_ ? issued : capacity_;
    for (std::size_t i = 0; i < count; ++i) {
      service_[i] = complete(i) ? CompactTime(latency(i)) : CompactTime(incomplete(i));
    }
    return {service_, count};
  }

  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  [[nodiscard]] bool complete(std::size_t i) const noexcept { return service_[i].code() != 0; }
  [[nodiscard]] Nanoseconds slip(std::size_t i) const noexcept { return part(slip_, i); }
  [[nodiscard]] Nanoseconds queue(std::size_t i) const noexcept { return part(queue_, i); }
  [[nodiscard]] Nanoseconds skew(std::size_t i) const noexcept { return part(skew_, i); }
  /// Of a query that is complete.
  [[nodiscard]] Nanoseconds service(std::size_t i) const noexcept {
    return CompactTime::from_code(service_[i].code() - 1U).duration();
  }
  /// Completion minus scheduled: the latency that counts.
  [[nodiscard]] Nanoseconds latency(std::size_t i) const noexcept {
    return slip(i) + queue(i) + service(i);
  }

 private:
  [[nodiscard]] static Nanoseconds part(const CompactTime* times, std::size_t i) noexcept {
    return times == nullptr ? Nanoseconds(0) : times[i].duration();
  }

  std::size_t capacity_;
  std::uint64_t dropped_ = 0;
  TouchedMemory slip_memory_;
  TouchedMemory queue_memory_;
  TouchedMemory skew_memory_;
  TouchedMemory service_memory_;
  CompactTime* slip_ = nullptr;
  CompactTime* queue_ = nullptr;
  CompactTime* skew_ = nullptr;
  CompactTime* service_ = nullptr;
};

}  // namespace perfbench
