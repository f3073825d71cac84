#include "harness/core/stats/fifo_queue.hpp"

#include <algorithm>
#include <functional>

#include "harness/core/units/check.hpp"

namespace perfbench {

FifoQueue::FifoQueue(int servers) {
  CHECK(servers >= 1, "a queue needs a server");
  free_at_.assign(static_cast<std::size_t>(servers), Nanoseconds::min());
}

Nanoseconds FifoQueue::sojourn(Nanoseconds arrival, Nanoseconds service) {
  std::pop_heap(free_at_.begin(), free_at_.end(), std::greater<>());
  Nanoseconds& server = free_at_.back();
  server = std::max(arrival, server) + service;
  const Nanoseconds done = server;
  std::push_heap(free_at_.begin(), free_at_.end(), std::greater<>());
  return done - arrival;
}

}  // namespace perfbench
