// The harness against known truths.
#include <string>
#include <vector>

#include "harness/core/result/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/roofline_sections.hpp"
#include "reports/text/scenario_text.hpp"
#include "reports/text/serving_sections.hpp"
#include "reports/text/summary_parts.hpp"

namespace perfbench {
namespace {

/// "60.0 ns, 2.40 clock reads".
std::string in_reads(double ns, double read_ns) {
  std::string text = format_nanoseconds(ns);
  if (read_ns > 0.0) text += ", " + format_significant(ns / read_ns) + " clock reads";
  return text;
}

std::string slip_table(const CalibrationSection& section, const TextOptions& options) {
  if (section.schedule_slip.empty()) return "";
  Table table(
      {"schedule slip at", "P50", "reads", "P99", "P99.9", ">1 us", "gaps P99", "gap loss"});
  for (const SlipCalibration& slip : section.schedule_slip) {
    const auto reads = static_cast<double>(slip.p50.count()) / section.clock_read_ns;
    table.add_row(
        {format_per_second(slip.target_qps),
         format_duration(slip.p50),
         section.clock_read_ns > 0.0 ? format_significant(reads) : std::string(kNoCell),
         format_duration(slip.p99),
         format_duration(slip.p99_9),
         format_percent(slip.over_1us_fraction),
         slip.gap_p99 ? format_duration(*slip.gap_p99) : std::string(kNoCell),
         slip.gap_loss_fraction ? format_percent(*slip.gap_loss_fraction) : std::string(kNoCell)});
  }
  return table.text(options, "  ") +
         wrap(
             "Gaps: what a thread that only watches the clock loses on that CPU; no generator can "
             "avoid it.",
             options,
             "  ");
}

std::string overhead_lines(const CalibrationSection& section, const TextOptions& options) {
  std::string text =
      wrap("A query of no work is reported with " +
               in_reads(section.null_reported_latency_p50_ns, section.clock_read_ns) +
               ", and between queries pass " +
               in_reads(section.null_between_queries_p50_ns, section.clock_read_ns) +
               "; a clock read takes " + format_nanoseconds(section.clock_read_ns) + ".",
           options,
           "  ");
  return text +
         wrap("Of no work, Offline does " + format_significant(section.offline_null_samples_per_s) +
                  " samples/s; Server keeps its schedule up to " +
                  format_per_second(section.server_null_qps) + ".",
              options,
              "  ");
}

std::string queue_name(const QueueCalibration& queue) {
  // A queue whose server stalls is of no model with a closed form.
  return (queue.stalled ? "stalled" : sanitise(queue.model, 20)) + " at " +
         format_significant(queue.utilisation, 2);
}

/// "+0.52 %": how far `measured` is from `truth`.
std::string off_by(double measured, double truth) {
  if (!(truth > 0.0)) return std::string(kNoCell);
  const double off = measured / truth - 1.0;
  return (off >= 0.0 ? "+" : "-") + format_percent(off < 0.0 ? -off : off);
}

std::string queue_table(const CalibrationSection& section, const TextOptions& options) {
  if (section.queue.empty()) return "";
  Table table({"queue, mean of", "measured", "Lindley", "off", "issued", "theory", "+-"});
  Table tails({"queue, P99 of", "measured", "Lindley", "off"});
  std::string disturbed;
  for (const QueueCalibration& queue : section.queue) {
    table.add_row({queue_name(queue),
                   format_nanoseconds(queue.measured_mean_ns),
                   format_nanoseconds(queue.lindley_mean_ns),
                   off_by(queue.measured_mean_ns, queue.lindley_mean_ns),
                   off_by(queue.measured_mean_ns, queue.lindley_issued_mean_ns),
                   queue.stalled ? std::string(kNoCell) : format_nanoseconds(queue.theory_mean_ns),
                   queue.stalled ? std::string(kNoCell)
                                 : format_nanoseconds(queue.theory_standard_error_ns)});
    if (queue.measured_p99_ns && queue.lindley_p99_ns) {
      tails.add_row({queue_name(queue),
                     format_nanoseconds(*queue.measured_p99_ns),
                     format_nanoseconds(*queue.lindley_p99_ns),
                     off_by(*queue.measured_p99_ns, *queue.lindley_p99_ns)});
    }
    for (const std::string& by : queue.disturbed_by)
      disturbed += wrap(queue_name(queue) + " was disturbed: " + sanitise(by, 300), options, "  ");
  }
  std::string text = table.text(options, "  ");
  if (!tails.empty()) text += tails.text(options, "  ");
  return text + disturbed +
         wrap(
             "Lindley: the recursion over the same arrivals with the service times of the run. "
             "issued: how far the mean is from the recursion over the times of issue, which a "
             "generator that was held up does not move. +-: the sampling error of theory for a run "
             "of that length.",
             options,
             "  ");
}

}  // namespace

std::string calibration_section(const Report& report, const TextOptions& options) {
  if (!report.calibration) return "";
  const CalibrationSection& section = *report.calibration;
  const Painter painter(options);
  return section_head(
             "CALIBRATION",
             "the harness against known truths: " + painter.verdict(section.verdict.validity),
             options) +
         slip_table(section, options) + overhead_lines(section, options) +
         queue_table(section, options);
}

std::string calibration_text(const Report& report,
                             const TextOptions& options,
                             const SummaryPaths& paths) {
  return calibration_section(report, options) + trust_text(report, options) +
         next_text(paths, options);
}

}  // namespace perfbench
