#include "harness/host/instrument/core_to_core.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "harness/core/stats/order_statistics.hpp"
#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/affinity/scoped_signal_block.hpp"

namespace perfbench {
namespace {

constexpr std::uint64_t kEnd = UINT64_MAX;

enum class PeerState { kStarting, kReady, kRefused };

}  // namespace

/// Answers each odd turn with the next even one. No pause instruction: on Skylake and later it
/// takes 140 cycles, which is the latency that is being measured.
void PingPong::answer() noexcept {
  for (std::uint64_t expected = 1;; expected += 2) {
    std::uint64_t seen = line_.load(std::memory_order_acquire);
    while (seen != expected && seen != kEnd) seen = line_.load(std::memory_order_acquire);
    if (seen == kEnd) return;
    line_.store(expected + 1, std::memory_order_release);
  }
}

void PingPong::play(int round_trips) noexcept {
  for (int i = 0; i < round_trips; ++i) {
    line_.store(turn_ + 1, std::memory_order_release);
    turn_ += 2;
    while (line_.load(std::memory_order_acquire) != turn_) {
    }
  }
}

std::vector<Nanoseconds> PingPong::time(Clock& clock, const CoreToCoreOptions& options) {
  CHECK(options.batches > 0 && options.round_trips_per_batch > 0, "nothing to time");
  std::vector<Nanoseconds> one_way;
  one_way.reserve(static_cast<std::size_t>(options.batches));
  play(options.round_trips_per_batch);  // Brings the line and the peer into step.
  const TimePoint end = clock.now() + options.time_limit;
  for (int i = 0; i < options.batches; ++i) {
    const TimePoint before = clock.now();
    play(options.round_trips_per_batch);
    const TimePoint after = clock.now();
    one_way.push_back((after - before) / (2 * options.round_trips_per_batch));
    if (after >= end) break;
  }
  line_.store(kEnd, std::memory_order_release);
  return one_way;
}

Reading<CoreToCoreLatency> measure_core_to_core(Clock& clock, const CoreToCoreOptions& options) {
  using Result = Reading<CoreToCoreLatency>;
  CHECK(options.batches > 0 && options.round_trips_per_batch > 0, "nothing to time");
  if (options.cpu_a == options.cpu_b) return Result::unavailable("both ends are one CPU");
  const ScopedPin pin(options.cpu_a);
  if (!pin.pinned()) return Result::unavailable(pin.refusal());

  PingPong ping_pong;
  std::string refusal;
  std::atomic<PeerState> state{PeerState::kStarting};
  const ScopedSignalBlock block;
  std::jthread peer;
  try {
    peer = std::jthread([&] {
      const ScopedPin peer_pin(options.cpu_b);
      refusal = peer_pin.refusal();
      state.store(peer_pin.pinned() ? PeerState::kReady : PeerState::kRefused,
                  std::memory_order_release);
      if (peer_pin.pinned()) ping_pong.answer();
    });
  } catch (const std::system_error& error) {
    throw ResourceError(std::string("A thread for the core-to-core latency cannot be started (") +
                        error.what() + ").");
  }
  while (state.load(std::memory_order_acquire) == PeerState::kStarting) sched_yield();
  if (state.load(std::memory_order_acquire) == PeerState::kRefused) {
    peer.join();
    return Result::unavailable(refusal);
  }
  std::vector<Nanoseconds> one_way = ping_pong.time(clock, options);
  peer.join();

  std::sort(one_way.begin(), one_way.end());
  CoreToCoreLatency latency;
  latency.best = {options.cpu_a, options.cpu_b, one_way.front()};
  latency.median = nearest_rank(one_way, 500'000);
  latency.batches = static_cast<int>(one_way.size());
  return Result::of(latency, "ping-pong of a cache line, half a round trip");
}

}  // namespace perfbench
