#pragma once

#include "tools/cli/context.hpp"

namespace perfbench {

/// Each verb returns the exit code, or throws an Error that main() turns into one sentence and a
/// code.
[[nodiscard]] int run_verb(const RunCommand& command, Context& context);
[[nodiscard]] int probe_verb(const ProbeCommand& command, Context& context);
[[nodiscard]] int check_verb(const CheckCommand& command, Context& context);
[[nodiscard]] int render_verb(const RenderCommand& command, Context& context);

/// A report's head: tool, command line, label, the time now; and what the probe found.
struct Machine;
[[nodiscard]] Report new_report(const Machine& machine, const Context& context);

}  // namespace perfbench
