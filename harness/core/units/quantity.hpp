#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

#include "harness/core/units/check.hpp"

namespace perfbench {

/// Durations are of the steady clock, in nanoseconds (no other clock measures).
using Nanoseconds = std::chrono::nanoseconds;

/// An amount per second. Comes from dividing a Quantity by a duration, or from a report that stored
/// one.
template <class Tag>
class Rate {
 public:
  constexpr Rate() = default;
  [[nodiscard]] static constexpr Rate per_second(double value) noexcept { return Rate(value); }
  [[nodiscard]] constexpr double per_second() const noexcept { return value_; }
  friend constexpr auto operator<=>(const Rate&, const Rate&) = default;
  /// The dimensionless ratio of two rates of one kind, such as a fraction of a roof.
  friend constexpr double operator/(Rate a, Rate b) noexcept { return a.value_ / b.value_; }
  friend constexpr Rate operator*(Rate a, double factor) noexcept {
    return Rate(a.value_ * factor);
  }

 private:
  constexpr explicit Rate(double value) noexcept : value_(value) {}
  double value_ = 0.0;
};

/// A counted amount of work or memory: exact up to 2^64.
template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(std::uint64_t count) noexcept : count_(count) {}
  [[nodiscard]] constexpr std::uint64_t count() const noexcept { return count_; }
  friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) noexcept {
    return Quantity(a.count_ + b.count_);
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) noexcept {
    return Quantity(a.count_ - b.count_);
  }
  friend constexpr Quantity operator*(Quantity a, std::uint64_t times) noexcept {
    return Quantity(a.count_ * times);
  }
  friend constexpr Quantity operator*(std::uint64_t times, Quantity a) noexcept {
    return a * times;
  }
  friend constexpr Quantity operator/(Quantity a, std::uint64_t parts) noexcept {
    return Quantity(a.count_ / parts);
  }
  /// Throws nothing; the duration must be positive, since a rate over no time is a programmer's
  /// error.
  friend constexpr Rate<Tag> operator/(Quantity amount, Nanoseconds duration) {
    CHECK(duration.count() > 0, "a rate needs a positive duration");
    return Rate<Tag>::per_second(static_cast<double>(amount.count_) * 1e9 /
                                 static_cast<double>(duration.count()));
  }

 private:
  std::uint64_t count_ = 0;
};

struct BytesTag;
struct FlopsTag;
struct CyclesTag;
struct SamplesTag;
using Bytes = Quantity<BytesTag>;      ///< 1 GB is 1e9, 1 GiB is 2^30.
using Flops = Quantity<FlopsTag>;      ///< One multiply-accumulate is 2.
using Cycles = Quantity<CyclesTag>;    ///< Actual core cycles, never TSC ticks.
using Samples = Quantity<SamplesTag>;  ///< LoadGen's word: one inference of a query.
using BytesPerSecond = Rate<BytesTag>;
using FlopsPerSecond = Rate<FlopsTag>;
using Hertz = Rate<CyclesTag>;
using SamplesPerSecond = Rate<SamplesTag>;

[[nodiscard]] constexpr Bytes kib(std::uint64_t n) noexcept { return Bytes(n << 10U); }
[[nodiscard]] constexpr Bytes mib(std::uint64_t n) noexcept { return Bytes(n << 20U); }
[[nodiscard]] constexpr Bytes gib(std::uint64_t n) noexcept { return Bytes(n << 30U); }

[[nodiscard]] constexpr double seconds(Nanoseconds d) noexcept {
  return static_cast<double>(d.count()) * 1e-9;
}
[[nodiscard]] constexpr Nanoseconds from_seconds(double s) noexcept {
  return Nanoseconds(static_cast<std::int64_t>(s * 1e9));
}

}  // namespace perfbench
