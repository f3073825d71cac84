#include "scenarios/roofline/campaign.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>
#include <utility>

#include "harness/core/plan/thread_choice.hpp"
#include "harness/host/instrument/core_to_core.hpp"
#include "harness/host/measure/measure.hpp"
#include "scenarios/roofline/roof_from_series.hpp"

namespace perfbench {
namespace {

/// A dot may take a tenth of a second a call; a turn of this length gives the roofs beside it tens
/// of windows in each round, and a round still passes within the seconds that a placement lasts.
constexpr Nanoseconds kTurn{40'000'000};
/// A slow kernel is measured so often even when the time is spent: with fewer, "best" means little.
constexpr std::uint64_t kLeastWindows = 5;
/// Memory that all kernels of a group may take together.
constexpr double kUsableShare = 0.75;
/// Pairs whose core-to-core latency tags a placement: the first CPU with each of the others.
constexpr std::size_t kMostPairs = 15;

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

/// Roofs that answer the same question: one per ISA. A multiply and an add stand in for an FMA
/// where there is none, so the name does not tell compute roofs apart.
std::tuple<int, int, int, std::string> question_of(const KernelInfo& info) {
  const bool compute = info.kind == RoofKind::kCompute;
  return {static_cast<int>(info.kind),
          static_cast<int>(info.precision),
          static_cast<int>(info.level),
          compute ? std::string() : info.name};
}

bool is_wider(const KernelEntry& a, const KernelEntry& b) {
  return static_cast<int>(a.info.isa) > static_cast<int>(b.info.isa);
}

/// Kernels of a step, those of the widest ISA and the dots first, then one vector for each narrower
/// ISA, since a wide instruction may lower the clock for a while.
std::vector<std::vector<KernelEntry>> by_width(const CampaignStep& step) {
  std::map<std::tuple<int, int, int, std::string>, std::vector<KernelEntry>> questions;
  std::vector<std::vector<KernelEntry>> widths(1);
  std::vector<KernelEntry> dots;
  for (const KernelEntry& entry : step.kernels) {
    if (entry.info.kind != step.step.kind) continue;
    if (entry.info.is_roof) {
      questions[question_of(entry.info)].push_back(entry);
    } else {
      dots.push_back(entry);
    }
  }
  for (auto& [question, entries] : questions) {
    std::stable_sort(entries.begin(), entries.end(), is_wider);
    const std::size_t taken = step.step.narrower_isas ? entries.size() : 1;
    if (widths.size() < taken) widths.resize(taken);
    for (std::size_t i = 0; i < taken; ++i) widths[i].push_back(entries[i]);
  }
  widths.front().insert(widths.front().end(), dots.begin(), dots.end());
  return widths;
}

double group_bytes(const std::vector<KernelEntry>& kernels, std::size_t threads) {
  double bytes = 0.0;
  for (const KernelEntry& entry : kernels) {
    const double instances = entry.info.threads > 1 ? 1.0 : static_cast<double>(threads);
    bytes += static_cast<double>(entry.working_set.count()) * instances;
  }
  return bytes;
}

std::optional<KernelEntry> sentinel_among(const std::vector<KernelEntry>& kernels) {
  std::optional<KernelEntry> widest;
  for (const KernelEntry& entry : kernels) {
    if (!entry.info.is_roof || entry.info.kind != RoofKind::kCompute ||
        entry.info.precision != Precision::kFp32) {
      continue;
    }
    if (!widest || is_wider(entry, *widest)) widest = entry;
  }
  return widest;
}

MeasureOptions options_for(const RoofStep& step, std::size_t kernels) {
  MeasureOptions options;
  const Nanoseconds window =
      step.kind == RoofKind::kBandwidth ? options.dram_window : options.window;
  options.windows =
      std::max<std::uint64_t>(kLeastWindows, static_cast<std::uint64_t>(step.per_kernel / window));
  options.min_windows = kLeastWindows;
  options.time_budget = step.per_kernel * static_cast<int>(kernels);
  options.slice = kTurn;
  return options;
}

std::string name_in_words(const KernelInfo& info) { return info.name + " (" + info.variant + ")"; }

}  // namespace

RooflineCampaign::RooflineCampaign(const MachineShape& shape, Clock& clock, CampaignOptions options)
    : shape_(shape), clock_(clock), options_(std::move(options)) {}

void RooflineCampaign::measure(const CampaignStep& step,
                               const Interruption& interruption,
                               Progress& progress) {
  Group whole;
  if (step.step.team.cpus.size() > 1) whole.placement_tag = tag_placement(step.step.team.cpus);
  const bool known = shape_.memory_available.available();
  const double usable =
      known ? static_cast<double>(shape_.memory_available.value().count()) * kUsableShare : 0.0;
  std::vector<Group> groups;
  for (const std::vector<KernelEntry>& kernels : by_width(step)) {
    Group together = whole;
    std::vector<KernelEntry> fitting;
    for (const KernelEntry& entry : kernels) {
      if (known && group_bytes({entry}, step.step.team.cpus.size()) > usable) {
        note("Not measured: " + name_in_words(entry.info) +
             ", whose arrays do not fit into the available memory.");
      } else {
        fitting.push_back(entry);
      }
    }
    if (!known || group_bytes(fitting, step.step.team.cpus.size()) <= usable) {
      together.kernels = std::move(fitting);
      groups.push_back(std::move(together));
      continue;
    }
    note(
        "The memory kernels were measured one after the other instead of in turn, since their "
        "arrays do not fit into the available memory together.");
    for (KernelEntry& entry : fitting) {
      groups.push_back({{std::move(entry)}, whole.placement_tag});
    }
  }
  for (std::size_t i = 0; i < groups.size() && !interruption.requested(); ++i) {
    if (step.before_group) step.before_group();
    PartProgress part(progress, i, groups.size());
    measure_group(step, groups[i], interruption, part);
  }
  judge_all();
}

std::string RooflineCampaign::tag_placement(const std::vector<int>& cpus) {
  Nanoseconds nearest{0};
  Nanoseconds farthest{0};
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
    if (nearest.count() == 0 || pair.one_way < nearest) nearest = pair.one_way;
    farthest = std::max(farthest, pair.one_way);
  }
  if (farthest.count() == 0) return {};
  std::string text = "; core to core " + std::to_string(nearest.count());
  if (farthest != nearest) text += " to " + std::to_string(farthest.count());
  return text + " ns one way";
}

