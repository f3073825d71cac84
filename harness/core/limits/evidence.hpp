#pragma once

#include <string_view>

namespace perfbench {

/// How a documented limit is known. Only the first three may refuse a figure; the others warn.
enum class Evidence {
  kVendor,         ///< [V] a vendor's document.
  kThirdParty,     ///< [M] measured by a named third party.
  kMeasured,       ///< [measured] by this program's authors.
  kScheduleModel,  ///< [S] read in a scheduling model or another source.
  kUncertain,      ///< [U] not certain.
};

[[nodiscard]] constexpr bool may_refuse(Evidence evidence) noexcept {
  return evidence == Evidence::kVendor || evidence == Evidence::kThirdParty ||
         evidence == Evidence::kMeasured;
}

[[nodiscard]] constexpr std::string_view describe(Evidence evidence) noexcept {
  switch (evidence) {
    case Evidence::kVendor:
      return "vendor document";
    case Evidence::kThirdParty:
      return "measured by a third party";
    case Evidence::kMeasured:
      return "measured by us";
    case Evidence::kScheduleModel:
      return "scheduling model";
    case Evidence::kUncertain:
      break;
  }
  return "not certain";
}

}  // namespace perfbench
