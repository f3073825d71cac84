#include "harness/host/disturbance/disturbance_monitor.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "harness/host/disturbance/proc_files.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temporary_folder.hpp"

namespace perfbench {
namespace {

constexpr Nanoseconds kSecond{1'000'000'000};

/// A scripted machine of four CPUs and some threads; ticks are USER_HZ, as the machine under the
/// test has it.
class Machine {
 public:
  Machine() {
    folder_.write("proc/self/cgroup", "0::/job\n");
    folder_.write("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    throttle(0);
    write_stat();
  }

  void busy(int cpu, double cpu_seconds) {
    busy_[cpu] += ticks(cpu_seconds);
    write_stat();
  }
  void steal(int cpu, double cpu_seconds) {
    steal_[cpu] += ticks(cpu_seconds);
    write_stat();
  }
  void throttle(int periods) {
    folder_.write("sys/fs/cgroup/job/cpu.stat", "nr_throttled " + std::to_string(periods) + "\n");
  }
  void thread(int tid,
              double cpu_seconds,
              const std::string& allowed,
              int last_cpu,
              double waited_seconds = 0.0) {
    const std::string base = "proc/self/task/" + std::to_string(tid) + "/";
    std::string stat = std::to_string(tid) + " (t) S";
    for (int field = 4; field < 39; ++field) stat += " 0";
    folder_.write(base + "stat", stat + ' ' + std::to_string(last_cpu) + " 0\n");
    folder_.write(base + "status", "Cpus_allowed_list:\t" + allowed + "\n");
    folder_.write(base + "schedstat",
                  std::to_string(static_cast<std::int64_t>(cpu_seconds * 1e9)) + " " +
                      std::to_string(static_cast<std::int64_t>(waited_seconds * 1e9)) + " 0\n");
  }
  ProcessUsage usage;

  [[nodiscard]] DisturbanceMonitor monitor(std::vector<int> cpus,
                                           std::vector<int> measured = {},
                                           bool threads_sleep = false) {
    DisturbanceOptions options;
    options.root = folder_.path();
    options.measured_threads = std::move(measured);
    options.threads_sleep = threads_sleep;
    options.usage = [this] { return usage; };
    return DisturbanceMonitor(std::move(cpus), clock, options);
  }
  FakeClock clock;

 private:
  static std::int64_t ticks(double cpu_seconds) {
    return static_cast<std::int64_t>(cpu_seconds * static_cast<double>(user_ticks_per_second()) +
                                     0.5);
  }
  void write_stat() {
    std::string text = "cpu  0 0 0 0 0 0 0 0 0 0\n";
    for (int cpu = 0; cpu < 4; ++cpu) {
      text += "cpu" + std::to_string(cpu) + " " + std::to_string(busy_[cpu]) + " 0 0 0 0 0 0 " +
              std::to_string(steal_[cpu]) + " 0 0\n";
    }
    folder_.write("proc/stat", text);
  }
  TemporaryFolder folder_;
  std::map<int, std::int64_t> busy_;
  std::map<int, std::int64_t> steal_;
};

TEST(DisturbanceMonitor, ForeignTimeIsBusyMinusOwnOnTheMeasuredCpus) {
  Machine machine;
  machine.thread(10, 5.0, "1", 1);
  machine.thread(11, 0.0, "0-3", 3);
  DisturbanceMonitor monitor = machine.monitor({1}, {10});
  monitor.start();
  machine.clock.advance(2 * kSecond);
  machine.busy(1, 1.9);  // 1.5 s of them ours.
  machine.busy(2, 2.0);  // Not a measured CPU.
  machine.thread(10, 6.5, "1", 1);
  machine.thread(11, 2.0, "0-3", 3);
  const Disturbance d = monitor.stop();
  EXPECT_EQ(d.wall, 2 * kSecond);
  EXPECT_NEAR(d.foreign_cpu_cores.value(), 0.2, 1e-9);
  EXPECT_NEAR(d.share.value(), 0.75, 1e-9);
  EXPECT_EQ(d.steal_fraction.value(), 0.0);
  EXPECT_FALSE(d.gap_loss_fraction.available());
}

// A generator that sleeps between arrivals has lost nothing; one that waits for a CPU has.
TEST(DisturbanceMonitor, SleepIsNotTakenFromTheShareOfThreadsThatSleep) {
  Machine machine;
  machine.thread(10, 5.0, "1", 1, 1.0);
  DisturbanceMonitor monitor = machine.monitor({1}, {10}, true);
  monitor.start();
  machine.clock.advance(2 * kSecond);
  machine.thread(10, 5.5, "1", 1, 1.0);
  EXPECT_NEAR(monitor.stop().share.value(), 1.0, 1e-9);
  machine.thread(10, 5.5, "1", 1, 1.5);
  EXPECT_NEAR(monitor.stop().share.value(), 0.5, 1e-9);
}

TEST(DisturbanceMonitor, OwnTimeBeyondBusyIsNoNegativeForeignTime) {
  Machine machine;
  machine.thread(10, 0.0, "0", 0);
  machine.thread(11, 0.0, "0-3", 3);
  DisturbanceMonitor monitor = machine.monitor({0});
  monitor.start();
  machine.clock.advance(kSecond);
  machine.busy(0, 0.98);
  machine.thread(10, 1.0, "0", 0);
  EXPECT_EQ(monitor.stop().foreign_cpu_cores.value(), 0.0);
}

TEST(DisturbanceMonitor, AThreadThatMayRunElsewhereHidesNoForeignTime) {
  Machine machine;
  machine.thread(10, 0.0, "0-3", 3);
  machine.thread(11, 0.0, "0-3", 3);
  DisturbanceMonitor monitor = machine.monitor({0});
  monitor.start();
  machine.clock.advance(kSecond);
  machine.busy(0, 1.0);
  machine.thread(10, 1.0, "0-3", 3);
  EXPECT_NEAR(monitor.stop().foreign_cpu_cores.value(), 1.0, 1e-9);
  // Control: the same thread kept to the measured CPU is our own.
  machine.thread(10, 0.0, "0", 0);
  monitor.start();
  machine.clock.advance(kSecond);
  machine.busy(0, 1.0);
  machine.thread(10, 1.0, "0", 0);
  EXPECT_NEAR(monitor.stop().foreign_cpu_cores.value(), 0.0, 1e-9);
}

TEST(DisturbanceMonitor, EndedThreadsAndChildrenAreOursWhereAllCpusAreMeasured) {
  Machine machine;
  machine.thread(10, 0.0, "0-1", 0);
  DisturbanceMonitor monitor = machine.monitor({0, 1});
  monitor.start();
  machine.clock.advance(kSecond);
  machine.busy(0, 1.0);
  machine.busy(1, 0.5);
  machine.usage.cpu = Nanoseconds(900'000'000);
  machine.usage.children_cpu = Nanoseconds(300'000'000);
  EXPECT_NEAR(monitor.stop().foreign_cpu_cores.value(), 0.3, 1e-9);
}

TEST(DisturbanceMonitor, TheWorstCpuIsToldApartFromTheSum) {
  Machine machine;
  for (int cpu = 0; cpu < 4; ++cpu) {
    machine.thread(10 + cpu, 0.0, std::to_string(cpu), cpu);
  }
  DisturbanceMonitor monitor = machine.monitor({0, 1, 2, 3});
  monitor.start();
  machine.clock.advance(2 * kSecond);
  // A tick too much on each of four CPUs, and one process on the last.
  for (int cpu = 0; cpu < 4; ++cpu) {
    machine.busy(cpu, cpu == 3 ? 2.0 : 1.91);
    machine.thread(10 + cpu, cpu == 3 ? 1.0 : 1.9, std::to_string(cpu), cpu);
  }
  machine.usage.cpu = Nanoseconds(6'700'000'000);
  const Disturbance d = monitor.stop();
  EXPECT_NEAR(d.foreign_cpu_cores.value(), 0.515, 1e-9);
  EXPECT_NEAR(d.foreign_worst_cpu.value(), 0.5, 1e-9);
}

TEST(DisturbanceMonitor, OwnTimeOfNoKnownCpuExplainsTheWorstFirst) {
  Machine machine;
  machine.thread(10, 0.0, "0-1", 0);
  DisturbanceMonitor monitor = machine.monitor({0, 1});
  monitor.start();
  machine.clock.advance(kSecond);
  machine.busy(0, 0.3);
  machine.busy(1, 0.5);
  machine.usage.cpu = Nanoseconds(200'000'000);  // Of a thread that has ended.
  EXPECT_NEAR(monitor.stop().foreign_worst_cpu.value(), 0.3, 1e-9);
  machine.usage.cpu = Nanoseconds(600'000'000);
  EXPECT_NEAR(monitor.stop().foreign_worst_cpu.value(), 0.1, 1e-9);
  machine.usage.cpu = Nanoseconds(900'000'000);
  EXPECT_EQ(monitor.stop().foreign_worst_cpu.value(), 0.0);
}

TEST(DisturbanceMonitor, StealIsThatOfTheWorstCpuAndNeverNegative) {
  Machine machine;
  machine.thread(10, 0.0, "0-3", 3);
  machine.steal(0, 5.0);
  DisturbanceMonitor monitor = machine.monitor({0, 1});
  monitor.start();
  machine.clock.advance(2 * kSecond);
  machine.steal(0, -1.0);  // As after a migration to another host.
  machine.steal(1, 0.1);
  EXPECT_NEAR(monitor.stop().steal_fraction.value(), 0.05, 1e-9);
}

TEST(DisturbanceMonitor, ShortWindowsAreNotJudgedByTicks) {
  Machine machine;
  machine.thread(10, 0.0, "0", 0);
  DisturbanceMonitor monitor = machine.monitor({0}, {10});
  monitor.start();
  machine.clock.advance(Nanoseconds(99'000'000));
  const Disturbance d = monitor.stop();
  EXPECT_FALSE(d.foreign_cpu_cores.available());
  EXPECT_NE(d.foreign_cpu_cores.reason().find("99 ms"), std::string::npos);
  EXPECT_FALSE(d.steal_fraction.available());
  EXPECT_TRUE(d.share.available());  // In nanoseconds, so it is.
  machine.clock.advance(Nanoseconds(1'000'000));
  EXPECT_TRUE(monitor.stop().foreign_cpu_cores.available());
}

TEST(DisturbanceMonitor, CountsThrottlingSwitchesAndFaults) {
  Machine machine;
  machine.thread(10, 0.0, "0", 0);
  machine.throttle(7);
  machine.usage = {Nanoseconds(0), Nanoseconds(0), 10, 20, 30, 40};
  DisturbanceMonitor monitor = machine.monitor({0});
  monitor.start();
  machine.throttle(9);
  machine.usage = {Nanoseconds(0), Nanoseconds(0), 11, 22, 33, 44};
  const Disturbance d = monitor.stop();
  EXPECT_EQ(d.quota_throttled.value(), 2);
  EXPECT_EQ(d.voluntary_switches.value(), 1);
  EXPECT_EQ(d.involuntary_switches.value(), 2);
  EXPECT_EQ(d.minor_faults.value(), 3);
  EXPECT_EQ(d.major_faults.value(), 4);
}

TEST(DisturbanceMonitor, SaysWhatIsMissing) {
  Machine machine;
  machine.thread(10, 0.0, "0", 0);
  DisturbanceMonitor monitor = machine.monitor({9}, {99});
  monitor.start();
  machine.clock.advance(kSecond);
  const Disturbance d = monitor.stop();
  EXPECT_NE(d.foreign_cpu_cores.reason().find("cpu 9"), std::string::npos);
  EXPECT_NE(d.steal_fraction.reason().find("cpu 9"), std::string::npos);
  EXPECT_NE(d.share.reason().find("thread 99"), std::string::npos);
  DisturbanceMonitor unnamed = machine.monitor({0});
  unnamed.start();
  EXPECT_FALSE(unnamed.stop().share.available());
}

TEST(DisturbanceMonitor, ReadsThisProcess) {
  const ProcessUsage before = read_process_usage();
  volatile double sink = 1.0;
  while ((read_process_usage().cpu - before.cpu).count() == 0) sink = sink * 1.0000001;
  EXPECT_GT(read_process_usage().cpu, before.cpu);
}

}  // namespace
}  // namespace perfbench
