#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernels/gemm/packed/packed_backend.hpp"
#include "kernels/lighthouse/model/model_workload.hpp"
#include "tests/kernels/host_isas.hpp"

namespace perfbench::test {

/// Packed layers whose answers a test may damage while it runs.
class DamagedBackend final : public LinearBackend {
 public:
  using Damage = std::function<void(const LinearShape& shape, float* y)>;
  explicit DamagedBackend(std::shared_ptr<Damage> damage)
      : inner_(packed_backend(Isa::kScalar)), damage_(std::move(damage)) {}
  std::string label() const override { return "damaged"; }
  std::string library() const override { return "damaged"; }
  Isa isa() const noexcept override { return Isa::kScalar; }
  bool has_pool() const noexcept override { return false; }
  bool supports(const LinearShape& shape) const noexcept override {
    return inner_->supports(shape);
  }
  std::unique_ptr<Linear> make(const LinearShape& shape,
                               std::span<const float> weights,
                               const std::vector<int>& cpus) const override {
    return std::make_unique<Layer>(inner_->make(shape, weights, cpus), shape, damage_);
  }

 private:
  class Layer final : public Linear {
   public:
    Layer(std::unique_ptr<Linear> inner, const LinearShape& shape, std::shared_ptr<Damage> damage)
        : inner_(std::move(inner)), shape_(shape), damage_(std::move(damage)) {}
    Bytes weight_bytes() const noexcept override { return inner_->weight_bytes(); }
    std::unique_ptr<Linear> for_rows(int m) const override {
      LinearShape shape = shape_;
      shape.m = m;
      return std::make_unique<Layer>(inner_->for_rows(m), shape, damage_);
    }
    void run(const float* x, float* y) noexcept override {
      inner_->run(x, y);
      if (*damage_) (*damage_)(shape_, y);
    }

   private:
    std::unique_ptr<Linear> inner_;
    LinearShape shape_;
    std::shared_ptr<Damage> damage_;
  };
  std::shared_ptr<const LinearBackend> inner_;
  std::shared_ptr<Damage> damage_;
};

/// The instruction sets that this CPU has, of those with loops here.
inline std::vector<Isa> isas_of_host() {
  std::vector<Isa> isas{Isa::kScalar};
  for (const Isa isa : {Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512, Isa::kNeon}) {
    if (host_has(isa)) isas.push_back(isa);
  }
  return isas;
}

/// Packed layers of the widest instruction set.
inline ModelOptions packed_options() {
  ModelOptions options;
  options.isas = isas_of_host();
  Isa widest = Isa::kScalar;
  for (const Isa isa : options.isas) {
    if (has_packed_kernels(isa)) widest = isa;
  }
  options.backends = {packed_backend(widest)};
  options.last_level_cache = gib(1);
  return options;
}

/// One layer of each kind that the ready models lack, and two outputs.
inline ModelSpec odd_model() {
  ModelSpec spec;
  spec.name = "odd";
  spec.input = {5, 7, 3};
  spec.max_batch = 5;
  spec.samples = 8;
  const auto layer = [&spec](const char* name, LayerKind kind, std::vector<std::string> inputs) {
    LayerSpec made;
    made.name = name;
    made.kind = kind;
    made.inputs = std::move(inputs);
    spec.layers.push_back(made);
    return spec.layers.size() - 1;
  };
  LayerSpec& conv = spec.layers[layer("conv", LayerKind::kConv, {})];
  conv.outputs = 19;
  conv.kernel_height = 3;
  conv.kernel_width = 2;
  conv.stride_width = 2;
  conv.activation = Activation::kSilu;
  LayerSpec& valid = spec.layers[layer("valid", LayerKind::kDepthwise, {"conv"})];
  valid.kernel_height = 2;
  valid.kernel_width = 3;
  valid.same_padding = false;
  valid.activation = Activation::kRelu;
  layer("up", LayerKind::kUpsample, {"valid"});
  LayerSpec& pool = spec.layers[layer("pool", LayerKind::kMaxPool, {"up"})];
  pool.kernel_height = pool.kernel_width = 3;
  LayerSpec& slice = spec.layers[layer("slice", LayerKind::kSlice, {"pool"})];
  slice.first = 2;
  slice.outputs = 11;
  layer("join", LayerKind::kConcat, {"slice", "up"});
  LayerSpec& wide = spec.layers[layer("wide", LayerKind::kDepthwise, {"join"})];
  wide.kernel_height = wide.kernel_width = 3;
  layer("sum", LayerKind::kAdd, {"wide", "join"});
  spec.layers.back().activation = Activation::kRelu6;
  layer("act", LayerKind::kActivation, {"sum"});
  spec.layers.back().activation = Activation::kSilu;
  layer("norm", LayerKind::kRmsNorm, {"act"});
  layer("flat", LayerKind::kFlatten, {"norm"});
  LayerSpec& last = spec.layers[layer("last", LayerKind::kDense, {"flat"})];
  last.outputs = 6;
  last.bias = false;
  spec.outputs = {"last", "pool"};
  return spec;
}

}  // namespace perfbench::test
