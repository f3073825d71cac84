#include "harness/host/measure/pool_pins.hpp"

#include <gtest/gtest.h>

namespace perfbench {
namespace {

ThreadTimes thread(int tid, std::int64_t ms) {
  ThreadTimes t;
  t.tid = tid;
  t.cpu = Nanoseconds(ms * 1'000'000);
  return t;
}

TEST(BusiestThreads, AreThePoolAndNotTheTickerOrTheExcepted) {
  const std::vector<ThreadTimes> before{thread(1, 500), thread(2, 0), thread(3, 7), thread(4, 100)};
  const std::vector<ThreadTimes> after{
      thread(1, 520), thread(2, 19), thread(3, 8), thread(4, 121), thread(5, 20)};
  const std::vector<int> except{1};
  // 4 grew by 21, 5 is new with 20, 2 grew by 19; 3 is a ticker with 1 ms.
  EXPECT_EQ(busiest_threads(before, after, except, 8), (std::vector<int>{4, 5, 2}));
  EXPECT_EQ(busiest_threads(before, after, except, 2), (std::vector<int>{4, 5}));
}

TEST(BusiestThreads, NoOneWorked) {
  const std::vector<ThreadTimes> times{thread(1, 5), thread(2, 5)};
  EXPECT_TRUE(busiest_threads(times, times, {}, 4).empty());
  EXPECT_TRUE(busiest_threads({}, {}, {}, 4).empty());
}

}  // namespace
}  // namespace perfbench
