#include "harness/core/judge/zone.hpp"

#include <optional>

#include "harness/core/judge/roof_choice.hpp"
#include "harness/core/judge/roof_fraction.hpp"
#include "harness/core/judge/wording.hpp"
#include "harness/core/result/names.hpp"

namespace perfbench {
namespace {

using judge::number;
using judge::percent;

std::string gflops(double flop_per_s) { return number(flop_per_s * 1e-9) + " GFLOP/s"; }

std::string level_name(MemoryLevel level) { return std::string(name_of(level)); }

std::string precision_name(const Dot& dot) { return std::string(name_of(dot.precision)); }

bool near_ridge(double intensity, std::optional<double> ridge) {
  return ridge && intensity <= *ridge * kRidgeMargin && intensity * kRidgeMargin >= *ridge;
}

/// "at 0.5 flop per byte, left of the ridge at 8.7".
std::string beside_ridge(double intensity, std::optional<double> ridge) {
  std::string text = "at " + number(intensity) + " flop per byte";
  if (!ridge) return text;
  if (near_ridge(intensity, ridge)) {
    text += ", close to the ridge at ";
  } else {
    text += intensity < *ridge ? ", left of the ridge at " : ", right of the ridge at ";
  }
  return text + number(*ridge);
}

std::string what_lifts(bool memory, bool near, MemoryLevel level, double fraction) {
  if (fraction < kFarFromRoof) {
    return "Neither roof is near: something else holds it back, such as the kernel's code, its "
           "packing or conversions, or a library whose kernels do not fit this CPU.";
  }
  if (near) {
    return "Both roofs are near: only more bandwidth and more arithmetic together would lift it, "
           "such as a smaller data type.";
  }
  if (!memory) {
    return "More cores or a smaller data type would lift it; less traffic would not.";
  }
  const std::string nearer =
      level == MemoryLevel::kL1 ? "." : ", or data that stay in a nearer cache.";
  return "More flop per byte would lift it (more rows at once, a smaller data type)" + nearer;
}

std::string unbound(const Dot& dot, MemoryLevel level) {
  return "Nothing bounds it here: neither the " + precision_name(dot) + " roof nor the " +
         level_name(level) + " read roof was measured with its team and placement.";
}

}  // namespace

std::string dot_zone(const Dot& dot,
                     std::span<const Roof> roofs,
                     std::span<const CacheLevel> levels) {
  const RoofsOver over = roofs_over(dot, roofs, levels);
  const Roof* roof = binding_roof(dot, roofs, levels);
  if (roof == nullptr) return unbound(dot, over.level);
  const std::optional<double> fraction = roof_fraction(dot, roof);
  const auto attainable = attainable_flop_per_s(*roof, dot.intensity_flop_per_byte);
  if (!fraction || !attainable) return unbound(dot, over.level);

  std::optional<double> ridge;
  if (over.compute != nullptr && over.memory != nullptr) {
    ridge = over.compute->rate.best / over.memory->rate.best;
  }
  const double intensity = dot.intensity_flop_per_byte;
  const bool near = near_ridge(intensity, ridge);
  const bool memory = roof->kind == RoofKind::kBandwidth;
  std::string text = near ? "Near the ridge" : memory ? "Memory-bound" : "Compute-bound";
  if (memory && roof->level != MemoryLevel::kDram) {
    text += " by " + level_name(roof->level) + ", where its data stay";
  }
  text += ": " + beside_ridge(intensity, ridge) + ", ";
  text += memory ? "reading from " + level_name(roof->level)
                 : "the " + precision_name(dot) + " arithmetic roof";
  text += " allows " + gflops(*attainable) + " and it gets " + percent(*fraction, 0) + " of that. ";
  return text + what_lifts(memory, near, roof->level, *fraction);
}

}  // namespace perfbench
