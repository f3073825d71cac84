#include "harness/host/measure/group_member.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/core/judge/placement_epochs.hpp"
#include "harness/core/stats/window_summary.hpp"
#include "harness/core/units/check.hpp"
#include "harness/host/disturbance/proc_files.hpp"
#include "harness/host/measure/pool_pins.hpp"

namespace perfbench {
namespace {

/// A call that takes longer than any preemption by far: one try tells, and leaves the kernel warm.
constexpr Nanoseconds kSureOfItself{50'000'000};

/// Windows of one turn at most: a turn ends within reach of the clock chain beside it.
constexpr std::uint64_t kMostWindowsOfATurn = 64;
/// Turning from a library's pool to others costs the wait until its threads sleep, so its turns are
/// longer.
constexpr int kOwnPoolSlices = 2;
/// A kernel that does nothing measurable in 2^40 iterations has no window to fill.
constexpr std::uint64_t kMostIterations = std::uint64_t{1} << 40U;
/// Long enough for the pool's threads to show in their CPU times.
constexpr Nanoseconds kPoolWatch{20'000'000};

}  // namespace

GroupMember::GroupMember(const KernelEntry& entry,
                         ThreadTeam& team,
                         Clock& clock,
                         const MeasureOptions& options)
    : team_(team),
      clock_(clock),
      options_(options),
      own_pool_(entry.info.threads > 1),
      loaded_chain_(entry.loaded_clock_chain),
      level_(entry.info.level),
      target_(entry.info.level == MemoryLevel::kDram ? options.dram_window : options.window) {
  const auto count = static_cast<std::size_t>(own_pool_ ? 1 : team.size());
  for (std::size_t i = 0; i < count; ++i) {
    kernels_.push_back(entry.make());
    CHECK(kernels_.back() != nullptr, "a kernel entry that makes nothing");
  }
  stamps_.assign(count, std::vector<Stamp>(kMostWindowsOfATurn));
  cpu_sum_.assign(count, Nanoseconds(0));
  wall_sum_.assign(count, Nanoseconds(0));
  windows_.reserve(options.windows);
  rounds_.reserve(options.windows);
}

void GroupMember::on_instances(const std::function<void(int)>& job) {
  if (own_pool_) {
    team_.run_on(0, job);
  } else {
    team_.run(job);
  }
}

void GroupMember::prepare() {
  std::vector<Verification> outcomes(kernels_.size());
  on_instances([&](int thread) {
    // A library may start its pool here, and new threads inherit the mask of the one that starts
    // them.
    std::optional<ScopedPin> all_cpus;
    if (own_pool_ && team_.pinned()) all_cpus.emplace(team_.cpus());
    const auto i = static_cast<std::size_t>(thread);
    kernels_[i]->prepare();
    outcomes[i] = kernels_[i]->verify();
  });
  prepared_ = true;
  verification_ = outcomes.front();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].passed) continue;
    verification_ = outcomes[i];
    verification_.detail = "thread " + std::to_string(i) + ": " + outcomes[i].detail;
    break;
  }
}

void GroupMember::run_thread(int thread, std::uint64_t count, const Interruption& interruption) {
  const auto index = static_cast<std::size_t>(thread);
  Kernel& kernel = *kernels_[index];
  std::vector<Stamp>& stamps = stamps_[index];
  for (std::uint64_t i = 0; i < count; ++i) {
    // One thread decides, before the barrier, and names the window: the others see it after the
    // barrier, and a decision on a later window does not stop them in this one.
    if (thread == 0 && interruption.requested()) stop_at_.store(i, std::memory_order_relaxed);
    const TimePoint outer_start = clock_.now();
    const Nanoseconds cpu_start = clock_.thread_cpu_time();
    if (!own_pool_) team_.barrier().arrive_and_wait();
    if (stop_at_.load(std::memory_order_relaxed) <= i) return;
    const TimePoint start = clock_.now();
    kernel.run(iterations_);
    const TimePoint finish = clock_.now();
    const Nanoseconds cpu = clock_.thread_cpu_time() - cpu_start;
    stamps[i] = {start, finish, cpu, clock_.now() - outer_start};
  }
}

