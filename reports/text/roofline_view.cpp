#include "reports/text/roofline_view.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"

namespace perfbench {
namespace {

/// Teams and epochs at most; no machine has as many, a stranger's file may.
constexpr std::size_t kMostPlaces = 64;

/// What the id of harness/core/plan/team.hpp says.
struct TeamParts {
  int cores = 0;
  std::optional<int> threads;
  std::string kind;
  std::optional<int> node;
  std::optional<int> memory;
};

/// Takes a number off the front.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<TeamParts> parts_of(std::string_view id) {
  TeamParts parts;
  const auto cores = take_number(id);
  if (!cores || !take(id, "c")) return std::nullopt;
  parts.cores = *cores;
  if (!id.empty() && id.front() != '-') {
    parts.threads = take_number(id);
    if (!parts.threads || !take(id, "t")) return std::nullopt;
  }
  if (take(id, "-p")) parts.kind = "performance";
  if (take(id, "-e")) parts.kind = "efficiency";
  if (take(id, "-n")) {
    parts.node = take_number(id);
    if (!parts.node) return std::nullopt;
  }
  if (take(id, "-m")) {
    parts.memory = take_number(id);
    if (!parts.memory) return std::nullopt;
  }
  if (!id.empty()) return std::nullopt;
  return parts;
}

std::string threads_in_words(int threads) {
  return counted(static_cast<std::size_t>(std::max(threads, 0)), "thread", "threads");
}

template <class Point>
Place place_of(const Point& point) {
  Place place;
  place.team = point.team;
  place.epoch = point.epoch;
  place.threads = point.threads;
  const auto parts = parts_of(point.team);
  place.plain = point.team.empty() || (parts && parts->kind.empty() && !parts->node);
  place.words = team_words(point.team, point.threads);
  return place;
}

bool is_wider(const Roof& a, const Roof& b) {
  return static_cast<int>(a.isa) > static_cast<int>(b.isa);
}

}  // namespace

std::string team_words(std::string_view team, int threads) {
  if (team.empty()) return threads_in_words(threads);
  const auto parts = parts_of(team);
  if (!parts) return sanitise(team, 24);
  std::string words = parts->cores == 1 ? "one " : std::to_string(parts->cores) + " ";
  if (!parts->kind.empty()) words += parts->kind + " ";
  words += parts->cores == 1 ? "core" : "cores";
  if (parts->node) words += " of node " + std::to_string(*parts->node);
  if (parts->threads) words += ", " + threads_in_words(*parts->threads);
  if (parts->memory) words += ", memory of node " + std::to_string(*parts->memory);
  return words;
}

RooflineView::RooflineView(const RooflineSection& section)
    : section_(section), roofs_(section.roofs.data(), std::min(section.roofs.size(), kMostRoofs)) {
  const auto add = [this](Place place) -> Place* {
    for (Place& known : places_) {
      if (is_at(place, known)) return &known;
    }
    if (places_.size() >= kMostPlaces) return nullptr;
    places_.push_back(std::move(place));
    return &places_.back();
  };
  for (const Roof& roof : roofs_) {
    Place* place = add(place_of(roof));
    if (place == nullptr) continue;
    place->cores = std::max(place->cores, roof.cores);
    if (!place->core_to_core) place->core_to_core = roof.core_to_core;
  }
  for (const Dot& dot : section.dots) add(place_of(dot));
  std::stable_sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) {
    return std::tuple(!a.plain, a.threads, a.epoch) < std::tuple(!b.plain, b.threads, b.epoch);
  });
  for (Place& place : places_) {
    const bool moved = std::any_of(places_.begin(), places_.end(), [&place](const Place& other) {
      return other.team == place.team && other.epoch != place.epoch;
    });
    if (moved) place.words += ", epoch " + std::to_string(place.epoch);
  }
}

const Place* RooflineView::one() const noexcept {
  return places_.empty() ? nullptr : &places_.front();
}

std::vector<const Place*> RooflineView::all() const {
  std::vector<const Place*> most;
  int threads = places_.empty() ? 0 : places_.front().threads;
  for (const Place& place : places_) {
    if (place.plain) threads = std::max(threads, place.threads);
  }
  if (places_.empty() || threads == places_.front().threads) return most;
  // Of 4 cores with 8 threads and 8 cores, both with 8 threads, the first is enough.
  const std::string* team = nullptr;
  for (const Place& place : places_) {
    if (!place.plain || place.threads != threads) continue;
    if (team == nullptr) team = &place.team;
    if (place.team == *team) most.push_back(&place);
  }
  return most;
}

