#include <algorithm>

#include "kernels/lighthouse/models/layer_list.hpp"
#include "kernels/lighthouse/models/models.hpp"

namespace perfbench {
namespace {

/// A row of the paper's table 2.
struct Stage {
  int expansion;
  int channels;
  int repeats;
  int stride;
};
constexpr Stage kStages[] = {{1, 16, 1, 1},
                             {6, 24, 2, 2},
                             {6, 32, 3, 2},
                             {6, 64, 4, 2},
                             {6, 96, 3, 1},
                             {6, 160, 3, 2},
                             {6, 320, 1, 1}};
constexpr int kFirstChannels = 32;
constexpr int kLastChannels = 1280;
constexpr int kClasses = 1000;

/// _make_divisible of the authors' code: to a multiple of 8, and by no more than a tenth down.
int scaled(int channels, double width) {
  const double wanted = channels * width;
  const int rounded = std::max(8, static_cast<int>(wanted + 4.0) / 8 * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}

}  // namespace

ModelSpec mobilenet_model(int resolution, double width) {
  LayerList layers;
  int channels = scaled(kFirstChannels, width);
  std::string x = layers.conv("stem", "input", channels, {3, 2}, Activation::kRelu6);
  int number = 0;
  for (const Stage& stage : kStages) {
    const int outputs = scaled(stage.channels, width);
    for (int repeat = 0; repeat < stage.repeats; ++repeat) {
      const std::string name = "block" + std::to_string(++number);
      const int stride = repeat == 0 ? stage.stride : 1;
      std::string y = x;
      if (stage.expansion > 1) {
        y = layers.conv(
            part(name, ".expand"), y, channels * stage.expansion, {1, 1}, Activation::kRelu6);
      }
      y = layers.depthwise(part(name, ".depthwise"), y, {3, stride}, Activation::kRelu6);
      y = layers.conv(part(name, ".project"), y, outputs, {1, 1}, Activation::kNone);
      if (stride == 1 && channels == outputs)
        y = layers.plain(part(name, ".add"), LayerKind::kAdd, {x, y});
      x = y;
      channels = outputs;
    }
  }
  const int last = width > 1.0 ? scaled(kLastChannels, width) : kLastChannels;
  x = layers.conv("last", x, last, {1, 1}, Activation::kRelu6);
  x = layers.plain("pool", LayerKind::kAveragePool, {x});
  layers.dense("classes", x, kClasses);
  ModelSpec spec;
  spec.input = {resolution, resolution, 3};
  spec.layers = layers.take();
  return spec;
}

}  // namespace perfbench
