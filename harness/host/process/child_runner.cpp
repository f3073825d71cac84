#include "harness/host/process/child_runner.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/process/spawn.hpp"
#include "harness/host/process/wire.hpp"

namespace perfbench {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

/// How often an Interruption is asked for while a child runs.
constexpr std::chrono::milliseconds kSlice{50};

/// Reads all that is there. False once the other end is closed.
template <class Keep>
bool drain(int fd, Keep keep) {
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got > 0) {
      keep(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    } else if (got == 0) {
      return false;
    } else if (errno != EINTR) {
      return errno == EAGAIN;
    }
  }
}

/// Why a child was ended by us.
enum class Stop { kNone, kWall, kInterruption, kLongAnswer };

/// The talk with one child: sends the request, collects what it says, until it ends or has to be
/// ended.
class Conversation {
 public:
  Conversation(Spawned& child, std::string request, const ChildLimits& limits)
      : child_(child), request_(std::move(request)), limits_(limits) {}

  [[nodiscard]] Stop run(SteadyTime deadline, const Interruption& interruption) {
    while (!child_.reap()) {
      const Stop stop = reason_to_stop(deadline, interruption);
      if (stop != Stop::kNone) {
        child_.kill_and_reap();
        collect();
        return stop;
      }
      wait(deadline);
      if (send_ready_) send();
      collect();
    }
    collect();  // What it wrote between the last look and its end.
    return answer_.size() > limits_.answer.count() ? Stop::kLongAnswer : Stop::kNone;
  }

  [[nodiscard]] const std::string& answer() const noexcept { return answer_; }
  [[nodiscard]] const std::string& standard_error() const noexcept { return error_; }

 private:
  [[nodiscard]] Stop reason_to_stop(SteadyTime deadline, const Interruption& interruption) const {
    if (interruption.requested()) return Stop::kInterruption;
    if (answer_.size() > limits_.answer.count()) return Stop::kLongAnswer;
    if (std::chrono::steady_clock::now() >= deadline) return Stop::kWall;
    return Stop::kNone;
  }

  void wait(SteadyTime deadline) {
    const bool unsent = sent_ < request_.size() && child_.to_child.open();
    std::array<pollfd, 4> watched{{{unsent ? child_.to_child.get() : -1, POLLOUT, 0},
                                   {child_.from_stdout.get(), POLLIN, 0},
                                   {child_.from_stderr.get(), POLLIN, 0},
                                   {child_.ended.get(), POLLIN, 0}}};
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto slice = std::clamp(left, std::chrono::milliseconds(0), kSlice);
    (void)::poll(watched.data(), watched.size(), static_cast<int>(slice.count()));
    send_ready_ = watched[0].revents != 0;
  }

  void send() {
    while (sent_ < request_.size()) {
      const ssize_t put = ::send(
          child_.to_child.get(), request_.data() + sent_, request_.size() - sent_, MSG_NOSIGNAL);
      if (put > 0) {
        sent_ += static_cast<std::size_t>(put);
      } else if (errno != EINTR) {
        // A child that does not read to the end has reasons that its end will tell.
        if (errno != EAGAIN) sent_ = request_.size();
        return;
      }
    }
  }

  void collect() {
    if (child_.from_stdout.open() &&
        !drain(child_.from_stdout.get(), [this](std::string_view text) {
          if (answer_.size() <= limits_.answer.count()) answer_ += text;
        })) {
      child_.from_stdout.reset();
    }
    if (child_.from_stderr.open() &&
        !drain(child_.from_stderr.get(), [this](std::string_view text) {
          error_ += text;
          const std::size_t kept = limits_.kept_stderr.count();
          if (error_.size() > kept) error_.erase(0, error_.size() - kept);
        })) {
      child_.from_stderr.reset();
    }
  }

  Spawned& child_;
  std::string request_;
  ChildLimits limits_;
  std::size_t sent_ = 0;
  bool send_ready_ = false;
  std::string answer_;
  std::string error_;
};

std::string framed_request(const ChildCall& call) {
  JsonValue envelope = JsonValue::object();
  envelope.set(std::string(wire::kParentPid), ::getpid());
  if (call.limits.address_space) {
    envelope.set(std::string(wire::kAddressSpace), call.limits.address_space->count());
  }
  if (call.limits.cpu_s) envelope.set(std::string(wire::kCpuSeconds), *call.limits.cpu_s);
  envelope.set(std::string(wire::kRequest), call.request);
  const std::string text = write_json(envelope, 0);
  return std::to_string(text.size()) + "\n" + text;
}

