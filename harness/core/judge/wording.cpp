#include "harness/core/judge/wording.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace perfbench::judge {
namespace {

std::string printed(const char* format, int digits, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, digits, value);
  return text.data();
}

}  // namespace

std::string percent(double fraction, int digits) {
  return printed("%.*f", digits, fraction * 100.0) + " %";
}

std::string number(double value, int significant) {
  const double size = std::abs(value);
  // %g turns to exponents where the digits before the point outnumber the significant ones.
  if (std::isfinite(value) && size >= std::pow(10.0, significant) - 0.5 && size < 1e15) {
    const double unit = std::pow(10.0, std::floor(std::log10(size)) - significant + 1);
    return printed("%.*f", 0, std::round(value / unit) * unit);
  }
  return printed("%.*g", significant, value);
}

std::string duration(Nanoseconds value) {
  const auto ns = static_cast<double>(value.count());
  const double size = std::abs(ns);
  if (size < 1e3) return number(ns) + " ns";
  if (size < 1e6) return number(ns * 1e-3) + " us";
  if (size < 1e9) return number(ns * 1e-6) + " ms";
  return number(ns * 1e-9, 4) + " s";
}

}  // namespace perfbench::judge
