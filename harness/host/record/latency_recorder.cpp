#include "harness/host/record/latency_recorder.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

bool fits(std::int64_t ns) noexcept { return ns >= 0 && ns < std::int64_t{UINT32_MAX}; }

}  // namespace

LatencyRecorder::LatencyRecorder(std::size_t capacity) : capacity_(capacity) {
  CHECK(capacity > 0, "a recorder for no query");
  CHECK(capacity <= SIZE_MAX / sizeof(Entry), "the capacity is beyond the address space");
  const std::string refusal = "There is no memory to record " + std::to_string(capacity) +
                              " queries (" + std::to_string(sizeof(Entry)) + " bytes each).";
  try {
    long_.resize(kLongCapacity);  // Touched, and its capacity stays.
    long_.clear();
  } catch (const std::bad_alloc&) {
    throw ResourceError(refusal);
  }
  mapped_bytes_ = capacity * sizeof(Entry);
  void* memory =
      mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw ResourceError(refusal);
  entries_ = static_cast<Entry*>(memory);
  locked_ = mlock(memory, mapped_bytes_) == 0;
  // Touched here, so that no query pays for a page fault (1 us at the 99.9th percentile, every 256
  // queries).
  std::memset(memory, 0, mapped_bytes_);
}

LatencyRecorder::~LatencyRecorder() noexcept {
  if (entries_ != nullptr) munmap(entries_, mapped_bytes_);
}

void LatencyRecorder::restart(TimePoint origin) noexcept {
  size_ = 0;
  dropped_ = 0;
  origin_ = origin;
  long_.clear();
}

bool LatencyRecorder::record(TimePoint scheduled, TimePoint issued, TimePoint done) noexcept {
  const std::int64_t slip = (issued - scheduled).count();
  const std::int64_t service = (done - issued).count();
  const bool is_long = !fits(slip) || !fits(service);
  if (size_ == capacity_ || (is_long && long_.size() == kLongCapacity)) {
    ++dropped_;
    return false;
  }
  Entry& entry = entries_[size_];
  entry.scheduled_ns = static_cast<std::uint64_t>((scheduled - origin_).count());
  if (is_long) {
    entry.slip_ns = kLong;
    entry.service_ns = kLong;
    long_.push_back({size_, slip, service});  // Within the reserved capacity: no allocation.
  } else {
    entry.slip_ns = static_cast<std::uint32_t>(slip);
    entry.service_ns = static_cast<std::uint32_t>(service);
  }
  ++size_;
  return true;
}

const LatencyRecorder::LongEntry& LatencyRecorder::long_entry(std::size_t index) const {
  const auto found =
      std::lower_bound(long_.begin(), long_.end(), index, [](const LongEntry& e, std::size_t i) {
        return e.index < i;
      });
  CHECK(found != long_.end() && found->index == index, "a long query without its long entry");
  return *found;
}

Nanoseconds LatencyRecorder::scheduled(std::size_t i) const {
  CHECK(i < size_, "no such query");
  return Nanoseconds(static_cast<std::int64_t>(entries_[i].scheduled_ns));
}

Nanoseconds LatencyRecorder::slip(std::size_t i) const {
  CHECK(i < size_, "no such query");
  return Nanoseconds(entries_[i].slip_ns == kLong ? long_entry(i).slip_ns
                                                  : std::int64_t{entries_[i].slip_ns});
}

Nanoseconds LatencyRecorder::service(std::size_t i) const {
  CHECK(i < size_, "no such query");
  return Nanoseconds(entries_[i].service_ns == kLong ? long_entry(i).service_ns
                                                     : std::int64_t{entries_[i].service_ns});
}

std::vector<Nanoseconds> LatencyRecorder::latencies() const {
  std::vector<Nanoseconds> all;
  all.reserve(size_);
  for (std::size_t i = 0; i < size_; ++i) all.push_back(latency(i));
  return all;
}

std::vector<Nanoseconds> LatencyRecorder::slips() const {
  std::vector<Nanoseconds> all;
  all.reserve(size_);
  for (std::size_t i = 0; i < size_; ++i) all.push_back(slip(i));
  return all;
}

}  // namespace perfbench
