// Peak rates and load sweeps.
#include <algorithm>
#include <cstddef>
#include <optional>
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
/// More are in the document; a terminal is not where they are read.
constexpr std::size_t kMostProbes = 60;

std::string rate_words(const PeakRate& peak) {
  if (peak.found) return rate_range_text(peak.rate_qps, peak.low_qps, peak.high_qps);
  double lowest = 0.0;
  for (const ServerProbe& probe : peak.probes) {
    if (lowest == 0.0 || probe.target_qps < lowest) lowest = probe.target_qps;
  }
  if (lowest <= 0.0) return "not found";
  return "not even " + format_per_second(lowest) + ", the lowest rate tried, holds it";
}

std::string predictions_text(const PeakRate& peak) {
  std::string text = "Alone a sample takes " + format_nanoseconds(peak.service_mean_ns) +
                     " (squared coefficient of variation " +
                     format_significant(peak.service_cv2, 2) + ")";
  for (const QueuePrediction& prediction : peak.predictions) {
    text += "; " + sanitise(prediction.model, 20) + " predicts " +
            format_per_second(prediction.rate_qps);
  }
  return text + ".";
}

/// A percentile that was refused is none.
std::string told(const std::optional<Nanoseconds>& percentile) {
  return percentile ? format_duration(*percentile) : std::string(kNoCell);
}

void add_more(Table& table, std::size_t count) {
  if (count > kMostProbes)
    table.add_line("and " + format_count(count - kMostProbes) + " more in the report");
}

std::string probes_table(const std::vector<ServerProbe>& probes, const TextOptions& options) {
  Table table({"asked, per s", "from", "done", "P50", "P99", "busy", "over", "holds"});
  for (std::size_t i = 0; i < std::min(probes.size(), kMostProbes); ++i) {
    const ServerProbe& probe = probes[i];
    table.add_row({format_significant(probe.target_qps),
                   probe.ascending ? "below" : "above",
                   format_significant(probe.achieved_qps),
                   told(probe.p50),
                   told(probe.p99),
                   format_percent(probe.worker_utilisation),
                   format_percent(probe.over_fraction),
                   std::string(name_of(probe.validity))});
  }
  add_more(table, probes.size());
  return table.text(options, kIndent);
}

std::string points_table(const std::vector<ServerProbe>& points, const TextOptions& options) {
  Table table({"asked", "done", "P50", "P99", "queue", "service", "busy", "verdict"});
  for (std::size_t i = 0; i < std::min(points.size(), kMostProbes); ++i) {
    const ServerProbe& point = points[i];
    table.add_row({format_significant(point.target_qps),
                   format_significant(point.achieved_qps),
                   told(point.p50),
                   told(point.p99),
                   format_nanoseconds(point.queue_mean_ns),
                   format_nanoseconds(point.service_mean_ns),
                   format_percent(point.worker_utilisation),
                   std::string(name_of(point.validity))});
  }
  add_more(table, points.size());
  return table.text(options, kIndent);
}

}  // namespace

std::string peak_rate_text(const Report& report, Detail detail, const TextOptions& options) {
  if (report.peak_rates.empty()) return "";
  const Painter painter(options);
  std::string text = section_head(
      "PEAK RATES",
      "highest rate whose latency holds the bound, with its 95 % interval over the replicates",
      options);
  for (const PeakRate& peak : report.peak_rates) {
    text += wrap(workload_words(peak.workload, peak.rung) + ", " + percentile_name(peak.ppm) +
                     " within " + format_duration(peak.bound) + ": " +
                     painter.verdict(peak.verdict.validity) + ", " + rate_words(peak),
                 options,
                 "  ");
    text += wrap(batching_words(peak.max_batch, peak.max_delay) + ", " +
                     workers_words(peak.worker_threads) + ", " +
                     counted(peak.replicates_qps.size(), "replicate", "replicates"),
                 options,
                 kIndent);
    text += wrap(predictions_text(peak), options, kIndent);
    if (detail == Detail::kFull && !peak.probes.empty()) text += probes_table(peak.probes, options);
  }
  return text;
}

std::string sweep_text(const Report& report, const TextOptions& options) {
  if (report.load_sweeps.empty()) return "";
  std::string text =
      section_head("LOAD SWEEP", "throughput against latency; rates per second", options);
  for (const LoadSweep& sweep : report.load_sweeps) {
    text += wrap(workload_words(sweep.workload, sweep.rung) + ": " +
                     batching_words(sweep.max_batch, sweep.max_delay) + ", " +
                     workers_words(sweep.worker_threads) + ", saturated at " +
                     format_per_second(sweep.saturation_qps) + ", one sample takes " +
                     format_nanoseconds(sweep.service_mean_ns) + " alone",
                 options,
                 "  ");
    if (!sweep.points.empty()) text += points_table(sweep.points, options);
  }
  return text;
}

}  // namespace perfbench
