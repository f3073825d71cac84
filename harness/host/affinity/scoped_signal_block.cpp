#include "harness/host/affinity/scoped_signal_block.hpp"

#include <pthread.h>

namespace perfbench {

ScopedSignalBlock::ScopedSignalBlock() noexcept : previous_() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous_);
}

ScopedSignalBlock::~ScopedSignalBlock() noexcept {
  pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

}  // namespace perfbench
