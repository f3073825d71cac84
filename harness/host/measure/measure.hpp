#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/instrument/clock_chain.hpp"
#include "harness/host/measure/measure_team.hpp"
#include "harness/host/measure/measured_series.hpp"

namespace perfbench {

/// Windows are short against a time slice (3 to 4 ms), so that beside a foreign process many of
/// them still run undisturbed, on all threads at once: best of 500 windows of 1.5 ms then stays
/// within a few per cent of the quiet figure, where windows of 20 ms read 0.6 of it.
struct MeasureOptions {
  Nanoseconds window{1'500'000};  ///< Aimed at; one iteration may be longer.
  Nanoseconds dram_window{
      10'000'000};  ///< For kernels of level DRAM: pages and placement need longer chunks.
  std::uint64_t windows = 500;     ///< Wanted of every kernel.
  std::uint64_t min_windows = 20;  ///< Measured even when the time is spent, up to twice the time.
  Nanoseconds time_budget{2'000'000'000};  ///< For the windows of the whole group, calibration and
                                           ///< warm-up not included.
  Nanoseconds warm_up{20'000'000};         ///< Of every kernel, at least one window; discarded.
  /// The same of a kernel whose data stay in a cache, of level L1 to L3.
  Nanoseconds cached_warm_up{4'000'000};
  Nanoseconds slice{
      8'000'000};  ///< A kernel's turn in a round: as many windows as fit, at least one.
  /// After a kernel with a pool of its own, wait at most this long until the pool's threads stop
  /// spinning.
  Nanoseconds pool_settle{300'000'000};
  ClockChainOptions chain = quick_clock_chain();
};

struct MeasureRequest {
  std::vector<KernelEntry>
      kernels;            ///< Measured in turn, round by round: a roof and what is held against it.
  std::vector<int> cpus;  ///< One pinned thread each.
  std::vector<int> watched;  ///< For disturbance: `cpus` and their SMT siblings; empty: `cpus`.
  std::optional<KernelEntry> sentinel;  ///< FMA peak; none: sentinel_ratio is unavailable.
  MeasureOptions options;
  /// Node that the memory must come from; -1: the first touch decides.
  int memory_node = -1;
  /// Core-to-core latencies of the placement epochs that earlier series of this team were in, by
  /// their number: those epochs keep it.
  std::vector<Nanoseconds> known_epochs;
  /// Reads the latency between the team's CPUs; tests script it. Empty: a ping-pong on the team.
  std::function<Reading<TeamLatency>()> core_to_core;
  /// Loss that a gap test just found on these CPUs (the worst), for Disturbance::gap_loss_fraction.
  Reading<double> gap_loss = Reading<double>::unavailable("no gap test was run beside this series");
};

/// The protocol: start the team, prepare and verify every kernel on the thread that runs it, find
/// the iterations that fill a window, warm up, then rounds of [core-to-core latency of a team of
/// several, clock chain, sentinel, each kernel's windows] until every kernel has its windows or the
/// time is spent. A kernel with `info.threads > 1` has a pool of its own: one instance runs on the
/// first thread, the others sleep, and the pool's threads are spread over the CPUs. `interruption`
/// is asked between windows; what was measured until then is returned, marked partial.
///
/// One series per kernel and placement epoch: kernels in order, of each the epochs by number. Where
/// the host does not move us that is one series per kernel. A kernel without a window in any
/// settled epoch has one empty series, and so has every kernel where the memory cannot come from
/// `memory_node` (MeasuredSeries::left_out). Throws ResourceError when prepare() or a thread cannot
/// have what it needs. `progress` is told the fraction done.
[[nodiscard]] std::vector<MeasuredSeries> measure_kernels(const MeasureRequest& request,
                                                          Clock& clock,
                                                          const Interruption& interruption,
                                                          Progress* progress = nullptr);

/// The same on a team that measures several groups of kernels, made for the request's `cpus` and
/// `memory_node`.
[[nodiscard]] std::vector<MeasuredSeries> measure_kernels(const MeasureRequest& request,
                                                          MeasureTeam& team,
                                                          Clock& clock,
                                                          const Interruption& interruption,
                                                          Progress* progress = nullptr);

}  // namespace perfbench
