#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result/roofline.hpp"
#include "reports/text/options.hpp"

namespace perfbench {

// What the texts of a roofline ask of its section. Inside this room only.

/// Rows of a table at most: a stranger's file may hold more than anybody reads.
inline constexpr std::size_t kMostRows = 120;
/// Roofs that are looked at: several times what the largest machine has.
inline constexpr std::size_t kMostRoofs = 2000;

/// "4c8t" -> "4 cores, 8 threads"; "1c-e" -> "one efficiency core"; "2c-n0-m1" -> "2 cores of node
/// 0, memory of node 1". `threads` speaks where there is no id, as in reports of before; an id of
/// another form is shown as it is, made safe.
[[nodiscard]] std::string team_words(std::string_view team, int threads);

/// A team in one placement epoch: only figures of one place may be held against each other.
struct Place {
  std::string team;
  int epoch = 0;
  int threads = 1;
  int cores = 0;       ///< Physical ones; 0: not told.
  bool plain = false;  ///< Cores of the whole machine, not of a kind or a node.
  std::optional<Nanoseconds> core_to_core;
  std::string words;  ///< "one core", "4 cores, epoch 1"
};

/// The section by place. Keeps a reference to it.
class RooflineView {
 public:
  explicit RooflineView(const RooflineSection& section);
  [[nodiscard]] const RooflineSection& section() const noexcept { return section_; }
  /// The section's roofs, the first kMostRoofs of them.
  [[nodiscard]] std::span<const Roof> roofs() const noexcept { return roofs_; }
  /// Plain ones first, fewest threads before most, epochs in order.
  [[nodiscard]] const std::vector<Place>& places() const noexcept { return places_; }
  /// The plain place with the fewest threads, one core as a rule; null in an empty section.
  [[nodiscard]] const Place* one() const noexcept;
  /// The plain places with the most threads, one for each epoch; empty where that is one().
  [[nodiscard]] std::vector<const Place*> all() const;
  [[nodiscard]] std::vector<const Roof*> roofs(const Place& place, RoofKind kind) const;
  /// The place's roof of a level and kernel, the widest ISA; null where there is none.
  [[nodiscard]] const Roof* stream(const Place& place,
                                   MemoryLevel level,
                                   std::string_view kernel) const;
  /// The place's FMA roof of a precision, the fastest that is not refused.
  [[nodiscard]] const Roof* fma(const Place& place, Precision precision) const;
  /// The words of a figure's place.
  [[nodiscard]] std::string words(std::string_view team, int epoch, int threads) const;

 private:
  const RooflineSection& section_;
  std::span<const Roof> roofs_;
  std::vector<Place> places_;
};

/// Whether a figure belongs to the place.
template <class Point>
[[nodiscard]] bool is_at(const Point& point, const Place& place) {
  return point.team == place.team && point.epoch == place.epoch &&
         (!place.team.empty() || point.threads == place.threads);
}

/// Whether two dots compute one product of one precision in one place, and so may be compared.
[[nodiscard]] bool is_same_product(const Dot& a, const Dot& b);

/// "fp32 fma avx512"; "DRAM read".
[[nodiscard]] std::string kernel_name(const Roof& roof);

/// Rates in the unit of a table's head: GFLOP/s, GB/s or ns, three digits.
[[nodiscard]] std::string in_table(RoofKind kind, double rate);

/// Signs behind figures, each explained once, under the first table that has it.
class Marks {
 public:
  /// The rate of the roof with its signs, or "refused" where its verdict is INVALID.
  [[nodiscard]] std::string rate(const Roof& roof);
  [[nodiscard]] std::string signs(const Roof& roof);
  [[nodiscard]] std::string signs(const Dot& dot);
  [[nodiscard]] std::string refused();
  /// What the signs since the last call say, as far as it was not said before; "" for nothing.
  [[nodiscard]] std::string explained(const TextOptions& options);

 private:
  void use(std::string sign, std::string meaning);
  struct Meaning {
    std::string sign;
    std::string meaning;
    bool told = false;
  };
  std::vector<Meaning> used_;
};

}  // namespace perfbench
