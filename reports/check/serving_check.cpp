// Peak rates and load sweeps.
#include "reports/check/serving_check.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/core/stats/between_runs.hpp"
#include "harness/core/stats/queue_theory.hpp"
#include "reports/check/consistency.hpp"

namespace perfbench {
namespace {

std::string element(const std::string& array, std::size_t index) {
  return array + "[" + std::to_string(index) + "]";
}

void check_probe(const ServerProbe& probe, const std::string& path, Comparison& comparison) {
  // A refused percentile stands between the others.
  const Nanoseconds p50 = probe.p50.value_or(Nanoseconds(0));
  const Nanoseconds p90 = probe.p90.value_or(p50);
  check_ascending(
      path, {{"p50_ns", p50}, {"p90_ns", p90}, {"p99_ns", probe.p99.value_or(p90)}}, comparison);
  check_utilisation(path + ".worker_utilisation", probe.worker_utilisation, comparison);
  // The slip is the rest. Queries that never ended have no service, so only of whole runs.
  if (probe.validity != Validity::kValid) return;
  comparison.holds(path + ".mean_ns",
                   probe.mean_ns >= (probe.queue_mean_ns + probe.service_mean_ns) * (1.0 - 1e-6),
                   exact_text(probe.mean_ns),
                   "at least the means of queue and service, " +
                       exact_text(probe.queue_mean_ns + probe.service_mean_ns));
}

/// The model of "M/M/4", "M/D/1", with its servers; nothing for another word.
struct NamedModel {
  QueueModel model = QueueModel::kMMc;
  int servers = 1;
};

std::optional<NamedModel> model_of(std::string_view name, int workers) {
  if (name == "M/D/1") return NamedModel{QueueModel::kMD1, 1};
  if (name == "M/M/" + std::to_string(workers)) return NamedModel{QueueModel::kMMc, workers};
  return std::nullopt;
}

void check_predictions(const PeakRate& peak, const std::string& path, Comparison& comparison) {
  // No machine has more workers, and a stranger's file must not take hours.
  constexpr int kMostWorkers = 4096;
  if (peak.worker_threads < 1 || peak.worker_threads > kMostWorkers) return;
  for (std::size_t i = 0; i < peak.predictions.size(); ++i) {
    const QueuePrediction& stored = peak.predictions[i];
    const std::string at = element(path + ".predictions", i);
    const std::optional<NamedModel> model = model_of(stored.model, peak.worker_threads);
    comparison.holds(at + ".model",
                     model.has_value(),
                     stored.model,
                     "M/D/1, or M/M/" + std::to_string(peak.worker_threads));
    // The sums of M/D/1 have a term for each service within the bound.
    constexpr double kMostServices = 1e5;
    const double services = static_cast<double>(peak.bound.count()) / peak.service_mean_ns;
    if (!model || !(peak.service_mean_ns > 0.0)) continue;
    if (!(services <= kMostServices)) {
      comparison.not_checkable(at + ": the bound is longer than 100,000 services");
      continue;
    }
    if (!comparison.may_be_costly(at)) return;
    const double rate = highest_rate_per_s(
        {model->model, peak.service_mean_ns, model->servers, peak.ppm, peak.bound});
    comparison.number(at + ".rate_qps", stored.rate_qps, rate);
  }
}

/// The ends of the narrowest bracket around a rate: the highest probe that did not miss the bound,
/// and the lowest that did not hold it.
struct Bracket {
  double held = 0.0;
  double failed = std::numeric_limits<double>::infinity();
};

Bracket bracket_of(const std::vector<ServerProbe>& probes, double rate) {
  Bracket bracket;
  for (const ServerProbe& probe : probes) {
    const double target = probe.target_qps;
    const bool at = agree(target, rate);
    if (probe.validity != Validity::kInvalid && (at || target < rate))
      bracket.held = std::max(bracket.held, target);
    if (probe.validity != Validity::kValid && (at || target > rate))
      bracket.failed = std::min(bracket.failed, target);
  }
  return bracket;
}

/// Each replicate lies where probes that held the bound end and those that missed it begin, or is
/// the highest rate that was tried.
void check_brackets(const PeakRate& peak, const std::string& path, Comparison& comparison) {
  /// The widest bracket that a search takes for an answer, when its time is up (scenarios/search).
  constexpr double kWidest = 1.26;
  for (std::size_t i = 0; i < peak.replicates_qps.size(); ++i) {
    const std::string at = element(path + ".replicates_qps", i);
    if (!comparison.may_be_costly(at)) return;
    const double rate = peak.replicates_qps[i];
    const Bracket bracket = bracket_of(peak.probes, rate);
    const bool held = bracket.held > 0.0 && rate <= kWidest * bracket.held;
    comparison.holds(at,
                     held && (agree(bracket.held, rate) || bracket.failed <= kWidest * rate),
                     exact_text(rate),
                     "between a probe that held the bound and one that did not, found " +
                         exact_text(bracket.held) + " and " + exact_text(bracket.failed));
  }
}

/// The rate is a figure over the replicates.
void check_replicates(const PeakRate& peak, const std::string& path, Comparison& comparison) {
  comparison.flag(path + ".found", peak.found, !peak.replicates_qps.empty());
  if (!peak.found || peak.replicates_qps.empty()) {
    comparison.number(path + ".rate_qps", peak.rate_qps, 0.0);
    return;
  }
  const BetweenRuns recomputed = between_runs(peak.replicates_qps);
  comparison.number(path + ".rate_qps", peak.rate_qps, recomputed.mean);
  comparison.number(path + ".low_qps", peak.low_qps, recomputed.low.value_or(recomputed.mean));
  comparison.number(path + ".high_qps", peak.high_qps, recomputed.high.value_or(recomputed.mean));
}

}  // namespace

void check_peak_rate(const PeakRate& peak, const std::string& path, Comparison& comparison) {
  for (std::size_t i = 0; i < peak.probes.size(); ++i)
    check_probe(peak.probes[i], element(path + ".probes", i), comparison);
  check_replicates(peak, path, comparison);
  check_brackets(peak, path, comparison);
  check_predictions(peak, path, comparison);
}

void check_load_sweep(const LoadSweep& sweep, const std::string& path, Comparison& comparison) {
  double before = 0.0;
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    const std::string at = element(path + ".points", i);
    check_probe(sweep.points[i], at, comparison);
    comparison.holds(at + ".target_qps",
                     sweep.points[i].target_qps >= before,
                     exact_text(sweep.points[i].target_qps),
                     "at least the rate before, " + exact_text(before));
    before = sweep.points[i].target_qps;
  }
}

}  // namespace perfbench
