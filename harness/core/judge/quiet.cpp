#include "harness/core/judge/quiet.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "harness/core/judge/wording.hpp"

namespace perfbench {
namespace {

using judge::percent;

void unwatched(QuietVerdict& verdict, const std::string& what, const std::string& why) {
  verdict.reasons.push_back(
      {"unwatched",
       what + " was not watched (" + why + "), so nothing says that the machine was quiet",
       "Measure where it can be read, or read the figures as taken on a machine of unknown "
       "quiet."});
}

/// Below, or at least: a limit that a figure has to keep. NaN keeps none.
enum class Side { kBelow, kAtLeast };

void hold(QuietVerdict& verdict,
          const Reading<double>& reading,
          Side side,
          double limit,
          const Reason& broken,
          const std::string& what) {
  if (!reading.available()) {
    unwatched(verdict, what, reading.reason());
    return;
  }
  const double value = reading.value();
  const bool kept = side == Side::kBelow ? value < limit : value >= limit;
  if (kept) return;
  Reason reason = broken;
  // Two digits: 0.52 % of steal beside a limit of 0.5 %.
  reason.text = what + " was " + percent(value, 2) +
                (side == Side::kBelow ? ", quiet is below " : ", quiet is at least ") +
                percent(limit) + broken.text;
  verdict.reasons.push_back(std::move(reason));
}

void hold_foreign_time(QuietVerdict& verdict, const Disturbance& disturbance) {
  const bool by_cpu = disturbance.foreign_worst_cpu.available();
  hold(verdict,
       by_cpu ? disturbance.foreign_worst_cpu : disturbance.foreign_cpu_cores,
       Side::kBelow,
       by_cpu ? quiet_foreign_limit(disturbance.wall) : kQuietForeignCpuCores,
       {"foreign-cpu",
        by_cpu ? " of it" : " of a core",
        "Find the process with: top -b -n 1 -o %CPU | head -15, and end it or wait until it is "
        "done."},
       by_cpu ? "the CPU time of other programs on the measured CPU with most of it"
              : "the CPU time of other programs on the measured CPUs");
}

}  // namespace

double quiet_foreign_limit(Nanoseconds wall) noexcept {
  if (wall.count() <= 0) return kQuietForeignCpuCores;
  return kQuietForeignCpuCores + seconds(kQuietTick) / seconds(wall);
}

QuietVerdict judge_quiet(const Disturbance& disturbance) {
  QuietVerdict verdict;
  hold_foreign_time(verdict, disturbance);
  hold(verdict,
       disturbance.steal_fraction,
       Side::kBelow,
       kQuietStealFraction,
       {"steal",
        "",
        "The hypervisor gave the CPU to other guests: repeat at another hour, or on a dedicated "
        "host or bare metal."},
       "CPU time stolen by the hypervisor");
  hold(verdict,
       disturbance.share,
       Side::kAtLeast,
       kQuietShare,
       {"share",
        " (something else ran on its CPU)",
        "Free the CPU, or leave one to the rest of the system: perfbench run --threads with one "
        "thread fewer."},
       "the share of its CPU that the measured thread got");
  hold(verdict,
       disturbance.gap_loss_fraction,
       Side::kBelow,
       kQuietGapLossFraction,
       {"gap-loss",
        " (the machine stops the thread without accounting for it)",
        "On a virtual machine this is the host's own noise: repeat at another hour or on bare "
        "metal."},
       "time lost in gaps of a spinning thread");
  if (!disturbance.quota_throttled.available()) {
    unwatched(verdict, "throttling by a cgroup quota", disturbance.quota_throttled.reason());
  } else if (disturbance.quota_throttled.value() != 0) {
    verdict.reasons.push_back({"quota",
                               "a cgroup CPU quota stopped the program in " +
                                   std::to_string(disturbance.quota_throttled.value()) +
                                   " periods, quiet is none",
                               "Raise the quota (docker run without --cpus, or a larger cpu.max), "
                               "or use fewer threads: perfbench run "
                               "--threads 1."});
  }
  verdict.quietness = verdict.reasons.empty() ? Quietness::kQuiet : Quietness::kDisturbed;
  return verdict;
}

QuietCount count_quiet(std::span<const Disturbance> windows) {
  const auto quiet = std::count_if(windows.begin(), windows.end(), [](const Disturbance& window) {
    return judge_quiet(window).quietness == Quietness::kQuiet;
  });
  return {windows.size(), static_cast<std::uint64_t>(quiet)};
}

}  // namespace perfbench
