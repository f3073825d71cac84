#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// What a core does, without a word of CPUID: ratios of peaks measured side by side on one core of
/// x86. A ratio is absent where one of its two peaks was not measured, and then says nothing.
struct Behaviour {
  std::optional<double> zmm_over_ymm;          ///< fp32 FMA on 512 bits over 256 bits.
  std::optional<double> fma_add_over_fma;      ///< fp32 on 256 bits: flop of FMA+ADD over FMA.
  std::optional<double> fma_add_over_fma_zmm;  ///< The same on 512 bits.
  std::optional<double> bf16_over_fp32;        ///< Dot products over FMA on 512 bits.
  bool runs_tiles = false;                     ///< A peak on AMX tiles was measured.
};

/// From the roofs of one core: those of one thread, each best over its clock where the clock is
/// known (wide vectors may lower it), else the bests.
[[nodiscard]] Behaviour behaviour_of(std::span<const Roof> roofs);

/// Microarchitectures that behave so, in words ("Sapphire Rapids to Granite Rapids"); empty where
/// none does. Several where the ratios at hand do not tell them apart.
[[nodiscard]] std::vector<std::string> fitting_classes(const Behaviour& behaviour);

enum class FingerprintOutcome {
  kUndecided,    ///< Nothing measured that would tell, or no class is kept for this architecture.
  kAgrees,       ///< CPUID's core behaves so.
  kContradicts,  ///< CPUID names another core than the behaviour does.
  kNamed,        ///< CPUID names none, or is masked: the behaviour is all there is.
};

struct Fingerprint {
  FingerprintOutcome outcome = FingerprintOutcome::kUndecided;
  std::vector<std::string> classes;  ///< fitting_classes()
  std::string sentence;  ///< "CPUID says Zen 4, behaviour says Zen 5 (zmm/ymm FMA 1.99, ...)"
};

/// Holds CPUID's word against the behaviour. A hypervisor may clear flags and name an older model;
/// it cannot take a unit away.
[[nodiscard]] Fingerprint judge_fingerprint(const CpuIdentity& identity,
                                            const Behaviour& behaviour);

}  // namespace perfbench
