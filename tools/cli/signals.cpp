#include "tools/cli/signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "tools/cli/exit_code.hpp"

namespace perfbench {
namespace {

// An impatient second Ctrl-C must not cost what was measured: the longest stretch without a window
// or a query (touching the memory of the DRAM kernels for the first time) takes a few seconds.
constexpr std::chrono::seconds kPatience{5};

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

void wait_for_signals(const std::stop_token& stop, Interruption& interruption) {
  const sigset_t set = watched_signals();
  std::chrono::steady_clock::time_point first;
  for (;;) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0) continue;
    if (stop.stop_requested()) return;  // Woken by the destructor.
    const auto now = std::chrono::steady_clock::now();
    if (!interruption.requested()) {
      first = now;
      interruption.request(signal);
    } else if (now - first > kPatience) {
      _exit(interrupted_by(signal));
    }
  }
}

}  // namespace

SignalWatch::SignalWatch(Interruption& interruption) {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A reader that is gone and a file at its size limit (`ulimit -f`) are errors of a write, which
  // says so and tries another place; their signals would end the run with nothing saved.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  waiter_ = std::jthread(
      [&interruption](const std::stop_token& stop) { wait_for_signals(stop, interruption); });
}

SignalWatch::~SignalWatch() {
  waiter_.request_stop();
  pthread_kill(waiter_.native_handle(), SIGUSR1);
}

}  // namespace perfbench
