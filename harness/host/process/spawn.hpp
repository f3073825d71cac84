#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/host/process/child_runner.hpp"

namespace perfbench {

/// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }
  void reset() noexcept;
  /// Gives the descriptor up: it stays open.
  int release() noexcept { return std::exchange(fd_, -1); }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// A started child with our ends of its three standard descriptors, all non-blocking and
/// close-on-exec. The destructor kills and reaps it if nobody has.
class Spawned {
 public:
  Spawned(Spawned&& other) noexcept;
  Spawned& operator=(Spawned&&) = delete;
  Spawned(const Spawned&) = delete;
  Spawned& operator=(const Spawned&) = delete;
  ~Spawned();

  UniqueFd to_child;  ///< A socket, so that writing to a dead child raises no SIGPIPE.
  UniqueFd from_stdout;
  UniqueFd from_stderr;
  UniqueFd ended;  ///< Readable when the child has ended; not open on a kernel without pidfd_open.

  /// True once the child has been reaped; status() then is waitpid's.
  [[nodiscard]] bool reap() noexcept;
  void kill_and_reap() noexcept;
  [[nodiscard]] int status() const noexcept { return status_; }

 private:
  friend struct SpawnAttempt;
  explicit Spawned(pid_t pid) noexcept : pid_(pid) {}
  pid_t pid_ = -1;
  bool reaped_ = false;
  int status_ = 0;
};

/// Starts `program` with the arguments and nothing but `environment`. Throws ResourceError when the
/// system refuses.
struct SpawnAttempt {
  std::string program;
  std::vector<std::string> arguments;
  Environment environment;
  [[nodiscard]] Spawned start() const;
};

}  // namespace perfbench
