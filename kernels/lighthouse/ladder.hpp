#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// One size of a workload. The flops are counted layer by layer from the shapes; a test holds them
/// against the published figure times `factor`, within 1 %. Counted are multiplications and
/// additions of products (1 MAC = 2 flop), no biases and activations.
struct Rung {
  std::string name;  ///< "fixed" is the one with is_fixed; each has a size too: "128", "96-0.35".
  std::string description;       ///< Sizes in words, and what is scaled down from the real model.
  bool is_fixed = false;         ///< Never changes; what machines are compared by.
  Flops flops{0};                ///< Of one sample.
  Flops beyond_published{0};     ///< The part that the published figure leaves out: attention.
  Bytes weights{0};              ///< Of `triad`: its arrays.
  Bytes working_set{0};          ///< Of one instance, what is shared included, at most.
  Bytes shared{0};               ///< The part of it that all instances share.
  double published_flops = 0.0;  ///< Of the real model, one MAC as 2 flop; 0: there is none.
  double factor = 1.0;           ///< This rung's share of that.
  std::size_t max_batch = 1;
};

/// Service time of one sample of a rung, measured or predicted.
struct RungTime {
  std::string rung;
  Nanoseconds service{0};
};

/// A rung and the sentence that says why.
struct RungChoice {
  std::string rung;
  std::string sentence;
  bool reached = true;  ///< False: no rung meets the rule, and the nearest one was taken.
};

/// The fitting rule: the largest rung whose service time is at most `target`; the smallest one
/// where none is. `times` in the ladder's order, smallest first, at least one. With `fixed`, the
/// fixed rung as it was measured, the times of the others are predictions and said to be. Pure.
[[nodiscard]] RungChoice choose_rung(std::span<const RungTime> times,
                                     Nanoseconds target,
                                     const RungTime* fixed = nullptr);

/// Service times of a whole ladder from one rung's: in proportion to the flops. `measured.rung` is
/// in the ladder.
[[nodiscard]] std::vector<RungTime> predict_times(std::span<const Rung> ladder,
                                                  const RungTime& measured);

/// What the rule for streamed weights needs to know.
struct StreamingFit {
  Bytes last_level_cache{0};  ///< 0: not told; 32 MiB are assumed, and the sentence says so.
  Bytes memory_available{0};  ///< 0: not told; nothing is refused then.
  std::size_t instances = 1;  ///< That run at the same time.
};

/// `llm-decode`'s rule: the smallest rung whose weights are at least 4 x the last-level cache, so
/// that each token streams them from memory, and whose instances take at most 75 % of the available
/// memory; else the largest that fits. Pure.
[[nodiscard]] RungChoice choose_streaming_rung(std::span<const Rung> ladder,
                                               const StreamingFit& fit);

/// What streamed weights are defined by; of twice as much next to nothing is left in a cache
/// (harness/core/plan/beyond_cache.hpp).
inline constexpr std::uint64_t kCacheMultiple = 4;
inline constexpr double kShareOfMemory = 0.75;  ///< Of the available memory.

}  // namespace perfbench
