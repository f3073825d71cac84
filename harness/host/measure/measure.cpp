#include "harness/host/measure/measure.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <thread>

#include "harness/core/judge/placement_epochs.hpp"
#include "harness/core/units/check.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/disturbance/disturbance_monitor.hpp"
#include "harness/host/instrument/throughput_sentinel.hpp"
#include "harness/host/measure/group_member.hpp"
#include "harness/host/measure/measure_team.hpp"
#include "harness/host/measure/thread_team.hpp"

namespace perfbench {
namespace {

/// Clock chain of every thread at one moment between rounds.
using ChainReadings = std::vector<ClockReading>;

/// A core's clock and the window beside it were not read at the same moment. On a guest of a Zen 5,
/// whose clock moved between 4.31 and 4.46 GHz within a campaign, the best of the FMA's windows
/// came to 1.006 and 1.014 of its limit by the clock beside it.
constexpr double kLeastClockUncertainty = 0.02;
/// Samples a sentinel keeps room for: rounds take 10 ms and more, series some seconds.
constexpr std::size_t kMostRounds = 4096;

/// The higher of before and after on each CPU, and the mean over the CPUs: a rate over cores and
/// this clock is work per core and cycle. A preempted window reads low, never high; hence the
/// higher.
ClockReading clock_beside(const ChainReadings& before, const ChainReadings& after) {
  ClockReading result;
  double sum = 0.0;
  double uncertainty = kLeastClockUncertainty;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const ClockReading& a = before[i];
    const ClockReading& b = after[i];
    if (!a.hz.available() && !b.hz.available()) {
      result.hz = a.hz;
      return result;
    }
    const double low = std::min(a.hz.value_or(b.hz.value_or(0.0)), b.hz.value_or(a.hz.value_or(0)));
    const ClockReading& higher = a.hz.value_or(0.0) >= b.hz.value_or(0.0) ? a : b;
    const double hz = higher.hz.value();
    sum += hz;
    uncertainty = std::max({uncertainty, higher.relative_uncertainty, (hz - low) / hz / 2.0});
  }
  result.hz = Reading<double>::of(sum / static_cast<double>(before.size()),
                                  "dependent-add chain around the best window");
  result.relative_uncertainty = uncertainty;
  return result;
}

/// The state of one call of measure_kernels().
class Group {
 public:
  Group(const MeasureRequest& request,
        MeasureTeam& team,
        Clock& clock,
        const Interruption& interruption,
        Progress* progress)
      : request_(request),
        options_(request.options),
        clock_(clock),
        interruption_(interruption),
        progress_(progress),
        measure_team_(team),
        team_(team.threads()),
        monitor_(request.watched.empty() ? request.cpus : request.watched, clock) {
    for (const KernelEntry& entry : request.kernels) {
      members_.push_back(std::make_unique<GroupMember>(entry, team_, clock, options_));
    }
    chains_.resize(members_.size());
  }

  std::vector<MeasuredSeries> measure() {
    prepare();
    monitor_.start();
    const bool complete = run_rounds();
    disturbance_ = monitor_.stop();
    disturbance_.share = share();
    disturbance_.gap_loss_fraction = request_.gap_loss;
    const PlacementEpochs epochs = placement_epochs(farthest_, request_.known_epochs);
    std::vector<MeasuredSeries> all;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      for (GroupMember::EpochSeries& part : members_[i]->series(epochs.of_round)) {
        finish(part, *members_[i], chains_[i], complete);
        tell_placement(part.series, epochs);
        all.push_back(std::move(part.series));
      }
    }
    keep_memory();
    return all;
  }

 private:
  void prepare() {
    prepare_sentinels();
    for (const auto& member : members_) {
      if (interruption_.requested()) return;
      member->prepare();
    }
    for (const auto& member : members_) {
      if (interruption_.requested()) return;
      member->calibrate(interruption_);
      settle_after(*member);
    }
  }

  void prepare_sentinels() {
    if (!request_.sentinel) return;
    for (int i = 0; i < team_.size(); ++i) {
      sentinels_.push_back(std::make_unique<ThroughputSentinel>(request_.sentinel->make(), clock_));
    }
    // Not vector<bool>: the threads write side by side.
    std::vector<char> good(sentinels_.size(), 0);
    team_.run([&](int thread) {
      const auto i = static_cast<std::size_t>(thread);
      good[i] = sentinels_[i]->prepare(kMostRounds) ? 1 : 0;
    });
    sentinels_good_ = std::all_of(good.begin(), good.end(), [](char g) { return g != 0; });
  }

  ChainReadings read_chain(const std::function<void(std::uint64_t)>& chain) {
    ClockChainOptions options = options_.chain;
    if (chain) options.chain = chain;
    ChainReadings readings(static_cast<std::size_t>(team_.size()));
    team_.run([&](int thread) {
      readings[static_cast<std::size_t>(thread)] = measure_clock_chain(clock_, options).reading;
    });
    return readings;
  }

