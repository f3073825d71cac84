#include "kernels/peak/peak_reference.hpp"

#include <array>
#include <cmath>
#include <cstring>

#include "harness/core/units/check.hpp"
#include "kernels/peak/half_precision.hpp"

namespace perfbench {
namespace {

template <class Element>
Element read(std::span<const std::byte> bytes, std::size_t i) {
  Element element{};
  std::memcpy(&element, bytes.data() + i * sizeof(Element), sizeof(Element));
  return element;
}

template <class Element>
void write(std::span<std::byte> bytes, std::size_t i, Element element) {
  std::memcpy(bytes.data() + i * sizeof(Element), &element, sizeof(Element));
}

/// Half precision by way of double, which holds products and sums of two such numbers exactly in
/// the range that the recurrences stay in: one rounding, as the fused instruction has it.
struct Half {
  double value = 0.0;
};

Half fused(Half m, Half x, Half addend) {
  return {round_to_half(m.value * x.value + addend.value)};
}
float fused(float m, float x, float addend) { return std::fma(m, x, addend); }
double fused(double m, double x, double addend) { return std::fma(m, x, addend); }

// Two roundings. x86 only has this form, and its baseline no instruction that a compiler could
// contract the two operations into.
Half separate(Half m, Half x, Half addend) {
  return {round_to_half(round_to_half(m.value * x.value) + addend.value)};
}
template <class Float>
Float separate(Float m, Float x, Float addend) {
  const Float product = m * x;
  return product + addend;
}

Half negated(Half x) { return {-x.value}; }
template <class Float>
Float negated(Float x) {
  return -x;
}

Half added(Half x, Half y) { return {round_to_half(x.value + y.value)}; }
template <class Float>
Float added(Float x, Float y) {
  return x + y;
}

template <class Float>
struct Format {
  using Element = Float;
  static Float from(double value) { return static_cast<Float>(value); }
  static Element pack(Float value) { return value; }
  static Float unpack(Element element) { return element; }
  static double wide(Float value) { return value; }
};

template <>
struct Format<Half> {
  using Element = std::uint16_t;
  static Half from(double value) { return {round_to_half(value)}; }
  static Element pack(Half half) { return half_bits(half.value); }
  static Half unpack(Element element) { return {half_value(element)}; }
  static double wide(Half half) { return half.value; }
};

/// Just below 1 with a full mantissa, so that the multipliers work on all bits; x then tends to
/// +-c/(1+m) and takes some ten thousand steps to get there. In half precision 0.9999 would round
/// to 1.
double factor_of(Precision precision) {
  return precision == Precision::kFp16 ? 1.0 - 0x1p-10 : 0.9999;
}

/// What kFusedPlusX takes back less than it adds, so that x tells the number of iterations; small
/// enough that x stops growing while it is near the constants (half of its last digit then is
/// more), or in fp64 does not grow to speak of within hours.
double drift_of(Precision precision) {
  if (precision == Precision::kFp16) return 0x1p-8;
  return precision == Precision::kFp32 ? 0x1p-16 : 0x1p-30;
}

template <class Float>
class FmaReference final : public PeakReference {
  using F = Format<Float>;
  using Element = typename F::Element;

 public:
  explicit FmaReference(const PeakLoop& loop)
      : loop_(loop), m_(F::from(factor_of(loop.precision))) {
    // The adders step through + c and - m, which must nearly agree.
    const double c = loop.step == PeakStep::kFusedAndAdd ? 1.0 : 2.0;
    c_ = F::from(c);
    d_ = F::from(c - drift_of(loop.precision));
  }

  void write_constants(std::span<std::byte> constants) const override {
    write(constants, 0, F::pack(m_));
    write(constants, 1, F::pack(c_));
    write(constants, 2, F::pack(d_));
  }

  /// Between c and the point c/(1+m) that the steps tend to, far enough from both to move in every
  /// iteration; negative where m x + c follows, so that no step ends near zero.
  void write_start(std::span<std::byte> state) const override {
    const std::size_t count = element_count(loop_);
    for (std::size_t i = 0; i < count; ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(count);
      const double magnitude = F::wide(c_) * (0.75 + 0.15 * part);
      const bool times_x = !is_adder(i) && loop_.step != PeakStep::kFusedPlusX;
      write(state, i, F::pack(F::from(times_x ? -magnitude : magnitude)));
    }
  }

  void advance(std::span<std::byte> state, std::uint64_t iterations) const override {
    for (std::size_t i = 0; i < element_count(loop_); ++i) {
      Float x = F::unpack(read<Element>(state, i));
      const std::uint64_t pairs = (is_adder(i) ? loop_.adder_steps : loop_.steps) / 2;
      for (std::uint64_t k = 0; k < iterations * pairs; ++k) {
        x = is_adder(i) ? added(added(x, c_), negated(m_)) : forth_and_back(x);
      }
      write(state, i, F::pack(x));
    }
  }

  std::string print(std::span<const std::byte> element) const override {
    return std::to_string(F::wide(F::unpack(read<Element>(element, 0))));
  }

 private:
  bool is_adder(std::size_t i) const { return i >= std::size_t{loop_.accumulators} * loop_.lanes; }

