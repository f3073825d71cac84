#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/kernel.hpp"
#include "harness/core/progress.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/clock.hpp"
#include "harness/host/measure/measure.hpp"
#include "harness/host/measure/thread_team.hpp"

namespace perfbench {

/// One kernel of a group that is measured in turn: its instances on the team's threads, its
/// windows. Part of measure_kernels(); all calls come from the thread that owns the team.
class GroupMember {
 public:
  GroupMember(const KernelEntry& entry,
              ThreadTeam& team,
              Clock& clock,
              const MeasureOptions& options);

  /// On each instance's thread: prepare() (the first touch), then verify(). Exceptions of prepare()
  /// pass through.
  void prepare();
  /// Finds the iterations that fill a window, warms up, and pins a pool of its own.
  void calibrate(const Interruption& interruption);
  /// A turn: as many windows as fit the slice, no more than are still wanted.
  void take_turn(std::uint32_t round, const Interruption& interruption);

  /// A kernel with a wrong answer is not timed.
  [[nodiscard]] bool usable() const noexcept { return verification_.passed; }
  [[nodiscard]] bool has_own_pool() const noexcept { return own_pool_; }
  /// The kernel's own clock chain; null where additions alone serve.
  [[nodiscard]] const std::function<void(std::uint64_t)>& loaded_chain() const noexcept {
    return loaded_chain_;
  }
  [[nodiscard]] std::uint64_t windows_taken() const noexcept { return windows_.size(); }
  /// Nothing more is wanted of it: it has its windows, or it was checked and is wrong.
  [[nodiscard]] bool complete() const noexcept {
    return (prepared_ && !usable()) || windows_taken() >= options_.windows;
  }
  /// CPU time over wall time of the worst thread over all its windows so far; 1 when there is none.
  [[nodiscard]] double share() const noexcept;
  /// The windows of one epoch; nothing for no windows.
  struct EpochSeries {
    /// Everything but clock, disturbance, sentinel, latency and whether it is partial.
    MeasuredSeries series;
    std::optional<std::uint32_t> best_round;  ///< That held the best window.
  };
  /// One a settled epoch, by its number; one without windows where there is none.
  [[nodiscard]] std::vector<EpochSeries> series(const std::vector<int>& epoch_of_round) const;
  /// Its instances, when nothing more is measured.
  [[nodiscard]] std::vector<std::unique_ptr<Kernel>> release_kernels() {
    return std::move(kernels_);
  }

 private:
  /// One thread's part of a window. CPU and wall time are taken outside the barrier and outside the
  /// timed region.
  struct Stamp {
    TimePoint start;
    TimePoint finish;
    Nanoseconds cpu{0};
    Nanoseconds wall{0};
  };

  [[nodiscard]] int instances() const noexcept { return static_cast<int>(kernels_.size()); }
  void on_instances(const std::function<void(int)>& job);
  /// Runs up to `count` windows and returns how many were run; their stamps stand in
  /// stamps_[thread][0..].
  std::uint64_t run_windows(std::uint64_t count, const Interruption& interruption);
  void run_thread(int thread, std::uint64_t count, const Interruption& interruption);
  /// From the common start to the last finish.
  [[nodiscard]] Nanoseconds window_time(std::uint64_t index) const noexcept;
  /// Time of the run itself on the thread that took least.
  [[nodiscard]] Nanoseconds quickest_thread(std::uint64_t index) const noexcept;
  void spread_pool();
  [[nodiscard]] MeasuredSeries describe() const;
  [[nodiscard]] bool cached() const noexcept;

  ThreadTeam& team_;
  Clock& clock_;
  const MeasureOptions& options_;
  bool own_pool_ = false;
  std::function<void(std::uint64_t)> loaded_chain_;
  MemoryLevel level_ = MemoryLevel::kNone;
  Nanoseconds target_{0};
  std::vector<std::unique_ptr<Kernel>> kernels_;
  bool prepared_ = false;
  Verification verification_{false, "not reached before the interruption"};
  std::uint64_t iterations_ = 1;
  Nanoseconds typical_window_{0};
  std::optional<ScopedThreadPins> pool_pins_;
  std::string pool_text_;

  std::vector<std::vector<Stamp>> stamps_;
  std::atomic<std::uint64_t> stop_at_{UINT64_MAX};  ///< Number of the window before which all stop.
  std::vector<Nanoseconds> windows_;
  std::vector<std::uint32_t> rounds_;  ///< Of each window.
  std::vector<Nanoseconds> cpu_sum_;   ///< Of each thread, over windows_.
  std::vector<Nanoseconds> wall_sum_;
};

}  // namespace perfbench
