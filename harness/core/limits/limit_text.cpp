#include "harness/core/limits/limit_text.hpp"

#include <array>
#include <cstdio>

namespace perfbench::limits {

Reading<Limit> make_limit(const std::string& name,
                          const std::string& what,
                          std::string_view unit,
                          const Cell& cell,
                          std::string_view source) {
  std::array<char, 32> figure{};
  std::snprintf(figure.data(), figure.size(), "%g", cell.value);  // most are whole numbers
  const std::string text = name + ", " + what + ": " + figure.data() + " " + std::string(unit) +
                           " (" + std::string(source) + "; " +
                           std::string(describe(cell.evidence)) + ")";
  return Reading<Limit>::of({cell.value, may_refuse(cell.evidence), text}, text);
}

}  // namespace perfbench::limits