std::vector<const Roof*> RooflineView::roofs(const Place& place, RoofKind kind) const {
  std::vector<const Roof*> found;
  for (const Roof& roof : roofs_) {
    if (roof.kind == kind && is_at(roof, place)) found.push_back(&roof);
  }
  return found;
}

const Roof* RooflineView::stream(const Place& place,
                                 MemoryLevel level,
                                 std::string_view kernel) const {
  const Roof* widest = nullptr;
  for (const Roof& roof : roofs_) {
    if (roof.kind != RoofKind::kBandwidth || roof.level != level || roof.kernel != kernel) continue;
    if (is_at(roof, place) && (widest == nullptr || is_wider(roof, *widest))) widest = &roof;
  }
  return widest;
}

const Roof* RooflineView::fma(const Place& place, Precision precision) const {
  const Roof* best = nullptr;
  for (const Roof& roof : roofs_) {
    if (roof.kind != RoofKind::kCompute || roof.precision != precision) continue;
    if (roof.kernel != "fma" && roof.kernel != "mul_add") continue;
    if (!is_at(roof, place) || roof.verdict.validity == Validity::kInvalid) continue;
    if (best == nullptr || roof.rate.best > best->rate.best) best = &roof;
  }
  return best;
}

std::string RooflineView::words(std::string_view team, int epoch, int threads) const {
  for (const Place& place : places_) {
    if (place.team == team && place.epoch == epoch && (!team.empty() || place.threads == threads))
      return place.words;
  }
  return team_words(team, threads);
}

bool is_same_product(const Dot& a, const Dot& b) {
  if (a.team != b.team || a.epoch != b.epoch || a.threads != b.threads) return false;
  if (a.precision != b.precision || a.shape != b.shape) return false;
  return a.shape || a.kernel == b.kernel;
}

std::string kernel_name(const Roof& roof) {
  if (roof.kind != RoofKind::kCompute)
    return std::string(name_of(roof.level)) + " " + sanitise(roof.kernel, 24);
  return std::string(name_of(roof.precision)) + " " + sanitise(roof.kernel, 24) + " " +
         std::string(name_of(roof.isa));
}

std::string in_table(RoofKind kind, double rate) {
  return format_significant(kind == RoofKind::kLatency ? rate : rate * 1e-9);
}

std::string Marks::rate(const Roof& roof) {
  if (roof.verdict.validity == Validity::kInvalid) return refused();
  return in_table(roof.kind, roof.rate.best) + signs(roof);
}

std::string Marks::refused() {
  use("refused:",
      "measured above what it is held against, so one of the two is wrong; it is no figure, and "
      "its reason stands below");
  return "refused";
}

std::string Marks::signs(const Roof& roof) {
  std::string signs;
  if (roof.contended) {
    signs += "*";
    use("*",
        "something shared the core or the memory (another program, the hypervisor): the best is "
        "the figure to trust, the typical one is that of a shared machine");
  }
  if (roof.lower_bound) {
    signs += "+";
    use("+", "at least: " + sanitise(roof.lower_bound_reason, 300));
  }
  if (roof.may_hold_cache_hits) {
    signs += "~";
    use("~",
        "part of it may be cache hits: the arrays are not known to be larger than the last cache");
  }
  return signs;
}

std::string Marks::signs(const Dot& dot) {
  if (!dot.contended) return "";
  use("*",
      "something shared its cores: a call is longer than a time slice, so the best is the least "
      "that the machine can do");
  return "*";
}

void Marks::use(std::string sign, std::string meaning) {
  constexpr std::size_t kMostMeanings = 12;
  const bool known = std::any_of(used_.begin(), used_.end(), [&](const Meaning& other) {
    return other.sign == sign && other.meaning == meaning;
  });
  if (!known && used_.size() < kMostMeanings)
    used_.push_back({std::move(sign), std::move(meaning), false});
}

std::string Marks::explained(const TextOptions& options) {
  std::string text;
  for (Meaning& used : used_) {
    if (used.told) continue;
    used.told = true;
    text += wrap(used.meaning, options, "  " + used.sign + " ");
  }
  return text;
}

}  // namespace perfbench
