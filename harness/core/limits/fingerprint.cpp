#include "harness/core/limits/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "harness/core/limits/recognition.hpp"

namespace perfbench {
namespace {

using limits::Core;

/// A ratio that a class shows; empty (to < from) where it has no such instruction.
struct Range {
  double from = 1.0;
  double to = 0.0;
  [[nodiscard]] constexpr bool contains(double value) const { return value >= from && value <= to; }
};

// One 512-bit unit or two; a wide form at a lower clock moves the ratio down where no clock is
// known, so the ranges are wide and only what lies between says nothing.
constexpr Range kOneUnit{0.6, 1.25};
constexpr Range kTwoUnits{1.5, 2.4};
// FMA and ADD in turn on the pipes of FMA: half the steps do 2 flop and half 1.
constexpr Range kSharedPipes{0.68, 0.82};
// FMA on two pipes and ADD on two, one of them the same: 1.125.
constexpr Range kThreePipes{1.0, 1.2};
// Two pipes each: 1.5 as the limit, and 1.26 seen on cores where FMA takes a port of the add pipes.
constexpr Range kFourPipes{1.35, 1.6};
constexpr Range kFourPipesShort{1.15, 1.6};
constexpr Range kTwiceFp32{1.7, 2.2};
constexpr Range kAsFp32{0.85, 1.15};
constexpr Range kHalfOfFp32{0.4, 0.6};

/// What is documented or was measured of the ratios (InstLatX64, LIKWID, our own two machines).
struct Class {
  const char* name;
  Range zmm_over_ymm;
  Range fma_add;
  Range fma_add_zmm;
  Range bf16;
  bool tiles;
  std::array<Core, 4> cores;  ///< kUnknown fills up.
};

constexpr std::array kClasses{
    Class{.name = "Haswell, Broadwell or Skylake client",
          .zmm_over_ymm = {},
          .fma_add = kSharedPipes,
          .fma_add_zmm = {},
          .bf16 = {},
          .tiles = false,
          .cores = {Core::kHaswell, Core::kBroadwell, Core::kSkylakeClient}},
    Class{.name = "Skylake-SP to Ice Lake-SP with two 512-bit units",
          .zmm_over_ymm = kTwoUnits,
          .fma_add = kSharedPipes,
          .fma_add_zmm = kSharedPipes,
          .bf16 = {0.3, 1.15},  // Cooper Lake; not documented
          .tiles = false,
          .cores = {Core::kSkylakeServer, Core::kIceLakeServer}},
    Class{.name = "Skylake-SP with one 512-bit unit or Ice Lake client to Rocket Lake",
          .zmm_over_ymm = kOneUnit,
          .fma_add = kSharedPipes,
          .fma_add_zmm = kSharedPipes,
          .bf16 = {},
          .tiles = false,
          .cores = {Core::kSkylakeServer, Core::kIceLakeClient, Core::kIceLakeServer}},
    Class{.name = "Golden Cove to Redwood Cove client",
          .zmm_over_ymm = kOneUnit,
          .fma_add = kThreePipes,
          .fma_add_zmm = {0.68, 1.6},  // not documented
          .bf16 = kAsFp32,
          .tiles = false,
          .cores = {Core::kGoldenCove, Core::kRaptorCove, Core::kRedwoodCove}},
    Class{.name = "Sapphire Rapids to Granite Rapids",
          .zmm_over_ymm = kTwoUnits,
          .fma_add = kThreePipes,
          .fma_add_zmm = kSharedPipes,
          .bf16 = kHalfOfFp32,
          .tiles = true,
          .cores = {Core::kSapphireRapids, Core::kGraniteRapids}},
    Class{.name = "Lion Cove",
          .zmm_over_ymm = {},
          .fma_add = kFourPipesShort,
          .fma_add_zmm = {},
          .bf16 = {},
          .tiles = false,
          .cores = {Core::kLionCove}},
    Class{.name = "Gracemont, Crestmont or Skymont",
          .zmm_over_ymm = {},
          .fma_add = kSharedPipes,
          .fma_add_zmm = {},
          .bf16 = {},
          .tiles = false,
          .cores = {Core::kGracemont, Core::kCrestmont, Core::kCrestmontServer, Core::kSkymont}},
    Class{.name = "Zen 1 to Zen 3",
          .zmm_over_ymm = {},
          .fma_add = kFourPipesShort,
          .fma_add_zmm = {},
          .bf16 = {},
          .tiles = false,
          .cores = {Core::kZen1, Core::kZen2, Core::kZen3}},
    Class{.name = "Zen 4 or Zen 5 in 256-bit mode",
          .zmm_over_ymm = kOneUnit,
          .fma_add = kFourPipes,
          .fma_add_zmm = kFourPipes,
          .bf16 = kTwiceFp32,
          .tiles = false,
          .cores = {Core::kZen4, Core::kZen4c, Core::kZen5Narrow}},
    Class{.name = "Zen 5",
          .zmm_over_ymm = kTwoUnits,
          .fma_add = kFourPipes,
          .fma_add_zmm = kFourPipes,
          .bf16 = kTwiceFp32,
          .tiles = false,
          .cores = {Core::kZen5, Core::kZen5cServer}},
};

bool allows(const Range& range, const std::optional<double>& ratio) {
  return !ratio || range.contains(*ratio);
}

bool fits(const Class& one, const Behaviour& behaviour) {
  return allows(one.zmm_over_ymm, behaviour.zmm_over_ymm) &&
         allows(one.fma_add, behaviour.fma_add_over_fma) &&
         allows(one.fma_add_zmm, behaviour.fma_add_over_fma_zmm) &&
         allows(one.bf16, behaviour.bf16_over_fp32) && (one.tiles || !behaviour.runs_tiles);
}

bool holds(const Class& one, Core core) {
  return core != Core::kUnknown &&
         std::find(one.cores.begin(), one.cores.end(), core) != one.cores.end();
}

bool says_nothing(const Behaviour& behaviour) {
  return !behaviour.zmm_over_ymm && !behaviour.fma_add_over_fma &&
         !behaviour.fma_add_over_fma_zmm && !behaviour.bf16_over_fp32 && !behaviour.runs_tiles;
}

std::string ratios_in_words(const Behaviour& behaviour) {
  std::string words;
  const auto add = [&words](const char* name, const std::optional<double>& ratio) {
    if (!ratio) return;
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(), "%s%s %.2f", words.empty() ? "" : ", ", name, *ratio);
    words += text.data();
  };
  add("zmm/ymm FMA", behaviour.zmm_over_ymm);
  add("FMA+ADD/FMA", behaviour.fma_add_over_fma);
  add("FMA+ADD/FMA with zmm", behaviour.fma_add_over_fma_zmm);
  add("bf16/fp32", behaviour.bf16_over_fp32);
  if (behaviour.runs_tiles) words += words.empty() ? "AMX tiles" : ", AMX tiles";
  return words;
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) text += (i > 0 ? "; or " : "") + names[i];
  return text;
}

