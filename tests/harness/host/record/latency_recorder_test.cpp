#include "harness/host/record/latency_recorder.hpp"

#include <gtest/gtest.h>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

using std::chrono::hours;

TimePoint at(std::int64_t ns) { return TimePoint(Nanoseconds(ns)); }

TEST(LatencyRecorder, KeepsThreeTimesExactly) {
  LatencyRecorder recorder(10);
  recorder.restart(at(1000));
  EXPECT_TRUE(recorder.record(at(1500), at(1507), at(2507)));
  ASSERT_EQ(recorder.size(), 1U);
  EXPECT_EQ(recorder.scheduled(0), Nanoseconds(500));
  EXPECT_EQ(recorder.slip(0), Nanoseconds(7));
  EXPECT_EQ(recorder.service(0), Nanoseconds(1000));
  EXPECT_EQ(recorder.latency(0), Nanoseconds(1007));
}

TEST(LatencyRecorder, CountsWhatDoesNotFitAndNeverGrows) {
  LatencyRecorder recorder(2);
  recorder.restart(at(0));
  EXPECT_TRUE(recorder.record(at(0), at(0), at(1)));
  EXPECT_TRUE(recorder.record(at(1), at(1), at(3)));
  EXPECT_FALSE(recorder.record(at(3), at(3), at(9)));
  EXPECT_EQ(recorder.size(), 2U);
  EXPECT_EQ(recorder.dropped(), 1U);
  EXPECT_EQ(recorder.latencies(), (std::vector<Nanoseconds>{Nanoseconds(1), Nanoseconds(2)}));
  recorder.restart(at(0));
  EXPECT_EQ(recorder.size(), 0U);
  EXPECT_EQ(recorder.dropped(), 0U);
}

TEST(LatencyRecorder, KeepsTimesBeyond32BitsInFull) {
  LatencyRecorder recorder(5);
  recorder.restart(at(0));
  const std::int64_t edge = std::int64_t{UINT32_MAX};
  recorder.record(at(0), at(0), at(edge - 1));         // The longest that 32 bits hold.
  recorder.record(at(0), at(0), at(edge));             // The first that they do not.
  recorder.record(at(0), at(1), at(2));                // Between two long ones.
  recorder.record(at(0), at(edge + 5), at(edge + 6));  // A long slip.
  recorder.record(at(0), at(0), TimePoint(hours(3)));
  EXPECT_EQ(recorder.latency(0), Nanoseconds(edge - 1));
  EXPECT_EQ(recorder.latency(1), Nanoseconds(edge));
  EXPECT_EQ(recorder.latency(2), Nanoseconds(2));
  EXPECT_EQ(recorder.slip(3), Nanoseconds(edge + 5));
  EXPECT_EQ(recorder.service(3), Nanoseconds(1));
  EXPECT_EQ(recorder.latency(4), Nanoseconds(hours(3)));
  EXPECT_EQ(recorder.slips()[3], Nanoseconds(edge + 5));
}

TEST(LatencyRecorder, RefusesMoreThanTheMachineHas) {
  EXPECT_THROW(LatencyRecorder(std::size_t{1} << 58U), ResourceError);
}

}  // namespace
}  // namespace perfbench
