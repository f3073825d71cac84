#include "tools/cli/values.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

template <class T>
using Unit = std::pair<std::string_view, T>;

constexpr std::array<Unit<std::int64_t>, 6> kTimeUnits = {{
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
}};

constexpr std::array<Unit<std::uint64_t>, 17> kByteUnits = {{
    {"", 1},
    {"B", 1},
    {"K", std::uint64_t{1} << 10U},
    {"KiB", std::uint64_t{1} << 10U},
    {"M", std::uint64_t{1} << 20U},
    {"MiB", std::uint64_t{1} << 20U},
    {"G", std::uint64_t{1} << 30U},
    {"GiB", std::uint64_t{1} << 30U},
    {"T", std::uint64_t{1} << 40U},
    {"TiB", std::uint64_t{1} << 40U},
    {"kB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
    {"k", std::uint64_t{1} << 10U},
    {"m", std::uint64_t{1} << 20U},
    {"g", std::uint64_t{1} << 30U},
}};

// Takes digits off the front of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

void refuse_empty_values(std::span<const std::string> words) {
  for (const std::string& word : words) {
    if (word.rfind("--", 0) == 0 && word.size() > 3 && word.find('=') == word.size() - 1)
      throw UsageError(word.substr(0, word.size() - 1) + " has no value", "See perfbench --help.");
  }
}

std::optional<Nanoseconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    std::int64_t unit = 1'000'000'000;
    if (!text.empty()) {
      bool found = false;
      for (const auto& [name, nanoseconds] : kTimeUnits) {
        if (text.rfind(name, 0) != 0) continue;
        unit = nanoseconds;
        text.remove_prefix(name.size());
        found = true;
        break;
      }
      if (!found) return std::nullopt;
    }
    const auto room =
        static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max() - total) / unit);
    if (*number > room) return std::nullopt;
    total += static_cast<std::int64_t>(*number) * unit;
  }
  if (total <= 0) return std::nullopt;
  return Nanoseconds(total);
}

std::optional<Nanoseconds> parse_offset(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  double scale = unit.empty() ? 1e9 : 0.0;
  for (const auto& [name, nanoseconds] : kTimeUnits) {
    if (unit == name) scale = static_cast<double>(nanoseconds);
  }
  constexpr double kYear = 365.0 * 24.0 * 3600.0 * 1e9;
  const double nanoseconds = value * scale;
  // A comparison that is not a number answers is false.
  if (scale == 0.0 || std::signbit(value) || !(nanoseconds <= kYear)) return std::nullopt;
  return Nanoseconds(std::llround(nanoseconds));
}

std::optional<Bytes> parse_bytes(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  for (const auto& [name, bytes] : kByteUnits) {
    if (text != name) continue;
    if (*number > std::numeric_limits<std::uint64_t>::max() / bytes) return std::nullopt;
    return Bytes(*number * bytes);
  }
  return std::nullopt;
}

}  // namespace perfbench
