#pragma once

#include <string>

#include "harness/core/result/scenario.hpp"
#include "harness/core/result/serving.hpp"

namespace perfbench {

/// One run's part in a search or a sweep: its figures without its latencies. `validity` is the
/// verdict on the run.
[[nodiscard]] ServerProbe make_server_probe(const ScenarioResult& result);

/// Whether the judge found queries coming faster than they were executed.
[[nodiscard]] bool overloaded(const ScenarioResult& result);

/// A sentence where nothing can be concluded from such a run at any rate: a wrong or unverified
/// answer, a workload that threw. Empty otherwise.
[[nodiscard]] std::string why_unusable(const ScenarioResult& result);

}  // namespace perfbench
