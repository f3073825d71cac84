#pragma once

#include <algorithm>

#include "kernels/lighthouse/layers/element_loops_body.hpp"

// Keys and values of a KV head are read once for the heads that share it.

namespace perfbench::loops {

template <int kLanes>
PERFBENCH_INLINE float dot(const float* a, const float* b, std::size_t count) noexcept {
  constexpr std::size_t kStep = kLanes;
  Floats<kLanes> even{};
  Floats<kLanes> odd{};
  Floats<kLanes> left;
  Floats<kLanes> right;
  std::size_t i = 0;
  for (; i + 2 * kStep <= count; i += 2 * kStep) {
    load<kLanes>(left, a + i);
    load<kLanes>(right, b + i);
    even = even + left * right;
    load<kLanes>(left, a + i + kStep);
    load<kLanes>(right, b + i + kStep);
    odd = odd + left * right;
  }
  even = even + odd;
  float sum = sum_of<kLanes>(even);
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

/// Scores become their exponentials over the largest; returns the sum.
template <int kLanes>
PERFBENCH_INLINE float exponentials(float* scores, std::size_t count) noexcept {
  constexpr std::size_t kStep = kLanes;
  float most = scores[0];
  for (std::size_t i = 1; i < count; ++i) most = std::max(most, scores[i]);
  Floats<kLanes> sums{};
  Floats<kLanes> value;
  std::size_t i = 0;
  for (; i + kStep <= count; i += kStep) {
    load<kLanes>(value, scores + i);
    value = value - most;
    exponential<kLanes>(value);
    store<kLanes>(scores + i, value);
    sums = sums + value;
  }
  float sum = sum_of<kLanes>(sums);
  if (i < count) {
    load_part<kLanes>(value, scores + i, count - i);
    value = value - most;
    exponential<kLanes>(value);
    store_part<kLanes>(scores + i, value, count - i);
    for (; i < count; ++i) sum += scores[i];
  }
  return sum;
}

/// y += sum over the tokens of weight x value; four vectors of channels at a time stay in
/// registers.
template <int kLanes>
PERFBENCH_INLINE void add_weighted(const float* weights,
                                   const float* values,
                                   std::size_t next_value,
                                   std::size_t tokens,
                                   std::size_t channels,
                                   float* y) noexcept {
  constexpr std::size_t kStep = kLanes;
  constexpr std::size_t kTogether = 4;
  if (tokens == 0) return;  // There may be no values at all then.
  std::size_t c = 0;
  for (; c + kTogether * kStep <= channels; c += kTogether * kStep) {
    Floats<kLanes> sums[kTogether];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kTogether; ++i) load<kLanes>(sums[i], y + c + i * kStep);
    const float* value = values + c;
    for (std::size_t token = 0; token < tokens; ++token, value += next_value) {
      const float weight = weights[token];
#pragma GCC unroll 4
      for (std::size_t i = 0; i < kTogether; ++i) {
        Floats<kLanes> part;
        load<kLanes>(part, value + i * kStep);
        sums[i] = sums[i] + part * weight;
      }
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kTogether; ++i) store<kLanes>(y + c + i * kStep, sums[i]);
  }
  for (; c < channels; ++c) {
    float sum = y[c];
    for (std::size_t token = 0; token < tokens; ++token) {
      sum += weights[token] * values[token * next_value + c];
    }
    y[c] = sum;
  }
}

/// One token, one KV head and the heads that share it.
template <int kLanes>
PERFBENCH_INLINE void attend(const AttentionCall& call,
                             std::size_t token,
                             std::size_t kv_head) noexcept {
  const std::size_t channels = call.head_channels;
  const std::size_t shared_by = call.heads / call.kv_heads;
  const std::size_t row = call.kv_heads * channels;
  const std::size_t first = (token * call.heads + kv_head * shared_by) * channels;
  const std::size_t room = call.context + call.tokens;
  const std::size_t keys = call.context + token + 1;
  const float scale = 1.0F / std::sqrt(static_cast<float>(channels));
  const float* cached_keys = call.cached_keys + kv_head * call.context * channels;
  const float* own_keys = call.k + kv_head * channels;
  for (std::size_t t = 0; t < keys; ++t) {
    const float* key =
        t < call.context ? cached_keys + t * channels : own_keys + (t - call.context) * row;
    for (std::size_t head = 0; head < shared_by; ++head) {
      call.scores[head * room + t] =
          scale * dot<kLanes>(call.q + first + head * channels, key, channels);
    }
  }
  for (std::size_t head = 0; head < shared_by; ++head) {
    float* scores = call.scores + head * room;
    const float share = 1.0F / exponentials<kLanes>(scores, keys);
    float* y = call.y + first + head * channels;
    for (std::size_t c = 0; c < channels; ++c) y[c] = 0.0F;
    add_weighted<kLanes>(scores,
                         call.cached_values + kv_head * call.context * channels,
                         channels,
                         call.context,
                         channels,
                         y);
    add_weighted<kLanes>(
        scores + call.context, call.v + kv_head * channels, row, token + 1, channels, y);
    for (std::size_t c = 0; c < channels; ++c) y[c] *= share;
  }
}

template <int kLanes>
PERFBENCH_INLINE void attention(const AttentionCall& call) noexcept {
  for (std::size_t kv_head = 0; kv_head < call.kv_heads; ++kv_head) {
    for (std::size_t token = 0; token < call.tokens; ++token) attend<kLanes>(call, token, kv_head);
  }
}

}  // namespace perfbench::loops
