#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/json/value.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Environment variables by name; comes in from tools/cli, the only place that reads the process's
/// own.
using Environment = std::map<std::string, std::string>;
/// Differences to an Environment: a value sets the variable, an empty optional removes it.
using EnvironmentChanges = std::map<std::string, std::optional<std::string>>;

/// `base` with `changes` applied.
[[nodiscard]] Environment apply(Environment base, const EnvironmentChanges& changes);

/// The hidden verb under which this program is a child: `perfbench __child TASK`.
inline constexpr std::string_view kChildVerb = "__child";

/// What a child may use. It is killed when it takes more wall time; the other limits are the
/// kernel's (setrlimit). A child never dumps core, and it dies with its parent.
struct ChildLimits {
  Nanoseconds wall{std::chrono::seconds(30)};
  std::optional<Bytes> address_space;  ///< RLIMIT_AS; an allocation beyond it fails in the child.
  std::optional<std::uint64_t> cpu_s;  ///< RLIMIT_CPU; SIGXCPU beyond it.
  Bytes answer = mib(16);              ///< A longer answer is garbage, and the child is killed.
  Bytes kept_stderr = kib(16);  ///< Of what it says on stderr, the last so many bytes are kept.
};

/// One call of a child: which task, what it is asked, under which conditions.
struct ChildCall {
  std::string task;
  JsonValue request;
  EnvironmentChanges environment;
  ChildLimits limits;
};

enum class ChildOutcome {
  kOk,           ///< The answer is there.
  kCrashed,      ///< Ended by a signal that we did not send.
  kTimedOut,     ///< Killed by us after limits.wall.
  kRefused,      ///< Ended by itself with a sentence: unknown task, bad request, out of memory.
  kGarbage,      ///< Ended well, but its output is no answer.
  kInterrupted,  ///< Killed by us because an Interruption was requested.
  kNotStarted,   ///< The system would not start it.
};

/// What became of a child.
struct ChildResult {
  ChildOutcome outcome = ChildOutcome::kNotStarted;
  JsonValue answer;            ///< Of kOk only.
  int signal = 0;              ///< Of kCrashed only.
  std::string signal_name;     ///< "SIGILL"; of kCrashed only.
  int exit_code = 0;           ///< Of a child that ended by itself.
  std::string sentence;        ///< Why there is no answer, one sentence; empty for kOk.
  std::string standard_error;  ///< The end of what it said, at most limits.kept_stderr.
  Nanoseconds wall{0};         ///< From the start to the reaping.
  [[nodiscard]] bool ok() const noexcept { return outcome == ChildOutcome::kOk; }
};

struct ChildRunnerOptions {
  std::string program = "/proc/self/exe";  ///< Tests name another one.
  Environment environment;  ///< The child gets this, changed by its call, and nothing else.
};

/// Runs this program again, once per call(), for work that may crash, hang or need another
/// environment: trying a library's settings, a fresh-process run, a check that a wrong instruction
/// may end. The child is started by posix_spawn, never by fork (which would copy a process whose
/// other threads may hold locks), in a process group of its own so that the terminal's Ctrl-C
/// reaches only us, with default signal handlers, no signal blocked and only its three standard
/// descriptors open. The answer comes from the child as JSON through a bounded reader, so that a
/// broken child cannot harm the parent.
///
/// The child inherits the CPU affinity of the calling thread and dies when that thread ends. One
/// call at a time per thread; a runner may be shared by threads.
class ChildRunner {
 public:
  explicit ChildRunner(ChildRunnerOptions options);
  /// Starts the child, waits for it and reaps it; nothing is left behind on any path. Never throws
  /// for what the child does. `interruption` ends it early (asked at least every 50 ms).
  [[nodiscard]] ChildResult call(const ChildCall& call, const Interruption& interruption) const;
  [[nodiscard]] const ChildRunnerOptions& options() const noexcept { return options_; }

 private:
  ChildRunnerOptions options_;
};

}  // namespace perfbench