  Float forth_and_back(Float x) const {
    if (loop_.step == PeakStep::kFusedPlusX) return fused(negated(m_), d_, fused(m_, c_, x));
    if (loop_.step == PeakStep::kSeparateTimesX) {
      return separate(m_, separate(m_, x, c_), negated(c_));
    }
    return fused(m_, fused(m_, x, c_), negated(c_));
  }

  PeakLoop loop_;
  Float m_;
  Float c_;
  Float d_;
};

/// bf16 is the upper half of an fp32; exact for numbers of 8 significant bits.
std::uint16_t bf16_bits(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  CHECK((bits & 0xffffU) == 0, "not a number of bf16");
  return static_cast<std::uint16_t>(bits >> 16U);
}

/// Numbers of 8 significant bits, 1 to 2 in magnitude. Their products are multiples of 2^-14, and
/// the sums stay below 2^10, so that fp32 holds them exactly, in whatever order they are added and
/// however an instruction rounds.
class Bf16DotReference final : public PeakReference {
 public:
  explicit Bf16DotReference(const PeakLoop& loop) : loop_(loop) {}

  void write_constants(std::span<std::byte> constants) const override {
    std::size_t i = 0;
    for (const auto& pair : {kA, kB, kD}) {
      for (const float number : pair) write(constants, i++, bf16_bits(number));
    }
  }

  void write_start(std::span<std::byte> state) const override {
    for (std::size_t i = 0; i < element_count(loop_); ++i) {
      write(state, i, 0.5F + static_cast<float>(i) / 2048.0F);
    }
  }

  void advance(std::span<std::byte> state, std::uint64_t iterations) const override {
    for (std::size_t i = 0; i < element_count(loop_); ++i) {
      float x = read<float>(state, i);
      for (std::uint64_t k = 0; k < iterations; ++k) {
        for (const auto& factors : {kB, kD}) {
          for (std::uint32_t p = 0; p < loop_.products; ++p) x += kA[p % 2] * factors[p % 2];
        }
      }
      write(state, i, x);
    }
  }

  std::string print(std::span<const std::byte> element) const override {
    return std::to_string(read<float>(element, 0));
  }

 private:
  static constexpr std::array<float, 2> kA{255.0F / 128, 129.0F / 128};
  static constexpr std::array<float, 2> kB{161.0F / 128, 199.0F / 128};
  /// -b but for the last digit of one: the sum moves on by 129 / 2^14.
  static constexpr std::array<float, 2> kD{-161.0F / 128, -198.0F / 128};

  PeakLoop loop_;
};

/// The first factors are below 128, so that instructions with a signed and with an unsigned first
/// operand agree. Sums wrap, as the instructions do.
class Int8DotReference final : public PeakReference {
 public:
  explicit Int8DotReference(const PeakLoop& loop) : loop_(loop) {}

  void write_constants(std::span<std::byte> constants) const override {
    std::size_t i = 0;
    for (const auto& four : {kA, kB, kB}) {
      for (const int number : four) write(constants, i++, static_cast<std::int8_t>(number));
    }
  }

  void write_start(std::span<std::byte> state) const override {
    for (std::size_t i = 0; i < element_count(loop_); ++i) {
      write(state, i, static_cast<std::uint32_t>(i) * 0x9E3779B1U);  // 2^32 over the golden ratio
    }
  }

  void advance(std::span<std::byte> state, std::uint64_t iterations) const override {
    for (std::size_t i = 0; i < element_count(loop_); ++i) {
      auto x = read<std::uint32_t>(state, i);
      for (std::uint64_t step = 0; step < iterations * loop_.steps; ++step) {
        for (std::uint32_t p = 0; p < loop_.products; ++p) {
          x += static_cast<std::uint32_t>(kA[p % 4] * kB[p % 4]);
        }
      }
      write(state, i, x);
    }
  }

  std::string print(std::span<const std::byte> element) const override {
    return std::to_string(read<std::int32_t>(element, 0));
  }

 private:
  static constexpr std::array<int, 4> kA{127, 3, 85, 42};
  static constexpr std::array<int, 4> kB{-128, 127, -77, 33};

  PeakLoop loop_;
};

constexpr std::size_t kTileRows = 16;
constexpr std::size_t kTileRowBytes = 64;
constexpr std::size_t kTileBytes = kTileRows * kTileRowBytes;

/// Intel SDM, LDTILECFG: palette 1, then bytes per row from byte 16 and rows from byte 48 of each
/// of the eight tiles.
void write_tile_configuration(std::span<std::byte> configuration) {
  write(configuration, 0, std::uint8_t{1});
  for (std::size_t tile = 0; tile < 8; ++tile) {
    write(configuration, 8 + tile, static_cast<std::uint16_t>(kTileRowBytes));
    write(configuration, 48 + tile, static_cast<std::uint8_t>(kTileRows));
  }
}

/// A has a row of the product's depth in each tile row. B's tile rows hold a group (two bf16, four
/// int8) of the depth for each of the 16 columns, one group after the other.
struct Bf16Tile {
  using Factor = float;
  using Sum = float;
  static constexpr std::size_t kDepth = 32;
  static constexpr std::size_t kGroup = 2;
  static std::uint16_t pack(float number) { return bf16_bits(number); }
  static float a(std::size_t row, std::size_t k) {
    return sign(row + k) * static_cast<float>(128 + (row * 7 + k * 13) % 128) / 128;
  }
  static float b(std::size_t k, std::size_t column) {
    return sign(k / 3) * static_cast<float>(128 + (k * 11 + column * 5) % 127) / 128;
  }
  /// -b but for the last digit of one row: the sums move on by a / 128.
  static float d(std::size_t k, std::size_t column) {
    return -b(k, column) + (k == 0 ? 1.0F / 128 : 0.0F);
  }
  static Sum start(std::size_t i) { return 0.5F + static_cast<float>(i) / 2048.0F; }

