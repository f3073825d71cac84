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

std::vector<Nanoseconds> lindley_sojourns(std::span<const Nanoseconds> arrivals,
                                          std::span<const Nanoseconds> services,
                                          int servers) {
  CHECK(services.size() == 1 || services.size() == arrivals.size(),
        "a service for each arrival, or one for all");
  FifoQueue queue(servers);
  std::vector<Nanoseconds> sojourns;
  sojourns.reserve(arrivals.size());
  for (std::size_t i = 0; i < arrivals.size(); ++i)
    sojourns.push_back(queue.sojourn(arrivals[i], services[services.size() == 1 ? 0 : i]));
  return sojourns;
}

}  // namespace perfbench
