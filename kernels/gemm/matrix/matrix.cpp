#include "kernels/gemm/matrix/matrix.hpp"

#include <sys/mman.h>

#include <limits>
#include <string>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20U;
/// Smaller buffers would waste most of a huge page, and their beginnings would all share the same
/// sets of every cache.
constexpr std::size_t kWorthAHugePage = kHugePage / 2;
constexpr std::size_t kLine = 64;

template <class Real>
void fill_with_integers(std::span<Real> values,
                        std::uint64_t seed,
                        std::int64_t low,
                        std::int64_t high) noexcept {
  ValueStream stream(seed);
  for (Real& value : values) value = static_cast<Real>(stream.integer(low, high));
}

}  // namespace

template <class Real>
MatrixBuffer<Real>::MatrixBuffer(std::size_t elements) : elements_(elements) {
  if (elements == 0) return;
  const bool countable =
      elements < std::numeric_limits<std::size_t>::max() / sizeof(Real) - kHugePage;
  const bool large = elements > kWorthAHugePage / sizeof(Real);
  const std::size_t unit = large ? kHugePage : kLine;
  const std::size_t bytes = countable ? (elements * sizeof(Real) + unit - 1) / unit * unit : 0;
  void* memory = countable ? std::aligned_alloc(unit, bytes) : nullptr;
  if (memory == nullptr) {
    throw ResourceError("no memory for a matrix of " + std::to_string(elements) + " numbers of " +
                            std::to_string(sizeof(Real)) + " bytes",
                        "choose a smaller size");
  }
  if (large)
    ::madvise(memory, bytes, MADV_HUGEPAGE);  // A wish; where it is not granted nothing changes.
  data_.reset(static_cast<Real*>(memory));
}

template class MatrixBuffer<float>;
template class MatrixBuffer<double>;

std::uint64_t ValueStream::next() noexcept {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

std::int64_t ValueStream::integer(std::int64_t low, std::int64_t high) noexcept {
  const auto range = static_cast<std::uint64_t>(high - low) + 1;
  return low + static_cast<std::int64_t>((next() >> 32U) * range >> 32U);
}

float ValueStream::unit() noexcept {
  // An odd multiple of 2^-23: exact in fp32, and no odd number is 0.
  const auto odd = static_cast<std::int32_t>((next() >> 40U) | 1U) - (1 << 23);
  return static_cast<float>(odd) * 0x1p-23F;
}

void fill_unit(std::span<float> values, std::uint64_t seed) noexcept {
  ValueStream stream(seed);
  for (float& value : values) value = stream.unit();
}

void fill_unit(std::span<double> values, std::uint64_t seed) noexcept {
  ValueStream stream(seed);
  for (double& value : values) {
    const double coarse = static_cast<double>(stream.unit());
    value = coarse + 0x1p-24 * static_cast<double>(stream.unit());
  }
}

void fill_integers(std::span<float> values,
                   std::uint64_t seed,
                   std::int64_t low,
                   std::int64_t high) noexcept {
  fill_with_integers(values, seed, low, high);
}

void fill_integers(std::span<double> values,
                   std::uint64_t seed,
                   std::int64_t low,
                   std::int64_t high) noexcept {
  fill_with_integers(values, seed, low, high);
}

}  // namespace perfbench
