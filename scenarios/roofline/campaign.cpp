#include "scenarios/roofline/campaign.hpp"

#include <algorithm>
#include <utility>

#include "harness/core/judge/cache_levels.hpp"
#include "harness/core/judge/ridge.hpp"
#include "harness/core/judge/roof_id.hpp"
#include "harness/core/plan/thread_choice.hpp"
#include "harness/host/affinity/memory_policy.hpp"
#include "harness/host/instrument/core_to_core.hpp"
#include "scenarios/roofline/roof_from_series.hpp"

namespace perfbench {
namespace {

/// A slow kernel is measured so often even when the time is spent: with fewer, "best" means little.
constexpr std::uint64_t kLeastWindows = 5;
/// Memory that all kernels of a group may take together.
constexpr double kUsableShare = 0.75;
/// Pairs whose core-to-core latency stands in the report: the first CPU with each of the others.
constexpr std::size_t kMostPairs = 15;
/// Before the windows of a register kernel and of a DRAM kernel: clock and pages settle, and the
/// rounds that follow show what did not.
constexpr Nanoseconds kWarmUp{10'000'000};
/// Of a clock chain, two of which stand beside each turn: 9 x 3 x 50 us are 1.4 ms.
constexpr int kChainPairs = 9;

/// Hands a part of the bar to one of several groups.
class PartProgress final : public Progress {
 public:
  PartProgress(Progress& whole, std::size_t part, std::size_t parts)
      : whole_(whole),
        part_(static_cast<double>(part)),
        parts_(static_cast<double>(std::max<std::size_t>(1, parts))) {}
  void step(std::string_view id, std::string_view what) override { whole_.step(id, what); }
  void advance(double fraction) override { whole_.advance((part_ + fraction) / parts_); }

