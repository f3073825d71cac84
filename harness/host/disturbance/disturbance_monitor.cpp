#include "harness/host/disturbance/disturbance_monitor.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <set>
#include <string>

#include "harness/core/units/check.hpp"
#include "harness/host/disturbance/cgroup_throttle.hpp"
#include "harness/host/disturbance/proc_files.hpp"

namespace perfbench {
namespace {

Nanoseconds from_timeval(const timeval& t) noexcept {
  return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
}

bool is_subset(const std::vector<int>& part, const std::set<int>& whole) {
  return !part.empty() &&
         std::all_of(part.begin(), part.end(), [&](int cpu) { return whole.count(cpu) > 0; });
}

const ThreadTimes* find_thread(const std::vector<ThreadTimes>& threads, int tid) {
  for (const ThreadTimes& t : threads) {
    if (t.tid == tid) return &t;
  }
  return nullptr;
}

Nanoseconds ticks_to_time(std::uint64_t ticks) {
  return Nanoseconds(static_cast<std::int64_t>(ticks) * (1'000'000'000 / user_ticks_per_second()));
}

/// Counters of /proc/stat go back at times (steal, after a live migration): that is no negative
/// time.
std::uint64_t increase(std::uint64_t from, std::uint64_t to) noexcept {
  return to > from ? to - from : 0;
}

std::string milliseconds_text(Nanoseconds time) {
  return std::to_string(time.count() / 1'000'000) + " ms";
}

}  // namespace

ProcessUsage read_process_usage() noexcept {
  rusage self{};
  rusage children{};
  getrusage(RUSAGE_SELF, &self);  // Cannot fail with these arguments.
  getrusage(RUSAGE_CHILDREN, &children);
  ProcessUsage usage;
  usage.cpu = from_timeval(self.ru_utime) + from_timeval(self.ru_stime);
  usage.children_cpu = from_timeval(children.ru_utime) + from_timeval(children.ru_stime);
  usage.voluntary_switches = self.ru_nvcsw;
  usage.involuntary_switches = self.ru_nivcsw;
  usage.minor_faults = self.ru_minflt;
  usage.major_faults = self.ru_majflt;
  return usage;
}

struct DisturbanceMonitor::Edge {
  TimePoint time;
  std::map<int, CpuTicks> cpus;
  std::vector<ThreadTimes> threads;
  ProcessUsage usage;
  Reading<std::int64_t> throttled;
};

DisturbanceMonitor::DisturbanceMonitor(std::vector<int> cpus,
                                       Clock& clock,
                                       DisturbanceOptions options)
    : cpus_(std::move(cpus)), clock_(clock), options_(std::move(options)) {
  CHECK(!cpus_.empty(), "nothing to watch");
  std::sort(cpus_.begin(), cpus_.end());
  cpus_.erase(std::unique(cpus_.begin(), cpus_.end()), cpus_.end());
}

DisturbanceMonitor::~DisturbanceMonitor() = default;

DisturbanceMonitor::Edge DisturbanceMonitor::read_edge() const {
  Edge edge;
  edge.throttled = read_throttled_periods(options_.root);
  edge.threads = read_thread_times(options_.root);
  edge.usage = options_.usage();
  edge.time = clock_.now();
  edge.cpus = parse_proc_stat(read_small_file(options_.root / "proc/stat").value_or(""));
  return edge;
}

void DisturbanceMonitor::start() { start_ = std::make_unique<Edge>(read_edge()); }

Nanoseconds DisturbanceMonitor::own_time(const Edge& from, const Edge& to) const {
  const std::set<int> measured(cpus_.begin(), cpus_.end());
  const bool only_here =
      !to.threads.empty() &&
      std::all_of(to.threads.begin(), to.threads.end(), [&](const ThreadTimes& t) {
        return is_subset(t.allowed, measured);
      });
  if (only_here) {
    return (to.usage.cpu - from.usage.cpu) + (to.usage.children_cpu - from.usage.children_cpu);
  }
  Nanoseconds own{0};
  for (const ThreadTimes& t : to.threads) {
    const ThreadTimes* before = find_thread(from.threads, t.tid);
    const bool here = measured.count(t.last_cpu) > 0 &&
                      (before == nullptr || measured.count(before->last_cpu) > 0);
    if (!is_subset(t.allowed, measured) && !here) continue;
    own += t.cpu - (before == nullptr ? Nanoseconds(0) : before->cpu);
  }
  return own;
}

Reading<double> DisturbanceMonitor::foreign_cores(const Edge& from, const Edge& to) const {
  using Result = Reading<double>;
  const Nanoseconds wall = to.time - from.time;
  if (wall < options_.shortest_window) {
    return Result::unavailable("the window of " + milliseconds_text(wall) +
                               " is too short for the 10 ms ticks of /proc/stat (least " +
                               milliseconds_text(options_.shortest_window) + ")");
  }
  if (to.threads.empty()) return Result::unavailable("/proc/self/task cannot be read");
  Nanoseconds busy{0};
  for (const int cpu : cpus_) {
    const auto before = from.cpus.find(cpu);
    const auto after = to.cpus.find(cpu);
    if (before == from.cpus.end() || after == to.cpus.end()) {
      return Result::unavailable("/proc/stat has no line for cpu " + std::to_string(cpu));
    }
    busy += ticks_to_time(increase(before->second.busy, after->second.busy));
  }
  const Nanoseconds foreign = std::max(Nanoseconds(0), busy - own_time(from, to));
  return Result::of(
      seconds(foreign) / seconds(wall),
      "/proc/stat minus own threads, in ticks of 10 ms over " + milliseconds_text(wall));
}

Reading<double> DisturbanceMonitor::steal(const Edge& from, const Edge& to) const {
  using Result = Reading<double>;
  const Nanoseconds wall = to.time - from.time;
  if (wall < options_.shortest_window) {
    return Result::unavailable("the window of " + milliseconds_text(wall) +
                               " is too short for the 10 ms ticks of /proc/stat (least " +
                               milliseconds_text(options_.shortest_window) + ")");
  }
  Nanoseconds stolen{0};
  for (const int cpu : cpus_) {
    const auto before = from.cpus.find(cpu);
    const auto after = to.cpus.find(cpu);
    if (before == from.cpus.end() || after == to.cpus.end() || !before->second.steal ||
        !after->second.steal) {
      return Result::unavailable("/proc/stat tells no steal time for cpu " + std::to_string(cpu));
    }
    stolen += ticks_to_time(increase(*before->second.steal, *after->second.steal));
  }
  return Result::of(seconds(stolen) / seconds(wall),
                    "/proc/stat steal, in ticks of 10 ms over " + milliseconds_text(wall));
}

Reading<double> DisturbanceMonitor::share(const Edge& from, const Edge& to) const {
  using Result = Reading<double>;
  const Nanoseconds wall = to.time - from.time;
  if (options_.measured_threads.empty()) return Result::unavailable("no measured thread was named");
  if (wall.count() <= 0) return Result::unavailable("the window has no length");
  double worst = 1.0;
  for (const int tid : options_.measured_threads) {
    const ThreadTimes* before = find_thread(from.threads, tid);
    const ThreadTimes* after = find_thread(to.threads, tid);
    if (before == nullptr || after == nullptr) {
      return Result::unavailable("thread " + std::to_string(tid) +
                                 " was not there at both ends of the window");
    }
    worst = std::min(worst, seconds(after->cpu - before->cpu) / seconds(wall));
  }
  return Result::of(worst, "CPU time over wall time, the worst measured thread");
}

Disturbance DisturbanceMonitor::stop() const {
  CHECK(start_ != nullptr, "stop() without start()");
  const Edge end = read_edge();
  const Edge& from = *start_;
  Disturbance d;
  d.wall = end.time - from.time;
  d.foreign_cpu_cores = foreign_cores(from, end);
  d.steal_fraction = steal(from, end);
  d.share = share(from, end);
  d.gap_loss_fraction = Reading<double>::unavailable("no gap test was run beside this window");
  if (!from.throttled.available() || !end.throttled.available()) {
    d.quota_throttled = from.throttled.available() ? end.throttled : from.throttled;
  } else {
    d.quota_throttled = Reading<std::int64_t>::of(
        std::max<std::int64_t>(0, end.throttled.value() - from.throttled.value()),
        end.throttled.source());
  }
  const auto difference = [](std::int64_t a, std::int64_t b) {
    return Reading<std::int64_t>::of(b - a, "getrusage, whole process");
  };
  d.voluntary_switches = difference(from.usage.voluntary_switches, end.usage.voluntary_switches);
  d.involuntary_switches =
      difference(from.usage.involuntary_switches, end.usage.involuntary_switches);
  d.minor_faults = difference(from.usage.minor_faults, end.usage.minor_faults);
  d.major_faults = difference(from.usage.major_faults, end.usage.major_faults);
  return d;
}

}  // namespace perfbench
