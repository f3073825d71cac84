// What is said of the roofline as a whole.
#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/judge/cache_levels.hpp"
#include "harness/core/judge/placement_epochs.hpp"
#include "harness/core/judge/ridge.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "reports/check/sections_check.hpp"
#include "reports/document/names.hpp"

namespace perfbench {
namespace {

/// Dots and scenarios name roofs by their ids, so one must mean one.
void check_ids(const RooflineSection& roofline, const RoofIndex& roofs, Comparison& comparison) {
  for (std::size_t i = 0; i < roofline.roofs.size(); ++i) {
    const Roof& roof = roofline.roofs[i];
    if (is_of_before_teams(roof)) continue;
    const std::string id = roof_id(roof);
    comparison.holds(roofline_element("roofs", i) + ".id",
                     roofs.count(id) == 1,
                     id,
                     "an id that no other roof of the report has");
  }
}

/// Within one epoch the host has not moved the cores, so their distance is one.
void check_epochs(const RooflineSection& roofline, Comparison& comparison) {
  std::map<std::pair<std::string, int>, std::pair<Nanoseconds, Nanoseconds>> seen;
  for (const Roof& roof : roofline.roofs) {
    if (!roof.core_to_core) continue;
    const Nanoseconds latency = *roof.core_to_core;
    const auto [place, is_new] = seen.try_emplace({roof.team, roof.epoch}, latency, latency);
    place->second.first = std::min(place->second.first, latency);
    place->second.second = std::max(place->second.second, latency);
  }
  for (std::size_t i = 0; i < roofline.roofs.size(); ++i) {
    const Roof& roof = roofline.roofs[i];
    if (!roof.core_to_core) continue;
    const auto& [low, high] = seen.at({roof.team, roof.epoch});
    const bool is_extreme = *roof.core_to_core == low || *roof.core_to_core == high;
    const bool near =
        static_cast<double>(high.count()) <= kEpochRatio * static_cast<double>(low.count());
    comparison.holds(roofline_element("roofs", i) + ".core_to_core_ns",
                     near || !is_extreme,
                     std::to_string(roof.core_to_core->count()),
                     "one distance in an epoch, found " + std::to_string(low.count()) + " to " +
                         std::to_string(high.count()));
  }
}

void check_ridge_points(const RooflineSection& roofline, Comparison& comparison) {
  if (roofline.ridge_points.empty() &&
      std::any_of(roofline.roofs.begin(), roofline.roofs.end(), is_of_before_teams))
    return;
  if (roofline.roofs.size() > kMostRoofsTogether) {
    comparison.not_checkable("sections.roofline.ridge_points: more than " +
                             std::to_string(kMostRoofsTogether) + " roofs");
    return;
  }
  const std::vector<RidgePoint> recomputed = ridge_points(roofline.roofs);
  comparison.whole(
      "sections.roofline.ridge_points.length", roofline.ridge_points.size(), recomputed.size());
  for (std::size_t i = 0; i < std::min(recomputed.size(), roofline.ridge_points.size()); ++i) {
    const std::string at = roofline_element("ridge_points", i);
    const RidgePoint& stored = roofline.ridge_points[i];
    comparison.word(at + ".compute_roof", stored.compute_roof, recomputed[i].compute_roof);
    comparison.word(at + ".bandwidth_roof", stored.bandwidth_roof, recomputed[i].bandwidth_roof);
    comparison.number(at + ".flop_per_byte", stored.flop_per_byte, recomputed[i].flop_per_byte);
  }
}

std::string bytes_text(const Reading<Bytes>& reading) {
  return reading.available() ? std::to_string(reading.value().count()) : "none";
}

/// The levels from the sweep; what the machine tells is taken as it stands.
void check_cache_levels(const RooflineSection& roofline, Comparison& comparison) {
  if (roofline.sweep.empty() && roofline.cache_levels.empty()) return;
  std::vector<CacheShape> told;
  for (const CacheLevel& level : roofline.cache_levels) {
    if (level.told.available())
      told.push_back({static_cast<int>(level.level) - static_cast<int>(MemoryLevel::kL1) + 1,
                      level.told.value()});
  }
  const std::vector<CacheLevel> recomputed = find_cache_levels(roofline.sweep, told);
  comparison.whole(
      "sections.roofline.cache_levels.length", roofline.cache_levels.size(), recomputed.size());
  for (std::size_t i = 0; i < std::min(recomputed.size(), roofline.cache_levels.size()); ++i) {
    const std::string at = roofline_element("cache_levels", i);
    const CacheLevel& stored = roofline.cache_levels[i];
    comparison.word(at + ".level", name_of(stored.level), name_of(recomputed[i].level));
    const std::string found = at + ".found_bytes";
    comparison.word(found + ".value", bytes_text(stored.found), bytes_text(recomputed[i].found));
    if (!stored.found.available() && !recomputed[i].found.available())
      comparison.text(found + ".unavailable", stored.found.reason(), recomputed[i].found.reason());
    comparison.whole(
        at + ".working_set_bytes", stored.working_set.count(), recomputed[i].working_set.count());
    comparison.number(at + ".latency_ns", stored.latency_ns, recomputed[i].latency_ns);
  }
}

/// Trials of one question: which library and setting, for an operation and a class of shapes.
using TrialKey = std::pair<std::string, std::string>;

/// The fastest that could have been chosen instead; nullptr where there is none.
std::size_t fastest_of(const std::vector<LibraryTrial>& trials,
                       const std::vector<std::size_t>& group,
                       const LibraryTrial* like) {
  std::size_t fastest = trials.size();
  for (const std::size_t i : group) {
    // Rates at two sizes do not compare, and other variables of the user's environment may have had
    // their part in the ambient one.
    if (!trials[i].verified || (like != nullptr && trials[i].shape != like->shape)) continue;
    if (like != nullptr && trials[i].ambient && !trials[i].chosen) continue;
    if (fastest == trials.size() || trials[i].rate_flop_per_s > trials[fastest].rate_flop_per_s)
      fastest = i;
  }
  return fastest;
}

void check_choice(const std::vector<LibraryTrial>& trials,
                  const std::vector<std::size_t>& group,
                  Comparison& comparison) {
  /// A search on a CPU that it shared takes settings this close for the same and keeps the one that
  /// needs least (kernels/gemm/openblas); the report does not say which search was one.
  constexpr double kAsGood = 0.95;
  std::vector<std::size_t> chosen;
  bool could_choose = false;
  for (const std::size_t i : group) {
    if (trials[i].chosen) chosen.push_back(i);
    could_choose = could_choose || (trials[i].verified && !trials[i].ambient);
  }
  if (chosen.empty()) {
    const std::size_t fastest = fastest_of(trials, group, nullptr);
    if (could_choose && fastest < trials.size()) {
      comparison.flag(roofline_element("library_trials", fastest) + ".chosen", false, true);
    }
    return;
  }
  const LibraryTrial& first = trials[chosen.front()];
  const std::size_t fastest = fastest_of(trials, group, &first);
  for (const std::size_t i : chosen) {
    const bool best = fastest >= trials.size() ||
                      trials[i].rate_flop_per_s >= kAsGood * trials[fastest].rate_flop_per_s;
    comparison.holds(roofline_element("library_trials", i) + ".chosen",
                     trials[i].verified && best && chosen.size() == 1,
                     "true",
                     "true for the fastest verified trial of its operation and shape class alone");
  }
}

void check_trials(const RooflineSection& roofline, Comparison& comparison) {
  const std::vector<LibraryTrial>& trials = roofline.library_trials;
  std::map<TrialKey, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const std::string path = roofline_element("library_trials", i);
    comparison.flag(path + ".verified", trials[i].verified && !trials[i].failure.empty(), false);
    // Reports of before have one choice for all operations and sizes.
    if (trials[i].shape_class.empty()) {
      if (trials[i].chosen) comparison.flag(path + ".chosen", true, trials[i].verified);
      continue;
    }
    groups[{trials[i].operation, trials[i].shape_class}].push_back(i);
  }
  for (const auto& [key, group] : groups) check_choice(trials, group, comparison);
}

}  // namespace

void check_section(const RooflineSection& roofline,
                   const RoofIndex& roofs,
                   Comparison& comparison) {
  check_ids(roofline, roofs, comparison);
  check_epochs(roofline, comparison);
  check_ridge_points(roofline, comparison);
  check_cache_levels(roofline, comparison);
  check_trials(roofline, comparison);
}

}  // namespace perfbench
