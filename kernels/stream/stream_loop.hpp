#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// Bytes to which the arrays of a StreamLoop are aligned, and of which their lengths are a
/// multiple.
inline constexpr std::size_t kStreamAlignment = 64;
inline constexpr std::size_t kStreamBlockBytes = 128;

/// The streaming loops of one ISA over whole blocks: n elements, a multiple of kStreamBlockBytes
/// / 8. read() wants all arrays aligned to kStreamAlignment, the triads only a. The non-temporal
/// form ends with a store fence; on arm64 it is the pair store with the non-temporal hint, which a
/// core may treat as a regular one.
struct StreamLoop {
  Isa isa = Isa::kScalar;
  /// Sums all three arrays as 64-bit integers, wrapping, so that the result does not depend on the
  /// order.
  std::uint64_t (*read)(const double* a,
                        const double* b,
                        const double* c,
                        std::size_t n) noexcept = nullptr;
  /// a[i] = b[i] + scalar * c[i]
  void (*triad)(
      double* a, const double* b, const double* c, double scalar, std::size_t n) noexcept = nullptr;
  void (*triad_nt)(
      double* a, const double* b, const double* c, double scalar, std::size_t n) noexcept = nullptr;
};

/// The loops of this build, narrowest first: scalar always, whose triad_nt is null.
[[nodiscard]] std::span<const StreamLoop> stream_loops() noexcept;

/// The loops of one ISA, null where this build has none.
[[nodiscard]] const StreamLoop* find_stream_loop(Isa isa) noexcept;

}  // namespace perfbench
