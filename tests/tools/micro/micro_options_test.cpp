#include "tools/micro/micro_options.hpp"

#include <gtest/gtest.h>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

TEST(MicroOptions, OursAreTakenAndTheOthersLeft) {
  std::vector<std::string> words = {
      "perfbench_micro", "--l1_kib=16", "--benchmark_filter=fma", "--cpu=1", "--no_libraries", "x"};
  const MicroOptions options = take_micro_options(words);
  EXPECT_EQ(words, (std::vector<std::string>{"perfbench_micro", "--benchmark_filter=fma", "x"}));
  EXPECT_EQ(options.l1_kib, 16U);
  EXPECT_EQ(options.cpu, 1);
  EXPECT_FALSE(options.libraries);
  EXPECT_FALSE(options.l2_kib.has_value());
  EXPECT_FALSE(options.help);
}

TEST(MicroOptions, TheProgramsNameIsNoFlag) {
  std::vector<std::string> words = {"--help"};
  EXPECT_FALSE(take_micro_options(words).help);
  words = {"perfbench_micro", "-h"};
  EXPECT_TRUE(take_micro_options(words).help);
}

TEST(MicroOptions, AValueThatIsNoneIsRefused) {
  for (const char* word : {"--l1_kib=",
                           "--l2_kib=-1",
                           "--l3_kib=4k",
                           "--cpu=-2",
                           "--dram_mib=1e3",
                           "--cpu=99999999999999999999"}) {
    std::vector<std::string> words = {"perfbench_micro", word};
    EXPECT_THROW(static_cast<void>(take_micro_options(words)), UsageError) << word;
  }
}

TEST(MicroOptions, EveryFlagStandsInTheHelp) {
  for (const char* flag :
       {"--cpu", "--l1_kib", "--l2_kib", "--l3_kib", "--dram_mib", "--no_libraries", "--help"}) {
    EXPECT_NE(micro_help().find(flag), std::string::npos) << flag;
  }
}

}  // namespace
}  // namespace perfbench
