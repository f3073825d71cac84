#pragma once

#include <algorithm>
#include <limits>

#include "kernels/lighthouse/layers/element_loops_body.hpp"

// Depthwise convolution and maximum over windows. A 3 x 3 convolution, which is nearly all of them,
// keeps the nine weights of a block of channels in registers along a line of the output.

namespace perfbench::loops {

/// Taps [first, last) of a window that lie within the image, and the pixel of tap 0.
struct Taps {
  int first = 0;
  int last = 0;
  int origin = 0;
};

PERFBENCH_INLINE Taps taps_at(int place, int stride, int pad, int kernel, int size) noexcept {
  const int origin = place * stride - pad;
  return {std::max(0, -origin), std::min(kernel, size - origin), origin};
}

struct Window {
  Taps rows;
  Taps columns;
};

/// One output pixel, `count` of kLanes channels from `channel` on; any kernel, any place.
template <int kLanes, bool kMaximum>
PERFBENCH_INLINE void window_block(const WindowCall& call,
                                   const Window& window,
                                   std::size_t channel,
                                   std::size_t count,
                                   Floats<kLanes>& result) noexcept {
  const auto channels = static_cast<std::size_t>(call.in.channels);
  if constexpr (kMaximum) {
    result = Floats<kLanes>{} + std::numeric_limits<float>::lowest();
  } else {
    result = Floats<kLanes>{};
    if (call.bias != nullptr) load_part<kLanes>(result, call.bias + channel, count);
  }
  Floats<kLanes> value;
  Floats<kLanes> weight;
  for (int i = window.rows.first; i < window.rows.last; ++i) {
    for (int j = window.columns.first; j < window.columns.last; ++j) {
      const int pixel = (window.rows.origin + i) * call.in.width + window.columns.origin + j;
      const float* x = call.x + static_cast<std::size_t>(pixel) * channels + channel;
      const bool whole = count == static_cast<std::size_t>(kLanes);
      if (whole) {
        load<kLanes>(value, x);
      } else {
        load_part<kLanes>(value, x, count);
      }
      if constexpr (kMaximum) {
        result = value > result ? value : result;
      } else {
        const int tap = i * call.kernel_width + j;
        const float* w = call.weights + static_cast<std::size_t>(tap) * channels + channel;
        if (whole) {
          load<kLanes>(weight, w);
        } else {
          load_part<kLanes>(weight, w, count);
        }
        result = result + value * weight;
      }
    }
  }
}

template <int kLanes, bool kMaximum, Activation kActivation>
PERFBENCH_INLINE void window_pixels(const WindowCall& call,
                                    const Taps& rows,
                                    int row,
                                    int begin,
                                    int end,
                                    std::size_t channel,
                                    std::size_t count) noexcept {
  const auto channels = static_cast<std::size_t>(call.out.channels);
  for (int column = begin; column < end; ++column) {
    const Window window{
        rows, taps_at(column, call.stride_width, call.pad_left, call.kernel_width, call.in.width)};
    Floats<kLanes> result;
    window_block<kLanes, kMaximum>(call, window, channel, count, result);
    activate<kLanes, kActivation>(result);
    float* y =
        call.y + static_cast<std::size_t>(row * call.out.width + column) * channels + channel;
    if (count == static_cast<std::size_t>(kLanes)) {
      store<kLanes>(y, result);
    } else {
      store_part<kLanes>(y, result, count);
    }
  }
}

/// The pixels of a line whose windows lie within the image, 3 x 3.
template <int kLanes, Activation kActivation>
PERFBENCH_INLINE void inner_pixels_3x3(
    const WindowCall& call, int row, int begin, int end, std::size_t channel) noexcept {
  constexpr std::size_t kSide = 3;
  const auto channels = static_cast<std::size_t>(call.in.channels);
  Floats<kLanes> weights[kSide * kSide];
#pragma GCC unroll 9
  for (std::size_t tap = 0; tap < kSide * kSide; ++tap) {
    load<kLanes>(weights[tap], call.weights + tap * channels + channel);
  }
  Floats<kLanes> shift{};
  if (call.bias != nullptr) load<kLanes>(shift, call.bias + channel);
  const auto corner =
      static_cast<std::size_t>((row * call.stride_height - call.pad_top) * call.in.width +
                               begin * call.stride_width - call.pad_left);
  const float* x = call.x + corner * channels + channel;
  const std::size_t line = static_cast<std::size_t>(call.in.width) * channels;
  const std::size_t step = static_cast<std::size_t>(call.stride_width) * channels;
  float* y = call.y + static_cast<std::size_t>(row * call.out.width + begin) * channels + channel;
  for (int column = begin; column < end; ++column, x += step, y += channels) {
    Floats<kLanes> sum = shift;
#pragma GCC unroll 3
    for (std::size_t i = 0; i < kSide; ++i) {
#pragma GCC unroll 3
      for (std::size_t j = 0; j < kSide; ++j) {
        Floats<kLanes> value;
        load<kLanes>(value, x + i * line + j * channels);
        sum = sum + value * weights[i * kSide + j];
      }
    }
    activate<kLanes, kActivation>(sum);
    store<kLanes>(y, sum);
  }
}

/// Columns [begin, end) whose windows lie within the image; empty ones begin at the width.
struct Inner {
  int begin = 0;
  int end = 0;
};
PERFBENCH_INLINE Inner inner_columns(const WindowCall& call) noexcept {
  const int begin = (call.pad_left + call.stride_width - 1) / call.stride_width;
  const int last = call.in.width - call.kernel_width + call.pad_left;
  const int end = last < 0 ? 0 : std::min(call.out.width, last / call.stride_width + 1);
  return begin < end ? Inner{begin, end} : Inner{call.out.width, call.out.width};
}

template <int kLanes, bool kMaximum, Activation kActivation>
PERFBENCH_INLINE void windows_as(const WindowCall& call) noexcept {
  constexpr std::size_t kStep = kLanes;
  const auto channels = static_cast<std::size_t>(call.in.channels);
  const bool small = !kMaximum && call.kernel_height == 3 && call.kernel_width == 3;
  const Inner inner = inner_columns(call);
  for (int row = 0; row < call.out.height; ++row) {
    const Taps rows =
        taps_at(row, call.stride_height, call.pad_top, call.kernel_height, call.in.height);
    const bool inside = small && rows.first == 0 && rows.last == 3;
    for (std::size_t channel = 0; channel < channels; channel += kStep) {
      const std::size_t count = std::min(kStep, channels - channel);
      if (inside && count == kStep) {
        window_pixels<kLanes, kMaximum, kActivation>(
            call, rows, row, 0, inner.begin, channel, count);
        inner_pixels_3x3<kLanes, kActivation>(call, row, inner.begin, inner.end, channel);
        window_pixels<kLanes, kMaximum, kActivation>(
            call, rows, row, inner.end, call.out.width, channel, count);
      } else {
        window_pixels<kLanes, kMaximum, kActivation>(
            call, rows, row, 0, call.out.width, channel, count);
      }
    }
  }
}

template <int kLanes>
PERFBENCH_INLINE void depthwise(const WindowCall& call) noexcept {
  switch (call.activation) {
    case Activation::kNone:
      return windows_as<kLanes, false, Activation::kNone>(call);
    case Activation::kRelu:
      return windows_as<kLanes, false, Activation::kRelu>(call);
    case Activation::kRelu6:
      return windows_as<kLanes, false, Activation::kRelu6>(call);
    case Activation::kSilu:
      return windows_as<kLanes, false, Activation::kSilu>(call);
  }
}

}  // namespace perfbench::loops
