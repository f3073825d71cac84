#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/host/measure/spin_barrier.hpp"

namespace perfbench {

/// One thread for each given CPU, pinned there for the team's life and asleep between jobs. The
/// threads block all signals, so that those reach the thread that waits for them.
class ThreadTeam {
 public:
  /// `cpus` may name a CPU twice (an oversubscribed team, whose barrier yields). Throws
  /// ResourceError when a thread cannot be started. A refused pin is no error, see refusal().
  explicit ThreadTeam(std::vector<int> cpus);
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;
  ~ThreadTeam() noexcept;

  [[nodiscard]] int size() const noexcept;
  [[nodiscard]] const std::vector<int>& cpus() const noexcept;
  [[nodiscard]] const std::vector<int>& tids() const noexcept;
  /// "cpus 0,1", or "cpus 0,1 wanted, not pinned: pinning to cpu 0 was refused: Operation not
  /// permitted".
  [[nodiscard]] std::string placement() const;
  [[nodiscard]] bool pinned() const noexcept { return refusal().empty(); }
  [[nodiscard]] const std::string& refusal() const noexcept;

  /// Runs the job on every thread with its number (0 to size() - 1) and waits for all. The first
  /// exception that a thread threw is thrown again here. A job that uses barrier() must not throw
  /// before its last arrival.
  void run(const std::function<void(int)>& job);
  /// The same on one thread while the others sleep.
  void run_on(int thread, const std::function<void(int)>& job);
  /// For use inside run(): all threads of the team.
  [[nodiscard]] SpinBarrier& barrier() noexcept;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace perfbench
