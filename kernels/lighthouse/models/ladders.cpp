#include "kernels/lighthouse/models/ladders.hpp"

#include <algorithm>
#include <cstdio>

#include "kernels/lighthouse/model/shared_model.hpp"
#include "kernels/lighthouse/models/models.hpp"

namespace perfbench {
namespace {

// Published figures, one MAC as 2 flop.
constexpr double kLlamaFlops = 16.06e9;      ///< A token of Llama-3-8B: 2 x 8.03e9 parameters.
constexpr double kLlamaBlockShare = 0.8692;  ///< 32 blocks; the rest is embedding and last layer.
constexpr double kDetectorFlops = 8.7e9;     ///< YOLOv8n at 640 x 640 (Ultralytics).
constexpr double kMobilenetFlops = 600e6;    ///< 300 M MACs (Sandler et al. 2018, table 4).
constexpr double kKeywordFlops = 20e6;       ///< The curriculum's DS_CNN, which is 'M'.
constexpr int kContext = 512;
constexpr std::size_t kDecodeBatch = 32;
constexpr std::size_t kPrefillBatch = 4;
constexpr std::size_t kDetectorBatch = 8;
constexpr std::size_t kMobilenetBatch = 16;
constexpr std::size_t kKeywordBatch = 32;
constexpr std::size_t kGemmBatch = 16;

std::string decimal(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

std::string whole(int number) { return std::to_string(number); }

void finish(ModelRung& entry, const std::string& ladder) {
  entry.spec.name = ladder;
  entry.spec.rung = entry.rung.is_fixed ? "fixed" : entry.rung.name;
  count_rung(entry.rung, entry.spec);
  if (entry.rung.published_flops > 0.0) {
    entry.rung.description +=
        "; " + decimal("%.4g Mflop", 1e-6 * static_cast<double>(entry.rung.flops.count())) +
        " a sample, " + decimal("%.4g", entry.rung.factor) + " x the " +
        decimal("%.4g Mflop", 1e-6 * entry.rung.published_flops) + " published";
  }
  entry.rung.description += "; fp32, weights not trained, 1 thread";
  entry.spec.description = entry.rung.description;
}

ModelLadder finished(ModelLadder ladder) {
  for (ModelRung& entry : ladder.rungs) finish(entry, ladder.name);
  return ladder;
}

struct LlamaRung {
  LlamaSize size;
  bool is_fixed = false;
};

double llama_factor(const LlamaSize& size) {
  const double width = size.width / 4096.0;
  return kLlamaBlockShare * size.blocks / 32.0 * width * width * size.tokens;
}

ModelRung llama_rung(const LlamaRung& from, const std::string& name, std::size_t batch) {
  const LlamaSize& size = from.size;
  ModelRung entry;
  entry.spec = llama_model(size);
  entry.spec.max_batch = batch;
  entry.rung.name = name;
  entry.rung.is_fixed = from.is_fixed;
  entry.rung.published_flops = kLlamaFlops;
  entry.rung.factor = llama_factor(size);
  entry.rung.description =
      whole(size.blocks) + " of Llama-3-8B's 32 transformer blocks at width " + whole(size.width) +
      " of 4096 (QKV with " + whole(size.width / 128) + " heads and " + whole(size.width / 512) +
      " KV heads, attention, SwiGLU)" +
      (size.tokens > 1 ? ", a prompt of " + whole(size.tokens) + " tokens"
                       : ", one token after a KV cache of " + whole(size.context));
  return entry;
}

ModelLadder llm_decode() {
  constexpr LlamaRung kRungs[] = {{{1024, 1, 1, kContext}},
                                  {{1024, 2, 1, kContext}},
                                  {{2048, 1, 1, kContext}},
                                  {{1024, 5, 1, kContext}, true},
                                  {{2048, 2, 1, kContext}},
                                  {{4096, 1, 1, kContext}},
                                  {{4096, 2, 1, kContext}},
                                  {{4096, 4, 1, kContext}},
                                  {{4096, 8, 1, kContext}},
                                  {{4096, 16, 1, kContext}},
                                  {{4096, 32, 1, kContext}}};
  ModelLadder ladder{"llm-decode",
                     "one token of transformer blocks of Llama 3's shape; the weights are streamed "
                     "for each batch, so that batch 1 is bound by memory",
                     {}};
  for (const LlamaRung& rung : kRungs) {
    const int mebibytes =
        52 * rung.size.blocks * (rung.size.width / 1024) * (rung.size.width / 1024);
    ladder.rungs.push_back(llama_rung(rung, whole(mebibytes) + "MiB", kDecodeBatch));
    ladder.rungs.back().rung.description =
        whole(mebibytes) + " MiB of weights: " + ladder.rungs.back().rung.description;
  }
  return finished(std::move(ladder));
}

ModelLadder llm_prefill() {
  constexpr LlamaRung kRungs[] = {{{512, 1, 16, 0}, true},
                                  {{512, 1, 64, 0}},
                                  {{1024, 1, 32, 0}},
                                  {{1024, 1, 128, 0}},
                                  {{2048, 1, 128, 0}},
                                  {{4096, 1, 128, 0}},
                                  {{4096, 1, 512, 0}}};
  ModelLadder ladder{"llm-prefill",
                     "a prompt through transformer blocks of Llama 3's shape: products of many "
                     "rows, bound by compute",
                     {}};
  for (const LlamaRung& rung : kRungs) {
    ladder.rungs.push_back(
        llama_rung(rung, whole(rung.size.width) + "-" + whole(rung.size.tokens), kPrefillBatch));
  }
  return finished(std::move(ladder));
}

ModelLadder detector() {
  constexpr int kResolutions[] = {
      64, 96, 128, 160, 192, 224, 256, 288, 320, 384, 448, 512, 576, 640};
  ModelLadder ladder{
      "detector", "YOLOv8n, all 3.2 M parameters: convolutions by im2col and GEMM", {}};
  for (const int resolution : kResolutions) {
    ModelRung entry;
    entry.spec = detector_model(resolution);
    entry.spec.max_batch = kDetectorBatch;
    entry.rung.name = whole(resolution);
    entry.rung.is_fixed = resolution == kResolutions[0];
    entry.rung.published_flops = kDetectorFlops;
    entry.rung.factor = (resolution / 640.0) * (resolution / 640.0);
    entry.rung.description = "YOLOv8n at " + whole(resolution) + " x " + whole(resolution) +
                             " of 640 x 640, without decoding and suppression";
    ladder.rungs.push_back(std::move(entry));
  }
  return finished(std::move(ladder));
}

struct MobilenetRung {
  int resolution;
  double width;
  double factor;  ///< Of the published figure; resolutions and widths round on the way down.
};
constexpr MobilenetRung kMobilenetRungs[] = {{96, 0.35, 0.0398},
                                             {96, 0.5, 0.0630},
                                             {128, 0.5, 0.1086},
                                             {160, 0.5, 0.1673},
                                             {192, 0.5, 0.2390},
                                             {160, 0.75, 0.3577},
                                             {192, 0.75, 0.5131},
                                             {192, 1.0, 0.7377},
                                             {224, 1.0, 1.0},
                                             {192, 1.4, 1.4274},
                                             {224, 1.4, 1.9407},
                                             {320, 1.0, 2.0416},
                                             {288, 1.4, 3.2041},
                                             {320, 1.4, 3.9543},
                                             {352, 1.4, 4.7835},
                                             {384, 1.4, 5.6916},
                                             {416, 1.4, 6.6787},
                                             {448, 1.4, 7.7447}};

ModelLadder mobilenet() {
  ModelLadder ladder{
      "mobilenet", "MobileNetV2: depthwise and pointwise convolutions of an image classifier", {}};
  for (const MobilenetRung& from : kMobilenetRungs) {
    ModelRung entry;
    entry.spec = mobilenet_model(from.resolution, from.width);
    entry.spec.max_batch = kMobilenetBatch;
    const std::string width = decimal("%g", from.width);
    entry.rung.name = whole(from.resolution) + "-" + width;
    entry.rung.is_fixed = ladder.rungs.empty();
    entry.rung.published_flops = kMobilenetFlops;
    entry.rung.factor = from.factor;
    entry.rung.description = "MobileNetV2 at " + whole(from.resolution) + " x " +
                             whole(from.resolution) + " (224 x 224 is published), width " + width;
    ladder.rungs.push_back(std::move(entry));
  }
  return finished(std::move(ladder));
}

ModelLadder kws() {
  struct KeywordRung {
    char size;
    double factor;
    const char* words;
  };
  constexpr KeywordRung kRungs[] = {
      {'S', 0.2657, "DS-CNN of MLPerf Tiny, 4 blocks of 64 channels"},
      {'M', 0.9816, "DS-CNN M of Hello Edge, 4 blocks of 172 channels"},
      {'L', 2.8328, "DS-CNN L of Hello Edge, 5 blocks of 276 channels"}};
  ModelLadder ladder{"kws", "keyword spotting by DS-CNN, one second of speech a sample", {}};
  for (const KeywordRung& from : kRungs) {
    ModelRung entry;
    entry.spec = ds_cnn_model(from.size);
    entry.spec.max_batch = kKeywordBatch;
    entry.rung.name = std::string(1, from.size);
    entry.rung.is_fixed = ladder.rungs.empty();
    entry.rung.published_flops = kKeywordFlops;
    entry.rung.factor = from.factor;
    entry.rung.description = std::string(from.words) + ", 49 x 10 MFCC";
    ladder.rungs.push_back(std::move(entry));
  }
  return finished(std::move(ladder));
}

ModelLadder gemm() {
  constexpr int kSizes[] = {128, 256, 384, 512, 768, 1024, 1536, 2048};
  constexpr int kFixedSize = 384;
  ModelLadder ladder{"gemm", "a dense layer: Y = X W, square matrices", {}};
  for (const int size : kSizes) {
    ModelRung entry;
    entry.spec = gemm_model(size);
    entry.spec.max_batch = kGemmBatch;
    entry.rung.name = whole(size);
    entry.rung.is_fixed = size == kFixedSize;
    entry.rung.description = "Y = X W, " + whole(size) + " x " + whole(size) + " x " + whole(size) +
                             ", one weight matrix, 16 input matrices";
    ladder.rungs.push_back(std::move(entry));
  }
  return finished(std::move(ladder));
}

}  // namespace

void count_rung(Rung& rung, const ModelSpec& spec) {
  const ModelPlan plan = plan_model(spec);
  const ModelMemory memory = memory_of(plan);
  rung.flops = plan.flops;
  rung.beyond_published = Flops(0);
  for (const LayerPlan& layer : plan.layers) {
    if (layer.spec.kind == LayerKind::kAttention)
      rung.beyond_published = rung.beyond_published + Flops(layer.flops);
  }
  rung.weights = plan.weight_bytes();
  rung.working_set = memory.working_set;
  rung.shared = memory.shared;
  rung.max_batch = spec.max_batch;
}

ModelSpec gemm_model(int size) {
  ModelSpec spec;
  spec.input = {1, size, size};
  LayerSpec layer;
  layer.name = "product";
  layer.outputs = size;
  layer.bias = false;
  spec.layers = {layer};
  return spec;
}

ModelSpec with_context(ModelSpec spec, int context) {
  for (LayerSpec& layer : spec.layers) layer.context = context;
  return spec;
}

const std::vector<ModelLadder>& model_ladders() {
  static const std::vector<ModelLadder> ladders{
      llm_decode(), llm_prefill(), detector(), mobilenet(), kws(), gemm()};
  return ladders;
}

}  // namespace perfbench
