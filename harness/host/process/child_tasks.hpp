#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/json/value.hpp"

namespace perfbench {

/// Work that a child process does for its parent. `run` may throw: an Error or std::bad_alloc
/// becomes the parent's ChildOutcome::kRefused with its sentence.
struct ChildTask {
  std::string name;
  std::function<JsonValue(const JsonValue& request)> run;
};

/// The child's whole main: called by tools/cli for `perfbench __child NAME` before anything else is
/// done, in the main thread, and returns the exit code. Ties its life to the parent's (death
/// signal, end-of-file on standard input), sets the limits that the parent sent, reads the request
/// from standard input, runs the task and writes its answer to what was standard output; what the
/// task itself prints goes to stderr, so it cannot spoil the answer.
[[nodiscard]] int run_child_task(std::span<const ChildTask> tasks, std::string_view name);

}  // namespace perfbench
