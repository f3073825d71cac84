#include "kernels/stream/fastest_form.hpp"

#include <gtest/gtest.h>

namespace perfbench {
namespace {

StreamForm of(std::string_view vendor, int family, MemoryLevel level, StreamOperation operation) {
  MachineShape machine;
  machine.identity.vendor = vendor;
  machine.identity.family = family;
  return fastest_form(machine, stream_loops().back(), level, operation);
}

TEST(FastestForm, Level2FetchesItsStoresAndNoReads) {
  for (const char* vendor : {"AuthenticAMD", "GenuineIntel", ""}) {
    EXPECT_EQ(of(vendor, 6, MemoryLevel::kL2, StreamOperation::kRead), StreamForm::kPlain);
    EXPECT_EQ(of(vendor, 6, MemoryLevel::kL2, StreamOperation::kCopy), StreamForm::kNearAhead);
    EXPECT_EQ(of(vendor, 6, MemoryLevel::kL1, StreamOperation::kAdd), StreamForm::kPlain);
  }
}

TEST(FastestForm, FromAfarAmdFetchesItself) {
  for (const StreamOperation operation : kStreamOperations) {
    const bool reads = operation == StreamOperation::kRead;
    EXPECT_EQ(of("AuthenticAMD", 0x19, MemoryLevel::kDram, operation), StreamForm::kFarStoresAhead);
    EXPECT_EQ(of("AuthenticAMD", 0x19, MemoryLevel::kL3, operation),
              reads ? StreamForm::kNearAhead : StreamForm::kFarStoresAhead);
    EXPECT_EQ(of("GenuineIntel", 6, MemoryLevel::kDram, operation), StreamForm::kFar);
    EXPECT_EQ(of("GenuineIntel", 6, MemoryLevel::kL3, operation), StreamForm::kFar);
  }
}

TEST(FastestForm, OnlyAZen5MultipliesAndAddsItsTriadApart) {
  constexpr auto kTriad = StreamOperation::kTriad;
  const bool has =
      stream_loops().back().find(kTriad, StreamForm::kPlainUnfused, StoreKind::kRegular) != nullptr;
  EXPECT_EQ(of("AuthenticAMD", 0x1A, MemoryLevel::kL1, kTriad),
            has ? StreamForm::kPlainUnfused : StreamForm::kPlain);
  EXPECT_EQ(of("AuthenticAMD", 0x19, MemoryLevel::kL1, kTriad), StreamForm::kPlain);
  EXPECT_EQ(of("GenuineIntel", 0x1A, MemoryLevel::kL1, kTriad), StreamForm::kPlain);
}

}  // namespace
}  // namespace perfbench
