#include "reports/text/scenario_findings.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "harness/core/result/names.hpp"
#include "reports/text/format.hpp"
#include "reports/text/layout.hpp"
#include "reports/text/scenario_words.hpp"

namespace perfbench {
namespace {

constexpr std::uint32_t kMedian = 500'000;
constexpr std::uint32_t kTail = 990'000;
constexpr std::array<Scenario, 4> kOrder{
    Scenario::kSingleStream, Scenario::kMultiStream, Scenario::kServer, Scenario::kOffline};

/// The scenarios of one workload and rung; the first of each.
struct Group {
  const ScenarioResult* first = nullptr;
  std::array<const ScenarioResult*, kOrder.size()> of{};

  [[nodiscard]] const ScenarioResult* get(Scenario scenario) const {
    return of.at(static_cast<std::size_t>(scenario));
  }
  /// Null where it is missing or INVALID.
  [[nodiscard]] const ScenarioResult* usable(Scenario scenario) const {
    const ScenarioResult* result = get(scenario);
    const bool refused = result == nullptr || result->verdict.validity == Validity::kInvalid;
    return refused ? nullptr : result;
  }
};

std::vector<Group> groups_of(const Report& report) {
  std::vector<Group> groups;
  for (const ScenarioResult& result : report.scenarios) {
    auto group = std::find_if(groups.begin(), groups.end(), [&result](const Group& known) {
      return known.first->workload == result.workload && known.first->rung == result.rung;
    });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{&result, {}});
    const ScenarioResult*& place = group->of.at(static_cast<std::size_t>(result.scenario));
    if (place == nullptr) place = &result;
  }
  return groups;
}

std::string doubt(const ScenarioResult& result) {
  std::string text;
  if (result.verdict.validity == Validity::kInconclusive) text += " (INCONCLUSIVE)";
  if (result.partial) text += " (cut short)";
  return text;
}

std::string asked_words(Arrivals arrivals) {
  switch (arrivals) {
    case Arrivals::kBursty:
      return "Asked in bursts, ";
    case Arrivals::kTrace:
      return "Asked as in the trace, ";
    case Arrivals::kPeriodic:
      return "Asked at a fixed pace, ";
    case Arrivals::kPoisson:
    case Arrivals::kClosedLoop:
      break;
  }
  return "Asked at random moments, ";
}

/// "One sample takes 1.10 ms alone"; "" where the median is not there.
std::string alone_sentence(const Group& group) {
  const ScenarioResult* single = group.usable(Scenario::kSingleStream);
  if (single == nullptr) return "";
  const PercentileFigure* median = percentile_of(single->latency, kMedian);
  if (median == nullptr) return "";
  std::string text = "One sample takes " + format_duration(median->value) + " alone";
  if (const PercentileFigure* tail = percentile_of(single->latency, kTail))
    text += ", the slowest 1 % at least " + format_duration(tail->value);
  return text + doubt(*single) + ". ";
}

std::string together_sentence(const Group& group) {
  const ScenarioResult* multi = group.usable(Scenario::kMultiStream);
  if (multi == nullptr) return "";
  const PercentileFigure* median = percentile_of(multi->latency, kMedian);
  if (median == nullptr) return "";
  std::string text =
      format_count(multi->samples_per_query) + " at once take " + format_duration(median->value);
  const ScenarioResult* single = group.usable(Scenario::kSingleStream);
  const PercentileFigure* alone =
      single == nullptr ? nullptr : percentile_of(single->latency, kMedian);
  if (alone != nullptr && alone->value.count() > 0) {
    const double times =
        static_cast<double>(median->value.count()) / static_cast<double>(alone->value.count());
    text += ", " + format_significant(times) + " times as long as one, with " +
            workers_words(multi->worker_threads);
  }
  text += doubt(*multi);
  if (multi->frames) {
    text += "; of " + counted(multi->queries, "frame", "frames") + " at a period of " +
            format_duration(multi->frames->period) + ", " + format_count(multi->frames->missed) +
            " missed the deadline of " + format_duration(multi->frames->deadline);
  }
  return text + ". ";
}

std::string served_sentence(const Group& group) {
  const ScenarioResult* server = group.usable(Scenario::kServer);
  if (server == nullptr) return "";
  const PercentileFigure* median = percentile_of(server->latency, kMedian);
  const PercentileFigure* tail = percentile_of(server->latency, kTail);
  if (median == nullptr && tail == nullptr) return "";
  std::string text =
      asked_words(server->arrivals.kind) + format_per_second(server->arrivals.offered_qps);
  if (server->worker_utilisation)
    text += " (workers busy " + format_percent(*server->worker_utilisation) + " of the time)";
  text += ", ";
  if (median != nullptr) text += "half of the queries take " + format_duration(median->value);
  if (median != nullptr && tail != nullptr) text += " or less and ";
  if (tail != nullptr) text += "the slowest 1 % at least " + format_duration(tail->value);
  text += doubt(*server);
  if (server->service.mean_ns > 0.0) {
    text += ": on average " + format_nanoseconds(server->queue.mean_ns) + " in the queue and " +
            format_nanoseconds(server->service.mean_ns) + " in service";
  }
  return text + ". ";
}

std::string all_sentence(const Group& group) {
  const ScenarioResult* offline = group.usable(Scenario::kOffline);
  if (offline == nullptr) return "";
  std::string text =
      "All together, it does " + format_per_second(offline->rate.per_second()) + doubt(*offline);
  const ScenarioResult* single = group.usable(Scenario::kSingleStream);
  if (single != nullptr && single->rate.per_second() > 0.0) {
    text += ", " + format_significant(offline->rate.per_second() / single->rate.per_second()) +
            " times as many as one after the other";
  }
  return text + ". ";
}

/// Offline's rate beside the highest rate that holds a bound.
std::string price_sentence(const Report& report, const Group& group) {
  const ScenarioResult* offline = group.usable(Scenario::kOffline);
  std::string text;
  for (const PeakRate& peak : report.peak_rates) {
    const bool same = peak.workload == group.first->workload && peak.rung == group.first->rung;
    if (!same || !peak.found || peak.verdict.validity == Validity::kInvalid) continue;
    text += "With " + percentile_name(peak.ppm) + " held within " + format_duration(peak.bound) +
            ", " + batching_words(peak.max_batch, peak.max_delay) + ", it serves " +
            rate_range_text(peak.rate_qps, peak.low_qps, peak.high_qps);
    if (offline != nullptr && offline->rate.per_second() > 0.0)
      text += ", " + format_percent(peak.rate_qps / offline->rate.per_second()) +
              " of what it does all together";
    text += peak.verdict.validity == Validity::kInconclusive ? " (INCONCLUSIVE). " : ". ";
  }
  return text;
}

/// What is not said above, and why.
std::string gaps_sentence(const Group& group) {
  std::string missing;
  std::string invalid;
  for (const Scenario scenario : kOrder) {
    std::string& list = group.get(scenario) == nullptr ? missing : invalid;
    if (group.usable(scenario) != nullptr) continue;
    if (!list.empty()) list += ", ";
    list += name_of(scenario);
  }
  std::string text;
  if (!invalid.empty()) text += "INVALID and not told here: " + invalid + ". ";
  if (!missing.empty()) text += "Not measured: " + missing + ". ";
  return text;
}

}  // namespace

std::vector<std::string> scenario_findings(const Report& report) {
  std::vector<std::string> findings;
  for (const Group& group : groups_of(report)) {
    std::string text = workload_words(group.first->workload, group.first->rung) + ": ";
    text += alone_sentence(group) + together_sentence(group) + served_sentence(group) +
            all_sentence(group) + price_sentence(report, group) + gaps_sentence(group);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    findings.push_back(text);
  }
  return findings;
}

}  // namespace perfbench
