#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {
namespace {

std::string thread_word(int threads) {
  return counted(static_cast<std::size_t>(std::max(threads, 0)), "thread", "threads");
}

/// What marks a figure whose best is far from what is typical; the line under the table explains
/// it.
constexpr std::string_view kContendedMark = " *";

constexpr std::string_view kLowerBoundMark = " +";

std::string number_or(const std::optional<double>& value, std::string_view otherwise) {
  return value ? format_significant(*value) : std::string(otherwise);
}

std::string limit_of(const Roof& roof) {
  if (!roof.limit_per_core_cycle.available()) return "unknown";
  return format_significant(roof.limit_per_core_cycle.value());
}

std::string fraction(const std::optional<double>& value) {
  return value ? format_percent(*value) : "-";
}

/// What the marks say, and why, once each.
std::string marks_text(const RooflineSection& roofline, RoofKind kind, const TextOptions& options) {
  bool contended = false;
  std::string lower_bound;
  for (const Roof& roof : roofline.roofs) {
    if (roof.kind != kind) continue;
    contended = contended || roof.contended;
    if (roof.lower_bound && lower_bound.empty())
      lower_bound = "at least: " + sanitise(roof.lower_bound_reason, 300);
  }
  std::string text;
  if (contended) {
    text += wrap(
        "something shared the core or the memory: other programs, the hypervisor, or windows whose "
        "median stayed below 90 % of the best; the best is the figure to trust",
        options,
        "  * ");
  }
  if (!lower_bound.empty()) text += wrap(lower_bound, options, "  + ");
  return text;
}

/// Why no limit stands beside the figures: the reasons, once each.
std::string unknown_limits_text(const RooflineSection& roofline,
                                RoofKind kind,
                                const TextOptions& options) {
  std::vector<std::string> reasons;
  for (const Roof& roof : roofline.roofs) {
    if (roof.kind != kind || roof.limit_per_core_cycle.available()) continue;
    const std::string reason = sanitise(roof.limit_per_core_cycle.reason(), 300);
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end())
      reasons.push_back(reason);
  }
  std::string text;
  for (const std::string& reason : reasons) text += wrap("limit unknown: " + reason, options, "  ");
  return text;
}

std::string roofs_text(const RooflineSection& roofline, RoofKind kind, const TextOptions& options) {
  const Painter painter(options);
  Table table({"  roof", "best", "typical", "/cycle", "limit", "of it"});
  for (const Roof& roof : roofline.roofs) {
    if (roof.kind != kind) continue;
    std::string name = "  " + roof_name(roof);
    if (roof.contended) name += kContendedMark;
    if (roof.lower_bound) name += kLowerBoundMark;
    table.add_row({name,
                   format_rate(kind, roof.rate.best),
                   format_rate(kind, roof.rate.median),
                   number_or(roof.per_core_cycle, "no clock"),
                   limit_of(roof),
                   fraction(roof.fraction_of_limit)});
  }
  if (table.empty()) return "";
  std::string heading = "COMPUTE ROOFS";
  std::string what =
      "best and median of short windows; FLOP per core and clock cycle beside the core's "
      "documented limit";
  if (kind == RoofKind::kBandwidth) {
    heading = "MEMORY ROOFS";
    what =
        "best and median of short windows; bytes per core and clock cycle beside the core's "
        "documented limit";
  } else if (kind == RoofKind::kLatency) {
    heading = "LATENCIES";
    what = "of one access: best and median of short windows";
  }
  return "\n" + wrap(what, options, painter.heading(heading) + "  ") + table.text(options, "") +
         marks_text(roofline, kind, options) + unknown_limits_text(roofline, kind, options);
}

std::string dots_text(const RooflineSection& roofline, const TextOptions& options) {
  if (roofline.dots.empty()) return "";
  const Painter painter(options);
  Table table({"  kernel", "best", "typical", "of its roof", "roof"});
  for (const Dot& dot : roofline.dots) {
    table.add_row(
        {"  " + sanitise(dot.kernel, 30) + ", " + thread_word(dot.threads),
         format_flop_rate(dot.rate.best),
         format_flop_rate(dot.rate.median) + (dot.contended ? std::string(kContendedMark) : ""),
         fraction(dot.roof_fraction),
         dot.roof.empty() ? "not measured" : sanitise(dot.roof, 40)});
  }
  return "\n" +
         wrap("FLOP modelled from the shape, beside the roof measured in the same windows",
              options,
              painter.heading("KERNELS") + "  ") +
         table.text(options, "");
}

