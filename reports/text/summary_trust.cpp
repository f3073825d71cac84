#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/machine_text.hpp"
#include "reports/text/roofline_view.hpp"
#include "reports/text/scenario_words.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kSentence = 1000;

std::string reading_text(std::string_view name, const Reading<double>& reading) {
  if (!reading.available()) {
    return std::string(name) + " not available (" + sanitise(reading.reason(), kSentence) + ")";
  }
  return std::string(name) + " " + format_percent(reading.value());
}

std::string throttled_text(const Reading<std::int64_t>& throttled) {
  if (!throttled.available())
    return "quota not available (" + sanitise(throttled.reason(), kSentence) + ")";
  if (throttled.value() == 0) return "no quota throttling";
  return "throttled by a quota " + std::to_string(throttled.value()) + " times";
}

std::string evidence_text(const QuietSummary& quiet, const TextOptions& options) {
  const Disturbance& seen = quiet.disturbance;
  std::string foreign = reading_text("other programs", seen.foreign_cpu_cores);
  if (seen.foreign_cpu_cores.available()) foreign += " of a core";
  std::string share = reading_text("share of the measured thread", seen.share);
  return flow({foreign,
               reading_text("steal", seen.steal_fraction),
               share,
               reading_text("gap loss", seen.gap_loss_fraction),
               throttled_text(seen.quota_throttled)},
              options,
              "    ");
}

/// `with_remedy`: not where the next reason has the same one.
std::string reason_text(const std::string& subject,
                        const Reason& reason,
                        const TextOptions& options,
                        bool with_remedy = true) {
  std::string text = wrap(subject + sanitise(reason.text, kSentence), options, "  - ");
  if (with_remedy && !reason.remedy.empty())
    text += wrap("Remedy: " + sanitise(reason.remedy, kSentence), options, "    ");
  return text;
}

std::string quiet_text(const QuietSummary& quiet, const TextOptions& options) {
  const Painter painter(options);
  const bool is_quiet = quiet.verdict.quietness == Quietness::kQuiet;
  std::string head = is_quiet ? painter.good("Quiet") : painter.warn("Disturbed");
  head += ": " + format_count(quiet.windows_quiet) + " of " +
          counted(quiet.windows, "window was", "windows were") + " quiet. Over the whole run:";
  std::string text = wrap(head, options, "  ") + evidence_text(quiet, options);
  for (const Reason& reason : quiet.verdict.reasons) text += reason_text("", reason, options);
  return text;
}

/// Verdicts that are not VALID with their reasons, and VALID ones that carry a remedy; equal
/// reasons of many figures once.
std::string verdicts_text(const Report& report, const TextOptions& options) {
  struct Line {
    Reason reason;
    Validity validity;
    std::vector<std::string> subjects;
  };
  std::vector<Line> lines;
  const bool run_disturbed = report.quiet.verdict.quietness == Quietness::kDisturbed;
  std::string disturbed;
  const auto add = [&](const std::string& subject, const Verdict& verdict) {
    for (const Reason& reason : verdict.reasons) {
      // The section of the scenarios says it once for all of them.
      if (reason.id == "closed-loop") continue;
      // What disturbed the whole run stands above, with its remedy; the names are said in one line.
      if (run_disturbed && reason.id == "disturbed" && verdict.validity == Validity::kValid) {
        disturbed += (disturbed.empty() ? "" : ", ") + subject;
        continue;
      }
      if (verdict.validity == Validity::kValid && reason.remedy.empty()) continue;
      const auto same = std::find_if(lines.begin(), lines.end(), [&](const Line& line) {
        return line.reason == reason && line.validity == verdict.validity;
      });
      if (same == lines.end()) {
        lines.push_back({reason, verdict.validity, {subject}});
      } else {
        same->subjects.push_back(subject);
      }
    }
  };
  if (report.roofline) {
    for (const Roof& roof : report.roofline->roofs) add(roof_name(roof), roof.verdict);
    for (const Dot& dot : report.roofline->dots) {
      const std::string by =
          sanitise(dot.implementation.substr(0, dot.implementation.find(' ')), 16);
      add(sanitise(dot.kernel, 40) + (by.empty() ? "" : " by " + by) + ", " +
              team_words(dot.team, dot.threads),
          dot.verdict);
    }
  }
  for (const ScenarioResult& scenario : report.scenarios) {
    add(scenario_name(scenario), scenario.verdict);
  }
  for (const PeakRate& peak : report.peak_rates) add(peak_rate_name(peak), peak.verdict);
  for (const TrackResult& track : report.tracks) add(track_name(track), track.verdict);
  if (report.calibration) add("The calibration", report.calibration->verdict);
  const Painter painter(options);
  std::string text;
  if (!disturbed.empty()) {
    text += wrap(
        "These were measured while the machine was disturbed, and hold under that condition: " +
            disturbed + ".",
        options,
        "  - ");
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    const bool is_last_of_its_kind =
        i + 1 == lines.size() || lines[i + 1].reason.remedy != line.reason.remedy;
    std::string subject = line.subjects.front();
    if (line.subjects.size() > 1)
      subject += " and " + counted(line.subjects.size() - 1, "other", "others");
    if (line.validity != Validity::kValid) subject += " " + painter.verdict(line.validity);
    text += reason_text(subject + ": ", line.reason, options, is_last_of_its_kind);
  }
  return text;
}

}  // namespace

std::string noise_floor_text(const QuietSummary& quiet, const TextOptions& options) {
  if (quiet.noise_floor.empty()) return "";
  const NoiseFloor& worst = *std::max_element(
      quiet.noise_floor.begin(),
      quiet.noise_floor.end(),
      [](const NoiseFloor& a, const NoiseFloor& b) { return a.loss_fraction < b.loss_fraction; });
  return wrap("Noise floor: a thread that only watches the clock loses " +
                  format_percent(worst.loss_fraction) + " of its time on cpu " +
                  std::to_string(worst.cpu) + ", in gaps of " + format_duration(worst.gap_p50) +
                  " (P50), " + format_duration(worst.gap_p99) + " (P99) and " +
                  format_duration(worst.gap_max) +
                  " (longest). A latency tail of that size belongs to the machine and what else "
                  "runs on it, not to the "
                  "workload.",
              options,
              "  ");
}

std::string trust_text(const Report& report, const TextOptions& options) {
  const Painter painter(options);
  std::string text = "\n" + painter.heading("HOW FAR TO TRUST IT") + "\n";
  text += quiet_text(report.quiet, options);
  text += noise_floor_text(report.quiet, options);
  text += verdicts_text(report, options);
  text += warnings_text(report.machine, options);
  return text;
}

}  // namespace perfbench
