#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels/lighthouse/layers/element_loops.hpp"

// One text for all instruction sets: vectors of kLanes floats as GCC and clang know them, always
// inlined into a function that carries the target (attributes are not inherited by what it calls).
// Vectors go by reference alone: by value they would need an ABI that the baseline does not have.
// For the files element_loops_*.cpp alone.

#define PERFBENCH_INLINE [[gnu::always_inline]] inline

namespace perfbench::loops {

template <int kLanes>
struct Vector {
  using Floats [[gnu::vector_size(kLanes * 4)]] = float;
  using Ints [[gnu::vector_size(kLanes * 4)]] = std::int32_t;
};
template <int kLanes>
using Floats = typename Vector<kLanes>::Floats;
template <int kLanes>
using Ints = typename Vector<kLanes>::Ints;

template <int kLanes>
PERFBENCH_INLINE void load(Floats<kLanes>& to, const float* from) noexcept {
  std::memcpy(&to, from, sizeof(to));
}
template <int kLanes>
PERFBENCH_INLINE void store(float* to, const Floats<kLanes>& from) noexcept {
  std::memcpy(to, &from, sizeof(from));
}
/// The first `count` lanes; the others are 0.
template <int kLanes>
PERFBENCH_INLINE void load_part(Floats<kLanes>& to, const float* from, std::size_t count) noexcept {
  constexpr std::size_t kCount = kLanes;
  float lanes[kCount] = {};
  for (std::size_t i = 0; i < count; ++i) lanes[i] = from[i];
  std::memcpy(&to, lanes, sizeof(to));
}
template <int kLanes>
PERFBENCH_INLINE void store_part(float* to,
                                 const Floats<kLanes>& from,
                                 std::size_t count) noexcept {
  constexpr std::size_t kCount = kLanes;
  float lanes[kCount];
  std::memcpy(lanes, &from, sizeof(from));
  for (std::size_t i = 0; i < count; ++i) to[i] = lanes[i];
}
/// The sum, in pairs.
template <int kLanes>
PERFBENCH_INLINE float sum_of(const Floats<kLanes>& from) noexcept {
  constexpr std::size_t kCount = kLanes;
  float lanes[kCount];
  std::memcpy(lanes, &from, sizeof(from));
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

/// e^x within some units of the last place, by Cephes' polynomial (expf.c): 2^n times e^r with r
/// within half of ln 2. Beyond what fp32 can tell from 0 or infinity it stays at the bound.
template <int kLanes>
PERFBENCH_INLINE void exponential(Floats<kLanes>& x) noexcept {
  constexpr float kLeast = -87.0F;
  constexpr float kMost = 88.0F;
  constexpr float kRound = 12582912.0F;  // 1.5 x 2^23: the sum's last bits are a whole number.
  constexpr std::int32_t kRoundBits = 0x4B400000;
  const Floats<kLanes> least = Floats<kLanes>{} + kLeast;
  const Floats<kLanes> most = Floats<kLanes>{} + kMost;
  x = x < least ? least : x;
  x = x > most ? most : x;
  const Floats<kLanes> shifted = x * 1.44269504F + kRound;
  Ints<kLanes> power;
  std::memcpy(&power, &shifted, sizeof(power));
  const Floats<kLanes> whole = shifted - kRound;
  const Floats<kLanes> coarse = x - whole * 0.693359375F;
  const Floats<kLanes> r = coarse - whole * -2.12194440e-4F;
  Floats<kLanes> sum = r * 1.9875691500e-4F + 1.3981999507e-3F;
  sum = sum * r + 8.3334519073e-3F;
  sum = sum * r + 4.1665795894e-2F;
  sum = sum * r + 1.6666665459e-1F;
  sum = sum * r + 5.0000001201e-1F;
  sum = sum * r * r + r + 1.0F;
  const Ints<kLanes> bits = (power - kRoundBits + 127) << 23;
  Floats<kLanes> scale;
  std::memcpy(&scale, &bits, sizeof(scale));
  x = sum * scale;
}

template <int kLanes, Activation kActivation>
PERFBENCH_INLINE void activate(Floats<kLanes>& x) noexcept {
  if constexpr (kActivation == Activation::kRelu || kActivation == Activation::kRelu6) {
    const Floats<kLanes> zero{};
    x = x > zero ? x : zero;
  }
  if constexpr (kActivation == Activation::kRelu6) {
    const Floats<kLanes> six = Floats<kLanes>{} + 6.0F;
    x = x < six ? x : six;
  }
  if constexpr (kActivation == Activation::kSilu) {
    Floats<kLanes> e = -x;
    exponential<kLanes>(e);
    x = x / (e + 1.0F);
  }
}

template <int kLanes, Activation kActivation>
PERFBENCH_INLINE void bias_activate_as(float* y,
                                       const float* bias,
                                       std::size_t rows,
                                       std::size_t channels) noexcept {
  constexpr std::size_t kStep = kLanes;
  const std::size_t whole = channels / kStep * kStep;
  for (std::size_t row = 0; row < rows; ++row, y += channels) {
    Floats<kLanes> value;
    Floats<kLanes> shift{};
    for (std::size_t c = 0; c < whole; c += kStep) {
      load<kLanes>(value, y + c);
      if (bias != nullptr) load<kLanes>(shift, bias + c);
      value = value + shift;
      activate<kLanes, kActivation>(value);
      store<kLanes>(y + c, value);
    }
    if (whole == channels) continue;
    load_part<kLanes>(value, y + whole, channels - whole);
    if (bias != nullptr) load_part<kLanes>(shift, bias + whole, channels - whole);
    value = value + shift;
    activate<kLanes, kActivation>(value);
    store_part<kLanes>(y + whole, value, channels - whole);
  }
}

template <int kLanes>
PERFBENCH_INLINE void bias_activate(float* y,
                                    const float* bias,
                                    std::size_t rows,
                                    std::size_t channels,
                                    Activation activation) noexcept {
  if (bias == nullptr) {  // Then rows are all the same, and long ones are quicker.
    if (activation == Activation::kNone) return;
    channels *= rows;
    rows = 1;
  }
  switch (activation) {
    case Activation::kNone:
      return bias_activate_as<kLanes, Activation::kNone>(y, bias, rows, channels);
    case Activation::kRelu:
      return bias_activate_as<kLanes, Activation::kRelu>(y, bias, rows, channels);
    case Activation::kRelu6:
      return bias_activate_as<kLanes, Activation::kRelu6>(y, bias, rows, channels);
    case Activation::kSilu:
      return bias_activate_as<kLanes, Activation::kSilu>(y, bias, rows, channels);
  }
}

template <int kLanes, bool kProduct>
PERFBENCH_INLINE void combine(const float* a,
                              const float* b,
                              float* y,
                              std::size_t count) noexcept {
  constexpr std::size_t kStep = kLanes;
  std::size_t i = 0;
  for (; i + kStep <= count; i += kStep) {
    Floats<kLanes> left;
    Floats<kLanes> right;
    load<kLanes>(left, a + i);
    load<kLanes>(right, b + i);
    store<kLanes>(y + i, kProduct ? left * right : left + right);
  }
  for (; i < count; ++i) y[i] = kProduct ? a[i] * b[i] : a[i] + b[i];
}

template <int kLanes>
PERFBENCH_INLINE void average(const float* x,
                              float* y,
                              std::size_t rows,
                              std::size_t channels) noexcept {
  const float share = 1.0F / static_cast<float>(rows);
  for (std::size_t c = 0; c < channels; ++c) y[c] = 0.0F;
  for (std::size_t row = 0; row < rows; ++row) {
    combine<kLanes, false>(x + row * channels, y, y, channels);
  }
  for (std::size_t c = 0; c < channels; ++c) y[c] *= share;
}

template <int kLanes>
PERFBENCH_INLINE void rms_norm(
    const float* x, const float* scale, float* y, std::size_t rows, std::size_t channels) noexcept {
  constexpr std::size_t kStep = kLanes;
  for (std::size_t row = 0; row < rows; ++row, x += channels, y += channels) {
    Floats<kLanes> squares{};
    std::size_t c = 0;
    Floats<kLanes> value;
    for (; c + kStep <= channels; c += kStep) {
      load<kLanes>(value, x + c);
      squares = squares + value * value;
    }
    float sum = sum_of<kLanes>(squares);
    for (; c < channels; ++c) sum += x[c] * x[c];
    const float factor = 1.0F / std::sqrt(sum / static_cast<float>(channels) + kNormEpsilon);
    Floats<kLanes> of_channel;
    for (c = 0; c + kStep <= channels; c += kStep) {
      load<kLanes>(value, x + c);
      load<kLanes>(of_channel, scale + c);
      store<kLanes>(y + c, value * factor * of_channel);
    }
    for (; c < channels; ++c) y[c] = x[c] * factor * scale[c];
  }
}

}  // namespace perfbench::loops
