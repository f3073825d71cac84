#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "kernels/gemm/openblas/core_search.hpp"

namespace perfbench {
namespace {

/// A name of OPENBLAS_CORETYPE (OpenBLAS, driver/others/dynamic.c and dynamic_arm64.c, 0.3.20 to
/// 0.3.30) with the vector instructions of its sgemm kernel, rounded up to those that Isa has: AVX
/// without FMA counts as kAvx2Fma. Where an older library does not know a name it takes its own
/// choice, which openblas_get_corename() then tells; so of one instruction set the oldest name
/// comes first, lest a name that is not known stands for kernels that have one of their own.
struct CoreName {
  std::string_view name;
  Isa isa;
};

constexpr std::array kX86Names = {CoreName{"SkylakeX", Isa::kAvx512},
                                  CoreName{"Cooperlake", Isa::kAvx512},
                                  CoreName{"SapphireRapids", Isa::kAvx512},
                                  CoreName{"Haswell", Isa::kAvx2Fma},
                                  CoreName{"Zen", Isa::kAvx2Fma},
                                  CoreName{"Excavator", Isa::kAvx2Fma},
                                  CoreName{"Steamroller", Isa::kAvx2Fma},
                                  CoreName{"Piledriver", Isa::kAvx2Fma},
                                  CoreName{"Bulldozer", Isa::kAvx2Fma},
                                  CoreName{"Sandybridge", Isa::kAvx2Fma},
                                  CoreName{"Nehalem", Isa::kSse2},
                                  CoreName{"Dunnington", Isa::kSse2},
                                  CoreName{"Penryn", Isa::kSse2},
                                  CoreName{"Core2", Isa::kSse2},
                                  CoreName{"Barcelona", Isa::kSse2},
                                  CoreName{"Bobcat", Isa::kSse2},
                                  CoreName{"Atom", Isa::kSse2},
                                  CoreName{"Prescott", Isa::kSse2}};

constexpr std::array kArmNames = {
    CoreName{"NeoverseN2", Isa::kNeon},    CoreName{"NeoverseV1", Isa::kNeon},
    CoreName{"NeoverseN1", Isa::kNeon},    CoreName{"A64FX", Isa::kNeon},
    CoreName{"ARMV8SVE", Isa::kNeon},      CoreName{"VORTEX", Isa::kNeon},
    CoreName{"CortexX1", Isa::kNeon},      CoreName{"CortexA76", Isa::kNeon},
    CoreName{"CortexA73", Isa::kNeon},     CoreName{"CortexA72", Isa::kNeon},
    CoreName{"CortexA57", Isa::kNeon},     CoreName{"CortexA55", Isa::kNeon},
    CoreName{"CortexA53", Isa::kNeon},     CoreName{"THUNDERX2T99", Isa::kNeon},
    CoreName{"THUNDERX3T110", Isa::kNeon}, CoreName{"THUNDERX", Isa::kNeon},
    CoreName{"TSV110", Isa::kNeon},        CoreName{"EMAG8180", Isa::kNeon},
    CoreName{"FALKOR", Isa::kNeon},        CoreName{"ARMV8", Isa::kNeon}};

/// Kernels that nothing but an unusual CPU wins with (FMA4 of one AMD generation); its own choice
/// finds them there.
constexpr std::array<std::string_view, 5> kOnlyByOwnChoice = {
    "Excavator", "Steamroller", "Piledriver", "Bulldozer", "Sandybridge"};

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

bool usable(const std::vector<Isa>& isas, Isa isa) {
  return std::find(isas.begin(), isas.end(), isa) != isas.end();
}

}  // namespace

std::vector<std::string> openblas_core_names(Architecture architecture) {
  std::vector<std::string> names;
  if (architecture == Architecture::kX86) {
    for (const CoreName& core : kX86Names) names.emplace_back(core.name);
  } else if (architecture == Architecture::kArm64) {
    for (const CoreName& core : kArmNames) names.emplace_back(core.name);
  }
  return names;
}

std::vector<std::string> openblas_core_candidates(Architecture architecture,
                                                  const std::vector<Isa>& isas) {
  std::vector<std::string> names;
  if (architecture == Architecture::kArm64) return openblas_core_names(architecture);
  if (architecture != Architecture::kX86) return names;
  const bool avx2 = usable(isas, Isa::kAvx2Fma);
  std::vector<std::string> others;
  std::vector<Isa> seen;
  for (const CoreName& core : kX86Names) {
    const bool special = std::find(kOnlyByOwnChoice.begin(), kOnlyByOwnChoice.end(), core.name) !=
                         kOnlyByOwnChoice.end();
    // Where AVX2 is, a kernel of 128-bit SSE reaches a quarter of it and need not be tried.
    const bool outclassed = avx2 && core.isa == Isa::kSse2;
    if (!usable(isas, core.isa) || special || outclassed) continue;
    // Of each width one first: they differ most, and a search may have no time for all.
    (usable(seen, core.isa) ? others : names).emplace_back(core.name);
    seen.push_back(core.isa);
  }
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

Isa isa_of_openblas_core(const std::string& core_name) noexcept {
  for (const CoreName& core : kX86Names) {
    if (same_name(core.name, core_name)) return core.isa;
  }
  for (const CoreName& core : kArmNames) {
    if (same_name(core.name, core_name)) return core.isa;
  }
  return Isa::kScalar;
}

}  // namespace perfbench
