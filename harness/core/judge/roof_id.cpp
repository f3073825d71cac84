#include "harness/core/judge/roof_id.hpp"

#include <algorithm>

#include "harness/core/result/names.hpp"

namespace perfbench {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

}  // namespace

std::string team_id(const std::string& team, int threads) {
  return team.empty() ? std::to_string(threads) + "t" : team;
}

std::string roof_id(const Roof& roof) {
  std::string id(name_of(roof.kind));
  const std::string_view where =
      roof.kind == RoofKind::kCompute ? name_of(roof.precision) : name_of(roof.level);
  id.append("-").append(lower_case(where)).append("-").append(roof.kernel);
  if (roof.kind != RoofKind::kLatency) id.append("-").append(name_of(roof.isa));
  id.append("-").append(team_id(roof.team, roof.threads));
  if (roof.epoch > 0) id.append("-e").append(std::to_string(roof.epoch));
  return id;
}

}  // namespace perfbench
