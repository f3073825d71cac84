#include "scenarios/tracks/fit.hpp"

#include <algorithm>
#include <cstddef>

#include "harness/core/judge/wording.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

/// A rung whose work promises so many times the target is not within it.
constexpr double kHopeless = 2.0;

double work_of(const FitRung& rung) {
  const auto flops = static_cast<double>(rung.flops.count());
  return flops > 0.0 ? flops : static_cast<double>(rung.bytes.count());
}

const FitTime* find_time(std::span<const FitTime> times, const std::string& rung) {
  const auto found = std::find_if(
      times.begin(), times.end(), [&rung](const FitTime& time) { return time.rung == rung; });
  return found == times.end() ? nullptr : &*found;
}

/// The largest rung whose work promises to be within the target, by the rate of a measured one.
std::size_t promised(std::span<const FitRung> ladder,
                     std::size_t measured,
                     Nanoseconds service,
                     Nanoseconds target) {
  const double allowed =
      work_of(ladder[measured]) * (seconds(target) / std::max(1e-9, seconds(service)));
  std::size_t best = 0;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    if (work_of(ladder[i]) <= allowed) best = i;
  }
  return best;
}

}  // namespace

FitChoice choose_fit(std::span<const FitTime> measured, Nanoseconds target) {
  FitChoice choice;
  choice.times.assign(measured.begin(), measured.end());
  const FitTime* chosen = nullptr;
  const FitTime* above = nullptr;
  for (const FitTime& time : measured) {
    if (time.service <= target) {
      if (chosen == nullptr || time.service > chosen->service) chosen = &time;
    } else if (above == nullptr || time.service < above->service) {
      above = &time;
    }
  }
  choice.reached = chosen != nullptr;
  if (chosen == nullptr) chosen = above;
  if (chosen == nullptr) {
    choice.sentence = "No rung could be measured.";
    return choice;
  }
  choice.rung = chosen->rung;
  choice.service = chosen->service;
  const std::string took = "Rung " + chosen->rung + " takes " + judge::duration(chosen->service) +
                           " a sample at the median";
  if (!choice.reached) {
    choice.sentence = took + "; none that was measured takes " + judge::duration(target) +
                      " or less, and it is the nearest.";
    return choice;
  }
  choice.sentence =
      took + " and is the largest of those measured within " + judge::duration(target);
  choice.sentence += above != nullptr
                         ? "; " + above->rung + " takes " + judge::duration(above->service) + "."
                         : "; none above it was measured.";
  return choice;
}

FitChoice fit_rung(std::span<const FitRung> ladder,
                   Nanoseconds target,
                   const RungTimer& time_rung) {
  CHECK(!ladder.empty(), "a ladder has rungs");
  std::vector<FitTime> times;
  std::size_t next = 0;
  for (int trial = 0; trial < kFitTrials; ++trial) {
    const Nanoseconds service = time_rung(ladder[next].name);
    if (service.count() <= 0) break;
    times.push_back({ladder[next].name, service});
    std::size_t wanted = promised(ladder, next, service, target);
    // Work promises too much or too little where rungs differ in their rates: a step from what was
    // measured is what is left then.
    if (service > target && wanted >= next && next > 0) wanted = next - 1;
    if (service <= target && wanted <= next) wanted = next + 1;
    // One above that is promised to be much too slow needs no measuring.
    const bool hopeless = service <= target && wanted == next + 1 && wanted < ladder.size() &&
                          work_of(ladder[wanted]) * seconds(service) >
                              kHopeless * work_of(ladder[next]) * seconds(target);
    if (hopeless || wanted >= ladder.size() || find_time(times, ladder[wanted].name) != nullptr)
      break;
    next = wanted;
  }
  return choose_fit(times, target);
}

}  // namespace perfbench
