#include "harness/host/measure/measure_team.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "harness/host/instrument/core_to_core.hpp"

namespace perfbench {
namespace {

/// Some microseconds a batch at 40 to 200 ns one way; of forty batches some are undisturbed. The
/// limit leaves time for many: a peer that is preempted is away for some milliseconds.
CoreToCoreOptions quick_ping_pong() {
  CoreToCoreOptions options;
  options.batches = 40;
  options.round_trips_per_batch = 25;
  options.time_limit = Nanoseconds(100'000'000);
  return options;
}

/// The next CPU, one in the middle and the last: on machines of several dies and sockets, numbered
/// in order, they are near, farther and farthest.
std::set<int> partners_in(int size) {
  if (size < 2) return {};
  return {1, std::max(1, size / 2), size - 1};
}

}  // namespace

MeasureTeam::MeasureTeam(std::vector<int> cpus, int memory_node, Clock& clock)
    : clock_(clock), threads_(std::move(cpus)) {
  if (memory_node < 0) return;
  policies_.resize(static_cast<std::size_t>(threads_.size()));
  threads_.run([&](int thread) {
    policies_[static_cast<std::size_t>(thread)] = std::make_unique<ScopedMemoryPolicy>(memory_node);
  });
  for (const auto& policy : policies_) {
    if (memory_refusal_.empty()) memory_refusal_ = policy->refusal();
  }
}

MeasureTeam::~MeasureTeam() {
  kept_.clear();
  if (policies_.empty()) return;
  threads_.run([this](int thread) { policies_[static_cast<std::size_t>(thread)].reset(); });
}

void MeasureTeam::keep(std::vector<std::unique_ptr<Kernel>> kernels) {
  kept_.insert(kept_.end(),
               std::make_move_iterator(kernels.begin()),
               std::make_move_iterator(kernels.end()));
}

Nanoseconds MeasureTeam::latency_to(int thread) {
  PingPong ping_pong;
  std::vector<Nanoseconds> one_way;
  threads_.run([&](int self) {
    if (self == 0) one_way = ping_pong.time(clock_, quick_ping_pong());
    if (self == thread) ping_pong.answer();
  });
  return *std::min_element(one_way.begin(), one_way.end());
}

Reading<TeamLatency> MeasureTeam::core_to_core() {
  using Result = Reading<TeamLatency>;
  const std::vector<int>& cpus = threads_.cpus();
  const std::set<int> distinct(cpus.begin(), cpus.end());
  if (cpus.size() < 2) return Result::unavailable("one CPU has no other to reach");
  if (distinct.size() < cpus.size()) return Result::unavailable("several threads share one CPU");
  if (!threads_.pinned()) return Result::unavailable(threads_.refusal());
  TeamLatency latency;
  for (const int partner : partners_in(threads_.size())) {
    const Nanoseconds one_way = latency_to(partner);
    latency.nearest = latency.nearest.count() == 0 ? one_way : std::min(latency.nearest, one_way);
    latency.farthest = std::max(latency.farthest, one_way);
  }
  return Result::of(latency, "ping-pong of a cache line, half a round trip");
}

}  // namespace perfbench
