#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"

namespace perfbench::limits {

/// Rows of the limits table. Several names may share one: Ice Lake, Tiger Lake and Rocket Lake have
/// the same core.
enum class Core {
  kUnknown,
  kHaswell,
  kBroadwell,
  kSkylakeClient,
  kSkylakeServer,
  kIceLakeClient,
  kIceLakeServer,
  kGoldenCove,
  kRaptorCove,
  kSapphireRapids,
  kRedwoodCove,
  kGraniteRapids,
  kLionCove,
  kGracemont,
  kCrestmont,
  kCrestmontServer,
  kSkymont,
  kZen1,
  kZen2,
  kZen3,
  kZen4,
  kZen4c,
  kZen5,
  kZen5Narrow,
  kZen5cServer,
  kCortexA53,
  kCortexA55,
  kCortexA57,
  kCortexA72,
  kCortexA73,
  kCortexA76,
  kCortexA78,
  kCortexX1,
  kCortexX2toX4,
  kNeoverseN1,
  kNeoverseN2,
  kNeoverseV1,
  kNeoverseV2,
  kNeoverseV3,
  kA64fx,
  kFirestorm,
  kAppleM2M3,
  kAmpereOne,
};

/// What an identity says. `core` is kUnknown when nothing may be stated; then `reason` says why.
struct Recognition {
  Core core = Core::kUnknown;
  std::string name{};           ///< "Rocket Lake", "Zen 4"
  bool zmm_units_vary = false;  ///< One or two 512-bit FMA units, and no CPUID bit says which.
  std::string reason{};
  bool contradicted = false;  ///< Known, but flags say that the identity is masked.
};

[[nodiscard]] Recognition recognise(const CpuIdentity& identity);

/// Flags of the identity that no part with this core has, sorted.
[[nodiscard]] std::vector<std::string_view> impossible_flags(const CpuIdentity& identity,
                                                             Core core);

}  // namespace perfbench::limits
