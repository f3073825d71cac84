#pragma once

#include <string>
#include <vector>

#include "kernels/lighthouse/ladder.hpp"
#include "kernels/lighthouse/model/model_spec.hpp"

namespace perfbench {

struct ModelRung {
  Rung rung;
  ModelSpec spec;
};

/// A model with all its sizes, smallest first.
struct ModelLadder {
  std::string name;
  std::string description;
  std::vector<ModelRung> rungs;
};

/// llm-decode, llm-prefill, detector, mobilenet, kws, gemm. Pure.
[[nodiscard]] const std::vector<ModelLadder>& model_ladders();

/// Fills in what follows from the spec: flops, weights, memory.
void count_rung(Rung& rung, const ModelSpec& spec);

/// `gemm`: one dense layer, n rows of n inputs to n outputs.
[[nodiscard]] ModelSpec gemm_model(int size);

/// The model with another number of tokens in its KV caches.
[[nodiscard]] ModelSpec with_context(ModelSpec spec, int context);

}  // namespace perfbench