 private:
  Progress& whole_;
  double part_;
  double parts_;
};

MeasureOptions options_for(const RoofStep& step, const KernelGroup& group) {
  MeasureOptions options;
  const bool dram =
      std::any_of(group.kernels.begin(), group.kernels.end(), [](const KernelEntry& entry) {
        return entry.info.level == MemoryLevel::kDram || entry.info.kind == RoofKind::kBandwidth;
      });
  const bool own_time = group.cached && step.per_cached_kernel.count() > 0;
  const Nanoseconds per_kernel = own_time ? step.per_cached_kernel : step.per_kernel;
  const Nanoseconds window = dram && !group.cached ? options.dram_window : options.window;
  options.windows =
      std::max<std::uint64_t>(kLeastWindows, static_cast<std::uint64_t>(per_kernel / window));
  options.min_windows = kLeastWindows;
  options.time_budget = per_kernel * static_cast<int>(group.kernels.size());
  options.slice = kCampaignTurn;
  options.warm_up = kWarmUp;
  options.chain.pairs = kChainPairs;
  return options;
}

std::string name_in_words(const KernelInfo& info) { return info.name + " (" + info.variant + ")"; }

std::string latency_text(const MeasuredSeries& series) {
  if (!series.core_to_core) return {};
  const std::int64_t farthest = series.core_to_core->count();
  const std::int64_t nearest = series.nearest_pair.value_or(*series.core_to_core).count();
  // Of two CPUs the nearest pair is the only one, and its best reading lies below its median.
  const bool several = series.cpus.size() > 2 && nearest < farthest;
  return "; core to core " + (several ? std::to_string(nearest) + " to " : std::string()) +
         std::to_string(farthest) + " ns one way";
}

}  // namespace

RooflineCampaign::RooflineCampaign(const MachineShape& shape, Clock& clock, CampaignOptions options)
    : shape_(shape), clock_(clock), options_(std::move(options)) {
  section_.cache_levels = find_cache_levels({}, shape_.caches);
}

void RooflineCampaign::note(std::string sentence) {
  std::vector<std::string>& notes = section_.notes;
  if (std::find(notes.begin(), notes.end(), sentence) == notes.end()) {
    notes.push_back(std::move(sentence));
  }
}

std::vector<KernelGroup> RooflineCampaign::fitting_groups(const CampaignStep& step) {
  const Team& team = step.step.team;
  Reading<Bytes> memory = shape_.memory_available;
  if (team.memory_node >= 0) {
    const Reading<Bytes> of_node = free_memory_of_node(team.memory_node);
    if (of_node.available() && (!memory.available() || of_node.value() < memory.value())) {
      memory = of_node;
    }
  }
  const bool known = memory.available();
  const double usable = known ? static_cast<double>(memory.value().count()) * kUsableShare : 0.0;
  const auto fits = [&](const std::vector<KernelEntry>& kernels) {
    return !known || static_cast<double>(group_memory(kernels, team.cpus.size()).count()) <= usable;
  };
  std::vector<KernelGroup> groups;
  for (KernelGroup& group : campaign_groups(step.step, step.kernels)) {
    std::vector<KernelEntry> fitting;
    for (KernelEntry& entry : group.kernels) {
      if (fits({entry})) {
        fitting.push_back(std::move(entry));
      } else {
        note("Not measured: " + name_in_words(entry.info) +
             ", whose arrays do not fit into the available memory.");
      }
    }
    if (fitting.empty()) continue;
    if (fits(fitting)) {
      groups.push_back({std::move(fitting), group.cached});
      continue;
    }
    note(
        "The memory kernels were measured one after the other instead of in turn, since their "
        "arrays do not fit into the available memory together.");
    for (KernelEntry& entry : fitting) {
      entry.shares_memory.clear();  // Nothing is kept for the next.
      groups.push_back({{std::move(entry)}, group.cached});
    }
  }
  return groups;
}

void RooflineCampaign::measure(const CampaignStep& step,
                               const Interruption& interruption,
                               Progress& progress) {
  const Team& team = step.step.team;
  if (auto sentinel = widest_fp32_fma(step.kernels)) sentinel_ = std::move(sentinel);
  const std::vector<KernelGroup> groups = fitting_groups(step);
  if (groups.empty()) return;
  tag_placement(team.cpus);
  if (step.before_group) step.before_group();
  MeasureTeam threads(team.cpus, team.memory_node, clock_);
  for (std::size_t i = 0; i < groups.size() && !interruption.requested(); ++i) {
    PartProgress part(progress, i, groups.size());
    MeasureRequest request = request_for(team);
    request.kernels = groups[i].kernels;
    request.options = options_for(step.step, groups[i]);
    request.options.chain.chain = options_.clock_chain;
    for (const MeasuredSeries& series : measure_group(request, team, threads, interruption, part)) {
      keep(series, team);
    }
  }
  judge_all();
}

void RooflineCampaign::tag_placement(const std::vector<int>& cpus) {
  if (!tagged_.insert(cpus).second) return;
  for (std::size_t i = 1; i < cpus.size() && i <= kMostPairs; ++i) {
    CoreToCoreOptions options;
    options.cpu_a = cpus.front();
    options.cpu_b = cpus[i];
    const Reading<CoreToCoreLatency> measured = measure_core_to_core(clock_, options);
    if (!measured.available()) continue;
    const CoreToCore& pair = measured.value().best;
    std::erase_if(section_.core_to_core, [&](const CoreToCore& old) {
      return old.cpu_a == pair.cpu_a && old.cpu_b == pair.cpu_b;
    });
    section_.core_to_core.push_back(pair);
  }
}

MeasureRequest RooflineCampaign::request_for(const Team& team) {
  MeasureRequest request;
  request.cpus = team.cpus;
  request.memory_node = team.memory_node;
  request.watched = with_siblings(shape_, team.cpus);
  request.sentinel = sentinel_;
  request.known_epochs = epochs_[team.id];
  request.core_to_core = options_.core_to_core;
  request.gap_loss = options_.gap_loss;
  return request;
}

void RooflineCampaign::note_unsettled(const std::vector<MeasuredSeries>& all, const Team& team) {
  std::map<std::string, std::uint64_t> windows;  // Of each kernel, once for all its epochs.
  for (const MeasuredSeries& series : all) {
    if (series.unsettled_windows > 0) {
      windows[name_in_words(series.info)] = series.unsettled_windows;
    }
  }
  if (windows.empty()) return;
  std::uint64_t sum = 0;
  for (const auto& [name, count] : windows) sum += count;
  note(
      std::to_string(sum) + " windows of " + std::to_string(windows.size()) +
      (windows.size() == 1 ? " kernel on " : " kernels on ") + team.words + " (" +
      windows.begin()->first + (windows.size() > 1 ? ", .." : "") +
      ") are in no figure: the host moved the threads' CPUs meanwhile, as the core-to-core latency "
      "shows, or their placement did not last.");
}

std::vector<MeasuredSeries> RooflineCampaign::measure_group(const MeasureRequest& request,
                                                            const Team& team,
                                                            MeasureTeam& threads,
                                                            const Interruption& interruption,
                                                            Progress& progress) {
  std::vector<MeasuredSeries> all =
      measure_kernels(request, threads, clock_, interruption, &progress);
  note_unsettled(all, team);
  for (const MeasuredSeries& series : all) {
    if (!series.known_epochs.empty()) epochs_[team.id] = series.known_epochs;
    if (!series.left_out.empty()) {
      note("Not measured by the team " + team.id + ": " + series.info.name + ", " +
           series.left_out + ".");
    }
  }
  return all;
}

void RooflineCampaign::keep(const MeasuredSeries& series, const Team& team) {
  if (!series.left_out.empty()) return;
  if (!series.verification.passed) {
    if (series.partial) return;  // Not reached before the interruption.
    note("Not timed: " + name_in_words(series.info) +
         " gave a wrong answer: " + series.verification.detail + ".");
    return;
  }
  if (series.series.windows.empty()) return;
  last_share_ = series.disturbance.share;
  MeasuredSeries tagged = series;
  tagged.placement += latency_text(series);
  if (series.partial) {
    note("Interrupted: " + name_in_words(series.info) + " has " +
         std::to_string(series.series.windows.size()) + " windows only.");
  }
  if (series.info.is_roof) {
    keep_roof(make_roof(tagged, shape_, team.id));
  } else {
    section_.dots.push_back(make_dot(tagged, team.id));
  }
}

/// A roof that was measured again beside more dots: its better series stands.
void RooflineCampaign::keep_roof(Roof roof) {
  const std::string id = roof_id(roof);
  for (Roof& old : section_.roofs) {
    if (roof_id(old) != id) continue;
    const bool better = roof.kind == RoofKind::kLatency ? roof.rate.best < old.rate.best
                                                        : roof.rate.best > old.rate.best;
    if (!better) return;
    roof.sustained = old.sustained;
    old = std::move(roof);
    return;
  }
  section_.roofs.push_back(std::move(roof));
}

void RooflineCampaign::judge_all() {
  for (Roof& roof : section_.roofs) {
    judge_roof(roof, shape_, zmm_over_ymm(section_.roofs, team_epoch(roof)));
  }
  for (Dot& dot : section_.dots) {
    judge_dot_against(dot, section_.roofs, section_.cache_levels);
  }
  section_.ridge_points = ridge_points(section_.roofs);
}

}  // namespace perfbench
