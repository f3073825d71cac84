#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/core/result/reading.hpp"

namespace perfbench {

/// The kernel's id of the calling thread (gettid).
[[nodiscard]] int current_tid() noexcept;

/// CPUs that a thread may run on, ascending; `tid` 0 is the calling thread. Sized as the kernel
/// needs it, so more than 1024 CPUs are no special case.
[[nodiscard]] Reading<std::vector<int>> allowed_cpus_of(int tid);

/// CPUs that the calling thread may run on. Throws ResourceError when the kernel does not say.
[[nodiscard]] std::vector<int> allowed_cpus();

/// Ids of all threads of this process, ascending.
[[nodiscard]] std::vector<int> threads_of_process();

/// "cpu 0", "cpus 0,1", "cpus 0-7,16".
[[nodiscard]] std::string cpus_text(std::span<const int> cpus);

/// Puts one thread on some CPUs, and back on its earlier ones in the destructor. A refusal (a
/// sandbox, a CPU outside the cpuset) is no error: measuring goes on unpinned, and whoever writes
/// the placement says so.
class ScopedPin {
 public:
  /// Pins the calling thread, or thread `tid` of this process.
  explicit ScopedPin(std::span<const int> cpus, int tid = 0);
  explicit ScopedPin(int cpu);
  ScopedPin(ScopedPin&& other) noexcept;
  ScopedPin& operator=(ScopedPin&&) = delete;
  ScopedPin(const ScopedPin&) = delete;
  ScopedPin& operator=(const ScopedPin&) = delete;
  /// Restores the earlier mask of the thread; a thread that has ended is left alone.
  ~ScopedPin() noexcept;

  [[nodiscard]] bool pinned() const noexcept { return refusal_.empty(); }
  /// Empty when pinned, otherwise a phrase such as "pinning to cpu 3 was refused: Operation not
  /// permitted".
  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }

 private:
  int tid_ = 0;
  std::vector<unsigned long> previous_;  ///< Kernel's bit mask; empty: nothing to restore.
  std::string refusal_;
};

/// Puts several threads of this process on one CPU each: a library's pool, which no one can pin
/// from inside. The first given thread gets the first CPU, and so on, around. Threads that end
/// meanwhile are skipped.
class ScopedThreadPins {
 public:
  ScopedThreadPins(std::span<const int> tids, std::span<const int> cpus);

  /// Empty when every live thread was pinned.
  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }
  [[nodiscard]] int pinned_threads() const noexcept { return pinned_threads_; }

 private:
  std::vector<ScopedPin> pins_;
  std::string refusal_;
  int pinned_threads_ = 0;
};

}  // namespace perfbench
