#pragma once

#include "harness/core/kernel.hpp"
#include "kernels/lighthouse/model/model_runner.hpp"
#include "kernels/lighthouse/model/shared_model.hpp"

namespace perfbench {

/// Runs a full group of samples and holds each layer's output against the reference, computed from
/// that layer's actual input, at the corners and random places.
[[nodiscard]] Verification check_layers(const SharedModel& model, ModelRunner& runner);

/// The output of sample 0 against the whole model in fp64, within kAnswerTolerance.
[[nodiscard]] Verification check_whole(const SharedModel& model, ModelRunner& runner);

}  // namespace perfbench
