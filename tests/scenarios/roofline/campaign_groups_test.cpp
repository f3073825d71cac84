#include "scenarios/roofline/campaign_groups.hpp"

#include <gtest/gtest.h>

namespace perfbench {
namespace {

KernelEntry entry(const std::string& name,
                  RoofKind kind,
                  MemoryLevel level = MemoryLevel::kNone,
                  Isa isa = Isa::kAvx512,
                  Precision precision = Precision::kFp32) {
  KernelEntry result;
  result.info.name = name;
  result.info.kind = kind;
  result.info.level = level;
  result.info.isa = isa;
  result.info.precision = precision;
  return result;
}

KernelEntry gemm(const std::string& name, RoofKind kind, int threads = 1) {
  KernelEntry result = entry(name, kind);
  result.info.is_roof = false;
  result.info.threads = threads;
  return result;
}

using Names = std::vector<std::vector<std::string>>;

Names names(const std::vector<KernelGroup>& groups) {
  Names all;
  for (const KernelGroup& group : groups) {
    all.emplace_back();
    for (const KernelEntry& kernel : group.kernels) all.back().push_back(kernel.info.name);
  }
  return all;
}

RoofStep step_of(RoofKind kind, bool narrower = false, RoofScope scope = RoofScope::kAll) {
  RoofStep step;
  step.kind = kind;
  step.narrower_isas = narrower;
  step.scope = scope;
  return step;
}

TEST(CampaignGroups, EachLevelIsAGroupAndDramTakesTheDots) {
  const std::vector<KernelEntry> kernels{entry("read", RoofKind::kBandwidth, MemoryLevel::kL1),
                                         entry("triad", RoofKind::kBandwidth, MemoryLevel::kL1),
                                         entry("read", RoofKind::kBandwidth, MemoryLevel::kDram),
                                         gemm("sgemv", RoofKind::kBandwidth),
                                         entry("fma", RoofKind::kCompute)};
  const auto groups = campaign_groups(step_of(RoofKind::kBandwidth), kernels);
  EXPECT_EQ(names(groups), (Names{{"read", "triad"}, {"read", "sgemv"}}));
  EXPECT_TRUE(groups[0].cached);
  EXPECT_FALSE(groups[1].cached);
}

TEST(CampaignGroups, NarrowerSetsFollowTheWidest) {
  const std::vector<KernelEntry> kernels{
      entry("mul_add", RoofKind::kCompute, MemoryLevel::kNone, Isa::kSse2),
      entry("fma", RoofKind::kCompute, MemoryLevel::kNone, Isa::kAvx512),
      entry("fma_add", RoofKind::kCompute, MemoryLevel::kNone, Isa::kAvx512),
      gemm("sgemm", RoofKind::kCompute)};
  EXPECT_EQ(names(campaign_groups(step_of(RoofKind::kCompute, true), kernels)),
            (Names{{"fma", "fma_add", "sgemm"}, {"mul_add"}}));
  EXPECT_EQ(names(campaign_groups(step_of(RoofKind::kCompute), kernels)),
            (Names{{"fma", "fma_add", "sgemm"}}));
}

TEST(CampaignGroups, ALongRoundIsCutAndEachPartHasItsRoof) {
  std::vector<KernelEntry> kernels{entry("read", RoofKind::kBandwidth, MemoryLevel::kDram),
                                   entry("triad", RoofKind::kBandwidth, MemoryLevel::kDram)};
  for (int i = 0; i < 18; ++i) kernels.push_back(gemm("sgemv", RoofKind::kBandwidth, 2));
  const Names groups = names(campaign_groups(step_of(RoofKind::kBandwidth), kernels));
  ASSERT_EQ(groups.size(), 2U);  // 16 turns of 120 ms and two of 40 are 2 s.
  EXPECT_EQ(groups[0].size(), 18U);
  EXPECT_EQ(groups[1], (std::vector<std::string>{"read", "sgemv", "sgemv"}));
}

TEST(CampaignGroups, ScaleStepsTakeTheTwoRoofsThatShowIt) {
  const std::vector<KernelEntry> kernels{
      entry("fma", RoofKind::kCompute),
      entry("fma", RoofKind::kCompute, MemoryLevel::kNone, Isa::kAvx512, Precision::kFp64),
      entry("read", RoofKind::kBandwidth, MemoryLevel::kDram),
      entry("read", RoofKind::kBandwidth, MemoryLevel::kL1),
      gemm("sgemm", RoofKind::kCompute)};
  EXPECT_EQ(names(campaign_groups(step_of(RoofKind::kCompute, false, RoofScope::kScale), kernels)),
            (Names{{"fma"}}));
  EXPECT_EQ(
      names(campaign_groups(step_of(RoofKind::kBandwidth, false, RoofScope::kScale), kernels)),
      (Names{{"read"}}));
  EXPECT_TRUE(campaign_groups(step_of(RoofKind::kLatency), kernels).empty());
}

TEST(CampaignGroups, SharedMemoryCountsOnce) {
  KernelEntry read = entry("read", RoofKind::kBandwidth, MemoryLevel::kDram);
  read.working_set = mib(100);
  read.shares_memory = "arena";
  KernelEntry own = gemm("sgemv", RoofKind::kBandwidth, 2);
  own.working_set = mib(50);
  EXPECT_EQ(group_memory({read, read, own}, 2), mib(250));
  read.shares_memory.clear();
  EXPECT_EQ(group_memory({read, read}, 1), mib(200));
}

TEST(CampaignGroups, TheSentinelIsTheWidestFmaAndNoMix) {
  const std::vector<KernelEntry> kernels{
      entry("fma", RoofKind::kCompute, MemoryLevel::kNone, Isa::kAvx2Fma),
      entry("fma_add", RoofKind::kCompute, MemoryLevel::kNone, Isa::kAvx512)};
  EXPECT_EQ(widest_fp32_fma(kernels)->info.name, "fma");
  EXPECT_FALSE(widest_dram_read(kernels).has_value());
}

}  // namespace
}  // namespace perfbench
