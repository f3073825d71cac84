#include "reports/document/names.hpp"

#include <gtest/gtest.h>

#include "harness/core/stats/latency_summary.hpp"

namespace perfbench {
namespace {

TEST(Names, WordsLeadBackToTheirEnumerator) {
  for (const auto kind : {RoofKind::kCompute, RoofKind::kBandwidth, RoofKind::kLatency}) {
    EXPECT_EQ(enumerator_of<RoofKind>(name_of(kind)), kind);
  }
  for (const auto isa :
       {Isa::kScalar, Isa::kSse2, Isa::kAvx2Fma, Isa::kAvx512, Isa::kAmx, Isa::kNeon, Isa::kSve}) {
    EXPECT_EQ(enumerator_of<Isa>(name_of(isa)), isa);
  }
  for (const auto scenario :
       {Scenario::kSingleStream, Scenario::kMultiStream, Scenario::kServer, Scenario::kOffline}) {
    EXPECT_EQ(enumerator_of<Scenario>(name_of(scenario)), scenario);
  }
  for (const auto arrivals : {Arrivals::kClosedLoop,
                              Arrivals::kPoisson,
                              Arrivals::kBursty,
                              Arrivals::kPeriodic,
                              Arrivals::kTrace}) {
    EXPECT_EQ(enumerator_of<Arrivals>(name_of(arrivals)), arrivals);
  }
  for (const auto wait : {WaitPolicy::kHybrid, WaitPolicy::kSpin, WaitPolicy::kSleep}) {
    EXPECT_EQ(enumerator_of<WaitPolicy>(name_of(wait)), wait);
  }
  for (const auto track : {Track::kCloud, Track::kEdge, Track::kMobile}) {
    EXPECT_EQ(enumerator_of<Track>(name_of(track)), track);
  }
  for (const auto validity : {Validity::kValid, Validity::kInvalid, Validity::kInconclusive}) {
    EXPECT_EQ(enumerator_of<Validity>(name_of(validity)), validity);
  }
}

TEST(Names, OtherWordsLeadNowhere) {
  EXPECT_FALSE(enumerator_of<RoofKind>("Compute"));
  EXPECT_FALSE(enumerator_of<RoofKind>(""));
  EXPECT_FALSE(enumerator_of<Precision>("")) << "none is null in the document, not an empty word";
  EXPECT_EQ(words_of<RoofKind>(), "compute, bandwidth, latency");
}

TEST(Names, PercentileKeysLeadBack) {
  for (const Ppm ppm : kLatencyPercentiles) EXPECT_EQ(percentile_of_key(percentile_key(ppm)), ppm);
  EXPECT_EQ(percentile_key(500'000), "p50");
  EXPECT_EQ(percentile_key(999'000), "p99_9");
  EXPECT_EQ(percentile_key(999'999), "p99_9999");
  EXPECT_EQ(percentile_key(50'000), "p5");
}

TEST(Names, OtherKeysAreNoPercentiles) {
  for (const char* key : {"",
                          "p",
                          "p100",
                          "p0",
                          "p0_0",
                          "pp50",
                          "mean",
                          "max",
                          "p50_",
                          "p50_12345",
                          "p-5",
                          "p5x",
                          "p99.9"}) {
    EXPECT_FALSE(percentile_of_key(key)) << key;
  }
}

}  // namespace
}  // namespace perfbench
