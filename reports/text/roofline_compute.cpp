// Arithmetic: the peak of one core, and what more cores, other kinds of cores and other nodes add.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/roofline_sections.hpp"

namespace perfbench {
namespace {

/// fp32 first, since GEMM and inference are told in it; then by width.
int order_of(Precision precision) {
  constexpr std::array kOrder{
      Precision::kFp32, Precision::kFp64, Precision::kBf16, Precision::kFp16, Precision::kInt8};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), precision) - kOrder.begin());
}

int order_of(const std::string& kernel) {
  constexpr std::array<std::string_view, 4> kOrder{"fma", "mul_add", "dot", "fma_add"};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), kernel) - kOrder.begin());
}

bool comes_first(const Roof* a, const Roof* b) {
  // A multiply and an add stand where an instruction set has no FMA: one list by width.
  const auto key = [](const Roof& roof) {
    const std::string& kernel = roof.kernel == "mul_add" ? "fma" : roof.kernel;
    return std::tuple(order_of(roof.precision), order_of(kernel), -static_cast<int>(roof.isa));
  };
  return key(*a) < key(*b);
}

/// Four digits from a thousand on, so that 1,024 is not 1,020.
int digits_of(double value) { return std::abs(value) >= 1000.0 ? 4 : 3; }

std::string percent_or_nothing(const std::optional<double>& fraction) {
  return fraction ? format_percent(*fraction) : std::string(kNoCell);
}

/// A measurement that scale and place tables tell of: the same kernel wherever it ran.
bool is_same_kernel(const Roof& a, const Roof& b) {
  return a.kind == b.kind && a.precision == b.precision && a.isa == b.isa && a.level == b.level &&
         a.kernel == b.kernel;
}

const Roof* same_kernel_at(const RooflineView& view, const Roof& kernel, const Place& place) {
  for (const Roof& roof : view.roofs()) {
    if (is_same_kernel(roof, kernel) && is_at(roof, place)) return &roof;
  }
  return nullptr;
}

/// Of the streams only reads, and what stores without reading first: the others stand in MEMORY.
bool is_told_in_scale(const Roof& roof) {
  if (roof.kind == RoofKind::kCompute) return true;
  return roof.kind == RoofKind::kBandwidth &&
         (roof.kernel == "read" || (roof.kernel == "triad_nt" && roof.level == MemoryLevel::kDram));
}

/// Kernels that ran in several places, in the order of the tables above.
std::vector<const Roof*> kernels_in_several(const RooflineView& view,
                                            const std::vector<const Place*>& places) {
  std::vector<const Roof*> kernels;
  for (const Roof& roof : view.roofs()) {
    if (kernels.size() >= kMostRows) break;
    if (!is_told_in_scale(roof)) continue;
    if (std::any_of(kernels.begin(), kernels.end(), [&roof](const Roof* known) {
          return is_same_kernel(*known, roof);
        }))
      continue;
    const auto here = [&](const Place* place) {
      return same_kernel_at(view, roof, *place) != nullptr;
    };
    if (std::count_if(places.begin(), places.end(), here) > 1) kernels.push_back(&roof);
  }
  std::stable_sort(kernels.begin(), kernels.end(), [](const Roof* a, const Roof* b) {
    if (a->kind != b->kind) return a->kind == RoofKind::kCompute;
    if (a->kind == RoofKind::kCompute) return comes_first(a, b);
    return a->level < b->level;
  });
  return kernels;
}

std::string sustained_text(const Roof* roof) {
  if (roof == nullptr || !roof->sustained) return std::string(kNoCell);
  return in_table(roof->kind, roof->sustained->rate);
}

std::string scale_cell(const Roof* roof, const Roof* one, Marks& marks) {
  if (roof == nullptr) return std::string(kNoCell);
  std::string cell = marks.rate(*roof);
  const bool both_hold = one != nullptr && roof != one && one->rate.best > 0.0 && one->cores > 0 &&
                         roof->cores > 0 && one->verdict.validity != Validity::kInvalid &&
                         roof->verdict.validity != Validity::kInvalid;
  if (both_hold) {
    const double perfect = one->rate.best * roof->cores / one->cores;
    cell += " (" + std::to_string(std::lround(100.0 * roof->rate.best / perfect)) + " %)";
  }
  return cell;
}

/// Placement epochs in a table at most.
constexpr int kMostEpochs = 8;

/// What tells the epochs apart.
std::string epochs_text(const RooflineView& view, const TextOptions& options) {
  std::string text;
  for (const Place& place : view.places()) {
    const bool moved = place.words != team_words(place.team, place.threads);
    if (!moved || !place.core_to_core) continue;
    text += wrap(place.words + ": a message between its cores takes " +
                     format_duration(*place.core_to_core) + " one way",
                 options,
                 "  ");
  }
  if (text.empty()) return text;
  return wrap("The host moved us while we measured; figures of one epoch belong together:",
              options,
              "  ") +
         text;
}

}  // namespace

std::string cycle_text(const Roof& roof) {
  if (!roof.per_core_cycle) return "no clock";
  return format_significant(*roof.per_core_cycle, digits_of(*roof.per_core_cycle));
}

std::string limit_text(const Roof& roof) {
  if (!roof.limit_per_core_cycle.available()) return "unknown";
  const double limit = roof.limit_per_core_cycle.value();
  return format_significant(limit, digits_of(limit));
}

std::string section_head(const std::string& heading,
                         const std::string& what,
                         const TextOptions& options) {
  const Painter painter(options);
  return "\n" + wrap(what, options, painter.heading(heading) + "  ");
}

