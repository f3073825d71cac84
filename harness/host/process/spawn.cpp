#include "harness/host/process/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

[[noreturn]] void refuse(const std::string& what, int error) {
  throw ResourceError(what + ": " + std::strerror(error));
}

/// A descriptor above the standard three, so that the child's dup2 calls never overwrite each
/// other's source where this program was started with a standard descriptor closed.
UniqueFd above_standard(int fd) {
  UniqueFd low(fd);
  UniqueFd high(::fcntl(low.get(), F_DUPFD_CLOEXEC, 3));
  if (!high.open()) refuse("no file descriptor is left for a child process", errno);
  return high;
}

struct Ends {
  UniqueFd ours;
  UniqueFd childs;
};

Ends make_pipe_from_child() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) refuse("no pipe can be made for a child process", errno);
  UniqueFd write_end(ends[1]);
  Ends made{above_standard(ends[0]), above_standard(::dup(write_end.get()))};
  ::fcntl(made.ours.get(), F_SETFL, O_NONBLOCK);
  return made;
}

Ends make_socket_to_child() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    refuse("no socket can be made for a child process", errno);
  }
  UniqueFd second(ends[1]);
  Ends made{above_standard(ends[0]), above_standard(::dup(second.get()))};
  ::fcntl(made.ours.get(), F_SETFL, O_NONBLOCK);
  return made;
}

/// posix_spawn's two objects, released together.
class Recipe {
 public:
  Recipe() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  Recipe(const Recipe&) = delete;
  Recipe& operator=(const Recipe&) = delete;
  ~Recipe() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void standard_descriptors(int in, int out, int err) {
    posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, err, STDERR_FILENO);
    // Ours are close-on-exec already; this closes what a library or a launcher left open.
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }

  /// The parent blocks SIGINT and SIGTERM and handles them in its own way; the child starts like
  /// any program. A process group of its own keeps the terminal's Ctrl-C away from it: the parent
  /// decides.
  void clean_start() {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }

  [[nodiscard]] int spawn(pid_t* pid, const char* program, char* const* argv, char* const* envp) {
    return ::posix_spawn(pid, program, &actions_, &attributes_, argv, envp);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void UniqueFd::reset() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Spawned::Spawned(Spawned&& other) noexcept
    : to_child(std::move(other.to_child)),
      from_stdout(std::move(other.from_stdout)),
      from_stderr(std::move(other.from_stderr)),
      ended(std::move(other.ended)),
      pid_(std::exchange(other.pid_, -1)),
      reaped_(std::exchange(other.reaped_, true)),
      status_(other.status_) {}

Spawned::~Spawned() {
  if (!reaped_) kill_and_reap();
}

bool Spawned::reap() noexcept {
  if (reaped_) return true;
  const pid_t got = ::waitpid(pid_, &status_, WNOHANG);
  if (got == pid_) reaped_ = true;
  if (got < 0 && errno == ECHILD) {
    // Whoever started us ignores SIGCHLD, so the kernel has reaped it; its answer alone tells how
    // it went.
    status_ = 0;
    reaped_ = true;
  }
  return reaped_;
}

void Spawned::kill_and_reap() noexcept {
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  pid_t got = -1;
  do {
    got = ::waitpid(pid_, &status_, 0);
  } while (got < 0 && errno == EINTR);
  reaped_ = true;
}

Spawned SpawnAttempt::start() const {
  Ends input = make_socket_to_child();
  Ends output = make_pipe_from_child();
  Ends error = make_pipe_from_child();
  Recipe recipe;
  recipe.standard_descriptors(input.childs.get(), output.childs.get(), error.childs.get());
  recipe.clean_start();

  std::vector<std::string> argument_texts = arguments;
  std::vector<std::string> environment_texts;
  for (const auto& [name, value] : environment) {
    std::string& text = environment_texts.emplace_back(name);
    text += '=';
    text += value;
  }
  const std::vector<char*> argv = pointers(argument_texts);
  const std::vector<char*> envp = pointers(environment_texts);
  pid_t pid = -1;
  const int status = recipe.spawn(&pid, program.c_str(), argv.data(), envp.data());
  if (status != 0) refuse("cannot start " + program, status);

  Spawned child(pid);
  child.to_child = std::move(input.ours);
  child.from_stdout = std::move(output.ours);
  child.from_stderr = std::move(error.ours);
  child.ended = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
  return child;
}

}  // namespace perfbench
