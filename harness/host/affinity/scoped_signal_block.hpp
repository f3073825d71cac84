#pragma once

#include <csignal>

namespace perfbench {

/// Blocks all signals for the calling thread and for threads that it starts meanwhile; the earlier
/// mask comes back in the destructor. Measuring threads are started under one, so that a signal
/// never lands in a timed region.
class ScopedSignalBlock {
 public:
  ScopedSignalBlock() noexcept;
  ScopedSignalBlock(const ScopedSignalBlock&) = delete;
  ScopedSignalBlock& operator=(const ScopedSignalBlock&) = delete;
  ~ScopedSignalBlock() noexcept;

 private:
  sigset_t previous_;
};

}  // namespace perfbench
