#include "kernels/peak/peak_loop.hpp"

#include <algorithm>
#include <vector>

#include "kernels/peak/loop_families.hpp"

namespace perfbench {
namespace {

std::vector<PeakLoop> join() {
  std::vector<PeakLoop> loops;
  [[maybe_unused]] const auto add = [&loops](std::span<const PeakLoop> family) {
    loops.insert(loops.end(), family.begin(), family.end());
  };
#if defined(__x86_64__)
  for (const auto family : {fma_loops, fma_add_loops, dot_loops, tile_loops}) add(family());
#elif defined(__aarch64__)
  for (const auto family : {fma_loops, dot_loops, scalable_loops}) add(family());
#endif
  // Isa's enumerators of one architecture stand narrowest first.
  std::stable_sort(loops.begin(), loops.end(), [](const PeakLoop& a, const PeakLoop& b) {
    return a.isa < b.isa;
  });
  return loops;
}

}  // namespace

std::string_view kernel_name(PeakStep step) noexcept {
  switch (step) {
    case PeakStep::kSeparateTimesX:
      return "mul_add";
    case PeakStep::kFusedAndAdd:
      return "fma_add";
    case PeakStep::kDot:
    case PeakStep::kTile:
      return "dot";
    case PeakStep::kMatrix:
      return "mmla";
    case PeakStep::kFusedTimesX:
    case PeakStep::kFusedPlusX:
      break;
  }
  return "fma";
}

std::span<const PeakLoop> peak_loops() noexcept {
  static const std::vector<PeakLoop> loops = join();
  return loops;
}

}  // namespace perfbench