std::uint64_t GroupMember::run_windows(std::uint64_t count, const Interruption& interruption) {
  stop_at_.store(UINT64_MAX, std::memory_order_relaxed);
  on_instances([&](int thread) { run_thread(thread, count, interruption); });
  return std::min(count, stop_at_.load(std::memory_order_relaxed));
}

Nanoseconds GroupMember::window_time(std::uint64_t index) const noexcept {
  TimePoint start = stamps_.front()[index].start;
  TimePoint finish = stamps_.front()[index].finish;
  for (const std::vector<Stamp>& thread : stamps_) {
    start = std::min(start, thread[index].start);
    finish = std::max(finish, thread[index].finish);
  }
  return finish - start;
}

Nanoseconds GroupMember::quickest_thread(std::uint64_t index) const noexcept {
  Nanoseconds least = Nanoseconds::max();
  for (const std::vector<Stamp>& thread : stamps_) {
    least = std::min<Nanoseconds>(least, thread[index].finish - thread[index].start);
  }
  return least;
}

void GroupMember::calibrate(const Interruption& interruption) {
  if (!usable()) return;
  Nanoseconds time{0};
  for (iterations_ = 1; iterations_ < kMostIterations; iterations_ *= 4) {
    if (run_windows(1, interruption) == 0) return;
    time = quickest_thread(0);
    // A preemption here must not shorten all windows to come: on a busy machine the window of a
    // team is as long as the wait for its last thread, so the quickest thread counts, and of three
    // tries the shortest before a length is believed.
    for (int again = 0; again < 2 && time * 4 >= target_ && time < kSureOfItself; ++again) {
      if (run_windows(1, interruption) == 1) time = std::min(time, quickest_thread(0));
    }
    if (time * 4 >= target_) break;
  }
  if (time.count() > 0) {
    const double scale = static_cast<double>(target_.count()) / static_cast<double>(time.count());
    const double wanted = static_cast<double>(iterations_) * scale;
    const auto scaled =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(wanted)));
    typical_window_ = Nanoseconds(
        static_cast<std::int64_t>(static_cast<double>(time.count()) * static_cast<double>(scaled) /
                                  static_cast<double>(iterations_)));
    iterations_ = scaled;
  }
  if (own_pool_) spread_pool();

  if (time >= kSureOfItself) return;  // Warm by now.
  Nanoseconds warmed{0};
  do {
    if (run_windows(1, interruption) == 0) return;
    warmed += std::max(Nanoseconds(1), window_time(0));
  } while (warmed < (cached() ? options_.cached_warm_up : options_.warm_up));
}

bool GroupMember::cached() const noexcept {
  return level_ == MemoryLevel::kL1 || level_ == MemoryLevel::kL2 || level_ == MemoryLevel::kL3;
}

void GroupMember::spread_pool() {
  const int others = kernels_.front()->info().threads - 1;
  if (!team_.pinned()) return;
  const std::vector<ThreadTimes> before = read_thread_times("/");
  team_.run_on(0, [&](int) {
    const TimePoint end = clock_.now() + kPoolWatch;
    do {
      kernels_.front()->run(iterations_);
    } while (clock_.now() < end);
  });
  const std::vector<ThreadTimes> after = read_thread_times("/");
  std::vector<int> except = team_.tids();
  except.push_back(current_tid());
  std::vector<int> pool = busiest_threads(before, after, except, static_cast<std::size_t>(others));
  pool_text_ = ", one caller and a pool of its own, " + std::to_string(pool.size()) + " of its " +
               std::to_string(others) + " other threads pinned";
  pool.insert(pool.begin(), team_.tids().front());
  pool_pins_.emplace(pool, team_.cpus());
  if (!pool_pins_->refusal().empty()) pool_text_ += " (" + pool_pins_->refusal() + ")";
}

