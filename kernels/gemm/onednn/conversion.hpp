#pragma once

#include <cstdint>
#include <span>

namespace perfbench {

// In each of these `to` is as long as `from`.

/// fp32 to bf16, to the nearest, ties to even; finite numbers.
void to_bf16(std::span<const float> from, std::span<std::uint16_t> to) noexcept;

/// The smallest power of two s for which |x| / s <= 127 for all x of `row` (at most twice what is
/// needed); 1 for a row of zeros. A power of two keeps small whole numbers exact and costs at most
/// one bit.
[[nodiscard]] float int8_scale(std::span<const float> row) noexcept;

/// What u8 stands for zero.
inline constexpr std::int32_t kU8Zero = 128;

/// round(x / scale) + 128, and without the 128.
void to_u8(std::span<const float> from, float scale, std::span<std::uint8_t> to) noexcept;
void to_s8(std::span<const float> from, float scale, std::span<std::int8_t> to) noexcept;

}  // namespace perfbench
