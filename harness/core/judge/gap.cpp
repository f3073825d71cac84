#include "harness/core/judge/gap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

Estimate rate_of(const PeakRate& peak) { return {peak.rate_qps, peak.low_qps, peak.high_qps}; }

template <std::size_t N, class Function>
Estimate propagate(const std::array<Estimate, N>& inputs, Function function) {
  std::array<double, N> at{};
  for (std::size_t i = 0; i < N; ++i) at[i] = inputs[i].value;
  const double value = function(at);
  double up = 0.0;
  double down = 0.0;
  for (std::size_t i = 0; i < N; ++i) {
    double most = 0.0;
    double least = 0.0;
    for (const double end : {inputs[i].low, inputs[i].high}) {
      at[i] = end;
      const double moved = function(at) - value;
      most = std::max(most, moved);
      least = std::min(least, moved);
    }
    at[i] = inputs[i].value;
    up += most * most;
    down += least * least;
  }
  return {value, value - std::sqrt(down), value + std::sqrt(up)};
}

}  // namespace

Estimate gap_of(const PeakRate& alone, const Estimate& offline) {
  CHECK(offline.value > 0.0, "a gap is to a rate");
  const double floor = 1e-3 * offline.value;
  return propagate(std::array<Estimate, 2>{rate_of(alone), offline},
                   [floor](const std::array<double, 2>& rates) {
                     return 1.0 - rates[0] / std::max(floor, rates[1]);
                   });
}

Estimate closed_of(const PeakRate& alone, const PeakRate& batched, const Estimate& offline) {
  const double gap = offline.value - alone.rate_qps;
  if (!(gap > 0.0)) return {};
  // Where the interval of the gap reaches 0 the share has no bound: it is cut where the gap is a
  // hundredth of Offline.
  const double floor = std::min(gap, 0.01 * offline.value);
  return propagate(std::array<Estimate, 3>{rate_of(alone), rate_of(batched), offline},
                   [floor](const std::array<double, 3>& rates) {
                     return (rates[1] - rates[0]) / std::max(floor, rates[2] - rates[0]);
                   });
}

}  // namespace perfbench
