#pragma once

#include <thread>

#include "harness/core/progress.hpp"

namespace perfbench {

/// Turns SIGINT, SIGTERM, SIGHUP and SIGUSR1 into a request to stop, from construction to
/// destruction.
///
/// The signals are blocked and a thread of its own waits for them, so no handler and no global is
/// needed. It must be made before any other thread, since threads inherit the mask. A second signal
/// ends the process at once, for the case that something does not come to its next window or query.
/// SIGPIPE is ignored: a closed stdout is an error that is read.
class SignalWatch {
 public:
  explicit SignalWatch(Interruption& interruption);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  std::jthread waiter_;
};

}  // namespace perfbench