/// Operations per cycle, or per second where one of two clocks is not known.
std::optional<double> ratio_of(const Roof* wide, const Roof* narrow) {
  if (wide == nullptr || narrow == nullptr) return std::nullopt;
  if (wide->per_core_cycle && narrow->per_core_cycle && *narrow->per_core_cycle > 0) {
    return *wide->per_core_cycle / *narrow->per_core_cycle;
  }
  if (narrow->rate.best <= 0 || wide->rate.best <= 0) return std::nullopt;
  return wide->rate.best / narrow->rate.best;
}

}  // namespace

Behaviour behaviour_of(std::span<const Roof> roofs) {
  const auto find = [roofs](std::string_view kernel, Precision precision, Isa isa) -> const Roof* {
    for (const Roof& roof : roofs) {
      // A figure above its limit is no peak, and a shared core's is below its own.
      if (roof.verdict.validity == Validity::kInvalid || roof.contended) continue;
      if (roof.kind == RoofKind::kCompute && roof.threads == 1 && roof.kernel == kernel &&
          roof.precision == precision && roof.isa == isa) {
        return &roof;
      }
    }
    return nullptr;
  };
  const Roof* const ymm = find("fma", Precision::kFp32, Isa::kAvx2Fma);
  const Roof* const zmm = find("fma", Precision::kFp32, Isa::kAvx512);
  Behaviour behaviour;
  behaviour.zmm_over_ymm = ratio_of(zmm, ymm);
  behaviour.fma_add_over_fma = ratio_of(find("fma_add", Precision::kFp32, Isa::kAvx2Fma), ymm);
  behaviour.fma_add_over_fma_zmm = ratio_of(find("fma_add", Precision::kFp32, Isa::kAvx512), zmm);
  behaviour.bf16_over_fp32 = ratio_of(find("dot", Precision::kBf16, Isa::kAvx512), zmm);
  behaviour.runs_tiles = find("dot", Precision::kBf16, Isa::kAmx) != nullptr ||
                         find("dot", Precision::kInt8, Isa::kAmx) != nullptr;
  return behaviour;
}

std::vector<std::string> fitting_classes(const Behaviour& behaviour) {
  std::vector<std::string> names;
  if (says_nothing(behaviour)) return names;
  for (const Class& one : kClasses) {
    if (fits(one, behaviour)) names.emplace_back(one.name);
  }
  return names;
}

Fingerprint judge_fingerprint(const CpuIdentity& identity, const Behaviour& behaviour) {
  Fingerprint result;
  if (identity.architecture != Architecture::kX86) {
    result.sentence = "no behaviour is kept of cores of this architecture";
    return result;
  }
  if (says_nothing(behaviour)) {
    result.sentence = "no two peaks were measured whose ratio would tell the core";
    return result;
  }
  result.classes = fitting_classes(behaviour);
  const std::string ratios = " (" + ratios_in_words(behaviour) + ")";
  const std::string behaves =
      result.classes.empty() ? "no core that is known" : join(result.classes);
  const limits::Recognition core = limits::recognise(identity);
  if (core.core == Core::kUnknown) {
    result.outcome = FingerprintOutcome::kNamed;
    result.sentence = core.reason + "; behaviour says " + behaves + ratios;
    return result;
  }
  const auto own = std::find_if(kClasses.begin(), kClasses.end(), [&](const Class& one) {
    return holds(one, core.core) && fits(one, behaviour);
  });
  if (own != kClasses.end()) {
    result.outcome = FingerprintOutcome::kAgrees;
    result.sentence = "CPUID says " + core.name + ", and so it behaves" + ratios;
    return result;
  }
  result.outcome = FingerprintOutcome::kContradicts;
  result.sentence = "CPUID says " + core.name + ", behaviour says " + behaves + ratios;
  return result;
}

}  // namespace perfbench
