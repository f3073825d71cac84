#include "harness/host/machine/cpu_identity.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "harness/core/limits/microarchitecture.hpp"
#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/system_facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

constexpr const char* kCpuinfo = "/proc/cpuinfo";

/// The block of /proc/cpuinfo that begins with this processor's number; the first one when there is
/// none, and the whole text for kernels that write no blocks.
std::string cpuinfo_block(const std::string& text, int cpu) {
  std::string first;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find("\n\n", at), text.size());
    std::string block = text.substr(at, end - at);
    if (parse_integer(find_field(block, "processor").value_or("")) == cpu) return block;
    if (first.empty()) first = std::move(block);
    at = end + 2;
  }
  return first;
}

Reading<std::string> field(ProbeContext& context, int cpu, std::string_view key) {
  auto text = context.files.read(kCpuinfo);
  if (!text.available()) return text;
  auto value = find_field(cpuinfo_block(text.value(), cpu), key);
  if (!value) {
    return Reading<std::string>::unavailable(std::string(kCpuinfo) + ": no line \"" +
                                             std::string(key) + '"');
  }
  return Reading<std::string>::of(std::move(*value), kCpuinfo);
}

int integer_field(ProbeContext& context, int cpu, std::string_view key) {
  const auto text = field(context, cpu, key);
  if (!text.available()) return 0;
  const auto value = text.value().starts_with("0x")
                         ? static_cast<std::int64_t>(parse_hex(text.value()).value_or(0))
                         : parse_integer(text.value()).value_or(0);
  return static_cast<int>(std::clamp<std::int64_t>(value, 0, 0xffff));
}

Architecture find_architecture(ProbeContext& context, int cpu) {
  const std::string hardware = context.system.hardware.value_or("");
  if (hardware == "x86_64" || hardware == "i686") return Architecture::kX86;
  if (hardware == "aarch64" || hardware == "arm64") return Architecture::kArm64;
  if (field(context, cpu, "vendor_id").available()) return Architecture::kX86;
  if (field(context, cpu, "CPU implementer").available()) return Architecture::kArm64;
  return Architecture::kOther;
}

std::string vendor_text(const CpuidLeaf& leaf) {
  std::string vendor;
  for (const std::size_t index : {std::size_t{1}, std::size_t{3}, std::size_t{2}}) {
    for (unsigned byte = 0; byte < 4; ++byte) {
      const auto c = static_cast<char>((leaf.registers[index] >> (8U * byte)) & 0xffU);
      if (c >= ' ' && c <= '~') vendor += c;
    }
  }
  return vendor;
}

/// Intel SDM 2A, CPUID leaf 1; AMD APM 3, appendix E: the extended family counts only when the base
/// family is 0xF, the extended model when it is 6 or 0xF.
void take_leaf_1(const CpuidLeaf& leaf, CpuIdentity& identity) {
  const std::uint32_t eax = leaf.registers[0];
  const auto base_family = static_cast<int>((eax >> 8U) & 0xfU);
  const auto base_model = static_cast<int>((eax >> 4U) & 0xfU);
  identity.stepping = static_cast<int>(eax & 0xfU);
  identity.family = base_family;
  if (base_family == 0xf) identity.family += static_cast<int>((eax >> 20U) & 0xffU);
  identity.model = base_model;
  if (base_family == 6 || base_family == 0xf) {
    identity.model |= static_cast<int>((eax >> 16U) & 0xfU) << 4U;
  }
}

void read_x86(ProbeContext& context, int cpu, CpuIdentity& identity) {
  const CpuidLeaf* const vendor = find_leaf(context.system, 0);
  const CpuidLeaf* const version = find_leaf(context.system, 1);
  if (vendor != nullptr && version != nullptr) {
    identity.vendor = vendor_text(*vendor);
    take_leaf_1(*version, identity);
  } else {
    identity.vendor = field(context, cpu, "vendor_id").value_or("");
    identity.family = integer_field(context, cpu, "cpu family");
    identity.model = integer_field(context, cpu, "model");
    identity.stepping = integer_field(context, cpu, "stepping");
  }
  if (const CpuidLeaf* hybrid = find_leaf_of_cpu(context.system, cpu, 0x1A)) {
    identity.hybrid_type = static_cast<int>(hybrid->registers[0] >> 24U);
    identity.hybrid_generation = static_cast<int>(hybrid->registers[0] & 0xffffffU);
  }
  if (const CpuidLeaf* widths = find_leaf(context.system, 0x8000001AU)) {
    identity.fp512 = (widths->registers[0] & 8U) != 0;
  }
}

Reading<std::uint64_t> read_midr(ProbeContext& context, int cpu) {
  const std::string path =
      "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/regs/identification/midr_el1";
  const auto text = context.files.read(path);
  if (!text.available()) return Reading<std::uint64_t>::unavailable(text.reason());
  const auto midr = parse_hex(text.value());
  if (!midr) return Reading<std::uint64_t>::unavailable(path + ": no number in it");
  return Reading<std::uint64_t>::of(*midr, path);
}

std::string hex_text(std::uint64_t value) {
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "0x%02llx", static_cast<unsigned long long>(value));
  return text.data();
}

