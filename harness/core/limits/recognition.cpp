#include "harness/core/limits/recognition.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "harness/core/limits/microarchitecture.hpp"

namespace perfbench::limits {
namespace {

/// Models of one vendor and family. Sources: Linux intel-family.h and amd.c, CPUID dumps of
/// InstLatX64; Arm: MIDR.
struct Models {
  std::string_view vendor;
  int family;
  int first;
  int last;
  Core core;
  std::string_view name;
  int first_stepping = 0;
  int last_stepping = 0xFFFF;
};

constexpr std::string_view kIntel = "GenuineIntel";
constexpr std::string_view kAmd = "AuthenticAMD";

constexpr std::array kX86Models{
    Models{kIntel, 6, 0x3C, 0x3C, Core::kHaswell, "Haswell"},
    Models{kIntel, 6, 0x3F, 0x3F, Core::kHaswell, "Haswell"},
    Models{kIntel, 6, 0x45, 0x46, Core::kHaswell, "Haswell"},
    Models{kIntel, 6, 0x3D, 0x3D, Core::kBroadwell, "Broadwell"},
    Models{kIntel, 6, 0x47, 0x47, Core::kBroadwell, "Broadwell"},
    Models{kIntel, 6, 0x4F, 0x4F, Core::kBroadwell, "Broadwell"},
    Models{kIntel, 6, 0x56, 0x56, Core::kBroadwell, "Broadwell"},
    Models{kIntel, 6, 0x4E, 0x4E, Core::kSkylakeClient, "Skylake client"},
    Models{kIntel, 6, 0x5E, 0x5E, Core::kSkylakeClient, "Skylake client"},
    Models{kIntel, 6, 0x8E, 0x8E, Core::kSkylakeClient, "Kaby Lake or Coffee Lake"},
    Models{kIntel, 6, 0x9E, 0x9E, Core::kSkylakeClient, "Kaby Lake or Coffee Lake"},
    Models{kIntel, 6, 0xA5, 0xA6, Core::kSkylakeClient, "Comet Lake"},
    Models{kIntel, 6, 0x55, 0x55, Core::kSkylakeServer, "Skylake-SP", 0, 4},
    Models{kIntel, 6, 0x55, 0x55, Core::kSkylakeServer, "Cascade Lake", 5, 7},
    Models{kIntel, 6, 0x55, 0x55, Core::kSkylakeServer, "Cooper Lake", 0xA, 0xB},
    Models{kIntel, 6, 0x7D, 0x7E, Core::kIceLakeClient, "Ice Lake client"},
    Models{kIntel, 6, 0x8C, 0x8D, Core::kIceLakeClient, "Tiger Lake"},
    Models{kIntel, 6, 0xA7, 0xA7, Core::kIceLakeClient, "Rocket Lake"},
    Models{kIntel, 6, 0x6A, 0x6A, Core::kIceLakeServer, "Ice Lake-SP"},
    Models{kIntel, 6, 0x6C, 0x6C, Core::kIceLakeServer, "Ice Lake-D"},
    Models{kIntel, 6, 0x97, 0x97, Core::kGoldenCove, "Golden Cove"},
    Models{kIntel, 6, 0x9A, 0x9A, Core::kGoldenCove, "Golden Cove"},
    Models{kIntel, 6, 0xBF, 0xBF, Core::kGoldenCove, "Golden Cove"},
    Models{kIntel, 6, 0xBE, 0xBE, Core::kGracemont, "Gracemont"},
    Models{kIntel, 6, 0xB7, 0xB7, Core::kRaptorCove, "Raptor Cove"},
    Models{kIntel, 6, 0xBA, 0xBA, Core::kRaptorCove, "Raptor Cove"},
    Models{kIntel, 6, 0xD7, 0xD7, Core::kRaptorCove, "Raptor Cove"},
    Models{kIntel, 6, 0x8F, 0x8F, Core::kSapphireRapids, "Sapphire Rapids"},
    Models{kIntel, 6, 0xCF, 0xCF, Core::kSapphireRapids, "Emerald Rapids"},
    Models{kIntel, 6, 0xAA, 0xAA, Core::kRedwoodCove, "Redwood Cove"},
    Models{kIntel, 6, 0xAC, 0xAC, Core::kRedwoodCove, "Redwood Cove"},
    Models{kIntel, 6, 0xB5, 0xB5, Core::kRedwoodCove, "Redwood Cove"},
    Models{kIntel, 6, 0xAD, 0xAE, Core::kGraniteRapids, "Granite Rapids"},
    Models{kIntel, 6, 0xAF, 0xAF, Core::kCrestmontServer, "Crestmont (Sierra Forest)"},
    Models{kIntel, 6, 0xB6, 0xB6, Core::kCrestmontServer, "Crestmont (Grand Ridge)"},
    Models{kIntel, 6, 0xBD, 0xBD, Core::kLionCove, "Lion Cove"},
    Models{kIntel, 6, 0xC5, 0xC6, Core::kLionCove, "Lion Cove"},
    Models{kAmd, 0x17, 0x00, 0x2F, Core::kZen1, "Zen 1"},
    Models{kAmd, 0x17, 0x50, 0x5F, Core::kZen1, "Zen 1"},
    Models{kAmd, 0x17, 0x30, 0x4F, Core::kZen2, "Zen 2"},
    Models{kAmd, 0x17, 0x60, 0x7F, Core::kZen2, "Zen 2"},
    Models{kAmd, 0x17, 0x90, 0x91, Core::kZen2, "Zen 2"},
    Models{kAmd, 0x17, 0xA0, 0xAF, Core::kZen2, "Zen 2"},
    Models{kAmd, 0x19, 0x00, 0x0F, Core::kZen3, "Zen 3"},
    Models{kAmd, 0x19, 0x20, 0x5F, Core::kZen3, "Zen 3"},
    Models{kAmd, 0x19, 0x10, 0x1F, Core::kZen4, "Zen 4"},
    Models{kAmd, 0x19, 0x60, 0x9F, Core::kZen4, "Zen 4"},
    Models{kAmd, 0x19, 0xA0, 0xAF, Core::kZen4c, "Zen 4c"},
    Models{kAmd, 0x1A, 0x02, 0x02, Core::kZen5, "Zen 5"},
    Models{kAmd, 0x1A, 0x08, 0x08, Core::kZen5, "Zen 5"},
    Models{kAmd, 0x1A, 0x44, 0x44, Core::kZen5, "Zen 5"},
    Models{kAmd, 0x1A, 0x70, 0x70, Core::kZen5, "Zen 5"},
    Models{kAmd, 0x1A, 0x10, 0x1F, Core::kZen5cServer, "Zen 5c"},
    Models{kAmd, 0x1A, 0x20, 0x2F, Core::kZen5Narrow, "Zen 5 (256-bit)"},
    Models{kAmd, 0x1A, 0x60, 0x6F, Core::kZen5Narrow, "Zen 5 (256-bit)"},
};

constexpr std::array kArmModels{
    Models{"0x41", 0, 0xD03, 0xD03, Core::kCortexA53, "Cortex-A53"},
    Models{"0x41", 0, 0xD05, 0xD05, Core::kCortexA55, "Cortex-A55"},
    Models{"0x41", 0, 0xD07, 0xD07, Core::kCortexA57, "Cortex-A57"},
    Models{"0x41", 0, 0xD08, 0xD08, Core::kCortexA72, "Cortex-A72"},
    Models{"0x41", 0, 0xD09, 0xD09, Core::kCortexA73, "Cortex-A73"},
    Models{"0x41", 0, 0xD0B, 0xD0B, Core::kCortexA76, "Cortex-A76"},
    Models{"0x41", 0, 0xD41, 0xD42, Core::kCortexA78, "Cortex-A78"},
    Models{"0x41", 0, 0xD4B, 0xD4B, Core::kCortexA78, "Cortex-A78C"},
    Models{"0x41", 0, 0xD44, 0xD44, Core::kCortexX1, "Cortex-X1"},
    Models{"0x41", 0, 0xD4C, 0xD4C, Core::kCortexX1, "Cortex-X1C"},
    Models{"0x41", 0, 0xD48, 0xD48, Core::kCortexX2toX4, "Cortex-X2"},
    Models{"0x41", 0, 0xD4E, 0xD4E, Core::kCortexX2toX4, "Cortex-X3"},
    Models{"0x41", 0, 0xD82, 0xD82, Core::kCortexX2toX4, "Cortex-X4"},
    Models{"0x41", 0, 0xD0C, 0xD0C, Core::kNeoverseN1, "Neoverse N1"},
    Models{"0x41", 0, 0xD49, 0xD49, Core::kNeoverseN2, "Neoverse N2"},
    Models{"0x41", 0, 0xD40, 0xD40, Core::kNeoverseV1, "Neoverse V1"},
    Models{"0x41", 0, 0xD4F, 0xD4F, Core::kNeoverseV2, "Neoverse V2"},
    Models{"0x41", 0, 0xD83, 0xD84, Core::kNeoverseV3, "Neoverse V3"},
    Models{"0x46", 0, 0x001, 0x001, Core::kA64fx, "A64FX"},
    Models{"0x61", 0, 0x023, 0x023, Core::kFirestorm, "Firestorm (Apple M1)"},
    Models{"0x61", 0, 0x025, 0x025, Core::kFirestorm, "Firestorm (Apple M1)"},
    Models{"0x61", 0, 0x029, 0x029, Core::kFirestorm, "Firestorm (Apple M1)"},
    Models{"0x61", 0, 0x033, 0x033, Core::kAppleM2M3, "Avalanche (Apple M2)"},
    Models{"0x61", 0, 0x035, 0x035, Core::kAppleM2M3, "Avalanche (Apple M2)"},
    Models{"0x61", 0, 0x039, 0x039, Core::kAppleM2M3, "Avalanche (Apple M2)"},
    Models{"0xC0", 0, 0xAC3, 0xAC5, Core::kAmpereOne, "AmpereOne"},
};

const Models* find_models(std::span<const Models> table,
                          const CpuIdentity& id,
                          std::string_view vendor) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Models& m) {
    return m.vendor == vendor && m.family == id.family && id.model >= m.first &&
           id.model <= m.last && id.stepping >= m.first_stepping && id.stepping <= m.last_stepping;
  });
  return found == table.end() ? nullptr : &*found;
}

