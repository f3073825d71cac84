#include <string>

#include "harness/core/plan/run_plan.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {

Preset preset_from_name(std::string_view name) {
  for (const Preset preset : {Preset::kQuick, Preset::kStandard, Preset::kStrict}) {
    if (preset_name(preset) == name) return preset;
  }
  throw UsageError("there is no preset \"" + std::string(name) + "\"",
                   "choose quick, standard or strict");
}

std::string_view preset_name(Preset preset) noexcept {
  switch (preset) {
    case Preset::kQuick:
      return "quick";
    case Preset::kStandard:
      return "standard";
    case Preset::kStrict:
      return "strict";
  }
  return "unknown";
}

}  // namespace perfbench
