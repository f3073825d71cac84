#pragma once

#include <vector>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// First come, first served by `servers` alike: what latencies would be were nothing but the queue
/// at work. With one server it is Lindley's recursion (1952). Memory of one time a server; starts
/// empty.
class FifoQueue {
 public:
  explicit FifoQueue(int servers = 1);
  /// The sojourn of the next arrival, from arrival to completion. Arrivals must be ascending.
  Nanoseconds sojourn(Nanoseconds arrival, Nanoseconds service);

 private:
  std::vector<Nanoseconds> free_at_;  // A heap, the soonest first.
};

}  // namespace perfbench
