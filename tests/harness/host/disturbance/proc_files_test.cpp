#include "harness/host/disturbance/proc_files.hpp"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.hpp"

namespace perfbench {
namespace {

TEST(ProcStat, BusyIsEverythingButIdleIowaitAndSteal) {
  const auto cpus = parse_proc_stat(
      "cpu  100 0 0 0 0 0 0 0 0 0\n"
      "cpu0 1 2 4 1000 2000 8 16 32 64 128\n"
      "cpu12 5 0 0 0 0 0 0 0 0 0\n"
      "intr 12345 0 0\n");
  ASSERT_EQ(cpus.size(), 2U);
  EXPECT_EQ(cpus.at(0).busy, 31U);
  EXPECT_EQ(cpus.at(0).steal, 32U);
  EXPECT_EQ(cpus.at(12).busy, 5U);
}

TEST(ProcStat, KernelsWithoutStealSaySo) {
  const auto cpus = parse_proc_stat("cpu0 1 2 4 1000 2000 8 16\n");
  ASSERT_EQ(cpus.size(), 1U);
  EXPECT_FALSE(cpus.at(0).steal.has_value());
}

TEST(ProcStat, NonsenseIsLeftOut) {
  EXPECT_TRUE(parse_proc_stat("").empty());
  EXPECT_TRUE(parse_proc_stat("cpu0 1 2 x 4 5 6 7 8\ncpuX 1 2 3 4 5 6 7 8\ncpu0 1\n").empty());
}

/// /proc/self/task/N/stat with the given times and CPU, and a name that a naive reader stumbles
/// over.
std::string stat_line(int utime, int stime, int processor) {
  std::string line =
      "7 (a) b (c) R 1 1 1 0 -1 0 0 0 0 0 " + std::to_string(utime) + ' ' + std::to_string(stime);
  for (int field = 16; field < 39; ++field) line += " 0";
  return line + ' ' + std::to_string(processor) + " 0 0 0\n";
}

TEST(ThreadTimes, PreferNanosecondsAndFallBackToTicks) {
  const TemporaryFolder root;
  root.write("proc/self/task/7/stat", stat_line(3, 4, 1));
  root.write("proc/self/task/7/status", "Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n");
  root.write("proc/self/task/7/schedstat", "123456789 5 6\n");
  auto threads = read_thread_times(root.path());
  ASSERT_EQ(threads.size(), 1U);
  EXPECT_EQ(threads[0].tid, 7);
  EXPECT_EQ(threads[0].cpu, Nanoseconds(123'456'789));
  EXPECT_EQ(threads[0].waited, Nanoseconds(5));
  EXPECT_EQ(threads[0].allowed, (std::vector<int>{0, 1}));
  EXPECT_EQ(threads[0].last_cpu, 1);

  std::filesystem::remove(root.path() / "proc/self/task/7/schedstat");
  threads = read_thread_times(root.path());
  ASSERT_EQ(threads.size(), 1U);
  EXPECT_EQ(threads[0].cpu, Nanoseconds(7 * (1'000'000'000 / user_ticks_per_second())));
  EXPECT_FALSE(threads[0].waited.has_value());
}

TEST(ThreadTimes, OfThisProcessAreThere) {
  const auto threads = read_thread_times("/");
  ASSERT_FALSE(threads.empty());
  EXPECT_FALSE(threads.front().allowed.empty());
}

}  // namespace
}  // namespace perfbench
