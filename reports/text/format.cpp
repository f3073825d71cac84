#include "reports/text/format.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace perfbench {
namespace {

constexpr int kDigits = 3;

std::string to_text(double value, std::chars_format format, int precision) {
  std::array<char, 400> buffer{};
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
  return {buffer.data(), result.ptr};
}

/// Rounded first, so that 999.7 ns becomes 1.00 us and not 1000 ns.
double round_to(double value, int digits) {
  const std::string text = to_text(value, std::chars_format::scientific, digits - 1);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

struct Unit {
  double factor;
  std::string_view name;
};

/// In the largest unit that leaves at least 1; units from small to large.
template <std::size_t N>
std::string scaled(double value, const std::array<Unit, N>& units) {
  if (!std::isfinite(value)) return "not a number";
  const double magnitude = std::abs(round_to(value, kDigits));
  Unit chosen = units.front();
  for (const Unit& unit : units) {
    if (magnitude >= unit.factor) chosen = unit;
  }
  return format_significant(value / chosen.factor, kDigits) + " " + std::string(chosen.name);
}

constexpr std::array<Unit, 5> kFlopUnits{Unit{1.0, "FLOP/s"},
                                         Unit{1e3, "kFLOP/s"},
                                         Unit{1e6, "MFLOP/s"},
                                         Unit{1e9, "GFLOP/s"},
                                         Unit{1e12, "TFLOP/s"}};
constexpr std::array<Unit, 5> kByteRateUnits{
    Unit{1.0, "B/s"}, Unit{1e3, "kB/s"}, Unit{1e6, "MB/s"}, Unit{1e9, "GB/s"}, Unit{1e12, "TB/s"}};
constexpr std::array<Unit, 4> kTimeUnits{
    Unit{1.0, "ns"}, Unit{1e3, "us"}, Unit{1e6, "ms"}, Unit{1e9, "s"}};
constexpr std::array<Unit, 4> kHertzUnits{
    Unit{1.0, "Hz"}, Unit{1e3, "kHz"}, Unit{1e6, "MHz"}, Unit{1e9, "GHz"}};
constexpr std::array<Unit, 5> kByteUnits{Unit{1.0, "B"},
                                         Unit{1024.0, "KiB"},
                                         Unit{1048576.0, "MiB"},
                                         Unit{1073741824.0, "GiB"},
                                         Unit{1099511627776.0, "TiB"}};

std::string with_commas(std::string digits) {
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, ",");
  return digits;
}

}  // namespace

std::string format_significant(double value, int digits) {
  if (!std::isfinite(value)) return "not a number";
  if (value == 0.0) return "0";
  const double rounded = round_to(value, digits);
  const int exponent = static_cast<int>(std::floor(std::log10(std::abs(rounded)) + 1e-12));
  if (exponent >= 15 || exponent < -6)
    return to_text(rounded, std::chars_format::scientific, digits - 1);
  const int decimals = digits - 1 - exponent;
  std::string text =
      to_text(std::abs(rounded), std::chars_format::fixed, decimals > 0 ? decimals : 0);
  if (decimals <= 0) text = with_commas(text);
  return rounded < 0.0 ? "-" + text : text;
}

std::string format_flop_rate(double flop_per_s) { return scaled(flop_per_s, kFlopUnits); }

std::string format_byte_rate(double byte_per_s) { return scaled(byte_per_s, kByteRateUnits); }

std::string format_nanoseconds(double ns) { return scaled(ns, kTimeUnits); }

std::string format_duration(Nanoseconds duration) {
  const std::int64_t ns = duration.count();
  if (ns > -1000 && ns < 1000) return std::to_string(ns) + " ns";
  return format_nanoseconds(static_cast<double>(ns));
}

std::string format_interval(Nanoseconds low, Nanoseconds high) {
  constexpr int kMostDigits = 6;
  const auto high_ns = static_cast<double>(high.count());
  Unit unit = kTimeUnits.front();
  for (const Unit& candidate : kTimeUnits) {
    if (std::abs(round_to(high_ns, kDigits)) >= candidate.factor) unit = candidate;
  }
  std::string from;
  std::string to;
  for (int digits = kDigits; digits <= kMostDigits; ++digits) {
    from = format_significant(static_cast<double>(low.count()) / unit.factor, digits);
    to = format_significant(high_ns / unit.factor, digits);
    if (from != to || low == high) break;
  }
  return from + " to " + to + " " + std::string(unit.name);
}

std::string format_wait(double seconds_to_wait) {
  if (!std::isfinite(seconds_to_wait) || seconds_to_wait < 0.0 || seconds_to_wait > 1e9)
    return "not a number";
  if (seconds_to_wait > 0.0 && seconds_to_wait < 1.0) return "less than 1 s";
  const auto whole = static_cast<std::int64_t>(std::llround(seconds_to_wait));
  const std::int64_t hours = whole / 3600;
  const std::int64_t minutes = whole / 60 % 60;
  const std::int64_t rest = whole % 60;
  if (hours > 0) return std::to_string(hours) + " h " + std::to_string(minutes) + " min";
  if (minutes > 0 && rest == 0) return std::to_string(minutes) + " min";
  if (minutes > 0) return std::to_string(minutes) + " min " + std::to_string(rest) + " s";
  return std::to_string(rest) + " s";
}

std::string format_hertz(double hz) { return scaled(hz, kHertzUnits); }

std::string format_bytes(std::uint64_t bytes) {
  std::uint64_t unit = 1;
  std::size_t index = 0;
  while (index + 1 < kByteUnits.size() && bytes / unit >= 1024) {
    unit *= 1024;
    ++index;
  }
  // A power of two has no digits to round.
  if (bytes % unit == 0)
    return format_count(bytes / unit) + " " + std::string(kByteUnits.at(index).name);
  return scaled(static_cast<double>(bytes), kByteUnits);
}

std::string format_percent(double fraction) {
  if (!std::isfinite(fraction)) return "not a number";
  const double percent = fraction * 100.0;
  // Below a hundredth of a percent the digits are noise; a loss of 0 is told from a small one.
  if (percent > 0.0 && percent < 0.01) return "under 0.01 %";
  return format_significant(percent) + " %";
}

std::string format_count(std::uint64_t count) { return with_commas(std::to_string(count)); }

std::string format_per_second(double per_s) { return format_significant(per_s) + " /s"; }

std::string format_rate(RoofKind kind, double rate) {
  switch (kind) {
    case RoofKind::kCompute:
      return format_flop_rate(rate);
    case RoofKind::kBandwidth:
      return format_byte_rate(rate);
    case RoofKind::kLatency:
      break;
  }
  return format_nanoseconds(rate);
}

}  // namespace perfbench
