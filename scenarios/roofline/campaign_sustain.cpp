#include <algorithm>

#include "harness/core/judge/roof_id.hpp"
#include "harness/core/judge/wording.hpp"
#include "scenarios/roofline/campaign.hpp"
#include "scenarios/roofline/roof_from_series.hpp"

namespace perfbench {
namespace {

/// Time between two readings of the clock chain, which give the core a rest.
constexpr Nanoseconds kSustainedTurn{90'000'000};

MeasureOptions long_run(const KernelEntry& entry, Nanoseconds duration) {
  MeasureOptions options;
  const Nanoseconds window =
      entry.info.level == MemoryLevel::kDram ? options.dram_window : options.window;
  // Twice as many as fit: the time ends the run, not their number.
  options.windows = 2 * static_cast<std::uint64_t>(duration / window) + 1;
  options.min_windows = 1;
  options.time_budget = duration;
  options.slice = kSustainedTurn;
  options.chain.pairs = 5;
  return options;
}

}  // namespace

void RooflineCampaign::sustain(const CampaignStep& step,
                               Nanoseconds per_kernel,
                               const Interruption& interruption,
                               Progress& progress) {
  const Team& team = step.step.team;
  std::vector<KernelEntry> entries;
  if (auto fma = widest_fp32_fma(step.kernels)) entries.push_back(std::move(*fma));
  if (auto read = widest_dram_read(step.kernels)) entries.push_back(std::move(*read));
  if (entries.empty()) return;
  if (per_kernel < kLeastSustained) {
    note("No sustained heights: " + judge::duration(per_kernel) +
         " each are too short for turbo budgets and heat to settle, which take 10 s.");
    return;
  }
  if (step.before_group) step.before_group();
  MeasureTeam threads(team.cpus, team.memory_node, clock_);
  for (std::size_t i = 0; i < entries.size() && !interruption.requested(); ++i) {
    sustain_one(entries[i], team, per_kernel, threads, interruption, progress);
    progress.advance(static_cast<double>(i + 1) / static_cast<double>(entries.size()));
  }
}

void RooflineCampaign::sustain_one(const KernelEntry& entry,
                                   const Team& team,
                                   Nanoseconds per_kernel,
                                   MeasureTeam& threads,
                                   const Interruption& interruption,
                                   Progress& progress) {
  MeasureRequest request = request_for(team);
  request.sentinel.reset();
  request.kernels = {entry};
  request.options = long_run(entry, per_kernel);
  request.options.chain.chain = options_.clock_chain;
  const TimePoint begin = clock_.now();
  const std::vector<MeasuredSeries> all =
      measure_group(request, team, threads, interruption, progress);
  const Nanoseconds took = clock_.now() - begin;
  const auto longest = std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.series.windows.size() < b.series.windows.size();
  });
  if (longest == all.end() || longest->series.windows.empty()) return;
  last_share_ = longest->disturbance.share;
  if (longest->partial) {
    note("The sustained height of " + entry.info.name + " was interrupted and is not given.");
    return;
  }
  std::size_t windows = static_cast<std::size_t>(all.front().unsettled_windows);
  for (const MeasuredSeries& series : all) windows += series.series.windows.size();
  // The last quarter of a part of the run is not the last quarter of the run.
  constexpr double kOnePlacement = 0.9;
  if (static_cast<double>(longest->series.windows.size()) <
      kOnePlacement * static_cast<double>(windows)) {
    note("No sustained height of " + entry.info.name + " on " + team.words +
         ": the host moved its CPUs during the run.");
    return;
  }
  const std::string id = roof_id(make_roof(*longest, shape_, team.id));
  for (Roof& roof : section_.roofs) {
    if (roof_id(roof) != id) continue;
    roof.sustained =
        sustained_height(longest->series, roof.kind, std::min(took, longest->disturbance.wall));
    return;
  }
  note("No sustained height of " + entry.info.name + " on " + team.words +
       ": the host moved the CPUs meanwhile, and this placement has no roof.");
}

}  // namespace perfbench
