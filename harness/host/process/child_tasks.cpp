#include "harness/host/process/child_tasks.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <new>
#include <optional>
#include <thread>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/process/spawn.hpp"
#include "harness/host/process/wire.hpp"

namespace perfbench {
namespace {

bool read_exactly(int fd, char* into, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t got = ::read(fd, into, bytes);
    if (got > 0) {
      into += got;
      bytes -= static_cast<std::size_t>(got);
    } else if (got == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put > 0) {
      text.remove_prefix(static_cast<std::size_t>(put));
    } else if (errno != EINTR) {
      return;  // The parent no longer reads; nobody is left to tell.
    }
  }
}

/// The request's text, or nothing when standard input does not speak our protocol.
std::optional<std::string> read_request() {
  std::string digits;
  for (char c = 0; digits.size() < 12 && read_exactly(STDIN_FILENO, &c, 1) && c != '\n';)
    digits += c;
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || end != digits.data() + digits.size() ||
      length > wire::kLongestRequest) {
    return std::nullopt;
  }
  std::string text(length, '\0');
  if (!read_exactly(STDIN_FILENO, text.data(), length)) return std::nullopt;
  return text;
}

/// Ends this process when standard input ends, which means that the parent is gone: the death
/// signal alone would miss a parent that ended before it was asked for. Blocked in poll() all the
/// time, so it takes no CPU time from the task.
class ParentWatch {
 public:
  ParentWatch() : stop_(::eventfd(0, EFD_CLOEXEC)) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([stop = stop_.get()] { watch(stop); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  ParentWatch(const ParentWatch&) = delete;
  ParentWatch& operator=(const ParentWatch&) = delete;
  ~ParentWatch() {
    const std::uint64_t one = 1;
    while (::write(stop_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
    }
    thread_.join();
  }

 private:
  static void watch(int stop) {
    std::array<pollfd, 2> watched{{{STDIN_FILENO, POLLIN, 0}, {stop, POLLIN, 0}}};
    while (true) {
      if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
      if (watched[1].revents != 0) return;
      if (watched[0].revents != 0) {
        char ignored = 0;
        if (!read_exactly(STDIN_FILENO, &ignored, 1)) ::_exit(wire::kExitParentGone);
      }
    }
  }

  UniqueFd stop_;
  std::thread thread_;
};

/// Keeps the way to the parent apart from what the task prints: returns a descriptor of its own for
/// the answer and points standard output to stderr.
UniqueFd take_answer_descriptor() {
  UniqueFd answer(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return answer;
}

// Named for the C library's spelling of a resource, which is an enumeration in C++ and an int
// elsewhere.
template <class Resource>
void limit(Resource resource, std::uint64_t value) {
  rlimit present{};
  if (::getrlimit(resource, &present) != 0) return;
  // Never above the hard limit: only root may raise that, and nobody asked for more.
  present.rlim_max = std::min(present.rlim_max, static_cast<rlim_t>(value));
  present.rlim_cur = present.rlim_max;
  ::setrlimit(resource, &present);
}

void set_limits(const JsonValue& envelope) {
  if (const JsonValue* bytes = envelope.find(wire::kAddressSpace))
    limit(RLIMIT_AS, bytes->as_uint64());
  if (const JsonValue* cpu = envelope.find(wire::kCpuSeconds)) limit(RLIMIT_CPU, cpu->as_uint64());
}

int refuse(int answer, std::string_view sentence, int exit_code) {
  const JsonValue document = JsonValue::object().set(std::string(wire::kRefused), sentence);
  write_all(answer, write_json(document, 0));
  return exit_code;
}

const ChildTask* find_task(std::span<const ChildTask> tasks, std::string_view name) {
  const auto found = std::find_if(
      tasks.begin(), tasks.end(), [name](const ChildTask& t) { return t.name == name; });
  return found == tasks.end() ? nullptr : &*found;
}

int run_and_answer(const ChildTask& task, const JsonValue& envelope, int answer) {
  try {
    const JsonValue* request = envelope.find(wire::kRequest);
    set_limits(envelope);
    JsonValue result = task.run(request != nullptr ? *request : JsonValue());
    write_all(
        answer,
        write_json(JsonValue::object().set(std::string(wire::kAnswer), std::move(result)), 0));
    return 0;
  } catch (const Error& error) {
    return refuse(answer, error.what(), wire::kExitRefused);
  } catch (const std::bad_alloc&) {
    // As a literal: there may be no memory to build a document in.
    write_all(answer, R"({"refused":"out of memory, or out of the memory that it was allowed"})");
    return wire::kExitRefused;
  } catch (const std::exception& error) {
    return refuse(answer, error.what(), wire::kExitFault);
  }
}

}  // namespace

int run_child_task(std::span<const ChildTask> tasks, std::string_view name) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  limit(RLIMIT_CORE, 0);
  const UniqueFd answer = take_answer_descriptor();
  const std::optional<std::string> text = read_request();
  if (!text) {
    return refuse(answer.get(),
                  "this verb is how perfbench calls itself: no request came in",
                  wire::kExitRefused);
  }
  const ChildTask* task = find_task(tasks, name);
  if (task == nullptr) {
    return refuse(answer.get(),
                  "there is no child task named '" + std::string(name) + "'",
                  wire::kExitRefused);
  }
  JsonValue envelope;
  try {
    envelope = parse_json(*text);
    // A parent that ended before the death signal was asked for has left us to another process.
    if (envelope.get_int64(wire::kParentPid) != ::getppid()) return wire::kExitParentGone;
  } catch (const Error& error) {
    return refuse(answer.get(), error.what(), wire::kExitRefused);
  }
  const ParentWatch watch;
  return run_and_answer(*task, envelope, answer.get());
}

}  // namespace perfbench
