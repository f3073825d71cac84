#include "harness/host/record/latency_recorder.hpp"

#include <new>
#include <string>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

std::size_t arrays(RecordedParts parts) noexcept {
  return 1U + (parts.slip ? 1U : 0U) + (parts.queue ? 1U : 0U) + (parts.skew ? 1U : 0U);
}

CompactTime* touch(TouchedMemory& memory, std::size_t capacity) {
  memory = TouchedMemory(capacity * sizeof(CompactTime));
  return static_cast<CompactTime*>(memory.data());
}

}  // namespace

LatencyRecorder::LatencyRecorder(std::size_t capacity, RecordedParts parts) : capacity_(capacity) {
  CHECK(capacity > 0, "a recorder for no query");
  CHECK(capacity <= SIZE_MAX / (4 * sizeof(CompactTime)), "a capacity beyond the address space");
  try {
    if (parts.slip) slip_ = touch(slip_memory_, capacity);
    if (parts.queue) queue_ = touch(queue_memory_, capacity);
    if (parts.skew) skew_ = touch(skew_memory_, capacity);
    service_ = touch(service_memory_, capacity);
  } catch (const std::bad_alloc&) {
    throw ResourceError("There is no memory to record " + std::to_string(capacity) + " queries (" +
                            std::to_string(arrays(parts) * sizeof(CompactTime)) + " bytes each).",
                        "Ask for a shorter run or fewer queries.");
  }
}

std::size_t LatencyRecorder::bytes(std::size_t capacity, RecordedParts parts) noexcept {
  return capacity * arrays(parts) * sizeof(CompactTime);
}

}  // namespace perfbench
