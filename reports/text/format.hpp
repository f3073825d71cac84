#pragma once

#include <cstdint>
#include <string>

#include "harness/core/result/roofline.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Figures for people: three significant digits and the unit that fits. A value that is not finite
/// reads "not a number".
[[nodiscard]] std::string format_significant(double value, int digits = 3);
/// 1.23e11 -> "123 GFLOP/s".
[[nodiscard]] std::string format_flop_rate(double flop_per_s);
/// 1.23e10 -> "12.3 GB/s" (1 GB is 1e9 bytes).
[[nodiscard]] std::string format_byte_rate(double byte_per_s);
/// 1234.0 -> "1.23 us"; ns, us, ms, s.
[[nodiscard]] std::string format_nanoseconds(double ns);
[[nodiscard]] std::string format_duration(Nanoseconds duration);
/// Both ends in one unit, with as many digits (3 to 6) as tell them apart: "151.6 to 152.3 us".
[[nodiscard]] std::string format_interval(Nanoseconds low, Nanoseconds high);
/// Whole seconds and minutes for people who wait: "45 s", "3 min 5 s", "1 h 2 min".
[[nodiscard]] std::string format_wait(double seconds);
/// 4.33e9 -> "4.33 GHz".
[[nodiscard]] std::string format_hertz(double hz);
/// Binary units: 32768 -> "32 KiB".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);
/// 0.973 -> "97.3 %".
[[nodiscard]] std::string format_percent(double fraction);
/// 1234567 -> "1,234,567".
[[nodiscard]] std::string format_count(std::uint64_t count);
/// 12345.6 -> "12,300 /s", for queries and samples: three significant digits.
[[nodiscard]] std::string format_per_second(double per_s);
/// A roof's rate in the unit of its kind.
[[nodiscard]] std::string format_rate(RoofKind kind, double rate);

}  // namespace perfbench
