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

/// The largest of the times after `spare` was taken from the largest ones: time of our own that
/// cannot be put on one CPU may have been on any of them, and is not held against the one that it
/// would have explained.
Nanoseconds lowered_maximum(std::vector<Nanoseconds> times, Nanoseconds spare) {
  std::sort(times.rbegin(), times.rend());
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Nanoseconds next = i + 1 < times.size() ? times[i + 1] : Nanoseconds(0);
    const auto together = static_cast<std::int64_t>(i + 1);
    const Nanoseconds room = (times[i] - next) * together;
    if (spare < room) return times[i] - spare / together;
    spare -= room;
  }
  return Nanoseconds(0);
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

Nanoseconds DisturbanceMonitor::own_time_on(int cpu, const Edge& from, const Edge& to) const {
  Nanoseconds own{0};
  for (const ThreadTimes& t : to.threads) {
    const ThreadTimes* before = find_thread(from.threads, t.tid);
    const bool pinned = t.allowed.size() == 1 && t.allowed.front() == cpu;
    const bool stayed = t.last_cpu == cpu && before != nullptr && before->last_cpu == cpu;
    // Pinned elsewhere, its last CPU may still be from before.
    if (!pinned && (!stayed || t.allowed.size() == 1)) continue;
    own += t.cpu - (before == nullptr ? Nanoseconds(0) : before->cpu);
  }
  return own;
}

DisturbanceMonitor::Foreign DisturbanceMonitor::foreign_time(const Edge& from,
                                                             const Edge& to) const {
  Foreign foreign;
  Nanoseconds busy{0};
  Nanoseconds placed{0};
  std::vector<Nanoseconds> left;
  for (const int cpu : cpus_) {
    const auto before = from.cpus.find(cpu);
    const auto after = to.cpus.find(cpu);
    if (before == from.cpus.end() || after == to.cpus.end()) {
      foreign.failure = "/proc/stat has no line for cpu " + std::to_string(cpu);
      return foreign;
    }
    const Nanoseconds here = ticks_to_time(increase(before->second.busy, after->second.busy));
    const Nanoseconds own = own_time_on(cpu, from, to);
    busy += here;
    placed += std::min(own, here);
    left.push_back(std::max(Nanoseconds(0), here - own));
  }
  const Nanoseconds own = own_time(from, to);
  foreign.all = std::max(Nanoseconds(0), busy - own);
  foreign.worst_cpu = lowered_maximum(std::move(left), std::max(Nanoseconds(0), own - placed));
  return foreign;
}

void DisturbanceMonitor::fill_foreign(const Edge& from, const Edge& to, Disturbance& into) const {
  using Result = Reading<double>;
  const Nanoseconds wall = to.time - from.time;
  const auto unavailable = [&into](const std::string& reason) {
    into.foreign_cpu_cores = Result::unavailable(reason);
    into.foreign_worst_cpu = Result::unavailable(reason);
  };
  if (wall < options_.shortest_window) {
    return unavailable("the window of " + milliseconds_text(wall) +
                       " is too short for the 10 ms ticks of /proc/stat (least " +
                       milliseconds_text(options_.shortest_window) + ")");
  }
  const Foreign foreign = to.threads.empty() ? Foreign{{}, {}, "/proc/self/task cannot be read"}
                                             : foreign_time(from, to);
  if (!foreign.failure.empty()) return unavailable(foreign.failure);
  const std::string source =
      "/proc/stat minus own threads, in ticks of 10 ms over " + milliseconds_text(wall);
  into.foreign_cpu_cores = Result::of(seconds(foreign.all) / seconds(wall), source);
  into.foreign_worst_cpu =
      Result::of(seconds(foreign.worst_cpu) / seconds(wall), source + ", the worst CPU");
}

Reading<double> DisturbanceMonitor::steal(const Edge& from, const Edge& to) const {
  using Result = Reading<double>;
  const Nanoseconds wall = to.time - from.time;
  if (wall < options_.shortest_window) {
    return Result::unavailable("the window of " + milliseconds_text(wall) +
                               " is too short for the 10 ms ticks of /proc/stat (least " +
                               milliseconds_text(options_.shortest_window) + ")");
  }
  Nanoseconds stolen{0};  // Of the CPU that lost most: the sum grows with the number of CPUs.
  for (const int cpu : cpus_) {
    const auto before = from.cpus.find(cpu);
    const auto after = to.cpus.find(cpu);
    if (before == from.cpus.end() || after == to.cpus.end() || !before->second.steal ||
        !after->second.steal) {
      return Result::unavailable("/proc/stat tells no steal time for cpu " + std::to_string(cpu));
    }
    stolen = std::max(stolen, ticks_to_time(increase(*before->second.steal, *after->second.steal)));
  }
  return Result::of(
      seconds(stolen) / seconds(wall),
      "/proc/stat steal of the worst CPU, in ticks of 10 ms over " + milliseconds_text(wall));
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
    const double ran_s = seconds(after->cpu - before->cpu);
    double wanted_s = seconds(wall);
    if (options_.threads_sleep) {
      if (!before->waited || !after->waited) {
        return Result::unavailable("/proc tells no time that a thread waited for a CPU");
      }
      wanted_s = ran_s + seconds(*after->waited - *before->waited);
    }
    if (wanted_s > 0.0) worst = std::min(worst, ran_s / wanted_s);
  }
  return Result::of(worst,
                    options_.threads_sleep
                        ? "CPU time over CPU time and waiting for a CPU, the worst measured thread"
                        : "CPU time over wall time, the worst measured thread");
}

Disturbance DisturbanceMonitor::stop() const {
  CHECK(start_ != nullptr, "stop() without start()");
  const Edge end = read_edge();
  const Edge& from = *start_;
  Disturbance d;
  d.wall = end.time - from.time;
  fill_foreign(from, end, d);
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
