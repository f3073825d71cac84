#pragma once

#include <vector>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/host/process/child_tasks.hpp"
#include "tools/cli/context.hpp"

namespace perfbench {

/// Runs this program's command line again in a process of its own, with the rate, the seed and
/// the stop rule of `settings`, and hands back its scenario without the raw latencies. Throws
/// ResourceError with the reason when there is none.
[[nodiscard]] ScenarioResult run_fresh(const ScenarioSettings& settings,
                                       const Context& context,
                                       const Interruption& interruption);

/// Every task that a child process of ours can be asked for; the context outlives them.
[[nodiscard]] std::vector<ChildTask> child_tasks(Context& context);

}  // namespace perfbench