void RooflineCampaign::measure_group(const CampaignStep& step,
                                     const Group& group,
                                     const Interruption& interruption,
                                     Progress& progress) {
  if (group.kernels.empty()) return;
  MeasureRequest request;
  request.kernels = group.kernels;
  request.cpus = step.step.team.cpus;
  request.watched = with_siblings(shape_, step.step.team.cpus);
  request.sentinel = sentinel_among(step.kernels);
  request.options = options_for(step.step, group.kernels.size());
  request.options.chain.chain = options_.clock_chain;
  request.gap_loss = options_.gap_loss;
  for (const MeasuredSeries& series : measure_kernels(request, clock_, interruption, &progress)) {
    keep(series, group);
  }
}

void RooflineCampaign::keep(const MeasuredSeries& series, const Group& group) {
  if (!series.verification.passed) {
    if (series.partial) return;  // Not reached before the interruption.
    note("Not timed: " + name_in_words(series.info) +
         " gave a wrong answer: " + series.verification.detail + ".");
    return;
  }
  if (series.series.windows.empty()) return;
  last_share_ = series.disturbance.share;
  MeasuredSeries tagged = series;
  tagged.placement += group.placement_tag;
  if (series.partial) {
    note("Interrupted: " + name_in_words(series.info) + " has " +
         std::to_string(series.series.windows.size()) + " windows only.");
  }
  if (series.info.is_roof) {
    section_.roofs.push_back(make_roof(tagged, shape_));
  } else {
    section_.dots.push_back(make_dot(tagged));
    dot_precisions_.push_back(series.info.precision);
  }
}

void RooflineCampaign::judge_all() {
  for (Roof& roof : section_.roofs) {
    judge_roof(roof, shape_, zmm_over_ymm(section_.roofs, roof.threads));
  }
  for (std::size_t i = 0; i < section_.dots.size(); ++i) {
    judge_dot_against(section_.dots[i], dot_precisions_[i], section_.roofs);
  }
}

}  // namespace perfbench
