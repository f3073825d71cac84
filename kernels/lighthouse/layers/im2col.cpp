#include "kernels/lighthouse/layers/im2col.hpp"

#include <algorithm>

namespace perfbench {

void im2col(const LayerPlan& conv,
            const float* image,
            std::size_t first,
            std::size_t count,
            float* to) noexcept {
  const LayerSpec& spec = conv.spec;
  const auto channels = static_cast<std::size_t>(conv.in.channels);
  const std::size_t line = static_cast<std::size_t>(spec.kernel_width) * channels;
  for (std::size_t pixel = first; pixel < first + count; ++pixel) {
    const int row = static_cast<int>(pixel) / conv.out.width * spec.stride_height - conv.pad_top;
    const int column = static_cast<int>(pixel) % conv.out.width * spec.stride_width - conv.pad_left;
    const int begin = std::clamp(-column, 0, spec.kernel_width);
    const int end = std::clamp(conv.in.width - column, begin, spec.kernel_width);
    const std::size_t before = static_cast<std::size_t>(begin) * channels;
    const std::size_t copied = static_cast<std::size_t>(end - begin) * channels;
    for (int i = 0; i < spec.kernel_height; ++i, to += line) {
      const int from_row = row + i;
      if (from_row < 0 || from_row >= conv.in.height) {
        std::fill_n(to, line, 0.0F);
        continue;
      }
      const int from = from_row * conv.in.width + column + begin;
      std::fill_n(to, before, 0.0F);
      std::copy_n(image + static_cast<std::size_t>(from) * channels, copied, to + before);
      std::fill(to + before + copied, to + line, 0.0F);
    }
  }
}

}  // namespace perfbench
