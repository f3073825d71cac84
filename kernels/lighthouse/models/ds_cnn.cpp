#include "harness/core/units/check.hpp"
#include "kernels/lighthouse/models/layer_list.hpp"
#include "kernels/lighthouse/models/models.hpp"

namespace perfbench {
namespace {

constexpr int kFrames = 49;
constexpr int kCoefficients = 10;
constexpr int kWords = 12;
constexpr int kFirstHeight = 10;
constexpr int kFirstWidth = 4;

}  // namespace

ModelSpec ds_cnn_model(char size) {
  CHECK(size == 'S' || size == 'M' || size == 'L', "a size of the paper's table");
  const bool small = size == 'S';
  const int filters = small ? 64 : size == 'M' ? 172 : 276;
  const int blocks = size == 'L' ? 5 : 4;
  LayerList layers;
  LayerSpec first = LayerList::of("conv", LayerKind::kConv, {"input"});
  first.outputs = filters;
  first.kernel_height = kFirstHeight;
  first.kernel_width = kFirstWidth;
  first.stride_height = 2;
  first.stride_width = small ? 2 : 1;
  first.activation = Activation::kRelu;
  std::string x = layers.add(first);
  for (int block = 0; block < blocks; ++block) {
    const std::string name = "block" + std::to_string(block + 1);
    const int stride = block == 0 && !small ? 2 : 1;
    x = layers.depthwise(part(name, ".depthwise"), x, {3, stride}, Activation::kRelu);
    x = layers.conv(part(name, ".pointwise"), x, filters, {1, 1}, Activation::kRelu);
  }
  x = layers.plain("pool", LayerKind::kAveragePool, {x});
  layers.dense("words", x, kWords);
  ModelSpec spec;
  spec.input = {kFrames, kCoefficients, 1};
  spec.layers = layers.take();
  return spec;
}

}  // namespace perfbench
