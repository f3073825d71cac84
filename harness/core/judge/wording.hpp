#pragma once

#include <string>

#include "harness/core/units/quantity.hpp"

namespace perfbench::judge {

/// "1.3 %" of 0.013; with as many digits as tell it from its limit.
[[nodiscard]] std::string percent(double fraction, int digits = 1);
/// A number in its shortest form of at most `significant` digits: "63.9".
[[nodiscard]] std::string number(double value, int significant = 3);
/// A duration with the unit that fits: "850 ns", "12.5 us", "3.4 ms", "1.20 s".
[[nodiscard]] std::string duration(Nanoseconds value);

}  // namespace perfbench::judge
