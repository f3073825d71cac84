#include "kernels/latency/chase_cycle.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

/// Below `bound`, which is less than 2^32: multiplied, since a division a line would cost more than
/// the rest. Uneven by less than bound / 2^32.
std::size_t below(std::uint64_t& state, std::size_t bound) noexcept {
  return static_cast<std::size_t>(((split_mix(state) >> 32U) * bound) >> 32U);
}

}  // namespace

void** ChaseRegion::at(std::size_t line) const noexcept {
  return reinterpret_cast<void**>(first + line * kChaseLine) + slot;
}

ChaseCycle lay_cycle(const ChaseRegion& region, std::uint64_t seed) {
  const std::size_t n = region.lines;
  CHECK(n >= 1 && n < std::numeric_limits<std::uint32_t>::max(), "a cycle of 1 to 2^32 - 2 lines");
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = n - 1; i > 0; --i) std::swap(order[i], order[below(seed, i + 1)]);
  for (std::size_t i = 0; i + 1 < n; ++i) *region.at(order[i]) = region.at(order[i + 1]);
  *region.at(order[n - 1]) = region.at(order[0]);

  ChaseCycle cycle;
  cycle.region = region;
  for (std::size_t leg = 0; leg < kChaseLegs; ++leg) {
    const std::size_t begin = leg * n / kChaseLegs;
    cycle.leg_starts[leg] = order[begin];
    cycle.leg_loads[leg] = (leg + 1) * n / kChaseLegs - begin;
  }
  return cycle;
}

Verification check_cycle(const ChaseCycle& cycle) {
  const ChaseRegion& region = cycle.region;
  Verification verification;
  std::vector<bool> met(region.lines, false);
  std::array<void*, kChaseLegs> at{};
  for (std::size_t leg = 0; leg < kChaseLegs; ++leg) at[leg] = region.at(cycle.leg_starts[leg]);
  const std::size_t longest = *std::max_element(cycle.leg_loads.begin(), cycle.leg_loads.end());
  std::size_t loads = 0;
  for (std::size_t step = 0; step < longest; ++step) {
    for (std::size_t leg = 0; leg < kChaseLegs; ++leg) {
      if (step >= cycle.leg_loads[leg]) continue;
      const auto line =
          static_cast<std::size_t>(static_cast<std::byte*>(at[leg]) - region.first) / kChaseLine;
      if (line >= region.lines || region.at(line) != at[leg] || met[line]) {
        verification.detail = "load " + std::to_string(step) + " of leg " + std::to_string(leg) +
                              " leaves the cycle or meets a line again";
        return verification;
      }
      met[line] = true;
      at[leg] = *static_cast<void**>(at[leg]);
      ++loads;
    }
  }
  for (std::size_t leg = 0; leg < kChaseLegs; ++leg) {
    if (at[leg] == region.at(cycle.leg_starts[(leg + 1) % kChaseLegs])) continue;
    verification.detail = "leg " + std::to_string(leg) + " does not end where the next begins";
    return verification;
  }
  verification.passed = loads == region.lines;
  verification.detail = std::to_string(loads) + " of " + std::to_string(region.lines) +
                        " lines met once, in one cycle";
  return verification;
}

}  // namespace perfbench
