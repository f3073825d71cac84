#include "reports/check/roof_index.hpp"

#include <algorithm>
#include <string_view>

#include "harness/core/judge/roof_id.hpp"
#include "reports/document/names.hpp"

namespace perfbench {

bool is_of_before_teams(const Roof& roof) noexcept { return roof.team.empty(); }

std::string id_of_before_teams(const Roof& roof) {
  std::string id = std::string(name_of(roof.kind)) + "-";
  if (roof.kind == RoofKind::kCompute) {
    id += name_of(roof.precision);
  } else {
    std::string level(name_of(roof.level));
    std::transform(level.begin(), level.end(), level.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    id += level + "-" + roof.kernel;
  }
  return id + "-" + std::to_string(roof.threads) + "t";
}

RoofIndex::RoofIndex(const RooflineSection& roofline) {
  for (const Roof& roof : roofline.roofs) {
    add(roof_id(roof), roof);
    if (is_of_before_teams(roof)) add(id_of_before_teams(roof), roof);
  }
}

void RoofIndex::add(const std::string& id, const Roof& roof) {
  Entry& entry = roofs_[id];
  ++entry.count;
  if (entry.widest == nullptr || static_cast<int>(roof.isa) > static_cast<int>(entry.widest->isa))
    entry.widest = &roof;
}

const Roof* RoofIndex::find(const std::string& id) const {
  const auto found = roofs_.find(id);
  return found == roofs_.end() ? nullptr : found->second.widest;
}

std::size_t RoofIndex::count(const std::string& id) const {
  const auto found = roofs_.find(id);
  return found == roofs_.end() ? 0 : found->second.count;
}

}  // namespace perfbench