void GroupMember::take_turn(std::uint32_t round, const Interruption& interruption) {
  if (complete() || !usable()) return;
  const Nanoseconds slice = own_pool_ ? options_.slice * kOwnPoolSlices : options_.slice;
  std::uint64_t count = 1;
  if (typical_window_.count() > 0) {
    count = static_cast<std::uint64_t>(std::max<std::int64_t>(1, slice / typical_window_));
  }
  count = std::min({count, kMostWindowsOfATurn, options_.windows - windows_taken()});
  const std::uint64_t ran = run_windows(count, interruption);
  for (std::uint64_t i = 0; i < ran; ++i) {
    const Nanoseconds time = window_time(i);
    if (time.count() <= 0) continue;  // No rate comes from no time.
    windows_.push_back(time);
    rounds_.push_back(round);
    for (std::size_t t = 0; t < stamps_.size(); ++t) {
      cpu_sum_[t] += stamps_[t][i].cpu;
      wall_sum_[t] += stamps_[t][i].wall;
    }
  }
}

double GroupMember::share() const noexcept {
  double worst = 1.0;
  for (std::size_t t = 0; t < cpu_sum_.size(); ++t) {
    if (wall_sum_[t].count() > 0) {
      worst = std::min(worst, seconds(cpu_sum_[t]) / seconds(wall_sum_[t]));
    }
  }
  return worst;
}

MeasuredSeries GroupMember::describe() const {
  MeasuredSeries s;
  const Kernel& kernel = *kernels_.front();
  s.info = kernel.info();
  s.verification = verification_;
  s.work = kernel.work();
  s.working_set = kernel.working_set();
  s.instances = instances();
  s.iterations = iterations_;
  s.cpus = team_.cpus();
  s.threads = own_pool_ ? s.info.threads : instances();
  s.placement = team_.placement() + pool_text_;
  const std::uint64_t repeats = iterations_ * static_cast<std::uint64_t>(instances());
  switch (s.info.kind) {
    case RoofKind::kCompute:
      s.series.work_per_window = s.work.flops.count() * repeats;
      break;
    case RoofKind::kBandwidth:
      s.series.work_per_window = s.work.bytes.count() * repeats;
      break;
    case RoofKind::kLatency:
      // A kernel that does not count its accesses does one an iteration.
      s.series.work_per_window = iterations_ * std::max<std::uint64_t>(1, s.work.accesses);
      break;
  }
  return s;
}

std::vector<GroupMember::EpochSeries> GroupMember::series(
    const std::vector<int>& epoch_of_round) const {
  std::vector<int> epochs;
  for (const std::uint32_t round : rounds_) epochs.push_back(epoch_of_round.at(round));
  epochs = settled_epochs(std::move(epochs));
  struct Part {
    std::vector<Nanoseconds> windows;
    Nanoseconds best = Nanoseconds::max();
    std::optional<std::uint32_t> best_round;
  };
  std::map<int, Part> parts;
  std::uint64_t unsettled = 0;
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    if (epochs[i] == kUnsettled) {
      ++unsettled;
      continue;
    }
    Part& part = parts[epochs[i]];
    part.windows.push_back(windows_[i]);
    if (windows_[i] < part.best) {
      part.best = windows_[i];
      part.best_round = rounds_[i];
    }
  }
  if (parts.empty()) parts[0] = {};
  std::vector<EpochSeries> all;
  for (auto& [epoch, part] : parts) {
    MeasuredSeries s = describe();
    s.series.windows = std::move(part.windows);
    s.summary = summarize_windows(s.series, s.info.kind);
    s.epoch = epoch;
    s.unsettled_windows = unsettled;
    all.push_back({std::move(s), part.best_round});
  }
  return all;
}

}  // namespace perfbench