/// Models with P and E cores under one model number: only leaf 0x1A, read on the core itself, says
/// which it is.
bool is_hybrid_model(int model) {
  constexpr std::array kHybrid{0x97, 0x9A, 0xBF, 0xB7, 0xBA, 0xAA, 0xAC, 0xB5, 0xBD, 0xC5, 0xC6};
  return std::find(kHybrid.begin(), kHybrid.end(), model) != kHybrid.end();
}

/// Leaf 0x1A's generation beats the model number (InstLatX64): "Arrow Lake-U" has Redwood Cove.
Recognition recognise_hybrid(const CpuIdentity& id, const Models& models) {
  constexpr int kAtom = 0x20;
  constexpr int kCore = 0x40;
  if (id.hybrid_type == 0) {
    return {
        .reason =
            describe_identity(id) +
            " is a model with P and E cores, and CPUID leaf 0x1A does not say which this one is"};
  }
  if (id.hybrid_type == kCore) {
    if (id.hybrid_generation == 1 &&
        (models.core == Core::kGoldenCove || models.core == Core::kRaptorCove)) {
      return {.core = models.core, .name = std::string(models.name)};
    }
    if (id.hybrid_generation == 2) return {.core = Core::kRedwoodCove, .name = "Redwood Cove"};
    if (id.hybrid_generation == 3) return {.core = Core::kLionCove, .name = "Lion Cove"};
  }
  if (id.hybrid_type == kAtom) {
    if (id.hybrid_generation == 1) return {.core = Core::kGracemont, .name = "Gracemont"};
    if (id.hybrid_generation == 2) return {.core = Core::kCrestmont, .name = "Crestmont"};
    if (id.hybrid_generation == 3) return {.core = Core::kSkymont, .name = "Skymont"};
  }
  return {.reason = "microarchitecture unknown (" + describe_identity(id) + ", hybrid core type " +
                    std::to_string(id.hybrid_type) + " generation " +
                    std::to_string(id.hybrid_generation) + ")"};
}

