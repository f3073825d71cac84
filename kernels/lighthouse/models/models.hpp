#pragma once

#include <cstddef>

#include "kernels/lighthouse/model/model_spec.hpp"

namespace perfbench {

/// Blocks of Llama 3's shape: heads of 128 channels, one KV head for four heads, a feed-forward
/// width of 3.5 x the model's, RMS norm, rotary positions, SwiGLU. Llama-3-8B has width 4096 and 32
/// blocks (its config.json: hidden_size, num_hidden_layers, num_attention_heads 32,
/// num_key_value_heads 8, intermediate_size 14336); its embedding and its last layer are left out.
struct LlamaSize {
  int width = 4096;  ///< A multiple of 512.
  int blocks = 1;
  int tokens = 1;   ///< Of a sample: 1 decodes, more are a prompt.
  int context = 0;  ///< Tokens in each sample's KV cache.
};
[[nodiscard]] ModelSpec llama_model(const LlamaSize& size);

/// MobileNetV2 (Sandler et al. 2018, table 2), 1000 classes; channels are width x the table's,
/// rounded to multiples of 8 as the authors' code does.
[[nodiscard]] ModelSpec mobilenet_model(int resolution, double width);

/// YOLOv8n (Ultralytics, yolov8.yaml, scale n) from image to the six outputs of its head: boxes and
/// 80 classes at strides 8, 16 and 32, before decoding and suppression.
[[nodiscard]] ModelSpec detector_model(int resolution);

/// DS-CNN for keyword spotting (Zhang et al., Hello Edge, 2017, appendix), 49 x 10 MFCC, 12 words:
/// 'S' is the one of MLPerf Tiny, 'M' and 'L' its larger sisters.
[[nodiscard]] ModelSpec ds_cnn_model(char size);

}  // namespace perfbench