  /// Between two rounds, while the team's threads sleep. A reading may be disturbed, and then it is
  /// too high, never too low; a placement lasts for seconds. So one that is not like the reading
  /// before, or the first, has to repeat itself, and the lowest counts.
  void read_placement() {
    farthest_.emplace_back();
    if (team_.size() < 2) return;
    constexpr int kMostReadings = 4;
    std::optional<TeamLatency> lowest;
    for (int i = 0; i < kMostReadings; ++i) {
      const Reading<TeamLatency> latency =
          request_.core_to_core ? request_.core_to_core() : measure_team_.core_to_core();
      if (!latency.available()) return;
      const bool lower = !lowest || latency.value().farthest < lowest->farthest;
      const bool repeats = lowest && same_placement(latency.value().farthest, lowest->farthest);
      if (lower) lowest = latency.value();
      if (repeats || is_as_before(lowest->farthest)) break;
    }
    farthest_.back() = lowest->farthest;
    nearest_.emplace(farthest_.size() - 1, lowest->nearest);
  }

  [[nodiscard]] bool is_as_before(Nanoseconds latency) const {
    if (farthest_.size() < 2) return false;
    const std::optional<Nanoseconds>& before = farthest_[farthest_.size() - 2];
    return before && same_placement(*before, latency);
  }

  /// Additions alone, once between two rounds for all kernels that they serve.
  void read_plain_clock() {
    std::optional<ChainReadings> plain;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i]->loaded_chain()) continue;
      if (!plain) plain = read_chain(nullptr);
      chains_[i].push_back(*plain);
    }
  }

  /// A kernel that lowers the clock has a chain of its own, right before and right after its
  /// windows: another kernel's wide instructions may leave a lower clock still for some
  /// milliseconds (3.79 GHz after a GEMM, 3.89 among FMAs of registers alone, on one Xeon with
  /// AMX).
  void take_turn(std::size_t i, std::uint32_t round) {
    GroupMember& member = *members_[i];
    if (member.complete() || !member.usable()) return;
    if (member.loaded_chain()) chains_[i].push_back(read_chain(member.loaded_chain()));
    member.take_turn(round, interruption_);
    if (member.loaded_chain()) chains_[i].push_back(read_chain(member.loaded_chain()));
    settle_after(member);
  }

  void sample_sentinels() {
    if (!sentinels_good_) return;
    team_.run([&](int thread) { sentinels_[static_cast<std::size_t>(thread)]->sample(); });
  }

  /// Chain, [sentinel, windows of every kernel, chain], and so on: each chain ends one round and
  /// begins the next. Returns false when interrupted.
  bool run_rounds() {
    const TimePoint start = clock_.now();
    for (std::uint32_t round = 0; !finished(clock_.now() - start); ++round) {
      read_placement();
      read_plain_clock();
      sample_sentinels();
      for (std::size_t i = 0; i < members_.size() && !interruption_.requested(); ++i) {
        take_turn(i, round);
      }
      if (progress_ != nullptr) progress_->advance(fraction_done(clock_.now() - start));
    }
    read_placement();
    read_plain_clock();
    return !interruption_.requested();
  }

  [[nodiscard]] bool finished(Nanoseconds spent) const {
    if (interruption_.requested()) return true;
    const auto all = [this](std::uint64_t windows) {
      return std::all_of(members_.begin(), members_.end(), [windows](const auto& m) {
        return m->complete() || m->windows_taken() >= windows;
      });
    };
    if (all(options_.windows)) return true;
    if (spent >= options_.time_budget && all(options_.min_windows)) return true;
    return spent >= 2 * options_.time_budget && all(1);
  }

  [[nodiscard]] double fraction_done(Nanoseconds spent) const {
    double least = 1.0;
    for (const auto& m : members_) {
      if (m->complete()) continue;
      least = std::min(
          least, static_cast<double>(m->windows_taken()) / static_cast<double>(options_.windows));
    }
    const double by_time =
        static_cast<double>(spent.count()) / static_cast<double>(options_.time_budget.count());
    return std::min(1.0, std::max(least, by_time));
  }

  /// Idle threads of a library's pool spin for a while before they sleep (OpenBLAS 2^28 TSC ticks
  /// or 0.1 s, unless OPENBLAS_THREAD_TIMEOUT says less); whatever ran beside them would share its
  /// CPU. The team and this thread sleep here, so CPU time of the process is the pool's.
  void settle_after(const GroupMember& member) const {
    if (!member.has_own_pool() || options_.pool_settle.count() <= 0) return;
    constexpr Nanoseconds kStep{2'000'000};
    constexpr int kIdleShare = 10;
    const TimePoint end = clock_.now() + options_.pool_settle;
    Nanoseconds used = kStep;
    while (used * kIdleShare > kStep && clock_.now() < end) {
      const Nanoseconds before = process_cpu_time();
      std::this_thread::sleep_for(kStep);
      used = process_cpu_time() - before;
    }
  }

  [[nodiscard]] Reading<double> share() const {
    double worst = 1.0;
    bool any = false;
    for (const auto& member : members_) {
      any = any || member->windows_taken() > 0;
      worst = std::min(worst, member->share());
    }
    if (!any) return Reading<double>::unavailable("no window was measured");
    return Reading<double>::of(worst, "CPU time over wall time of the windows, the worst thread");
  }

  [[nodiscard]] Reading<double> sentinel_ratio() const {
    using Result = Reading<double>;
    if (sentinels_.empty()) return Result::unavailable("no sentinel ran beside this series");
    if (!sentinels_good_) return Result::unavailable("the sentinel's kernel gave a wrong answer");
    Result worst = Result::unavailable("the sentinel took no sample");
    for (const auto& sentinel : sentinels_) {
      Result ratio = sentinel->median_ratio();
      if (!ratio.available()) return ratio;
      if (!worst.available() || ratio.value() < worst.value()) worst = ratio;
    }
    return worst;
  }

  void finish(GroupMember::EpochSeries& part,
              const GroupMember& member,
              const std::vector<ChainReadings>& chains,
              bool complete) const {
    MeasuredSeries& s = part.series;
    s.clock.hz = Reading<double>::unavailable("no window was measured");
    if (part.best_round) {
      // Of its own: two a turn, and a turn a round. Shared: one before each round and one at the
      // end.
      const std::size_t before =
          member.loaded_chain() ? std::size_t{2} * *part.best_round : *part.best_round;
      s.clock = clock_beside(chains[before], chains[before + 1]);
    }
    s.disturbance = disturbance_;
    s.sentinel_ratio = sentinel_ratio();
    s.partial = !complete && !member.complete();
  }

  void tell_placement(MeasuredSeries& s, const PlacementEpochs& epochs) const {
    s.known_epochs = epochs.latency;
    const auto epoch = static_cast<std::size_t>(s.epoch);
    if (team_.size() < 2 || epoch >= epochs.latency.size()) return;
    s.core_to_core = epochs.latency[epoch];
    for (const auto& [reading, latency] : nearest_) {
      const bool here = reading < epochs.of_round.size() && epochs.of_round[reading] == s.epoch;
      if (here) s.nearest_pair = std::min(s.nearest_pair.value_or(latency), latency);
    }
  }

  /// The next group of the team finds the arrays that its kernels share with these.
  void keep_memory() {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (!request_.kernels[i].shares_memory.empty()) {
        measure_team_.keep(members_[i]->release_kernels());
      }
    }
  }

  const MeasureRequest& request_;
  const MeasureOptions& options_;
  Clock& clock_;
  const Interruption& interruption_;
  Progress* progress_;
  MeasureTeam& measure_team_;
  ThreadTeam& team_;
  DisturbanceMonitor monitor_;
  std::vector<std::unique_ptr<GroupMember>> members_;
  std::vector<std::unique_ptr<ThroughputSentinel>> sentinels_;
  bool sentinels_good_ = false;
  std::vector<std::vector<ChainReadings>> chains_;  ///< Of each kernel, in time.
  Disturbance disturbance_;
  std::vector<std::optional<Nanoseconds>> farthest_;  ///< Before each round, and after the last.
  std::map<std::size_t, Nanoseconds> nearest_;        ///< By the number of the reading.
};