Recognition recognise_x86(const CpuIdentity& id) {
  const Models* models = find_models(kX86Models, id, id.vendor);
  if (models == nullptr)
    return {.reason = "microarchitecture unknown (" + describe_identity(id) + ")"};
  if (id.vendor == kIntel && is_hybrid_model(id.model)) return recognise_hybrid(id, *models);
  Recognition found{.core = models->core, .name = std::string(models->name)};
  // Gold 5100, Silver and Bronze of the Skylake-SP line, and parts of Xeon D 6C, have one 512-bit
  // unit.
  found.zmm_units_vary = models->core == Core::kSkylakeServer ||
                         (models->core == Core::kIceLakeServer && models->first == 0x6C);
  return found;
}

/// Implementers come as "0x41"; hex digits in either case.
Recognition recognise_arm(const CpuIdentity& id) {
  std::string vendor = id.vendor;
  std::transform(vendor.begin(), vendor.end(), vendor.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const Models* models = find_models(kArmModels, id, vendor);
  if (models == nullptr)
    return {.reason = "microarchitecture unknown (" + describe_identity(id) + ")"};
  return {.core = models->core, .name = std::string(models->name)};
}

/// First core generations: what came later cannot be in an earlier one, whatever the vendor fused
/// off.
bool has_avx512(Core core) {
  switch (core) {
    case Core::kSkylakeServer:
    case Core::kIceLakeClient:
    case Core::kIceLakeServer:
    case Core::kGoldenCove:
    case Core::kSapphireRapids:
    case Core::kGraniteRapids:
    case Core::kZen4:
    case Core::kZen4c:
    case Core::kZen5:
    case Core::kZen5Narrow:
    case Core::kZen5cServer:
    // Raptor Cove has the units, fused off in every part sold; a row without 512-bit cells covers
    // both.
    case Core::kRaptorCove:
      return true;
    default:
      return false;
  }
}

bool has_bf16(const CpuIdentity& id, Core core) {
  constexpr int kFirstCooperLake = 0xA;
  switch (core) {
    case Core::kSkylakeServer:
      return id.stepping >= kFirstCooperLake;
    case Core::kIceLakeClient:
    case Core::kIceLakeServer:
      return false;
    default:
      return has_avx512(core);
  }
}

bool has_avx512_fp16(Core core) {
  return core == Core::kGoldenCove || core == Core::kRaptorCove || core == Core::kSapphireRapids ||
         core == Core::kGraniteRapids;
}

bool has_amx(Core core) { return core == Core::kSapphireRapids || core == Core::kGraniteRapids; }

/// The VEX form of VNNI came with Alder Lake and with Zen 5.
bool has_avx_vnni(Core core) {
  switch (core) {
    case Core::kHaswell:
    case Core::kBroadwell:
    case Core::kSkylakeClient:
    case Core::kSkylakeServer:
    case Core::kIceLakeClient:
    case Core::kIceLakeServer:
    case Core::kZen1:
    case Core::kZen2:
    case Core::kZen3:
    case Core::kZen4:
    case Core::kZen4c:
      return false;
    default:
      return true;
  }
}

bool has_sve(Core core) {
  switch (core) {
    case Core::kCortexX2toX4:
    case Core::kNeoverseN2:
    case Core::kNeoverseV1:
    case Core::kNeoverseV2:
    case Core::kNeoverseV3:
    case Core::kA64fx:
      return true;
    default:
      return false;
  }
}

bool impossible_on_x86(std::string_view flag, const CpuIdentity& id, Core core) {
  if (flag == "amx_fp16" || flag == "amx_complex") return core != Core::kGraniteRapids;
  if (flag.starts_with("amx")) return !has_amx(core);
  if (flag == "avx512_fp16") return !has_avx512_fp16(core);
  if (flag == "avx512_bf16") return !has_bf16(id, core);
  if (flag == "avx_vnni") return !has_avx_vnni(core);
  if (flag.starts_with("avx512")) return !has_avx512(core);
  return false;
}

}  // namespace

