// The experiments of the tracks: findings first, then figures.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/result/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/roofline_sections.hpp"
#include "reports/text/scenario_words.hpp"
#include "reports/text/serving_sections.hpp"

namespace perfbench {
namespace {

constexpr std::string_view kIndent = "    ";
constexpr std::size_t kSentence = 1000;

std::string peak_cell(const PeakRate& peak) {
  return peak.found ? format_significant(peak.rate_qps) : "not held";
}

/// In percent with one digit after the point, since shares near 0 and below it are compared:
/// "-0.1".
std::string share_text(double share) {
  if (!std::isfinite(share) || std::abs(share) > 1e6) return "not a number";
  const std::int64_t tenths = std::llround(share * 1000.0);
  const std::int64_t size = tenths < 0 ? -tenths : tenths;
  return (tenths < 0 ? "-" : "") + std::to_string(size / 10) + "." + std::to_string(size % 10);
}

std::string share_range(const Estimate& share) {
  return share_text(share.low) + " to " + share_text(share.high);
}

std::string cloud_text(const CloudResult& cloud, const TextOptions& options) {
  std::string text = wrap(
      "Offline in batches of " + format_count(cloud.offline_batch) + " does " +
          rate_range_text(
              cloud.offline_per_s.value, cloud.offline_per_s.low, cloud.offline_per_s.high) +
          "; one sample alone takes " + format_nanoseconds(cloud.service_ns) +
          ". Bounds are k times that, on P99; rates per second alone (batches of 1) and batched; "
          "gap to Offline, and the share of it that batches close.",
      options,
      kIndent);
  Table table({"bound", "alone", "batched", "gap %", "interval", "closed %", "interval"});
  for (const CloudPoint& point : cloud.points) {
    table.add_row({"k = " + format_significant(point.k, 2),
                   peak_cell(point.alone),
                   peak_cell(point.batched),
                   share_text(point.gap.value),
                   share_range(point.gap),
                   share_text(point.closed.value),
                   share_range(point.closed)});
  }
  if (!table.empty()) text += table.text(options, kIndent);
  return text;
}

std::string edge_text(const EdgeResult& edge, const TextOptions& options) {
  std::string text = wrap(
      "One camera alone takes " + format_nanoseconds(edge.alone_p50_ns) +
          " at the median: in a loop of " + format_duration(edge.period) + " with " +
          counted(static_cast<std::size_t>(edge.threads), "thread", "threads") + " that promises " +
          std::to_string(edge.naive) + " within " + format_duration(edge.deadline) +
          "; P99 is held with " + std::to_string(edge.holds) + ".",
      options,
      kIndent);
  Table table({"cameras", "frames", "late", "P50", "P99", "interval", "holds"});
  for (const CameraTrial& trial : edge.trials) {
    table.add_row({std::to_string(trial.cameras),
                   format_count(trial.frames),
                   format_count(trial.missed),
                   format_duration(trial.p50),
                   trial.p99 ? format_duration(*trial.p99) : std::string(kNoCell),
                   trial.p99_low && trial.p99_high
                       ? format_interval(*trial.p99_low, *trial.p99_high)
                       : std::string(kNoCell),
                   std::string(name_of(trial.holds))});
  }
  if (!table.empty()) text += table.text(options, kIndent);
  return text;
}

std::string mobile_text(const MobileResult& mobile, const TextOptions& options) {
  std::string text =
      wrap(format_significant(mobile.frames_per_s) + " frames a second for " +
               format_duration(mobile.burst) + ": " + format_count(mobile.missed) + " of " +
               counted(mobile.frames, "frame", "frames") + " later than " +
               format_duration(mobile.period) + ". P50 " + format_duration(mobile.p50) +
               (mobile.p99 ? ", P99 " + format_duration(*mobile.p99) : ", P99 refused") +
               "; headroom at the median " + format_percent(mobile.headroom_fraction) +
               " of the period.",
           options,
           kIndent);
  if (!mobile.missed_by_tenth.empty()) {
    std::string tenths;
    for (const std::uint64_t missed : mobile.missed_by_tenth)
      tenths += (tenths.empty() ? "" : ", ") + format_count(missed);
    text += wrap("Late in each tenth of the burst: " + tenths + ".", options, kIndent);
  }
  return text;
}

}  // namespace

std::string tracks_text(const Report& report, Detail detail, const TextOptions& options) {
  const Painter painter(options);
  std::string text;
  for (const TrackResult& track : report.tracks) {
    text += "\n" + wrap(workload_words(track.workload, track.rung) + ": " +
                            painter.verdict(track.verdict.validity),
                        options,
                        painter.heading("TRACK " + std::string(name_of(track.track))) + "  ");
    for (const std::string& finding : track.findings)
      text += wrap(sanitise(finding, kSentence), options, "  ");
    if (track.partial) text += wrap("cut short: the figures are of what ran", options, kIndent);
    if (detail == Detail::kFull) {
      if (!track.description.empty())
        text += wrap(sanitise(track.description, kSentence), options, kIndent);
      if (!track.fitted_by.empty())
        text += wrap(sanitise(track.fitted_by, kSentence), options, kIndent);
    }
    if (track.cloud) text += cloud_text(*track.cloud, options);
    if (track.edge) text += edge_text(*track.edge, options);
    if (track.mobile) text += mobile_text(*track.mobile, options);
  }
  return text;
}

}  // namespace perfbench
