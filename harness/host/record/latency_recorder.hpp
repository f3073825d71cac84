#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/system_under_test.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Takes three times of every query of one thread, 16 bytes a query, exact to the nanosecond. All
/// memory is allocated, touched and (if the machine allows) locked before; record() only stores. It
/// never grows: queries beyond the capacity are counted as dropped. One writer; read it when the
/// writer is done.
class LatencyRecorder {
 public:
  /// Throws ResourceError when the memory is not to be had.
  explicit LatencyRecorder(std::size_t capacity);
  LatencyRecorder(const LatencyRecorder&) = delete;
  LatencyRecorder& operator=(const LatencyRecorder&) = delete;
  ~LatencyRecorder() noexcept;

  /// Forgets everything; scheduled times are kept as offsets from `origin`, at or before the first
  /// of them.
  void restart(TimePoint origin) noexcept;
  /// scheduled <= issued <= done; closed-loop scenarios give one time for the first two. Returns
  /// false when dropped.
  bool record(TimePoint scheduled, TimePoint issued, TimePoint done) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
  /// The memory cannot be swapped out. RLIMIT_MEMLOCK often forbids it, and nothing else depends on
  /// it.
  [[nodiscard]] bool locked() const noexcept { return locked_; }

  /// Offset of the scheduled time from the origin.
  [[nodiscard]] Nanoseconds scheduled(std::size_t i) const;
  /// issued - scheduled.
  [[nodiscard]] Nanoseconds slip(std::size_t i) const;
  /// done - issued.
  [[nodiscard]] Nanoseconds service(std::size_t i) const;
  /// done - scheduled: the latency that counts.
  [[nodiscard]] Nanoseconds latency(std::size_t i) const { return slip(i) + service(i); }
  /// All of them in order of recording.
  [[nodiscard]] std::vector<Nanoseconds> latencies() const;
  [[nodiscard]] std::vector<Nanoseconds> slips() const;

 private:
  /// 32 bits hold 4.29 s; the few longer ones stand in full in long_.
  struct Entry {
    std::uint64_t scheduled_ns;
    std::uint32_t slip_ns;
    std::uint32_t service_ns;
  };
  static_assert(sizeof(Entry) == 16);
  struct LongEntry {
    std::size_t index;
    std::int64_t slip_ns;
    std::int64_t service_ns;
  };
  static constexpr std::uint32_t kLong = UINT32_MAX;
  static constexpr std::size_t kLongCapacity = 1024;  ///< More than an hour of queries of 4.29 s.

  [[nodiscard]] const LongEntry& long_entry(std::size_t index) const;

  Entry* entries_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t mapped_bytes_ = 0;
  std::size_t size_ = 0;
  std::uint64_t dropped_ = 0;
  bool locked_ = false;
  TimePoint origin_{};
  std::vector<LongEntry> long_;
};

}  // namespace perfbench
