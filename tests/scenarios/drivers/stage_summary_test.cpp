#include "scenarios/drivers/stage_summary.hpp"

#include <gtest/gtest.h>

namespace perfbench {
namespace {

using std::chrono::seconds;

TEST(StageSummary, RanksAreExactAndOnlyOfWhatIsComplete) {
  LatencyRecorder recorder(1000, {true, true, true});
  for (std::uint64_t i = 0; i < 1000; ++i) {
    // 1 to 100, each ten times, in an order of no meaning; and every tenth never completes.
    const auto value = static_cast<std::int64_t>(i * 37 % 100 + 1);
    recorder.record_issue(i, Nanoseconds(value * 20));
    if (i % 10 == 9) continue;
    recorder.record_completion(i, Nanoseconds(value), Nanoseconds(70'000 + value), Nanoseconds(3));
  }
  const SlipSummary slip = summarize_slip(recorder, 1000);
  EXPECT_EQ(slip.p50, Nanoseconds(1000));
  EXPECT_EQ(slip.p99, Nanoseconds(1980));
  EXPECT_EQ(slip.p99_9, Nanoseconds(2000));
  EXPECT_EQ(slip.max, Nanoseconds(2000));
  EXPECT_DOUBLE_EQ(slip.over_1us_fraction, 0.5);
  const StageSummary service = summarize_service(recorder, 1000);
  EXPECT_EQ(service.max, Nanoseconds(70'100));
  EXPECT_NEAR(service.mean_ns, 70'050.0, 1.0);
  EXPECT_NEAR(service.standard_deviation_ns, 28.9, 0.5);
  EXPECT_EQ(summarize_queue(recorder, 1000).p99, service.p99 - Nanoseconds(70'000));
  EXPECT_EQ(summarize_skew(recorder, 1000).p50, Nanoseconds(3));
}

TEST(StageSummary, TellsLongFromShort) {
  LatencyRecorder recorder(200, {});
  for (std::uint64_t i = 0; i < 200; ++i) {
    recorder.record_completion(i, Nanoseconds(0), i < 100 ? Nanoseconds(5) : seconds(70));
  }
  const StageSummary service = summarize_service(recorder, 200);
  EXPECT_EQ(service.p50, Nanoseconds(5));
  EXPECT_NEAR(static_cast<double>(service.p99.count()), 70e9, 700.0);
}

TEST(StageSummary, OfNothingIsZero) {
  LatencyRecorder recorder(10, {true, true, true});
  EXPECT_EQ(summarize_slip(recorder, 0).max, Nanoseconds(0));
  EXPECT_EQ(summarize_service(recorder, 10).p99, Nanoseconds(0));
  EXPECT_EQ(summarize_queue(recorder, 0).mean_ns, 0.0);
}

}  // namespace
}  // namespace perfbench
