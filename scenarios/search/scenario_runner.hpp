#pragma once

#include <functional>

#include "harness/core/plan/scenario_settings.hpp"
#include "harness/core/progress.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// Runs one scenario and judges it. Searches and tracks are given one, so that a test can put a
/// simulated queue in the place of the machine. Offline is executed in batches of
/// settings.batcher.max_batch exactly, 1 included; 0 is the largest that the workload takes. The
/// result's batches.max_batch is what was taken. Throws an Error when the scenario cannot be run.
using ScenarioRunner = std::function<ScenarioResult(const ScenarioSettings&)>;

/// What experiments measure with. The clock keeps their time budget and measures nothing.
struct ExperimentContext {
  ScenarioRunner run;
  Clock& clock;
  const Interruption& interruption;
  Progress& progress;
};

}  // namespace perfbench
