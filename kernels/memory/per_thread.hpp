#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace perfbench {

/// Gives the kernels of one catalogue that run on one thread one `Arena` between them, since the
/// first touch of gigabytes takes seconds on a fresh virtual machine. Thread safe; an arena lives
/// as long as a kernel that has it.
template <class Arena>
class PerThread {
 public:
  explicit PerThread(std::function<std::shared_ptr<Arena>()> make) : make_(std::move(make)) {}

  /// The calling thread's, made at its first call. Throws what making it throws.
  [[nodiscard]] std::shared_ptr<Arena> of_this_thread() {
    const std::thread::id id = std::this_thread::get_id();
    {
      const std::lock_guard lock(mutex_);
      if (std::shared_ptr<Arena> arena = arenas_[id].lock()) return arena;
    }
    // Outside the lock: the threads of a team touch their memory at the same time.
    std::shared_ptr<Arena> arena = make_();
    const std::lock_guard lock(mutex_);
    arenas_[id] = arena;
    return arena;
  }

 private:
  std::function<std::shared_ptr<Arena>()> make_;
  std::mutex mutex_;
  std::map<std::thread::id, std::weak_ptr<Arena>> arenas_;
};

}  // namespace perfbench
