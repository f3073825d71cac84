#pragma once

#include <optional>

#include "harness/core/workload.hpp"
#include "kernels/lighthouse/model/shared_model.hpp"

namespace perfbench {

/// An answer may differ from the verified one by this share of the sample's largest output: some
/// hundred times what another order of summation changes, and a hundredth of what a layer that is
/// left out or a damaged weight does.
inline constexpr double kAnswerTolerance = 1e-4;

/// Up to here a model is held against the reference whole: about a second of plain loops.
inline constexpr Flops kWholeReference{1'000'000'000};

/// A model as a workload. The instances that one entry makes share their weights and the choice of
/// the fastest verified layer for each number of rows, which the first load() measures.
///
/// verify() checks, once in a process: every layer from its actual input at random places and the
/// corners, within the bound for any order of summation; the whole model against plain loops in
/// fp64, where it has at most kWholeReference flops, else `smallest` in its stead, which is the
/// same code at a smaller size. Then each instance's batches against the answers of single samples.
[[nodiscard]] WorkloadEntry model_entry(const ModelPlan& plan,
                                        const ModelOptions& options,
                                        const std::optional<ModelPlan>& smallest = std::nullopt);

}  // namespace perfbench
