// The roofline in the summary of a whole run: the roofs that readers know, on one core and on all.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/judge/roof_id.hpp"
#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/roofline_sections.hpp"
#include "reports/text/roofline_view.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {
namespace {

/// One core, and all of them in each epoch.
std::vector<const Place*> main_places(const RooflineView& view) {
  std::vector<const Place*> places;
  if (view.one() != nullptr) places.push_back(view.one());
  for (const Place* place : view.all()) places.push_back(place);
  constexpr std::size_t kMostPlaces = 4;
  if (places.size() > kMostPlaces) places.resize(kMostPlaces);
  return places;
}

void add_if(std::vector<const Roof*>& roofs, const Roof* roof) {
  if (roof != nullptr) roofs.push_back(roof);
}

std::vector<const Roof*> main_roofs(const RooflineView& view, RoofKind kind) {
  std::vector<const Roof*> roofs;
  for (const Place* place : main_places(view)) {
    if (kind == RoofKind::kCompute) {
      add_if(roofs, view.fma(*place, Precision::kFp32));
      add_if(roofs, view.fma(*place, Precision::kFp64));
      continue;
    }
    if (place == view.one()) {
      for (const MemoryLevel cache : {MemoryLevel::kL1, MemoryLevel::kL2, MemoryLevel::kL3})
        add_if(roofs, view.stream(*place, cache, "read"));
    }
    add_if(roofs, view.stream(*place, MemoryLevel::kDram, "read"));
    const Roof* triad = view.stream(*place, MemoryLevel::kDram, "triad_nt");
    add_if(roofs, triad != nullptr ? triad : view.stream(*place, MemoryLevel::kDram, "triad"));
  }
  return roofs;
}

std::string roofs_text(const RooflineView& view,
                       RoofKind kind,
                       Marks& marks,
                       const TextOptions& options) {
  const std::vector<const Roof*> roofs = main_roofs(view, kind);
  if (roofs.empty()) return "";
  const bool compute = kind == RoofKind::kCompute;
  Table table(
      {compute ? "roof, GFLOP/s" : "roof, GB/s", "best", "typical", "/cycle", "limit", "of it"});
  for (const Roof* roof : roofs) {
    const bool refused = roof->verdict.validity == Validity::kInvalid;
    table.add_row({kernel_name(*roof) + ", " + view.words(roof->team, roof->epoch, roof->threads),
                   marks.rate(*roof),
                   refused ? std::string(kNoCell) : in_table(kind, roof->rate.median),
                   cycle_text(*roof),
                   limit_text(*roof),
                   roof->fraction_of_limit ? format_percent(*roof->fraction_of_limit)
                                           : std::string(kNoCell)});
  }
  const char* what = compute ? "best and median of short windows; FLOP per core and clock cycle "
                               "beside the core's documented limit"
                             : "best and median of short windows; counted bytes per core and "
                               "clock cycle beside the core's documented limit";
  return section_head(compute ? "COMPUTE ROOFS" : "MEMORY ROOFS", what, options) +
         table.text(options, "  ") + marks.explained(options) + unknown_limits(roofs, options);
}

/// The fastest of each product.
std::vector<const Dot*> fastest_dots(const RooflineSection& section) {
  constexpr std::size_t kMostDots = 12;
  std::vector<const Dot*> fastest;
  for (const Dot& dot : section.dots) {
    const auto same = std::find_if(fastest.begin(), fastest.end(), [&dot](const Dot* known) {
      return is_same_product(*known, dot);
    });
    if (same == fastest.end()) {
      if (fastest.size() < kMostDots) fastest.push_back(&dot);
    } else if (dot.verdict.validity != Validity::kInvalid &&
               ((*same)->verdict.validity == Validity::kInvalid ||
                dot.rate.best > (*same)->rate.best)) {
      *same = &dot;
    }
  }
  return fastest;
}

/// The name of a BLAS kernel tells fp32 and fp64; the others are told.
std::string dot_name(const Dot& dot) {
  const bool told = dot.precision == Precision::kNone || dot.precision == Precision::kFp32 ||
                    dot.precision == Precision::kFp64;
  return (told ? "" : std::string(name_of(dot.precision)) + " ") + sanitise(dot.kernel, 30);
}

std::string dots_text(const RooflineView& view, Marks& marks, const TextOptions& options) {
  const std::vector<const Dot*> dots = fastest_dots(view.section());
  if (dots.empty()) return "";
  Table table({"kernel, GFLOP/s", "best", "typical", "of roof", "by"});
  for (const Dot* dot : dots) {
    const bool refused = dot->verdict.validity == Validity::kInvalid;
    table.add_row({dot_name(*dot) + ", " + view.words(dot->team, dot->epoch, dot->threads),
                   refused ? marks.refused()
                           : in_table(RoofKind::kCompute, dot->rate.best) + marks.signs(*dot),
                   refused ? std::string(kNoCell) : in_table(RoofKind::kCompute, dot->rate.median),
                   dot->roof_fraction ? format_percent(*dot->roof_fraction) : std::string(kNoCell),
                   sanitise(dot->implementation.substr(0, dot->implementation.find(' ')), 16)});
  }
  return section_head("KERNELS",
                      "the fastest implementation of each; FLOP modelled from the shape, beside "
                      "the roof measured in turn with it",
                      options) +
         table.text(options, "  ") + marks.explained(options);
}

}  // namespace

std::string roof_name(const Roof& roof) {
  std::string name = kernel_name(roof) + ", " + team_words(roof.team, roof.threads);
  if (roof.epoch > 0) name += ", epoch " + std::to_string(roof.epoch);
  return name;
}

std::string roof_words(const RooflineSection& section, const std::string& id) {
  for (std::size_t i = 0; i < std::min(section.roofs.size(), kMostRoofs); ++i) {
    if (roof_id(section.roofs[i]) == id) return roof_name(section.roofs[i]);
  }
  return sanitise(id, 40);
}

std::string roofline_summary(const Report& report, const TextOptions& options) {
  if (!report.roofline) return "";
  const RooflineView view(*report.roofline);
  Marks marks;
  std::string text = roofs_text(view, RoofKind::kCompute, marks, options);
  text += roofs_text(view, RoofKind::kBandwidth, marks, options);
  text += dots_text(view, marks, options);
  text += library_section(*report.roofline, report.machine, options);
  text += notes_section(*report.roofline, options);
  return text;
}

}  // namespace perfbench
