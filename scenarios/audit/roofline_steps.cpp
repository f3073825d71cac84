#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/judge/cache_levels.hpp"
#include "harness/core/limits/fingerprint.hpp"
#include "scenarios/audit/audit_steps.hpp"
#include "scenarios/audit/quiet_windows.hpp"

namespace perfbench::audit_detail {
namespace {

constexpr const char* kBehaviourFact = "core_behaviour";
constexpr const char* kBehaviourWarning = "cpu-behaves-otherwise";

}  // namespace

RooflineCampaign& AuditSteps::campaign() {
  if (!campaign_) {
    CampaignOptions options;
    options.gap_loss = gap_loss_;
    options.clock_chain = options_.clock_chain;
    campaign_.emplace(shape_, clock_, std::move(options));
  }
  return *campaign_;
}

void AuditSteps::in_campaign(const std::vector<int>& cpus,
                             const std::function<void(QuietWindows&)>& measure) {
  campaign().set_gap_loss(gap_loss_);
  QuietWindows watched(with_siblings(shape_, cpus), clock_, progress_);
  try {
    measure(watched);
  } catch (...) {
    keep_section();  // What was measured before is kept.
    throw;
  }
  keep_section();
  keep_windows(watched.finish(campaign().last_share(), gap_loss_));
}

void AuditSteps::keep_section() {
  report_.roofline = campaign().section();
  tell_behaviour();
}

/// What the peaks so far say of the core, beside what CPUID says; each step may say more.
void AuditSteps::tell_behaviour() {
  const Fingerprint core =
      judge_fingerprint(shape_.identity, behaviour_of(report_.roofline->roofs));
  const bool known = core.outcome != FingerprintOutcome::kUndecided;
  std::vector<Fact>& facts = report_.machine.facts;
  std::erase_if(facts, [](const Fact& fact) { return fact.name == kBehaviourFact; });
  facts.push_back({kBehaviourFact,
                   "",
                   known ? Reading<FactValue>::of(core.sentence, "ratios of measured peaks")
                         : Reading<FactValue>::unavailable(core.sentence)});
  std::vector<Warning>& warnings = report_.machine.warnings;
  std::erase_if(warnings, [](const Warning& warning) { return warning.id == kBehaviourWarning; });
  if (core.outcome != FingerprintOutcome::kContradicts) return;
  warnings.push_back({kBehaviourWarning,
                      core.sentence + ".",
                      "The documented limits beside the roofs are those of the core that CPUID "
                      "names.",
                      "Give the virtual machine the host's own CPU model (QEMU: -cpu host)."});
}

void AuditSteps::operator()(const SweepStep& step) {
  if (!providers_.sweep) return;
  const std::vector<int> cpus{plan_.threads().one_core_cpu};
  const std::vector<KernelEntry> entries = providers_.sweep();
  in_campaign(cpus, [&](QuietWindows& watched) {
    campaign().sweep(entries, cpus.front(), step.at_most, interruption_, watched);
  });
}

CampaignStep AuditSteps::campaign_step(const RoofStep& step) {
  KernelRequest request;
  request.kind = step.kind;
  request.team = step.team;
  request.scope = step.scope;
  request.levels = level_sizes(campaign().cache_levels(), shape_.caches, step.team.threads());
  KernelSet set = providers_.kernels(request);
  CampaignStep work;
  work.step = step;
  work.kernels = std::move(set.entries);
  for (const LeftOut& missing : set.left_out) {
    left_out(missing.what, missing.reason, missing.remedy);
  }
  for (std::string& note : set.notes) {
    if (!note.empty()) campaign().note(std::move(note));
  }
  return work;
}

void AuditSteps::operator()(const RoofStep& step) {
  test_gaps_beside(step.team.cpus);
  CampaignStep work = campaign_step(step);
  in_campaign(step.team.cpus, [&](QuietWindows& watched) {
    work.before_group = [&watched] { watched.cut(); };
    campaign().measure(work, interruption_, watched);
  });
}

void AuditSteps::operator()(const SustainedStep& step) {
  RoofStep roofs;
  roofs.team = step.team;
  roofs.scope = RoofScope::kScale;
  CampaignStep work = campaign_step(roofs);
  if (step.memory) {
    roofs.kind = RoofKind::kBandwidth;
    CampaignStep memory = campaign_step(roofs);
    work.kernels.insert(work.kernels.end(),
                        std::make_move_iterator(memory.kernels.begin()),
                        std::make_move_iterator(memory.kernels.end()));
  }
  in_campaign(step.team.cpus, [&](QuietWindows& watched) {
    work.before_group = [&watched] { watched.cut(); };
    campaign().sustain(work, step.per_kernel, interruption_, watched);
  });
}

}  // namespace perfbench::audit_detail