std::vector<std::string_view> impossible_flags(const CpuIdentity& identity, Core core) {
  std::vector<std::string_view> found;
  if (core == Core::kUnknown) return found;
  const bool arm = identity.architecture == Architecture::kArm64;
  for (const std::string& flag : identity.flags) {
    const bool impossible =
        arm ? flag.starts_with("sve") && !has_sve(core) : impossible_on_x86(flag, identity, core);
    if (impossible) found.emplace_back(flag);
  }
  std::sort(found.begin(), found.end());
  return found;
}

Recognition recognise(const CpuIdentity& identity) {
  Recognition found;
  switch (identity.architecture) {
    case Architecture::kX86:
      found = recognise_x86(identity);
      break;
    case Architecture::kArm64:
      found = recognise_arm(identity);
      break;
    case Architecture::kOther:
      return {.reason = "no limits are known for this architecture"};
  }
  const auto impossible = impossible_flags(identity, found.core);
  if (impossible.empty()) return found;
  constexpr std::size_t kMostNamed = 4;
  std::string flags;
  for (std::size_t i = 0; i < std::min(kMostNamed, impossible.size()); ++i) {
    if (i > 0) flags += ", ";
    flags += impossible[i];
  }
  if (impossible.size() > kMostNamed)
    flags += " and " + std::to_string(impossible.size() - kMostNamed) + " more";
  found.reason = "CPUID " + describe_identity(identity) + " says " + found.name +
                 ", but the CPU has " + flags + ", which no " + found.name +
                 " has: a hypervisor masks the identity";
  if (identity.architecture == Architecture::kArm64) found.reason.replace(0, 5, "MIDR");
  found.core = Core::kUnknown;
  found.contradicted = true;
  return found;
}

}  // namespace perfbench::limits
