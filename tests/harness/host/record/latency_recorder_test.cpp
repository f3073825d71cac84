#include "harness/host/record/latency_recorder.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr RecordedParts kAll{true, true, true};

Nanoseconds ns(std::int64_t count) { return Nanoseconds(count); }

TEST(LatencyRecorder, KeepsThePartsExactly) {
  LatencyRecorder recorder(4, kAll);
  EXPECT_TRUE(recorder.record_issue(2, ns(7)));
  EXPECT_FALSE(recorder.complete(2));
  recorder.record_completion(2, ns(100), ns(1000), ns(30));
  EXPECT_TRUE(recorder.complete(2));
  EXPECT_EQ(recorder.slip(2), ns(7));
  EXPECT_EQ(recorder.queue(2), ns(100));
  EXPECT_EQ(recorder.service(2), ns(1000));
  EXPECT_EQ(recorder.skew(2), ns(30));
  EXPECT_EQ(recorder.latency(2), ns(1107));
  EXPECT_FALSE(recorder.complete(1));
}

// Nothing took no time, and that is not the same as never having ended.
TEST(LatencyRecorder, AServiceOfNoTimeIsComplete) {
  LatencyRecorder recorder(2, {});
  recorder.record_completion(1, ns(0), ns(0));
  EXPECT_TRUE(recorder.complete(1));
  EXPECT_EQ(recorder.latency(1), ns(0));
  EXPECT_FALSE(recorder.complete(0));
}

TEST(LatencyRecorder, CountsWhatDoesNotFitAndNeverGrows) {
  LatencyRecorder recorder(2, kAll);
  EXPECT_TRUE(recorder.record_issue(0, ns(0)));
  recorder.record_queue(0, ns(0));
  recorder.record_queue(2, ns(9));  // Beyond the capacity: nothing.
  EXPECT_TRUE(recorder.record_issue(1, ns(0)));
  EXPECT_FALSE(recorder.record_issue(2, ns(0)));
  recorder.record_completion(2, ns(0), ns(9));
  EXPECT_EQ(recorder.dropped(), 1U);
  EXPECT_EQ(recorder.capacity(), 2U);
}

TEST(LatencyRecorder, LatenciesOfMinutesFit) {
  LatencyRecorder recorder(4, kAll);
  recorder.record_issue(0, minutes(3));
  recorder.record_completion(0, hours(2), minutes(20));
  const double latency = static_cast<double>(recorder.latency(0).count());
  EXPECT_NEAR(latency / static_cast<double>(Nanoseconds(minutes(143)).count()), 1.0, 1e-7);
}

TEST(LatencyRecorder, AddsUpInOrderAndAsksForWhatNeverEnded) {
  LatencyRecorder recorder(8, {true, true, false});
  for (std::uint64_t i = 0; i < 4; ++i) {
    recorder.record_issue(i, ns(1));
    if (i != 2) recorder.record_completion(i, ns(10), ns(static_cast<std::int64_t>(100 * i)));
  }
  const auto latencies = recorder.add_up(4, [](std::size_t i) {
    EXPECT_EQ(i, 2U);
    return ns(5000);
  });
  ASSERT_EQ(latencies.size(), 4U);
  const std::vector<std::int64_t> expected{11, 111, 5000, 311};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(latencies[i].duration(), ns(expected[i]));
}

TEST(LatencyRecorder, TakesAtMost16BytesAQuery) {
  EXPECT_EQ(LatencyRecorder::bytes(100'000'000, kAll), 1'600'000'000U);
  EXPECT_EQ(LatencyRecorder::bytes(100'000'000, {true, true, false}), 1'200'000'000U);
  EXPECT_EQ(LatencyRecorder::bytes(100, {}), 400U);
}

TEST(LatencyRecorder, ThreadsWriteTheirOwnQueries) {
  constexpr std::uint64_t kQueries = 20'000;
  LatencyRecorder recorder(kQueries, kAll);
  const auto complete = [&](std::uint64_t from) {
    for (std::uint64_t i = from; i < kQueries; i += 2) recorder.record_completion(i, ns(1), ns(2));
  };
  std::thread even(complete, 0);
  std::thread odd(complete, 1);
  for (std::uint64_t i = 0; i < kQueries; ++i) recorder.record_issue(i, ns(3));
  even.join();
  odd.join();
  for (std::size_t i = 0; i < kQueries; ++i) ASSERT_EQ(recorder.latency(i), ns(6));
}

TEST(LatencyRecorder, RefusesMoreThanTheMachineHas) {
  EXPECT_THROW(LatencyRecorder(std::size_t{1} << 58U, {}), ResourceError);
}

}  // namespace
}  // namespace perfbench
