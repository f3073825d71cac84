#include "harness/core/judge/roof_id.hpp"

#include <algorithm>

#include "harness/core/result/names.hpp"

namespace perfbench {

std::string roof_id(const Roof& roof) {
  std::string id(name_of(roof.kind));
  if (roof.kind == RoofKind::kCompute) {
    id.append("-").append(name_of(roof.precision));
  } else {
    std::string level(name_of(roof.level));
    std::transform(level.begin(), level.end(), level.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    id.append("-").append(level).append("-").append(roof.kernel);
  }
  id.append("-").append(std::to_string(roof.threads)).append("t");
  return id;
}

}  // namespace perfbench
