#include "reports/text/scenario_words.hpp"

#include <algorithm>
#include <cstddef>

#include "reports/document/names.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"

namespace perfbench {

std::string workload_words(const std::string& workload, const std::string& rung) {
  std::string words = sanitise(workload, 40);
  if (!rung.empty()) words += ", " + sanitise(rung, 24);
  return words;
}

std::string scenario_name(const ScenarioResult& result) {
  return std::string(name_of(result.scenario)) + " " + workload_words(result.workload, result.rung);
}

std::string peak_rate_name(const PeakRate& peak) {
  return "Peak rate of " + workload_words(peak.workload, peak.rung) + ", " +
         percentile_name(peak.ppm) + " within " + format_duration(peak.bound);
}

std::string track_name(const TrackResult& track) {
  return "Track " + std::string(name_of(track.track)) + ", " +
         workload_words(track.workload, track.rung);
}

std::string percentile_name(std::uint32_t ppm) {
  std::string name = percentile_key(ppm);
  name.front() = 'P';
  std::replace(name.begin(), name.end(), '_', '.');
  return name;
}

std::string percentile_text(const PercentileFigure& figure) {
  const std::string name = percentile_name(figure.ppm);
  if (figure.needs_queries)
    return name + " needs " + format_count(*figure.needs_queries) + " queries";
  std::string text = name + " " + format_duration(figure.value);
  if (figure.low && figure.high) text += " (" + format_interval(*figure.low, *figure.high) + ")";
  return text;
}

const PercentileFigure* percentile_of(const LatencySummary& latency, std::uint32_t ppm) {
  for (const PercentileFigure& figure : latency.percentiles) {
    if (figure.ppm == ppm && !figure.needs_queries) return &figure;
  }
  return nullptr;
}

std::string range_text(double low, double high) {
  constexpr int kFewestDigits = 3;
  constexpr int kMostDigits = 6;
  std::string from;
  std::string to;
  for (int digits = kFewestDigits; digits <= kMostDigits; ++digits) {
    from = format_significant(low, digits);
    to = format_significant(high, digits);
    if (from != to || low == high) break;
  }
  return from + " to " + to;
}

std::string rate_range_text(double value, double low, double high) {
  return format_per_second(value) + " (" + range_text(low, high) + " /s)";
}

std::string batching_words(std::uint64_t max_batch, Nanoseconds max_delay) {
  if (max_batch <= 1) return "batches of 1";
  std::string words = "batches of up to " + format_count(max_batch);
  if (max_delay.count() > 0)
    words += ", waiting " + format_duration(max_delay) + " for others at most";
  return words;
}

std::string workers_words(int workers) {
  return counted(static_cast<std::size_t>(std::max(workers, 0)), "worker", "workers");
}

}  // namespace perfbench
