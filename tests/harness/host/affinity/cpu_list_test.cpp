#include "harness/host/affinity/cpu_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace perfbench {
namespace {

using Cpus = std::vector<int>;

TEST(CpuList, ReadsRangesAndSingles) {
  EXPECT_EQ(parse_cpu_list("0-3,8"), (Cpus{0, 1, 2, 3, 8}));
  EXPECT_EQ(parse_cpu_list(" 5\n"), Cpus{5});
  EXPECT_EQ(parse_cpu_list("2,0-1,1"), (Cpus{0, 1, 2}));
  EXPECT_EQ(parse_cpu_list(""), Cpus{});
}

TEST(CpuList, RefusesWhatIsNone) {
  for (const char* text : {"x", "3-1", "-1", "0-", "1,,2", "0-99999999", "0-2147483647,1", "1.5"}) {
    EXPECT_FALSE(parse_cpu_list(text)) << text;
  }
}

TEST(CpuList, IsWrittenAsItIsRead) {
  for (const char* text : {"0-3,8", "0", "1,3,5-7", ""}) {
    EXPECT_EQ(format_cpu_list(*parse_cpu_list(text)), text);
  }
  EXPECT_EQ(format_cpu_list({3, 1, 2}), "1-3");
  EXPECT_EQ(format_cpu_list({0, 1}), "0,1");
}

}  // namespace
}  // namespace perfbench
