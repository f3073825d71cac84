#include "harness/host/machine/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "harness/host/affinity/cpu_list.hpp"

namespace perfbench {
namespace {

constexpr std::string_view kWhite = " \t\r\n\v\f";

template <class T>
std::optional<T> parse_whole(std::string_view text, int base) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view trim(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(kWhite);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(kWhite, at)) != std::string_view::npos) {
    const auto end = std::min(text.find_first_of(kWhite, at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  if (text.empty()) return pieces;
  std::size_t at = 0;
  while (true) {
    const auto end = std::min(text.find(separator, at), text.size());
    pieces.emplace_back(text.substr(at, end - at));
    if (end == text.size()) return pieces;
    at = end + 1;
  }
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  return parse_whole<std::int64_t>(trim(text), 10);
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  text = trim(text);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  return parse_whole<std::uint64_t>(text, 16);
}

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  std::int64_t factor = 1;
  if (text.back() == 'K') factor = std::int64_t{1} << 10U;
  if (text.back() == 'M') factor = std::int64_t{1} << 20U;
  if (text.back() == 'G') factor = std::int64_t{1} << 30U;
  if (factor != 1) text.remove_suffix(1);
  const auto count = parse_integer(text);
  if (!count || *count < 0 || *count > std::numeric_limits<std::int64_t>::max() / factor) {
    return std::nullopt;
  }
  return *count * factor;
}

std::optional<std::string> find_field(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || trim(line.substr(0, colon)) != key) continue;
    return std::string(trim(line.substr(colon + 1)));
  }
  return std::nullopt;
}

Reading<std::int64_t> as_integer(const Reading<std::string>& text) {
  if (!text.available()) return Reading<std::int64_t>::unavailable(text.reason());
  const auto value = parse_integer(text.value());
  if (!value) return Reading<std::int64_t>::unavailable(text.source() + ": no number in it");
  return Reading<std::int64_t>::of(*value, text.source());
}

Reading<std::vector<int>> as_cpu_list(const Reading<std::string>& text) {
  if (!text.available()) return Reading<std::vector<int>>::unavailable(text.reason());
  auto cpus = parse_cpu_list(text.value());
  if (!cpus) return Reading<std::vector<int>>::unavailable(text.source() + ": no list of CPUs");
  return Reading<std::vector<int>>::of(std::move(*cpus), text.source());
}

Reading<double> scaled(const Reading<std::int64_t>& reading, double factor) {
  if (!reading.available()) return Reading<double>::unavailable(reading.reason());
  return Reading<double>::of(static_cast<double>(reading.value()) * factor, reading.source());
}

Reading<std::string> not_empty(const Reading<std::string>& text) {
  if (text.available() && text.value().empty()) {
    return Reading<std::string>::unavailable(text.source() + ": empty");
  }
  return text;
}

}  // namespace perfbench
