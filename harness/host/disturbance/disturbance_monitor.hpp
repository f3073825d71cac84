#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/result/disturbance.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// getrusage of this process and of its waited-for children.
struct ProcessUsage {
  Nanoseconds cpu{0};           ///< All threads, ended ones included.
  Nanoseconds children_cpu{0};  ///< Children that were waited for.
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
};

[[nodiscard]] ProcessUsage read_process_usage() noexcept;

struct DisturbanceOptions {
  std::filesystem::path root = "/";  ///< Where /proc and /sys are read; tests give a captured tree.
  /// /proc/stat counts in ticks of 10 ms (USER_HZ), each field cut off: a window shorter than this
  /// is not judged by it, and the readings say so. Between this and 1 s the figure is still coarse:
  /// a tick of 10 ms in 200 ms is 0.05 cores.
  Nanoseconds shortest_window{100'000'000};
  /// Threads of this process whose share (CPU time over wall time) is wanted; empty: no share
  /// unless set_share().
  std::vector<int> measured_threads;
  /// They sleep on purpose: their share is CPU time over CPU time and time spent waiting for a CPU.
  bool threads_sleep = false;
  std::function<ProcessUsage()> usage = read_process_usage;
};

/// Watches what else the machine does on the given CPUs between start() and stop(). Reads files at
/// both edges only; in between it costs nothing. One thread uses it.
///
/// Foreign CPU time is what /proc/stat calls busy (user, nice, system, irq, softirq) on those CPUs
/// minus our own time on them. Own time is that of this process's threads that may run on measured
/// CPUs only (Cpus_allowed_list), plus, where the measured CPUs are all that the process may use,
/// its unpinned and ended threads and waited-for children. A thread that may also run elsewhere
/// counts when it was seen on a measured CPU at both edges. So a thread of ours that wanders
/// between measured and other CPUs can show as foreign time, or hide as much of it as it used
/// elsewhere; while something is measured such threads sleep, which bounds both. The worst CPU's
/// part is told likewise; own time that cannot be put on one CPU (unpinned and ended threads,
/// children) counts where it explains most.
class DisturbanceMonitor {
 public:
  DisturbanceMonitor(std::vector<int> cpus, Clock& clock, DisturbanceOptions options = {});
  DisturbanceMonitor(const DisturbanceMonitor&) = delete;
  DisturbanceMonitor& operator=(const DisturbanceMonitor&) = delete;
  ~DisturbanceMonitor();

  void start();
  /// Since start(); may be called again for a longer window. gap_loss_fraction stays unavailable:
  /// it comes from a gap test beside the window (harness/host/instrument/gap_test.hpp), and whoever
  /// ran one puts it in.
  [[nodiscard]] Disturbance stop() const;

 private:
  struct Edge;
  [[nodiscard]] Edge read_edge() const;
  struct Foreign {
    Nanoseconds all{0};
    Nanoseconds worst_cpu{0};
    std::string failure{};  ///< Empty when the two could be told.
  };
  [[nodiscard]] Foreign foreign_time(const Edge& from, const Edge& to) const;
  void fill_foreign(const Edge& from, const Edge& to, Disturbance& into) const;
  [[nodiscard]] Nanoseconds own_time(const Edge& from, const Edge& to) const;
  /// The part of it that was spent on this CPU for certain.
  [[nodiscard]] Nanoseconds own_time_on(int cpu, const Edge& from, const Edge& to) const;
  [[nodiscard]] Reading<double> steal(const Edge& from, const Edge& to) const;
  [[nodiscard]] Reading<double> share(const Edge& from, const Edge& to) const;

  std::vector<int> cpus_;
  Clock& clock_;
  DisturbanceOptions options_;
  std::unique_ptr<Edge> start_;
};

}  // namespace perfbench
