#include "scenarios/search/server_probe.hpp"

#include <algorithm>
#include <utility>

#include "harness/core/judge/serving_rules.hpp"
#include "harness/core/stats/latency_summary.hpp"

namespace perfbench {

ServerProbe make_server_probe(const ScenarioResult& result) {
  ServerProbe probe;
  probe.target_qps = result.arrivals.target_qps;
  probe.achieved_qps = result.rate.per_second() /
                       static_cast<double>(std::max<std::uint64_t>(1, result.samples_per_query));
  probe.queries = result.queries;
  probe.mean_ns = result.latency.mean_ns;
  probe.p50 = told_percentile(result.latency, 500'000);
  probe.p90 = told_percentile(result.latency, 900'000);
  probe.p99 = told_percentile(result.latency, 990'000);
  probe.queue_mean_ns = result.queue.mean_ns;
  probe.service_mean_ns = result.service.mean_ns;
  probe.worker_utilisation = result.worker_utilisation.value_or(0.0);
  if (result.bound) probe.over_fraction = result.bound->over_fraction;
  probe.validity = result.verdict.validity;
  return probe;
}

bool overloaded(const ScenarioResult& result) {
  VerdictBuilder verdict;
  judge::overload(result, verdict);
  return std::move(verdict).build().validity == Validity::kInvalid;
}

std::string why_unusable(const ScenarioResult& result) {
  if (!result.failure.empty()) return result.failure;
  if (!result.verified) return "the workload's answer was not checked or was wrong";
  if (result.answers.wrong > 0) {
    return std::to_string(result.answers.wrong) + " of " + std::to_string(result.answers.checked) +
           " answers that were checked were wrong";
  }
  return {};
}

}  // namespace perfbench
