#include "harness/core/judge/ridge.hpp"

#include <algorithm>
#include <array>

#include "harness/core/judge/roof_choice.hpp"
#include "harness/core/judge/roof_id.hpp"

namespace perfbench {
namespace {

constexpr std::array kPrecisions{
    Precision::kFp64, Precision::kFp32, Precision::kBf16, Precision::kFp16, Precision::kInt8};
constexpr std::array kLevels{
    MemoryLevel::kDram, MemoryLevel::kL3, MemoryLevel::kL2, MemoryLevel::kL1};

/// In the order of their first roof.
std::vector<TeamEpoch> places_of(std::span<const Roof> roofs) {
  std::vector<TeamEpoch> places;
  for (const Roof& roof : roofs) {
    const TeamEpoch place = team_epoch(roof);
    const bool seen = std::any_of(places.begin(), places.end(), [&](const TeamEpoch& old) {
      return old.team == place.team && old.epoch == place.epoch;
    });
    if (!seen) places.push_back(place);
  }
  return places;
}

}  // namespace

std::vector<RidgePoint> ridge_points(std::span<const Roof> roofs) {
  std::vector<RidgePoint> ridges;
  for (const TeamEpoch& place : places_of(roofs)) {
    for (const Precision precision : kPrecisions) {
      const Roof* compute = compute_roof(roofs, precision, place);
      if (compute == nullptr) continue;
      for (const MemoryLevel level : kLevels) {
        const Roof* memory = read_roof(roofs, level, place);
        if (memory == nullptr) continue;
        ridges.push_back(
            {roof_id(*compute), roof_id(*memory), compute->rate.best / memory->rate.best});
      }
    }
  }
  return ridges;
}

}  // namespace perfbench
