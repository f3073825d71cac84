#include "kernels/lighthouse/ladder.hpp"

#include <algorithm>
#include <cstdio>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr Bytes kAssumedCache = mib(32);

std::string decimal(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

std::string milliseconds_text(Nanoseconds duration) {
  return decimal("%.3g ms", static_cast<double>(duration.count()) * 1e-6);
}

bool is_predicted(const RungTime& time, const RungTime* fixed) {
  return fixed != nullptr && time.rung != fixed->rung;
}

std::string subject(const RungTime& time, const RungTime* fixed) {
  if (!is_predicted(time, fixed)) return "Rung " + time.rung;
  return "By its work, from the fixed rung's measured " + milliseconds_text(fixed->service) +
         ", rung " + time.rung;
}

std::string takes(const RungTime& time, const RungTime* fixed) {
  return (is_predicted(time, fixed) ? "should take " : "takes ") + milliseconds_text(time.service);
}

std::string mib_text(Bytes bytes) {
  return decimal("%.0f MiB", static_cast<double>(bytes.count()) / 0x1p20);
}

/// Of all instances: what they share counts once.
Bytes memory_of(const Rung& rung, std::size_t instances) {
  const Bytes own = rung.working_set > rung.shared ? rung.working_set - rung.shared : Bytes(0);
  return rung.shared + own * instances;
}

}  // namespace

RungChoice choose_rung(std::span<const RungTime> times, Nanoseconds target, const RungTime* fixed) {
  CHECK(!times.empty(), "a ladder has rungs");
  const RungTime* chosen = nullptr;
  const RungTime* next = nullptr;
  for (const RungTime& time : times) {
    if (time.service <= target) {
      chosen = &time;
      next = nullptr;
    } else if (next == nullptr) {
      next = &time;
    }
  }
  RungChoice choice;
  choice.reached = chosen != nullptr;
  if (chosen == nullptr) {
    chosen = &times.front();
    choice.rung = chosen->rung;
    choice.sentence = subject(*chosen, fixed) + ", the smallest, " + takes(*chosen, fixed) +
                      " a sample; none " + (fixed == nullptr ? "takes " : "should take ") +
                      milliseconds_text(target) + " or less.";
    return choice;
  }
  choice.rung = chosen->rung;
  choice.sentence = subject(*chosen, fixed) + " " + takes(*chosen, fixed) +
                    " a sample and is the largest within " + milliseconds_text(target);
  choice.sentence += next != nullptr
                         ? "; the next, " + next->rung + ", " + takes(*next, fixed) + "."
                         : "; it is the largest there is.";
  return choice;
}

std::vector<RungTime> predict_times(std::span<const Rung> ladder, const RungTime& measured) {
  const auto base = std::find_if(ladder.begin(), ladder.end(), [&measured](const Rung& rung) {
    return rung.name == measured.rung || (rung.is_fixed && measured.rung == "fixed");
  });
  CHECK(base != ladder.end(), "a rung of this ladder was measured");
  std::vector<RungTime> times;
  for (const Rung& rung : ladder) {
    const double factor = static_cast<double>(rung.flops.count()) /
                          static_cast<double>(std::max<std::uint64_t>(1, base->flops.count()));
    times.push_back({rung.name, from_seconds(seconds(measured.service) * factor)});
  }
  return times;
}

RungChoice choose_streaming_rung(std::span<const Rung> ladder, const StreamingFit& fit) {
  CHECK(!ladder.empty(), "a ladder has rungs");
  const bool told = fit.last_level_cache.count() > 0;
  const Bytes cache = told ? fit.last_level_cache : kAssumedCache;
  const Bytes wanted = cache * kCacheMultiple;
  const auto allowed = static_cast<std::uint64_t>(
      kShareOfMemory * static_cast<double>(fit.memory_available.count()));
  const auto fits = [&](const Rung& rung) {
    return fit.memory_available.count() == 0 || memory_of(rung, fit.instances).count() <= allowed;
  };
  const Rung* chosen = nullptr;
  const Rung* largest = nullptr;
  for (const Rung& rung : ladder) {
    if (!fits(rung)) continue;
    largest = &rung;
    if (chosen == nullptr && rung.weights >= wanted) chosen = &rung;
  }
  RungChoice choice;
  choice.reached = chosen != nullptr;
  const Rung& rung = chosen != nullptr ? *chosen : largest != nullptr ? *largest : ladder.front();
  choice.rung = rung.name;
  const std::string cache_text =
      told ? "the last-level cache of " + mib_text(cache)
           : "a last-level cache of 32 MiB, which is assumed since none is told";
  const std::string memory_text = fit.memory_available.count() > 0
                                      ? mib_text(Bytes(allowed)) + " (75 % of what is available)"
                                      : "memory of unknown size";
  if (choice.reached) {
    choice.sentence = "Rung " + rung.name + " streams " + mib_text(rung.weights) +
                      " of weights and is the smallest with 4 x " + cache_text + "; it takes " +
                      mib_text(memory_of(rung, fit.instances)) + " of " + memory_text + ".";
  } else {
    const double times = static_cast<double>(rung.weights.count()) /
                         static_cast<double>(std::max<std::uint64_t>(1, cache.count()));
    choice.sentence = "Rung " + rung.name + " has weights of " + mib_text(rung.weights) + ", " +
                      decimal("%.1f", times) + " x " + cache_text +
                      " and not 4 x, so caches answer part of it; a larger one does not fit in " +
                      memory_text + ".";
    if (largest == nullptr) {
      choice.sentence = "Rung " + rung.name + ", the smallest, takes " +
                        mib_text(memory_of(rung, fit.instances)) + ", more than " + memory_text +
                        ".";
    }
  }
  return choice;
}

}  // namespace perfbench
