#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kernels/lighthouse/model/model_spec.hpp"

namespace perfbench {

/// "block3" and ".add": "block3.add".
[[nodiscard]] inline std::string part(std::string name, const char* of) {
  name += of;
  return name;
}

/// A kernel's side and stride, the same both ways.
struct Window {
  int kernel = 1;
  int stride = 1;
};

/// Writes the layers of a model down; each call returns the layer's name.
class LayerList {
 public:
  std::string conv(const std::string& name,
                   const std::string& input,
                   int outputs,
                   Window window,
                   Activation activation) {
    LayerSpec layer = of(name, LayerKind::kConv, {input});
    layer.outputs = outputs;
    layer.activation = activation;
    return add_window(std::move(layer), window);
  }
  std::string depthwise(const std::string& name,
                        const std::string& input,
                        Window window,
                        Activation activation) {
    LayerSpec layer = of(name, LayerKind::kDepthwise, {input});
    layer.activation = activation;
    return add_window(std::move(layer), window);
  }
  std::string max_pool(const std::string& name, const std::string& input, Window window) {
    return add_window(of(name, LayerKind::kMaxPool, {input}), window);
  }
  std::string dense(const std::string& name,
                    const std::string& input,
                    int outputs,
                    Activation activation = Activation::kNone,
                    bool bias = true) {
    LayerSpec layer = of(name, LayerKind::kDense, {input});
    layer.outputs = outputs;
    layer.activation = activation;
    layer.bias = bias;
    return add(std::move(layer));
  }
  std::string slice(const std::string& name, const std::string& input, int first, int count) {
    LayerSpec layer = of(name, LayerKind::kSlice, {input});
    layer.first = first;
    layer.outputs = count;
    return add(std::move(layer));
  }
  /// Of a kind that needs no more than its inputs.
  std::string plain(const std::string& name, LayerKind kind, std::vector<std::string> inputs) {
    return add(of(name, kind, std::move(inputs)));
  }
  std::string add(LayerSpec layer) {
    layers_.push_back(std::move(layer));
    return layers_.back().name;
  }
  [[nodiscard]] static LayerSpec of(const std::string& name,
                                    LayerKind kind,
                                    std::vector<std::string> inputs) {
    LayerSpec layer;
    layer.name = name;
    layer.kind = kind;
    layer.inputs = std::move(inputs);
    return layer;
  }
  [[nodiscard]] std::vector<LayerSpec> take() { return std::move(layers_); }

 private:
  std::string add_window(LayerSpec layer, Window window) {
    layer.kernel_height = layer.kernel_width = window.kernel;
    layer.stride_height = layer.stride_width = window.stride;
    return add(std::move(layer));
  }
  std::vector<LayerSpec> layers_;
};

}  // namespace perfbench
