#include "harness/host/affinity/cpu_list.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace perfbench {
namespace {

constexpr std::string_view kWhite = " \t\r\n\v\f";
constexpr std::size_t kMaxListEntries = 65536;

std::optional<int> cpu_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// Adds "3" or "0-7" to the list; false for anything else.
bool add_part(std::string_view part, std::vector<int>& cpus) {
  const auto dash = part.find('-');
  const auto low = cpu_number(part.substr(0, dash));
  const auto high = dash == std::string_view::npos ? low : cpu_number(part.substr(dash + 1));
  if (!low || !high || *high < *low) return false;
  if (cpus.size() + static_cast<std::size_t>(*high - *low) >= kMaxListEntries) return false;
  for (int cpu = *low; cpu < *high; ++cpu) cpus.push_back(cpu);
  cpus.push_back(*high);
  return true;
}

}  // namespace

std::optional<std::vector<int>> parse_cpu_list(std::string_view text) {
  std::vector<int> cpus;
  const auto first = text.find_first_not_of(kWhite);
  if (first == std::string_view::npos) return cpus;
  text = text.substr(first, text.find_last_not_of(kWhite) - first + 1);
  for (std::size_t at = 0; at != std::string_view::npos;) {
    const auto comma = text.find(',', at);
    if (!add_part(text.substr(at, comma - at), cpus)) return std::nullopt;
    at = comma == std::string_view::npos ? comma : comma + 1;
  }
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

std::string format_cpu_list(std::vector<int> cpus) {
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  std::string text;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t end = i + 1;
    while (end < cpus.size() && cpus[end] == cpus[end - 1] + 1) ++end;
    if (!text.empty()) text += ',';
    text += std::to_string(cpus[i]);
    // Two in a row read better as a list than as a range.
    if (end - i > 1) text += (end - i > 2 ? "-" : ",") + std::to_string(cpus[end - 1]);
    i = end;
  }
  return text;
}

}  // namespace perfbench
