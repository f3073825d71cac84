#include "harness/host/machine/isa.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/core/result/names.hpp"
#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/system_facts.hpp"

namespace perfbench {
namespace {

// Intel SDM 1, 13.1: state components of XCR0.
constexpr std::uint64_t kAvxState = 0x6;      // XMM and YMM
constexpr std::uint64_t kAvx512State = 0xe6;  // and opmask, upper ZMM, ZMM 16-31
constexpr std::uint64_t kAmxState = 0x60000;  // tile configuration and tile data

bool has_flag(const CpuIdentity& identity, std::string_view flag) {
  return std::binary_search(identity.flags.begin(), identity.flags.end(), flag);
}

bool saves(std::uint64_t xcr0, std::uint64_t state) { return (xcr0 & state) == state; }

/// The tiles of AMX, which come after the vectors because they are wider. `offered`: by the
/// processor, with the kernel saving them.
void add_amx(const SystemFacts& system, bool offered, InstructionSets& sets) {
  if (!offered) return;
  if (system.amx_permission.value_or(false)) {
    sets.usable.push_back(Isa::kAmx);
  } else {
    sets.without_kernel.emplace_back("AMX");
  }
}

InstructionSets from_cpuid(const SystemFacts& system) {
  const CpuidLeaf* const basic = find_leaf(system, 1);
  const CpuidLeaf* const extended = find_leaf(system, 7, 0);
  const std::uint64_t xcr0 = system.xcr0.value_or(0);
  const auto bit = [](const CpuidLeaf* leaf, std::size_t reg, unsigned index) {
    return leaf != nullptr && ((leaf->registers[reg] >> index) & 1U) != 0;
  };
  InstructionSets sets{{Isa::kScalar}, {}, "cpuid and xcr0"};
  if (bit(basic, 3, 26)) sets.usable.push_back(Isa::kSse2);
  const bool fma = bit(basic, 2, 12);
  const bool avx2 = bit(extended, 1, 5);
  if (fma && avx2 && saves(xcr0, kAvxState)) sets.usable.push_back(Isa::kAvx2Fma);
  // F, DQ, BW and VL together, as every CPU with AVX-512 but Knights Landing has them: the kernels
  // may then use all four.
  const bool avx512 =
      bit(extended, 1, 16) && bit(extended, 1, 17) && bit(extended, 1, 30) && bit(extended, 1, 31);
  if (avx512 && saves(xcr0, kAvx512State)) sets.usable.push_back(Isa::kAvx512);
  const bool amx = bit(extended, 3, 24) && saves(xcr0, kAmxState);
  add_amx(system, amx, sets);
  const CpuidLeaf* const more = find_leaf(system, 7, 1);
  if (amx && bit(more, 0, 21)) sets.without_kernel.emplace_back("AMX-FP16");
  if (amx && bit(more, 3, 8)) sets.without_kernel.emplace_back("AMX-COMPLEX");
  return sets;
}

/// Linux, arch/arm64/include/uapi/asm/hwcap.h
InstructionSets from_hwcap(const SystemFacts& system) {
  const auto bit = [](const Reading<std::uint64_t>& word, unsigned index) {
    return ((word.value_or(0) >> index) & 1U) != 0;
  };
  InstructionSets sets{{Isa::kScalar}, {}, system.hwcap.source()};
  if (bit(system.hwcap, 1)) sets.usable.push_back(Isa::kNeon);
  if (bit(system.hwcap, 22)) sets.usable.push_back(Isa::kSve);
  if (bit(system.hwcap2, 1)) sets.without_kernel.emplace_back("SVE2");
  if (bit(system.hwcap2, 23)) sets.without_kernel.emplace_back("SME");
  return sets;
}

InstructionSets from_flags(const SystemFacts& system, const CpuIdentity& identity) {
  InstructionSets sets{{Isa::kScalar}, {}, "/proc/cpuinfo"};
  if (identity.architecture == Architecture::kX86) {
    if (has_flag(identity, "sse2")) sets.usable.push_back(Isa::kSse2);
    if (has_flag(identity, "avx2") && has_flag(identity, "fma")) {
      sets.usable.push_back(Isa::kAvx2Fma);
    }
    if (has_flag(identity, "avx512f") && has_flag(identity, "avx512dq") &&
        has_flag(identity, "avx512bw") && has_flag(identity, "avx512vl")) {
      sets.usable.push_back(Isa::kAvx512);
    }
    add_amx(system, has_flag(identity, "amx_tile"), sets);
    for (const auto& [flag, name] :
         {std::pair{"amx_fp16", "AMX-FP16"}, {"amx_complex", "AMX-COMPLEX"}}) {
      if (has_flag(identity, flag)) sets.without_kernel.emplace_back(name);
    }
  }
  if (identity.architecture == Architecture::kArm64) {
    if (has_flag(identity, "asimd")) sets.usable.push_back(Isa::kNeon);
    if (has_flag(identity, "sve")) sets.usable.push_back(Isa::kSve);
    for (const auto& [flag, name] : {std::pair{"sve2", "SVE2"}, {"sme", "SME"}}) {
      if (has_flag(identity, flag)) sets.without_kernel.emplace_back(name);
    }
  }
  return sets;
}

Reading<std::int64_t> vector_width_bits(const ProbeContext& context, const InstructionSets& sets) {
  const auto& sve = context.system.sve_vector_bytes;
  if (sve.available() && sve.value() > 16) {
    return Reading<std::int64_t>::of(8 * sve.value(), sve.source());
  }
  switch (sets.usable.back()) {
    case Isa::kAmx:
    case Isa::kAvx512:
      return Reading<std::int64_t>::of(512, sets.source);
    case Isa::kAvx2Fma:
      return Reading<std::int64_t>::of(256, sets.source);
    case Isa::kSse2:
    case Isa::kNeon:
    case Isa::kSve:
      return Reading<std::int64_t>::of(128, sets.source);
    case Isa::kScalar:
      break;
  }
  return Reading<std::int64_t>::unavailable("no vector instruction set found");
}

/// Flags that decide what arithmetic runs how fast; the other hundred are noise in a report.
bool is_arithmetic_flag(Architecture architecture, std::string_view flag) {
  constexpr std::array kX86{"avx", "amx", "sse", "ssse", "fma", "f16c", "vaes", "vpclmul", "gfni"};
  constexpr std::array kArm{"asimd", "fphp", "bf16", "i8mm", "sve", "sme", "fcma"};
  const auto begins = [flag](const char* begin) { return flag.starts_with(begin); };
  return architecture == Architecture::kArm64 ? std::any_of(kArm.begin(), kArm.end(), begins)
                                              : std::any_of(kX86.begin(), kX86.end(), begins);
}

Reading<std::vector<std::string>> arithmetic_flags(const CpuIdentity& identity) {
  if (identity.flags.empty()) {
    return Reading<std::vector<std::string>>::unavailable("/proc/cpuinfo: no flags in it");
  }
  std::vector<std::string> kept;
  for (const std::string& flag : identity.flags) {
    if (is_arithmetic_flag(identity.architecture, flag)) kept.push_back(flag);
  }
  return Reading<std::vector<std::string>>::of(std::move(kept), "/proc/cpuinfo");
}

}  // namespace

InstructionSets find_instruction_sets(const ProbeContext& context, const CpuIdentity& identity) {
  const bool x86 = identity.architecture == Architecture::kX86;
  if (x86 && context.system.cpuid.available()) return from_cpuid(context.system);
  const bool arm = identity.architecture == Architecture::kArm64;
  if (arm && context.system.hwcap.available()) return from_hwcap(context.system);
  return from_flags(context.system, identity);
}

void add_isa_facts(const ProbeContext& context,
                   const CpuIdentity& identity,
                   const InstructionSets& sets,
                   MachineFacts& facts) {
  using List = Reading<std::vector<std::string>>;
  std::vector<std::string> names;
  for (const Isa isa : sets.usable) names.emplace_back(name_of(isa));
  add_fact(facts, "instruction_sets", List::of(std::move(names), sets.source));
  add_fact(facts, "instruction_sets_without_kernel", List::of(sets.without_kernel, sets.source));
  add_fact(facts, "vector_width_bits", "bit", vector_width_bits(context, sets));
  add_fact(facts, "arithmetic_flags", arithmetic_flags(identity));
}

}  // namespace perfbench
