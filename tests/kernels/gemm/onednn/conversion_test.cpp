#include "kernels/gemm/onednn/conversion.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <vector>

namespace perfbench {
namespace {

float from_bf16(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16U);
}

TEST(ToBf16, RoundsToNearestAndTiesToEven) {
  // Eight significant bits: 257 lies between 256 and 258, 259 between 258 and 260.
  const std::array<float, 7> from = {
      0.0F, -3.0F, 256.0F, 257.0F, 259.0F, 1.0F + 0x1p-20F, -0x1p-60F};
  std::array<std::uint16_t, 7> to{};
  to_bf16(from, to);
  const std::array<float, 7> expected = {0.0F, -3.0F, 256.0F, 256.0F, 260.0F, 1.0F, -0x1p-60F};
  for (std::size_t i = 0; i < to.size(); ++i) EXPECT_EQ(from_bf16(to[i]), expected[i]) << from[i];
}

TEST(Int8Scale, IsTheSmallestPowerOfTwoThatFits) {
  EXPECT_EQ(int8_scale(std::array{0.0F, 0.0F}), 1.0F);
  EXPECT_EQ(int8_scale(std::array{127.0F, -3.0F}), 1.0F);
  EXPECT_EQ(int8_scale(std::array{1.0F, -127.5F}), 2.0F);
  EXPECT_EQ(int8_scale(std::array{-63.5F}), 0.5F);
  EXPECT_EQ(int8_scale(std::array{64.0F}), 1.0F);
  EXPECT_EQ(int8_scale(std::array{0x1p-40F}), 0x1p-46F);
}

TEST(ToInt8, RoundsToNearestAndReachesBothEnds) {
  const std::array<float, 6> from = {127.0F, -127.0F, 0.5F, 1.5F, -2.6F, 0.0F};
  std::array<std::uint8_t, 6> u8{};
  to_u8(from, 1.0F, u8);
  EXPECT_EQ(u8, (std::array<std::uint8_t, 6>{255, 1, 128, 130, 125, 128}));
  std::array<std::int8_t, 6> s8{};
  to_s8(std::span(from).subspan(2), 0.5F, std::span(s8).subspan(2));
  EXPECT_EQ(s8, (std::array<std::int8_t, 6>{0, 0, 1, 3, -5, 0}));
}

}  // namespace
}  // namespace perfbench