/// Where the memory is not to be had from the node that was asked for, nothing is measured.
std::vector<MeasuredSeries> leave_out(const MeasureRequest& request, const std::string& reason) {
  std::vector<MeasuredSeries> all;
  for (const KernelEntry& entry : request.kernels) {
    MeasuredSeries s;
    s.info = entry.info;
    s.cpus = request.cpus;
    s.left_out = reason;
    all.push_back(std::move(s));
  }
  return all;
}

}  // namespace

std::vector<MeasuredSeries> measure_kernels(const MeasureRequest& request,
                                            Clock& clock,
                                            const Interruption& interruption,
                                            Progress* progress) {
  CHECK(!request.cpus.empty(), "no CPU to measure on");
  MeasureTeam team(request.cpus, request.memory_node, clock);
  return measure_kernels(request, team, clock, interruption, progress);
}

std::vector<MeasuredSeries> measure_kernels(const MeasureRequest& request,
                                            MeasureTeam& team,
                                            Clock& clock,
                                            const Interruption& interruption,
                                            Progress* progress) {
  CHECK(!request.kernels.empty(), "no kernel to measure");
  CHECK(request.cpus == team.threads().cpus(), "a team of other CPUs");
  CHECK(request.options.windows > 0 && request.options.time_budget.count() > 0,
        "a series of no window or no time");
  if (!team.memory_refusal().empty()) return leave_out(request, team.memory_refusal());
  return Group(request, team, clock, interruption, progress).measure();
}

}  // namespace perfbench
