#include "kernels/lighthouse/models/layer_list.hpp"
#include "kernels/lighthouse/models/models.hpp"

namespace perfbench {
namespace {

constexpr int kBoxChannels = 64;  ///< 4 sides x 16 bins; also what the box branch is wide.
constexpr int kClasses = 80;      ///< COCO's; also what the class branch is wide.

class DetectorBuilder {
 public:
  /// Convolution, batch norm (folded), SiLU.
  std::string conv(const std::string& name, const std::string& x, int outputs, Window window) {
    return layers_.conv(name, x, outputs, window, Activation::kSilu);
  }

  /// C2f: half of the channels go through bottlenecks, and every step is kept.
  std::string c2f(
      const std::string& name, const std::string& x, int outputs, int repeats, bool shortcut) {
    const int half = outputs / 2;
    const std::string both = conv(name + ".cv1", x, outputs, {1, 1});
    std::vector<std::string> parts{layers_.slice(name + ".left", both, 0, half),
                                   layers_.slice(name + ".right", both, half, half)};
    for (int i = 0; i < repeats; ++i) {
      const std::string step = name + ".m" + std::to_string(i);
      const std::string first = conv(part(step, ".cv1"), parts.back(), half, {3, 1});
      std::string second = conv(part(step, ".cv2"), first, half, {3, 1});
      if (shortcut)
        second = layers_.plain(part(step, ".add"), LayerKind::kAdd, {parts.back(), second});
      parts.push_back(second);
    }
    return conv(
        name + ".cv2", layers_.plain(name + ".join", LayerKind::kConcat, parts), outputs, {1, 1});
  }

  std::string sppf(const std::string& name, const std::string& x, int outputs) {
    std::vector<std::string> parts{conv(name + ".cv1", x, outputs / 2, {1, 1})};
    for (const char* pool : {".pool1", ".pool2", ".pool3"})
      parts.push_back(layers_.max_pool(part(name, pool), parts.back(), {5, 1}));
    return conv(
        name + ".cv2", layers_.plain(name + ".join", LayerKind::kConcat, parts), outputs, {1, 1});
  }

  std::string up(const std::string& name, const std::string& x, const std::string& beside) {
    return join(name, layers_.plain(name + ".up", LayerKind::kUpsample, {x}), beside);
  }
  std::string join(const std::string& name, const std::string& x, const std::string& beside) {
    return layers_.plain(name, LayerKind::kConcat, {x, beside});
  }

  void head(const std::string& name, const std::string& x) {
    branch(name + ".box", x, kBoxChannels, kBoxChannels);
    branch(name + ".class", x, kClasses, kClasses);
  }

  [[nodiscard]] ModelSpec take() {
    ModelSpec spec;
    spec.layers = layers_.take();
    spec.outputs = outputs_;
    return spec;
  }

 private:
  void branch(const std::string& name, const std::string& x, int width, int outputs) {
    const std::string first = conv(name + ".0", x, width, {3, 1});
    const std::string second = conv(name + ".1", first, width, {3, 1});
    outputs_.push_back(layers_.conv(name + ".2", second, outputs, {1, 1}, Activation::kNone));
  }

  LayerList layers_;
  std::vector<std::string> outputs_;
};

}  // namespace

ModelSpec detector_model(int resolution) {
  DetectorBuilder net;
  std::string x = net.conv("l0", "input", 16, {3, 2});
  x = net.conv("l1", x, 32, {3, 2});
  x = net.c2f("l2", x, 32, 1, true);
  x = net.conv("l3", x, 64, {3, 2});
  const std::string p3 = net.c2f("l4", x, 64, 2, true);
  x = net.conv("l5", p3, 128, {3, 2});
  const std::string p4 = net.c2f("l6", x, 128, 2, true);
  x = net.conv("l7", p4, 256, {3, 2});
  x = net.c2f("l8", x, 256, 1, true);
  const std::string p5 = net.sppf("l9", x, 256);
  const std::string mid = net.c2f("l12", net.up("l11", p5, p4), 128, 1, false);
  const std::string small = net.c2f("l15", net.up("l14", mid, p3), 64, 1, false);
  x = net.conv("l16", small, 64, {3, 2});
  const std::string medium = net.c2f("l18", net.join("l17", x, mid), 128, 1, false);
  x = net.conv("l19", medium, 128, {3, 2});
  const std::string large = net.c2f("l21", net.join("l20", x, p5), 256, 1, false);
  net.head("p3", small);
  net.head("p4", medium);
  net.head("p5", large);
  ModelSpec spec = net.take();
  spec.input = {resolution, resolution, 3};
  return spec;
}

}  // namespace perfbench
