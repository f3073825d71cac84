#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/result/report.hpp"

namespace perfbench::testing {

// Parts of the synthetic report. Inside this folder only.

/// Whole numbers only, so that every compiler and library draws the same.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  /// 0 to n - 1 (Knuth's MMIX generator, upper bits).
  std::uint64_t below(std::uint64_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33U) % n;
  }
  /// At least `base`, mostly near it: twice the smaller of two draws.
  Nanoseconds window(std::int64_t base) {
    const auto spread = static_cast<std::uint64_t>(std::max<std::int64_t>(1, base / 20));
    return Nanoseconds(base + static_cast<std::int64_t>(std::min(below(spread), below(spread))));
  }
  std::vector<Nanoseconds> windows(std::size_t count, std::int64_t base) {
    std::vector<Nanoseconds> result;
    for (std::size_t i = 0; i < count; ++i) result.push_back(window(base));
    return result;
  }

 private:
  std::uint64_t state_;
};

/// What a quiet machine shows.
[[nodiscard]] Disturbance calm(Nanoseconds wall);

[[nodiscard]] Nanoseconds total(const std::vector<Nanoseconds>& parts);

/// Roofs of one, two and four cores in two placement epochs, dots, trials, levels: every kind of
/// mark that a roofline can carry.
[[nodiscard]] RooflineSection make_roofline(Draw& draw);

/// All four scenarios: closed loops, a queue with a dynamic batcher and a bound, frames that miss
/// their deadline, runs in fresh processes.
[[nodiscard]] std::vector<ScenarioResult> make_scenarios(Draw& draw,
                                                         const RooflineSection& roofline);

/// A search with three replicates and one that found nothing, for a bound below the service time.
[[nodiscard]] PeakRate make_peak_rate(Draw& draw, std::uint64_t max_batch, Nanoseconds bound);
[[nodiscard]] LoadSweep make_load_sweep();
/// One of each track.
[[nodiscard]] std::vector<TrackResult> make_tracks(Draw& draw);
[[nodiscard]] CalibrationSection make_calibration();

/// The roof that the question "which fp32 FMA of this team" is answered by, the widest; the same of
/// a DRAM kernel. Null where there is none.
[[nodiscard]] const Roof* fma_roof(const RooflineSection& section,
                                   Precision precision,
                                   const std::string& team);
[[nodiscard]] const Roof* dram_roof(const RooflineSection& section,
                                    const std::string& kernel,
                                    const std::string& team);

inline constexpr double kSyntheticClockHz = 3.5e9;

}  // namespace perfbench::testing