std::string unknown_limits(const std::vector<const Roof*>& roofs, const TextOptions& options) {
  constexpr std::size_t kMostReasons = 5;
  std::vector<std::string> reasons;
  for (const Roof* roof : roofs) {
    if (roof->limit_per_core_cycle.available() || reasons.size() >= kMostReasons) continue;
    const std::string reason = sanitise(roof->limit_per_core_cycle.reason(), 300);
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end())
      reasons.push_back(reason);
  }
  std::string text;
  for (const std::string& reason : reasons) text += wrap("limit unknown: " + reason, options, "  ");
  return text;
}

std::string compute_section(const RooflineView& view, Marks& marks, const TextOptions& options) {
  if (view.one() == nullptr) return "";
  std::vector<const Roof*> roofs = view.roofs(*view.one(), RoofKind::kCompute);
  if (roofs.empty()) return "";
  std::stable_sort(roofs.begin(), roofs.end(), comes_first);
  if (roofs.size() > kMostRows) roofs.resize(kMostRows);
  const bool sustained = std::any_of(
      roofs.begin(), roofs.end(), [](const Roof* roof) { return roof->sustained.has_value(); });
  std::vector<std::string> headers{"precision, kernel", "best", "typical"};
  if (sustained) headers.emplace_back("sustained");
  headers.insert(headers.end(), {"/cycle", "limit", "of it"});
  Table table(headers);
  for (const Roof* roof : roofs) {
    const bool refused = roof->verdict.validity == Validity::kInvalid;
    std::vector<std::string> cells{
        kernel_name(*roof),
        marks.rate(*roof),
        refused ? std::string(kNoCell) : in_table(roof->kind, roof->rate.median)};
    if (sustained) cells.push_back(sustained_text(roof));
    cells.insert(
        cells.end(),
        {cycle_text(*roof), limit_text(*roof), percent_or_nothing(roof->fraction_of_limit)});
    table.add_row(std::move(cells));
  }
  std::string what =
      "GFLOP/s (int8: billions of operations): best and typical (median) of short windows, ";
  if (sustained) what += "sustained over a long run; ";
  what += "FLOP per core and clock cycle beside the core's documented limit";
  return section_head("COMPUTE, " + view.one()->words, what, options) + table.text(options, "  ") +
         marks.explained(options) + unknown_limits(roofs, options);
}

std::string scale_section(const RooflineView& view, Marks& marks, const TextOptions& options) {
  // A column a team; what its later placement epochs gave stands in lines of their own.
  std::vector<const Place*> places;
  int epochs = 0;
  for (const Place& place : view.places()) {
    if (!place.plain) continue;
    epochs = std::max(epochs, std::min(place.epoch, kMostEpochs));
    if (place.epoch == 0) places.push_back(&place);
  }
  const std::vector<const Roof*> kernels = kernels_in_several(view, places);
  if (kernels.empty()) return "";
  std::vector<std::string> headers{"best"};
  for (const Place* place : places) headers.push_back(team_words(place->team, place->threads));
  Table table(headers);
  for (const Roof* kernel : kernels) {
    const Roof* one = same_kernel_at(view, *kernel, *places.front());
    for (int epoch = 0; epoch <= epochs; ++epoch) {
      std::vector<std::string> cells{kernel_name(*kernel)};
      if (epoch > 0) cells.front() += ", epoch " + std::to_string(epoch);
      bool any = false;
      for (const Place* place : places) {
        Place there = *place;
        there.epoch = epoch;
        const Roof* roof = same_kernel_at(view, *kernel, there);
        any = any || roof != nullptr;
        cells.push_back(scale_cell(roof, one, marks));
      }
      if (any) table.add_row(std::move(cells));
    }
    std::vector<std::string> cells{kernel_name(*kernel) + ", sustained"};
    bool any = false;
    for (const Place* place : places) {
      cells.push_back(sustained_text(same_kernel_at(view, *kernel, *place)));
      any = any || cells.back() != kNoCell;
    }
    if (any) table.add_row(std::move(cells));
  }
  return section_head(
             "SCALE",
             "GFLOP/s, and GB/s of counted bytes; in brackets the share of perfect scaling, which "
             "is that many times " +
                 places.front()->words,
             options) +
         table.text(options, "  ") + marks.explained(options) + epochs_text(view, options);
}

std::string places_section(const RooflineView& view, Marks& marks, const TextOptions& options) {
  Table table({"place", "fp32, GFLOP/s", "fp64, GFLOP/s", "DRAM read, GB/s", "DRAM latency, ns"});
  std::size_t rows = 0;
  for (const Place& place : view.places()) {
    if (place.plain || ++rows > kMostRows) continue;
    const auto cell = [&marks](const Roof* roof) {
      return roof == nullptr ? std::string(kNoCell) : marks.rate(*roof);
    };
    const Roof* latency = nullptr;
    for (const Roof* roof : view.roofs(place, RoofKind::kLatency)) {
      if (roof->level == MemoryLevel::kDram) latency = roof;
    }
    table.add_row({place.words,
                   cell(view.fma(place, Precision::kFp32)),
                   cell(view.fma(place, Precision::kFp64)),
                   cell(view.stream(place, MemoryLevel::kDram, "read")),
                   cell(latency)});
  }
  if (table.empty()) return "";
  return section_head("PLACES",
                      "kinds of cores and memory nodes by themselves, best of short windows",
                      options) +
         table.text(options, "  ") + marks.explained(options);
}

}  // namespace perfbench
