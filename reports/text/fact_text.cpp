#include "reports/text/fact_text.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kSentence = 1000;

std::string number_text(double value, const std::string& unit) {
  if (unit == "Hz") return format_hertz(value);
  if (unit == "ns") return format_nanoseconds(value);
  return format_significant(value, 4);
}

std::string integer_text(std::int64_t value, const std::string& unit) {
  if (value >= 0 && (unit == "bytes" || unit == "byte" || unit == "B"))
    return format_bytes(static_cast<std::uint64_t>(value));
  if (unit == "ns") return format_duration(Nanoseconds(value));
  if (unit == "Hz") return format_hertz(static_cast<double>(value));
  return std::to_string(value);
}

bool unit_is_told(const std::string& unit) {
  return unit == "Hz" || unit == "ns" || unit == "bytes" || unit == "byte" || unit == "B";
}

}  // namespace

std::string fact_value_text(const FactValue& value, const std::string& unit) {
  const bool is_number =
      std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
  std::string text = std::visit(
      [&unit](const auto& held) -> std::string {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, bool>) {
          return held ? "yes" : "no";
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
          return integer_text(held, unit);
        } else if constexpr (std::is_same_v<T, double>) {
          return number_text(held, unit);
        } else if constexpr (std::is_same_v<T, std::string>) {
          return held.empty() ? "\"\"" : sanitise(held, kSentence);
        } else {
          std::string list;
          for (const std::string& item : held)
            list += (list.empty() ? "" : ", ") + sanitise(item, 200);
          return list.empty() ? "none" : sanitise(list, 4 * kSentence);
        }
      },
      value);
  if (!unit.empty() && !(is_number && unit_is_told(unit))) text += " " + sanitise(unit, 40);
  return text;
}

}  // namespace perfbench
