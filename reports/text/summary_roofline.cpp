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

std::string per_cycle(const Roof& roof) {
  if (!roof.per_core_cycle) return "no clock";
  const std::string_view unit = roof.kind == RoofKind::kCompute ? " FLOP" : " B";
  return format_significant(*roof.per_core_cycle) + std::string(unit);
}

std::string limit_of(const Roof& roof) {
  if (!roof.limit_per_core_cycle.available()) return "not known";
  return format_significant(roof.limit_per_core_cycle.value());
}

std::string fraction(const std::optional<double>& value) {
  return value ? format_percent(*value) : "-";
}

std::string roofs_text(const RooflineSection& roofline, const TextOptions& options) {
  if (roofline.roofs.empty()) return "";
  const Painter painter(options);
  Table table({"  roof", "best", "typical", "per core", "limit", "of limit"});
  bool contended = false;
  for (const Roof& roof : roofline.roofs) {
    const bool cycles = roof.kind != RoofKind::kLatency;
    table.add_row({"  " + roof_name(roof),
                   (roof.lower_bound ? ">= " : "") + format_rate(roof.kind, roof.rate.best),
                   format_rate(roof.kind, roof.rate.median) +
                       (roof.contended ? std::string(kContendedMark) : ""),
                   cycles ? per_cycle(roof) : "-",
                   limit_of(roof),
                   fraction(roof.fraction_of_limit)});
    contended = contended || roof.contended;
  }
  std::string text = "\n" +
                     wrap(
                         "best and median of short windows; per core and clock cycle, beside what "
                         "the core is documented to do",
                         options,
                         painter.heading("ROOFS") + "  ") +
                     table.text(options, "");
  if (contended) {
    text +=
        wrap("the typical window is far below the best: something shared the core or the memory",
             options,
             "  * ");
  }
  return text;
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
    if (ambient != nullptr && ambient->rate_flop_per_s > 0.0) {
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
  if (roof.kind == RoofKind::kCompute) {
    return std::string(name_of(roof.precision)) + " " + sanitise(roof.kernel, 24) + " " +
           std::string(name_of(roof.isa)) + threads;
  }
  return std::string(name_of(roof.level)) + " " + sanitise(roof.kernel, 24) + threads;
}

std::string roofline_text(const Report& report, const TextOptions& options) {
  if (!report.roofline) return "";
  return roofs_text(*report.roofline, options) + dots_text(*report.roofline, options) +
         library_text(*report.roofline, options) + notes_text(*report.roofline, options);
}

}  // namespace perfbench
