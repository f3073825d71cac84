#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Memory for matrices of float or double. From 1 MiB on it is aligned to a huge page and offered
/// to the kernel as such, so that page walks do not blur a comparison; below, to a line. The pages
/// come into being when they are first written, on the node of the writing thread. Throws
/// ResourceError when the memory is not to be had.
template <class Real>
class MatrixBuffer {
 public:
  MatrixBuffer() = default;
  explicit MatrixBuffer(std::size_t elements);
  [[nodiscard]] Real* data() noexcept { return data_.get(); }
  [[nodiscard]] const Real* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return elements_; }
  [[nodiscard]] std::span<Real> span() noexcept { return {data_.get(), elements_}; }
  [[nodiscard]] std::span<const Real> span() const noexcept { return {data_.get(), elements_}; }

 private:
  struct Free {
    void operator()(Real* memory) const noexcept { std::free(memory); }
  };
  std::unique_ptr<Real[], Free> data_;
  std::size_t elements_ = 0;
};

extern template class MatrixBuffer<float>;
extern template class MatrixBuffer<double>;
using FloatBuffer = MatrixBuffer<float>;

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast and the same on every machine.
class ValueStream {
 public:
  explicit ValueStream(std::uint64_t seed) noexcept : state_(seed) {}
  [[nodiscard]] std::uint64_t next() noexcept;
  /// A whole number from low to high, both included; slightly uneven where the range is no power of
  /// two, which no use here minds.
  [[nodiscard]] std::int64_t integer(std::int64_t low, std::int64_t high) noexcept;
  /// In [-1, 1), never 0: stores of zeros are cheaper than others on some CPUs.
  [[nodiscard]] float unit() noexcept;

 private:
  std::uint64_t state_;
};

/// Fills with unit() values; doubles with 47 bits of them, so that fp32 arithmetic shows.
void fill_unit(std::span<float> values, std::uint64_t seed) noexcept;
void fill_unit(std::span<double> values, std::uint64_t seed) noexcept;

/// Fills with whole numbers.
void fill_integers(std::span<float> values,
                   std::uint64_t seed,
                   std::int64_t low,
                   std::int64_t high) noexcept;
void fill_integers(std::span<double> values,
                   std::uint64_t seed,
                   std::int64_t low,
                   std::int64_t high) noexcept;

}  // namespace perfbench