/// The flags that decide what arithmetic runs, from the auxiliary vector: an emulator answers it
/// for the processor that it shows, while its /proc/cpuinfo may be the host's.
std::vector<std::string> flags_of_hwcap(const SystemFacts& system) {
  // Linux, arch/arm64/include/uapi/asm/hwcap.h
  struct Bit {
    unsigned index;
    const char* flag;
  };
  constexpr std::array kFirst{Bit{0, "fp"},
                              Bit{1, "asimd"},
                              Bit{9, "fphp"},
                              Bit{10, "asimdhp"},
                              Bit{20, "asimddp"},
                              Bit{22, "sve"}};
  constexpr std::array kSecond{Bit{1, "sve2"},
                               Bit{9, "svei8mm"},
                               Bit{12, "svebf16"},
                               Bit{13, "i8mm"},
                               Bit{14, "bf16"},
                               Bit{23, "sme"}};
  std::vector<std::string> flags;
  const auto take = [&flags](const Reading<std::uint64_t>& word, const auto& bits) {
    for (const Bit& bit : bits) {
      if (((word.value_or(0) >> bit.index) & 1U) != 0) flags.emplace_back(bit.flag);
    }
  };
  take(system.hwcap, kFirst);
  take(system.hwcap2, kSecond);
  return flags;
}

void read_arm(ProbeContext& context, int cpu, CpuIdentity& identity) {
  identity.sve_vector_bytes = static_cast<int>(context.system.sve_vector_bytes.value_or(0));
  const auto midr = read_midr(context, cpu);
  if (midr.available()) {
    identity.vendor = hex_text((midr.value() >> 24U) & 0xffU);
    identity.model = static_cast<int>((midr.value() >> 4U) & 0xfffU);
    identity.stepping = static_cast<int>(midr.value() & 0xfU);
    return;
  }
  const auto implementer = parse_hex(field(context, cpu, "CPU implementer").value_or(""));
  identity.vendor = implementer ? hex_text(*implementer) : "";
  identity.model = integer_field(context, cpu, "CPU part");
  identity.stepping = integer_field(context, cpu, "CPU revision");
}

Reading<std::string> architecture_text(ProbeContext& context, Architecture architecture) {
  const char* const source = context.system.hardware.available() ? "uname" : kCpuinfo;
  if (architecture == Architecture::kX86) return Reading<std::string>::of("x86-64", source);
  if (architecture == Architecture::kArm64) return Reading<std::string>::of("arm64", source);
  return Reading<std::string>::unavailable("neither x86-64 nor arm64");
}

}  // namespace

CpuIdentity read_cpu_identity(ProbeContext& context, int cpu) {
  CpuIdentity identity;
  identity.architecture = find_architecture(context, cpu);
  if (identity.architecture == Architecture::kX86) read_x86(context, cpu, identity);
  if (identity.architecture == Architecture::kArm64) read_arm(context, cpu, identity);
  const bool x86 = identity.architecture == Architecture::kX86;
  identity.flags = split_words(field(context, cpu, x86 ? "flags" : "Features").value_or(""));
  if (!x86 && identity.flags.empty()) identity.flags = flags_of_hwcap(context.system);
  std::sort(identity.flags.begin(), identity.flags.end());
  return identity;
}

Reading<int> read_arm_part(ProbeContext& context, int cpu) {
  const auto midr = read_midr(context, cpu);
  if (midr.available()) {
    return Reading<int>::of(static_cast<int>((midr.value() >> 4U) & 0xfffU), midr.source());
  }
  const auto text = context.files.read(kCpuinfo);
  const auto block = text.available() ? cpuinfo_block(text.value(), cpu) : std::string();
  const auto part = parse_hex(find_field(block, "CPU part").value_or(""));
  if (!part || parse_integer(find_field(block, "processor").value_or("")) != cpu) {
    return Reading<int>::unavailable(midr.reason());
  }
  return Reading<int>::of(static_cast<int>(*part & 0xfffU), kCpuinfo);
}

void add_identity_facts(ProbeContext& context,
                        const CpuIdentity& identity,
                        int cpu,
                        MachineFacts& facts) {
  const bool known = !identity.vendor.empty();
  std::string source = kCpuinfo;
  if (identity.architecture == Architecture::kArm64) {
    const auto midr = read_midr(context, cpu);
    if (midr.available()) source = midr.source();
  } else if (context.system.cpuid.available()) {
    source = "cpuid";
  }
  const std::string reason = std::string(kCpuinfo) + ": no vendor in it";
  const auto number = [&](std::int64_t value) {
    return known ? Reading<std::int64_t>::of(value, source)
                 : Reading<std::int64_t>::unavailable(reason);
  };
  add_fact(facts, "architecture", architecture_text(context, identity.architecture));
  add_fact(facts,
           "cpu_vendor",
           known ? Reading<std::string>::of(identity.vendor, source)
                 : Reading<std::string>::unavailable(reason));
  add_fact(facts, "cpu_model_name", field(context, cpu, "model name"));
  if (identity.architecture == Architecture::kX86) {
    add_fact(facts, "cpu_family", "", number(identity.family));
  }
  add_fact(facts, "cpu_model", "", number(identity.model));
  add_fact(facts, "cpu_stepping", "", number(identity.stepping));
  add_fact(facts, "microarchitecture", microarchitecture_name(identity));
  add_fact(facts, "microcode", field(context, cpu, "microcode"));
}

}  // namespace perfbench
