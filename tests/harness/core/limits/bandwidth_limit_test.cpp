#include <gtest/gtest.h>

#include "harness/core/limits/core_limits.hpp"
#include "tests/harness/core/limits/identities.hpp"

namespace perfbench {
namespace {

const CpuIdentity& zen4() {
  static const CpuIdentity id = amd(0x19, 0x11);
  return id;
}
const CpuIdentity& zen5() {
  static const CpuIdentity id = amd(0x1A, 0x44);
  return id;
}

double limit(const CpuIdentity& id,
             MemoryLevel level,
             std::string_view kernel,
             Isa isa = Isa::kAvx512) {
  const Reading<Limit> found = bandwidth_limit(id, level, kernel, isa);
  EXPECT_TRUE(found.available()) << found.reason();
  return found.available() ? found.value().per_core_cycle : 0.0;
}

TEST(BandwidthLimit, OfL1FollowsLoadsStoresAndTheirSum) {
  EXPECT_DOUBLE_EQ(limit(zen4(), MemoryLevel::kL1, "read"), 64);
  EXPECT_DOUBLE_EQ(limit(zen4(), MemoryLevel::kL1, "write"), 32);
  EXPECT_DOUBLE_EQ(limit(zen4(), MemoryLevel::kL1, "copy"), 64);
  EXPECT_DOUBLE_EQ(limit(zen4(), MemoryLevel::kL1, "triad"), 96);
  EXPECT_DOUBLE_EQ(limit(zen4(), MemoryLevel::kL1, "scale"), 64);
  EXPECT_DOUBLE_EQ(limit(zen4(), MemoryLevel::kL1, "add"), 96);
  EXPECT_DOUBLE_EQ(limit(zen4(), MemoryLevel::kL1, "update"), 64);
  EXPECT_DOUBLE_EQ(limit(arm("0x46", 1), MemoryLevel::kL1, "read", Isa::kSve), 128);
  EXPECT_DOUBLE_EQ(limit(zen5(), MemoryLevel::kL1, "read"), 128);
  EXPECT_DOUBLE_EQ(limit(zen5(), MemoryLevel::kL1, "read", Isa::kAvx2Fma), 64);
  EXPECT_DOUBLE_EQ(limit(zen5(), MemoryLevel::kL1, "triad"), 192);
  // Zen 1 has two address units: load and store share them.
  EXPECT_DOUBLE_EQ(limit(amd(0x17, 1), MemoryLevel::kL1, "triad"), 32);
  EXPECT_DOUBLE_EQ(limit(amd(0x17, 1), MemoryLevel::kL1, "copy"), 32);
  EXPECT_DOUBLE_EQ(limit(arm("0x41", 0xD0C), MemoryLevel::kL1, "read", Isa::kNeon), 32);
}

TEST(BandwidthLimit, OfAnOuterLevelCountsWriteAllocate) {
  for (const std::string_view kernel : {"read", "write", "copy", "scale", "add", "triad"}) {
    EXPECT_DOUBLE_EQ(limit(zen4(), MemoryLevel::kL2, kernel), 32) << kernel;
    EXPECT_DOUBLE_EQ(limit(zen5(), MemoryLevel::kL2, kernel), 64) << kernel;
  }
  EXPECT_DOUBLE_EQ(limit(zen5(), MemoryLevel::kL2, "update"), 128);
  EXPECT_DOUBLE_EQ(limit(zen5(), MemoryLevel::kL2, "axpy"), 96);
  EXPECT_DOUBLE_EQ(limit(zen5(), MemoryLevel::kL3, "read"), 32);
  // A64FX writes back at half its fill width: a store of one line takes as long as two fills.
  EXPECT_DOUBLE_EQ(limit(arm("0x46", 1), MemoryLevel::kL2, "read", Isa::kNeon), 64);
  EXPECT_DOUBLE_EQ(limit(arm("0x46", 1), MemoryLevel::kL2, "write", Isa::kNeon), 32);
}

TEST(BandwidthLimit, CarriesTheWeightOfTheCellThatBinds) {
  EXPECT_TRUE(bandwidth_limit(zen4(), MemoryLevel::kL1, "read").value().may_refuse);
  EXPECT_TRUE(bandwidth_limit(zen4(), MemoryLevel::kL2, "read").value().may_refuse);
  EXPECT_FALSE(bandwidth_limit(zen4(), MemoryLevel::kL3, "read").value().may_refuse);
  EXPECT_FALSE(bandwidth_limit(intel(0x6A), MemoryLevel::kL1, "read").value().may_refuse)
      << "128 of 72 seen";
  EXPECT_TRUE(bandwidth_limit(intel(0x6A), MemoryLevel::kL1, "write").value().may_refuse);
  EXPECT_TRUE(bandwidth_limit(amd(0x17, 0x31), MemoryLevel::kL1, "triad").value().may_refuse)
      << "96 by load and store widths, whatever the uncertain sum";
}

TEST(BandwidthLimit, IsAbsentWithAReason) {
  const auto reason = [](const CpuIdentity& id, MemoryLevel level, std::string_view kernel) {
    return bandwidth_limit(id, level, kernel).reason();
  };
  EXPECT_EQ(reason(zen4(), MemoryLevel::kDram, "read"), "no documented per-core DRAM limit");
  EXPECT_EQ(reason(amd(0x1A, 0x50), MemoryLevel::kDram, "read"),
            "no documented per-core DRAM limit");
  for (const char* kernel : {"write_nt", "copy_nt", "triad_nt"}) {
    EXPECT_EQ(reason(zen4(), MemoryLevel::kL1, kernel), "non-temporal stores pass the caches by");
  }
  EXPECT_EQ(reason(zen4(), MemoryLevel::kL1, "gather"),
            "no bandwidth limit is derived for the kernel gather");
  EXPECT_EQ(reason(hybrid(0xC6, 0x40, 3), MemoryLevel::kL3, "read"),
            "no documented L3 limit for Lion Cove");
  EXPECT_EQ(reason(hybrid(0xC6, 0x20, 3), MemoryLevel::kL2, "read"),
            "no documented L2 limit for Skymont");
  EXPECT_EQ(reason(arm("0x41", 0xD09), MemoryLevel::kL1, "write"),
            "no documented L1 limit for Cortex-A73");
  EXPECT_EQ(reason(amd(0x1A, 0x50), MemoryLevel::kL1, "read"),
            "microarchitecture unknown (AuthenticAMD family 0x1A model 0x50)");
}

}  // namespace
}  // namespace perfbench
