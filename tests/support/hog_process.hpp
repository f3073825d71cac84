#pragma once

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "harness/host/affinity/affinity.hpp"

extern char** environ;

namespace perfbench {

/// A foreign process that keeps one CPU busy for as long as this object lives, or until the test's
/// process is gone.
class HogProcess {
 public:
  explicit HogProcess(int cpu) {
    const ScopedPin inherited_by_the_child(cpu);
    std::string loop = "while kill -0 " + std::to_string(getpid()) +
                       " 2>/dev/null; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done";
    std::string shell = "sh";
    std::string option = "-c";
    char* arguments[] = {shell.data(), option.data(), loop.data(), nullptr};
    started_ = inherited_by_the_child.pinned() &&
               posix_spawnp(&pid_, "sh", nullptr, nullptr, arguments, environ) == 0;
  }
  HogProcess(const HogProcess&) = delete;
  HogProcess& operator=(const HogProcess&) = delete;
  ~HogProcess() {
    if (!started_) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] bool started() const noexcept { return started_; }

 private:
  pid_t pid_ = -1;
  bool started_ = false;
};

}  // namespace perfbench