 private:
  static float sign(std::size_t i) { return i % 2 == 0 ? 1.0F : -1.0F; }
};

struct Int8Tile {
  using Factor = int;
  using Sum = std::uint32_t;
  static constexpr std::size_t kDepth = 64;
  static constexpr std::size_t kGroup = 4;
  static std::int8_t pack(int number) { return static_cast<std::int8_t>(number); }
  static int a(std::size_t row, std::size_t k) {
    return static_cast<int>((row * 37 + k * 11) % 256) - 128;
  }
  static int b(std::size_t k, std::size_t column) {
    return static_cast<int>((k * 29 + column * 53) % 256) - 128;
  }
  static int d(std::size_t k, std::size_t column) { return b(k, column); }
  static Sum start(std::size_t i) { return static_cast<std::uint32_t>(i) * 0x9E3779B1U; }
};

template <class Tile>
class TileReference final : public PeakReference {
  using Sum = typename Tile::Sum;

 public:
  explicit TileReference(const PeakLoop& loop) : loop_(loop) {
    CHECK(loop.lanes == kTileRows * kColumns && loop.products == Tile::kDepth,
          "a tile loop of another size than its reference");
  }

  void write_constants(std::span<std::byte> constants) const override {
    write_tile_configuration(constants.first(kTileRowBytes));
    const auto tiles = constants.subspan(kTileRowBytes);
    for (std::size_t row = 0; row < kTileRows; ++row) {
      for (std::size_t k = 0; k < Tile::kDepth; ++k) {
        write(tiles, row * Tile::kDepth + k, Tile::pack(Tile::a(row, k)));
      }
    }
    for (std::size_t k = 0; k < Tile::kDepth; ++k) {
      for (std::size_t column = 0; column < kColumns; ++column) {
        const std::size_t at =
            (k / Tile::kGroup * kColumns + column) * Tile::kGroup + k % Tile::kGroup;
        write(tiles.subspan(kTileBytes), at, Tile::pack(Tile::b(k, column)));
        write(tiles.subspan(2 * kTileBytes), at, Tile::pack(Tile::d(k, column)));
      }
    }
  }

  void write_start(std::span<std::byte> state) const override {
    for (std::size_t i = 0; i < element_count(loop_); ++i) write(state, i, Tile::start(i));
  }

  void advance(std::span<std::byte> state, std::uint64_t iterations) const override {
    for (std::size_t i = 0; i < kTileRows * kColumns; ++i) {
      const std::size_t row = i / kColumns;
      const std::size_t column = i % kColumns;
      Sum forth{};
      Sum back{};
      for (std::size_t k = 0; k < Tile::kDepth; ++k) {
        forth += static_cast<Sum>(Tile::a(row, k) * Tile::b(k, column));
        back += static_cast<Sum>(Tile::a(row, k) * Tile::d(k, column));
      }
      for (std::size_t tile = 0; tile < loop_.accumulators; ++tile) {
        const std::size_t at = tile * kTileRows * kColumns + i;
        auto x = read<Sum>(state, at);
        for (std::uint64_t k = 0; k < iterations; ++k) {
          x += forth;
          x += back;
        }
        write(state, at, x);
      }
    }
  }

  std::string print(std::span<const std::byte> element) const override {
    return std::to_string(read<Sum>(element, 0));
  }

 private:
  static constexpr std::size_t kColumns = 16;

  PeakLoop loop_;
};

}  // namespace

std::unique_ptr<PeakReference> make_peak_reference(const PeakLoop& loop) {
  switch (loop.step) {
    case PeakStep::kDot:
    case PeakStep::kMatrix:
      if (loop.precision == Precision::kBf16) return std::make_unique<Bf16DotReference>(loop);
      return std::make_unique<Int8DotReference>(loop);
    case PeakStep::kTile:
      if (loop.precision == Precision::kBf16)
        return std::make_unique<TileReference<Bf16Tile>>(loop);
      return std::make_unique<TileReference<Int8Tile>>(loop);
    default:
      break;
  }
  if (loop.precision == Precision::kFp16) return std::make_unique<FmaReference<Half>>(loop);
  if (loop.precision == Precision::kFp32) return std::make_unique<FmaReference<float>>(loop);
  return std::make_unique<FmaReference<double>>(loop);
}

}  // namespace perfbench
