#include "harness/core/units/check.hpp"
#include "kernels/lighthouse/models/layer_list.hpp"
#include "kernels/lighthouse/models/models.hpp"

namespace perfbench {
namespace {

constexpr int kHeadChannels = 128;
constexpr int kHeadsPerKvHead = 4;

class LlamaBuilder {
 public:
  explicit LlamaBuilder(const LlamaSize& size)
      : size_(size),
        heads_(size.width / kHeadChannels),
        kv_heads_(heads_ / kHeadsPerKvHead),
        feed_forward_(size.width * 7 / 2) {}

  void block(const std::string& b, std::string& x) {
    const std::string normed = layers_.plain(b + ".norm", LayerKind::kRmsNorm, {x});
    const std::string q = rope(b + ".q_rope", product(b + ".q", normed, size_.width), heads_);
    const std::string k =
        rope(b + ".k_rope", product(b + ".k", normed, kv_heads_ * kHeadChannels), kv_heads_);
    const std::string v = product(b + ".v", normed, kv_heads_ * kHeadChannels);
    LayerSpec attention = LayerList::of(b + ".attention", LayerKind::kAttention, {q, k, v});
    attention.heads = heads_;
    attention.kv_heads = kv_heads_;
    attention.context = size_.context;
    const std::string o = product(b + ".o", layers_.add(attention), size_.width);
    x = layers_.plain(b + ".add", LayerKind::kAdd, {x, o});
    const std::string between = layers_.plain(b + ".ffn_norm", LayerKind::kRmsNorm, {x});
    const std::string gate =
        layers_.dense(b + ".gate", between, feed_forward_, Activation::kSilu, false);
    const std::string up = product(b + ".up", between, feed_forward_);
    const std::string gated = layers_.plain(b + ".gated", LayerKind::kMultiply, {gate, up});
    x = layers_.plain(b + ".out", LayerKind::kAdd, {x, product(b + ".down", gated, size_.width)});
  }
  [[nodiscard]] std::vector<LayerSpec> take() { return layers_.take(); }

 private:
  std::string product(const std::string& name, const std::string& input, int outputs) {
    return layers_.dense(name, input, outputs, Activation::kNone, false);
  }
  std::string rope(const std::string& name, const std::string& input, int heads) {
    LayerSpec layer = LayerList::of(name, LayerKind::kRope, {input});
    layer.heads = heads;
    layer.context = size_.context;
    return layers_.add(layer);
  }

  LlamaSize size_;
  int heads_;
  int kv_heads_;
  int feed_forward_;
  LayerList layers_;
};

}  // namespace

ModelSpec llama_model(const LlamaSize& size) {
  CHECK(size.width >= kHeadChannels * kHeadsPerKvHead &&
            size.width % (kHeadChannels * kHeadsPerKvHead) == 0,
        "whole heads");
  LlamaBuilder builder(size);
  std::string x = "input";
  for (int block = 0; block < size.blocks; ++block) builder.block("b" + std::to_string(block), x);
  ModelSpec spec;
  spec.input = {1, size.tokens, size.width};
  spec.layers = builder.take();
  return spec;
}

}  // namespace perfbench
