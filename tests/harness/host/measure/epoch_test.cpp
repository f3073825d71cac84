// A team that the host moves between placements.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "harness/host/affinity/affinity.hpp"
#include "harness/host/measure/measure.hpp"
#include "tests/harness/host/measure/measure_support.hpp"

namespace perfbench {
namespace {

using testing::MeasureTest;

/// A team whose host moves it between two placements, by a script of readings.
class EpochTest : public MeasureTest {
 protected:
  EpochTest() {
    const std::vector<int> cpus = allowed_cpus();
    request_.cpus = {cpus.front(), cpus.back()};
    request_.options.slice = Nanoseconds(1);  // One window a round.
    request_.core_to_core = [this] {
      TeamLatency latency;
      latency.nearest = Nanoseconds(36);
      latency.farthest = latency_[std::min(reading_++, latency_.size() - 1)];
      return Reading<TeamLatency>::of(latency, "a test");
    };
    KernelScript s = script("read", 100);
    // Half as fast where the other core is far.
    s.run = [this](std::uint64_t iterations) {
      const bool far = reading_ > 0 &&
                       latency_.at(std::min(reading_ - 1, latency_.size() - 1)) > Nanoseconds(100);
      clock_.advance(Nanoseconds((far ? 200 : 100) * static_cast<std::int64_t>(iterations)));
    };
    request_.kernels = {scripted_entry(s)};
  }
  void readings(std::size_t count, std::int64_t ns) {
    latency_.insert(latency_.end(), count, Nanoseconds(ns));
  }

  std::vector<Nanoseconds> latency_;
  std::size_t reading_ = 0;
};

TEST_F(EpochTest, EachPlacementHasASeriesOfItsOwn) {
  readings(15, 40);
  readings(26, 190);
  const auto all = measure();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].epoch, 0);
  EXPECT_EQ(all[0].core_to_core, Nanoseconds(40));
  EXPECT_EQ(all[0].nearest_pair, Nanoseconds(36));
  EXPECT_EQ(all[1].epoch, 1);
  EXPECT_EQ(all[1].core_to_core, Nanoseconds(190));
  EXPECT_EQ(all[0].series.windows.size(), 13U);
  EXPECT_EQ(all[1].series.windows.size(), 26U);
  EXPECT_EQ(all[0].unsettled_windows, 1U);  // The round in which the host moved us.
  // Both threads move the one fake clock, so the rates are half of a real team's.
  EXPECT_NEAR(all[0].summary.best / all[1].summary.best, 2.0, 0.2);
}

TEST_F(EpochTest, AReadingThatDoesNotRepeatItselfIsNoMove) {
  readings(20, 40);
  readings(1, 900);
  readings(30, 40);
  const auto all = measure();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].series.windows.size(), 40U);
  EXPECT_EQ(all[0].unsettled_windows, 0U);
}

TEST_F(EpochTest, APlacementOfAFewWindowsIsUnsettled) {
  readings(30, 40);
  readings(4, 190);
  readings(7, 40);
  const auto all = measure();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].series.windows.size(), 36U);
  EXPECT_EQ(all[0].unsettled_windows, 4U);
}

TEST_F(EpochTest, EpochsKeepTheirNumbersFromOneSeriesToTheNext) {
  readings(41, 185);
  request_.known_epochs = {Nanoseconds(40), Nanoseconds(190)};
  const auto all = measure();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].epoch, 1);
  EXPECT_EQ(all[0].core_to_core, Nanoseconds(190));
}

TEST_F(EpochTest, OneCpuHasOneEpochAndReadsNoLatency) {
  readings(1, 40);
  request_.cpus.pop_back();
  const auto all = measure();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].epoch, 0);
  EXPECT_FALSE(all[0].core_to_core.has_value());
  EXPECT_EQ(reading_, 0U);
}

}  // namespace
}  // namespace perfbench
