#pragma once

#include <array>
#include <cstdint>

#include "harness/core/units/check.hpp"

namespace perfbench {

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, as in Vigna's public-domain splitmix64.c): spreads
/// one 64-bit seed into independent-looking words. Used to seed Random and to derive the seed of
/// one stream from the run's seed.
[[nodiscard]] constexpr std::uint64_t split_mix(std::uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

/// Seed of stream number `stream` of a run, so that two scenarios of one seed draw different
/// samples.
[[nodiscard]] constexpr std::uint64_t derive_seed(std::uint64_t seed,
                                                  std::uint64_t stream) noexcept {
  std::uint64_t state = seed ^ (stream * 0xD1342543DE82EF95U);
  return split_mix(state);
}

/// xoshiro256** 1.0 (Blackman and Vigna 2018, public domain): the only source of random numbers of
/// this program. The standard library's distributions differ between implementations, and
/// std::mt19937 cuts a 64-bit seed to 32 bits; this draws the same numbers with every compiler and
/// uses the whole seed.
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) noexcept {
    for (std::uint64_t& word : state_) word = split_mix(seed);
  }

  constexpr std::uint64_t next() noexcept {
    const std::uint64_t result = rotate_left(state_[1] * 5U, 7) * 9U;
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate_left(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound), without modulo bias: draws below 2^64 mod bound are thrown away.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    CHECK(bound > 0, "below(0) has no answer");
    const std::uint64_t threshold = (0U - bound) % bound;
    std::uint64_t draw = next();
    while (draw < threshold) draw = next();
    return draw % bound;
  }

 private:
  [[nodiscard]] static constexpr std::uint64_t rotate_left(std::uint64_t x, int by) noexcept {
    return (x << static_cast<unsigned>(by)) | (x >> static_cast<unsigned>(64 - by));
  }

  std::array<std::uint64_t, 4> state_{};
};

/// Draws sample indices uniformly with replacement over the performance sample set, as LoadGen
/// does.
class SampleIndexGenerator {
 public:
  constexpr SampleIndexGenerator(std::uint64_t seed, std::uint64_t sample_count) noexcept
      : random_(seed), sample_count_(sample_count) {
    CHECK(sample_count > 0, "a workload lays out at least one sample");
  }
  constexpr std::uint64_t next() noexcept { return random_.below(sample_count_); }

 private:
  Random random_;
  std::uint64_t sample_count_;
};

}  // namespace perfbench