std::string setting_name(const LibraryTrial& trial) {
  const std::string core = trial.core_name.empty() ? trial.setting : trial.core_name;
  return core.empty() ? "its own choice" : sanitise(core, 60);
}

/// What a program here gets from the library, beside what fits.
std::string library_text(const RooflineSection& roofline, const TextOptions& options) {
  if (roofline.library_trials.empty()) return "";
  const Painter painter(options);
  const LibraryTrial* ambient = nullptr;
  const LibraryTrial* chosen = nullptr;
  std::size_t failed = 0;
  for (const LibraryTrial& trial : roofline.library_trials) {
    if (trial.ambient && ambient == nullptr) ambient = &trial;
    if (trial.chosen && chosen == nullptr) chosen = &trial;
    if (!trial.verified) ++failed;
  }
  std::string text;
  const LibraryTrial& named = ambient != nullptr ? *ambient : roofline.library_trials.front();
  const std::string library = sanitise(named.library, 60);
  if (ambient != nullptr && ambient->rate_flop_per_s > 0.0) {
    text += "A program here gets " + library + " with core type " + setting_name(*ambient) + ": " +
            format_flop_rate(ambient->rate_flop_per_s) + " in " + sanitise(ambient->operation, 80) +
            ". ";
  } else if (ambient != nullptr) {
    text += "As a program here gets it, " + library +
            " does not work: " + sanitise(ambient->failure, 200) + ". ";
  }
  if (chosen != nullptr && chosen == ambient) {
    text += "That is the best of the " +
            counted(roofline.library_trials.size(), "setting", "settings") + " tried. ";
  } else if (chosen != nullptr) {
    text += "Core type " + setting_name(*chosen) +
            " fits better: " + format_flop_rate(chosen->rate_flop_per_s);
    // Rates at two sizes do not compare.
    if (ambient != nullptr && ambient->operation != chosen->operation) {
      text += " in " + sanitise(chosen->operation, 80);
    } else if (ambient != nullptr && ambient->rate_flop_per_s > 0.0) {
      text += ", " + format_significant(chosen->rate_flop_per_s / ambient->rate_flop_per_s) +
              " times as fast";
    }
    text += "; the figures above are with it. ";
  } else {
    text += "No setting of " + library + " gave a right answer. ";
  }
  if (failed > 0)
    text += counted(failed, "setting", "settings") +
            " crashed or gave a wrong answer and was not used.";
  return "\n" + wrap(text, options, painter.heading("LIBRARY") + "  ");
}

std::string notes_text(const RooflineSection& roofline, const TextOptions& options) {
  std::string text;
  for (const std::string& note : roofline.notes)
    text += wrap(sanitise(note, 1000), options, "  Note: ");
  return text;
}

}  // namespace

std::string roof_name(const Roof& roof) {
  const std::string threads = ", " + thread_word(roof.threads);
  if (roof.kind != RoofKind::kCompute) {
    return std::string(name_of(roof.level)) + " " + sanitise(roof.kernel, 24) + threads;
  }
  // The usual kernel goes without saying; another one (multiply and add where there is no FMA) does
  // not.
  const std::string kernel = roof.kernel == "fma" ? "" : " " + sanitise(roof.kernel, 24);
  return std::string(name_of(roof.precision)) + kernel + " " + std::string(name_of(roof.isa)) +
         threads;
}

std::string roofline_text(const Report& report, const TextOptions& options) {
  if (!report.roofline) return "";
  return roofs_text(*report.roofline, RoofKind::kCompute, options) +
         roofs_text(*report.roofline, RoofKind::kBandwidth, options) +
         roofs_text(*report.roofline, RoofKind::kLatency, options) +
         dots_text(*report.roofline, options) + library_text(*report.roofline, options) +
         notes_text(*report.roofline, options);
}

}  // namespace perfbench
