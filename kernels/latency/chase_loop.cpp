#include "kernels/latency/chase_loop.hpp"

namespace perfbench {

// Assembler, so that a build without optimisation does not store the pointer between two loads.
void* chase(void* from, std::uint64_t turns) noexcept {
  if (turns == 0) return from;
#if defined(__x86_64__)
  asm volatile(
      ".p2align 6\n"
      "1:\n"
      ".rept 64\n"
      "movq (%[at]), %[at]\n"
      ".endr\n"
      "decq %[turns]\n"
      "jnz 1b\n"
      : [at] "+&r"(from), [turns] "+&r"(turns)
      :
      : "cc", "memory");
#elif defined(__aarch64__)
  asm volatile(
      ".p2align 6\n"
      "1:\n"
      ".rept 64\n"
      "ldr %[at], [%[at]]\n"
      ".endr\n"
      "subs %[turns], %[turns], #1\n"
      "b.ne 1b\n"
      : [at] "+&r"(from), [turns] "+&r"(turns)
      :
      : "cc", "memory");
#else
  for (std::uint64_t i = 0; i < turns * kChaseUnroll; ++i)
    from = *static_cast<void* volatile*>(from);
#endif
  return from;
}

}  // namespace perfbench
