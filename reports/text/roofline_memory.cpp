// Memory: streams by level, latencies, the levels themselves and where arithmetic takes over.
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/judge/roof_id.hpp"
#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/roofline_sections.hpp"

namespace perfbench {
namespace {

constexpr std::array kLevels{
    MemoryLevel::kL1, MemoryLevel::kL2, MemoryLevel::kL3, MemoryLevel::kDram};

/// STREAM's order with ours around it; each before its form with non-temporal stores.
std::size_t order_of(std::string_view kernel) {
  constexpr std::array<std::string_view, 7> kOrder{
      "read", "write", "copy", "scale", "add", "triad", "update"};
  const bool non_temporal = kernel.ends_with("_nt");
  if (non_temporal) kernel.remove_suffix(3);
  const auto place = std::find(kOrder.begin(), kOrder.end(), kernel) - kOrder.begin();
  return 2 * static_cast<std::size_t>(place) + (non_temporal ? 1 : 0);
}

std::vector<std::string> kernels_at(const std::vector<const Roof*>& roofs) {
  std::vector<std::string> kernels;
  for (const Roof* roof : roofs) {
    if (kernels.size() >= kMostRows) break;
    if (std::find(kernels.begin(), kernels.end(), roof->kernel) == kernels.end())
      kernels.push_back(roof->kernel);
  }
  std::stable_sort(kernels.begin(), kernels.end(), [](const std::string& a, const std::string& b) {
    return order_of(a) < order_of(b);
  });
  return kernels;
}

/// What crossed the memory bus, by the model of write-allocate: never one number with what the
/// program counts.
std::string moved_text(const Roof* roof) {
  if (roof == nullptr || roof->moved_per_counted_1000.count() == 0 ||
      roof->verdict.validity == Validity::kInvalid)
    return std::string(kNoCell);
  const double share = static_cast<double>(roof->moved_per_counted_1000.count()) / 1000.0;
  return in_table(RoofKind::kBandwidth, roof->rate.best * share);
}

/// One line under the table, of the read roofs.
template <class CellOf>
void add_read_row(Table& table,
                  const std::string& name,
                  const std::array<const Roof*, 4>& reads,
                  CellOf cell_of) {
  std::vector<std::string> cells{name};
  bool any = false;
  for (const Roof* roof : reads) {
    const std::optional<std::string> cell =
        roof == nullptr ? std::nullopt : std::optional<std::string>(cell_of(*roof));
    any = any || (cell && *cell != kNoCell);
    cells.push_back(cell.value_or(std::string(kNoCell)));
  }
  cells.emplace_back("");
  if (any) table.add_row(std::move(cells));
}

void add_read_rows(Table& table, const RooflineView& view, const Place& place) {
  std::array<const Roof*, 4> reads{};
  for (std::size_t i = 0; i < kLevels.size(); ++i)
    reads.at(i) = view.stream(place, kLevels.at(i), "read");
  add_read_row(table, "read, typical", reads, [](const Roof& roof) {
    return in_table(roof.kind, roof.rate.median);
  });
  add_read_row(table, "read, sustained", reads, [](const Roof& roof) {
    return roof.sustained ? in_table(roof.kind, roof.sustained->rate) : std::string(kNoCell);
  });
  add_read_row(table, "read, B/cycle a core", reads, [](const Roof& roof) {
    return roof.per_core_cycle ? format_significant(*roof.per_core_cycle) : std::string(kNoCell);
  });
  add_read_row(table, "  of the limit", reads, [](const Roof& roof) {
    return roof.fraction_of_limit ? format_percent(*roof.fraction_of_limit) : std::string(kNoCell);
  });
}

std::string memory_section(const RooflineView& view,
                           const Place& place,
                           bool is_first,
                           Marks& marks,
                           const TextOptions& options) {
  const std::vector<const Roof*> roofs = view.roofs(place, RoofKind::kBandwidth);
  if (roofs.empty()) return "";
  Table table({"kernel", "L1", "L2", "L3", "DRAM", "DRAM moved"});
  for (const std::string& kernel : kernels_at(roofs)) {
    std::vector<std::string> cells{sanitise(kernel, 24)};
    for (const MemoryLevel level : kLevels) {
      const Roof* roof = view.stream(place, level, kernel);
      cells.push_back(roof == nullptr ? std::string(kNoCell) : marks.rate(*roof));
    }
    cells.push_back(moved_text(view.stream(place, MemoryLevel::kDram, kernel)));
    table.add_row(std::move(cells));
  }
  add_read_rows(table, view, place);
  std::string what = "GB/s of counted bytes, best of short windows";
  if (is_first) {
    what +=
        "; moved: what crosses the memory bus, since a plain store reads its line first and _nt "
        "(non-temporal) does not";
  } else if (place.core_to_core) {
    what += "; " + format_duration(*place.core_to_core) + " from core to core";
  }
  return section_head("MEMORY, " + place.words, what, options) + table.text(options, "  ") +
         marks.explained(options);
}

std::string level_size(const Reading<Bytes>& reading) {
  return reading.available() ? format_bytes(reading.value().count()) : std::string(kNoCell);
}

const Roof* roof_of(const RooflineView& view, const std::string& id) {
  for (const Roof& roof : view.roofs()) {
    if (roof_id(roof) == id) return &roof;
  }
  return nullptr;
}

}  // namespace

std::string memory_sections(const RooflineView& view, Marks& marks, const TextOptions& options) {
  if (view.one() == nullptr) return "";
  std::string text = memory_section(view, *view.one(), true, marks, options);
  for (const Place* place : view.all())
    text += memory_section(view, *place, text.empty(), marks, options);
  return text;
}

std::string latency_section(const RooflineView& view, Marks& marks, const TextOptions& options) {
  if (view.one() == nullptr) return "";
  std::vector<std::string> items;
  for (const Roof* roof : view.roofs(*view.one(), RoofKind::kLatency)) {
    if (items.size() >= kMostRows) break;
    std::string item = std::string(name_of(roof->level)) + " " +
                       format_nanoseconds(roof->rate.best) + marks.signs(*roof);
    if (roof->clock.hz.available()) {
      item += " (" + format_significant(roof->rate.best * 1e-9 * roof->clock.hz.value(), 2) +
              " cycles)";
    }
    items.push_back(item);
  }
  if (items.empty()) return "";
  return section_head("LATENCY, " + view.one()->words,
                      "of a load whose address is the last load's result, best of short windows",
                      options) +
         flow(items, options, "  ") + marks.explained(options);
}

std::string levels_section(const RooflineSection& section, const TextOptions& options) {
  if (section.cache_levels.empty()) return "";
  Table table({"level", "found", "told", "measured at", "in the sweep"});
  std::string remarks;
  std::size_t rows = 0;
  for (const CacheLevel& level : section.cache_levels) {
    if (++rows > kMostRows) break;
    const std::string name(name_of(level.level));
    table.add_row(
        {name,
         level_size(level.found),
         level_size(level.told),
         level.working_set.count() > 0 ? format_bytes(level.working_set.count())
                                       : std::string(kNoCell),
         level.latency_ns > 0.0 ? format_nanoseconds(level.latency_ns) : std::string(kNoCell)});
    if (!level.found.available()) {
      remarks +=
          wrap(name + " was not found: " + sanitise(level.found.reason(), 300), options, "  ");
    } else if (level.told.available() &&
               level.found.value().count() < level.told.value().count() / 2) {
      remarks += wrap(name +
                          ": by load latency less than half of what the machine tells of; address "
                          "translation, other users of the cache or a hypervisor may be the cause",
                      options,
                      "  ");
    }
  }
  return section_head(
             "LEVELS",
             "the largest working set that still has the level's load latency, found by "
             "a sweep, beside what the machine tells; roofs are measured at the found ones",
             options) +
         table.text(options, "  ") + remarks;
}

std::string ridge_section(const RooflineView& view, const TextOptions& options) {
  // A line a precision and place, a column a level.
  struct Line {
    const Roof* compute;
    std::array<std::string, kLevels.size()> cells;
  };
  std::vector<Line> lines;
  for (const RidgePoint& ridge : view.section().ridge_points) {
    const Roof* compute = roof_of(view, ridge.compute_roof);
    const Roof* memory = roof_of(view, ridge.bandwidth_roof);
    if (compute == nullptr || memory == nullptr) continue;
    const auto level = std::find(kLevels.begin(), kLevels.end(), memory->level);
    if (level == kLevels.end()) continue;
    auto line = std::find_if(
        lines.begin(), lines.end(), [&](const Line& known) { return known.compute == compute; });
    if (line == lines.end()) {
      if (lines.size() >= kMostRows) break;
      line = lines.insert(lines.end(), Line{compute, {}});
    }
    line->cells.at(static_cast<std::size_t>(level - kLevels.begin())) =
        format_significant(ridge.flop_per_byte);
  }
  Table table({"fastest kernel and place", "DRAM", "L3", "L2", "L1"});
  for (const Line& line : lines) {
    std::vector<std::string> cells{
        kernel_name(*line.compute) + ", " +
        view.words(line.compute->team, line.compute->epoch, line.compute->threads)};
    for (std::size_t i = kLevels.size(); i-- > 0;)
      cells.push_back(line.cells.at(i).empty() ? std::string(kNoCell) : line.cells.at(i));
    table.add_row(std::move(cells));
  }
  if (table.empty()) return "";
  return section_head("RIDGE POINTS",
                      "FLOP per byte read from each level: a kernel with fewer is bound by the "
                      "memory, one with more by the arithmetic",
                      options) +
         table.text(options, "  ");
}

}  // namespace perfbench
