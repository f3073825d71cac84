#pragma once

#include <cstdint>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// Runs `loops` x 100 dependent register additions among vector FMAs of an ISA: see
/// loaded_clock_chain().
using LoadedClockChain = void (*)(std::uint64_t loops);

/// The additions of KernelEntry::loaded_clock_chain for one ISA, null for ISAs that do not move the
/// core clock.
///
/// Cores that run wide vectors at a lower clock (AVX-512 licences of Skylake-SP to Granite Rapids;
/// 256-bit FMA on Skylake-SP) step back up within some ten microseconds of the last wide
/// instruction, so that additions alone, right before or after a window, read a clock which the
/// window never had: 4.19 GHz beside a true 3.89 on one Xeon with AMX. Here nine FMAs stand among
/// ten additions. The chain of additions is what takes the time, even on a core with one FMA pipe
/// of this width, and the FMAs keep the licence. They serve the dot products and the half precision
/// of the same width too: licences go by the width and by whether the multipliers work, and those
/// instructions use the same ones. The tile unit has a licence below that of AVX-512, so AMX has a
/// chain among tile products; the process must have asked for tile data (prepare() of an AMX peak
/// kernel does, and so does the machine probe).
[[nodiscard]] LoadedClockChain loaded_clock_chain(Isa isa) noexcept;

}  // namespace perfbench
