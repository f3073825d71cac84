#pragma once

#include "harness/core/result/roofline.hpp"

namespace perfbench::test {

/// Whether the CPU and the operating system under this test can run the ISA. The compiler's
/// run-time check, so that tests of kernels do not depend on the machine probe.
[[nodiscard]] inline bool host_has(Isa isa) noexcept {
  switch (isa) {
    case Isa::kScalar:
      return true;
#if defined(__x86_64__)
    case Isa::kSse2:
      return true;
    case Isa::kAvx2Fma:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    case Isa::kAvx512:
      return __builtin_cpu_supports("avx512f") != 0;
    case Isa::kAmx:
    case Isa::kNeon:
    case Isa::kSve:
      return false;
#elif defined(__aarch64__)
    case Isa::kNeon:
      return true;
    default:
      return false;
#else
    default:
      return false;
#endif
  }
  return false;
}

}  // namespace perfbench::test
