#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "kernels/peak/peak_loop.hpp"

namespace perfbench {

/// What a peak loop works on and what it must come to, by scalar arithmetic that shares nothing
/// with the loop: fused operations through std::fma, half precision rounded by hand, dot products
/// of values whose sums are exact whatever the order of adding.
class PeakReference {
 public:
  PeakReference() = default;
  PeakReference(const PeakReference&) = delete;
  PeakReference& operator=(const PeakReference&) = delete;
  virtual ~PeakReference() = default;

  /// As PeakLoop::run reads them. At most kMostConstantBytes.
  virtual void write_constants(std::span<std::byte> constants) const = 0;
  /// Elements before the first iteration, each another one.
  virtual void write_start(std::span<std::byte> state) const = 0;
  /// Elements after so many iterations more.
  virtual void advance(std::span<std::byte> state, std::uint64_t iterations) const = 0;
  /// One element in words.
  [[nodiscard]] virtual std::string print(std::span<const std::byte> element) const = 0;

  static constexpr std::size_t kMostConstantBytes =
      64 + 3 * 1024;  ///< A tile configuration, A, B, D
};

[[nodiscard]] std::unique_ptr<PeakReference> make_peak_reference(const PeakLoop& loop);

}  // namespace perfbench