std::string seconds_text(Nanoseconds duration) {
  std::string text = std::to_string(seconds(duration));
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return {};
  const std::size_t before = text.find_last_of('\n', end);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return text.substr(begin, end - begin + 1);
}

/// A child that ended by itself: what it wrote decides.
void read_answer(const std::string& text, const std::string& name, ChildResult& result) {
  std::string parse_error;
  try {
    JsonLimits limits;
    limits.bytes = text.size();
    const JsonValue document = parse_json(text, limits);
    if (const JsonValue* refused = document.find(wire::kRefused); refused != nullptr) {
      result.outcome = ChildOutcome::kRefused;
      result.sentence = refused->as_string();
      return;
    }
    const JsonValue* answer = document.find(wire::kAnswer);
    if (answer != nullptr && result.exit_code == 0) {
      result.outcome = ChildOutcome::kOk;
      result.answer = *answer;
      return;
    }
    parse_error = "it holds no answer";
  } catch (const InputError& error) {
    parse_error = error.what();
  }
  if (result.exit_code != 0) {
    const std::string said = last_line(result.standard_error);
    result.outcome = ChildOutcome::kRefused;
    result.sentence = name + " ended with exit code " + std::to_string(result.exit_code) +
                      (said.empty() ? std::string(" and said nothing") : ": " + said);
    return;
  }
  result.outcome = ChildOutcome::kGarbage;
  result.sentence = name + " wrote no valid answer: " + parse_error;
}

void name_signal(int signal, const std::string& name, ChildResult& result) {
  result.outcome = ChildOutcome::kCrashed;
  result.signal = signal;
  const char* abbreviation = ::sigabbrev_np(signal);
  result.signal_name = abbreviation != nullptr ? std::string("SIG") + abbreviation
                                               : "signal " + std::to_string(signal);
  const char* description = ::sigdescr_np(signal);
  result.sentence =
      name + " was ended by " + result.signal_name +
      (description != nullptr ? std::string(" (") + description + ")" : std::string());
  if (signal == SIGKILL) result.sentence += ", which the kernel sends when memory runs out";
}

void explain(Stop stop,
             const Spawned& child,
             const Conversation& talk,
             const ChildCall& call,
             ChildResult& result) {
  const std::string name = "the child process '" + call.task + "'";
  result.standard_error = talk.standard_error();
  switch (stop) {
    case Stop::kWall:
      result.outcome = ChildOutcome::kTimedOut;
      result.sentence =
          name + " had no answer within " + seconds_text(call.limits.wall) + " and was ended";
      return;
    case Stop::kInterruption:
      result.outcome = ChildOutcome::kInterrupted;
      result.sentence = name + " was ended because the run was interrupted";
      return;
    case Stop::kLongAnswer:
      result.outcome = ChildOutcome::kGarbage;
      result.sentence = name + " wrote more than " + std::to_string(call.limits.answer.count()) +
                        " bytes and was ended";
      return;
    case Stop::kNone:
      break;
  }
  if (WIFSIGNALED(child.status())) {
    name_signal(WTERMSIG(child.status()), name, result);
    return;
  }
  result.exit_code = WEXITSTATUS(child.status());
  read_answer(talk.answer(), name, result);
}

}  // namespace

Environment apply(Environment base, const EnvironmentChanges& changes) {
  for (const auto& [name, value] : changes) {
    if (value) {
      base[name] = *value;
    } else {
      base.erase(name);
    }
  }
  return base;
}

ChildRunner::ChildRunner(ChildRunnerOptions options) : options_(std::move(options)) {}

ChildResult ChildRunner::call(const ChildCall& call, const Interruption& interruption) const {
  ChildResult result;
  const SteadyTime begin = std::chrono::steady_clock::now();
  try {
    const SpawnAttempt attempt{options_.program,
                               {"perfbench", std::string(kChildVerb), call.task},
                               apply(options_.environment, call.environment)};
    Spawned child = attempt.start();
    Conversation talk(child, framed_request(call), call.limits);
    const Stop stop = talk.run(begin + call.limits.wall, interruption);
    explain(stop, child, talk, call, result);
  } catch (const ResourceError& error) {
    result.outcome = ChildOutcome::kNotStarted;
    result.sentence = error.what();
  }
  result.wall = std::chrono::steady_clock::now() - begin;
  return result;
}

}  // namespace perfbench
