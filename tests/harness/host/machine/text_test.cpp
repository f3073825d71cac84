#include "harness/host/machine/text.hpp"

#include <gtest/gtest.h>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/file_system_view.hpp"
#include "tests/support/temporary_folder.hpp"

namespace perfbench {
namespace {

TEST(Text, NumbersMustBeWhole) {
  EXPECT_EQ(parse_integer(" 42\n"), 42);
  EXPECT_EQ(parse_integer("-1"), -1);
  EXPECT_FALSE(parse_integer("42 kB"));
  EXPECT_FALSE(parse_integer(""));
  EXPECT_FALSE(parse_integer("99999999999999999999"));
  EXPECT_EQ(parse_hex("0x00000000412fd050"), 0x412fd050U);
  EXPECT_EQ(parse_number("1.25"), 1.25);
  EXPECT_FALSE(parse_number("inf"));
  EXPECT_FALSE(parse_number("nan"));
}

TEST(Text, SizesHaveTheirUnit) {
  EXPECT_EQ(parse_size("48K"), 48 * 1024);
  EXPECT_EQ(parse_size("491520K"), 491520LL * 1024);
  EXPECT_EQ(parse_size("2M"), 2 * 1024 * 1024);
  EXPECT_EQ(parse_size("64"), 64);
  EXPECT_FALSE(parse_size("K"));
  EXPECT_FALSE(parse_size("-1K"));
  EXPECT_FALSE(parse_size("9999999999999G"));
}

TEST(Text, FieldsAreFoundByTheWholeKey) {
  const std::string text = "model\t\t: 167\nmodel name\t: X: Y\n";
  EXPECT_EQ(find_field(text, "model"), "167");
  EXPECT_EQ(find_field(text, "model name"), "X: Y");
  EXPECT_FALSE(find_field(text, "mode"));
}

TEST(Files, AMissingFileIsAReasonAndNeverAValue) {
  const TemporaryFolder folder;
  folder.write("proc/loadavg", "0.5 0.4 0.3 1/2 3\n\n");
  folder.write("sys/a/2", "");
  folder.write("sys/a/1", "");
  RootedFiles files(folder.path().string() + "/");
  EXPECT_EQ(files.read("/proc/loadavg").value(), "0.5 0.4 0.3 1/2 3");
  EXPECT_EQ(files.read("/proc/loadavg").source(), "/proc/loadavg");
  EXPECT_EQ(files.read("/proc/none").reason(), "/proc/none: no such file");
  EXPECT_EQ(files.read("/proc/loadavg/x").reason(), "/proc/loadavg/x: no such file");
  EXPECT_EQ(files.list("/sys/a").value(), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(files.list("/sys/b").reason(), "/sys/b: no such file");
  EXPECT_EQ(not_empty(files.read("/sys/a/1")).reason(), "/sys/a/1: empty");
  EXPECT_FALSE(files.read("/sys").available());  // a folder is no file, and no exception
}

TEST(Facts, AreAddedReplacedAndFoundWithTheirType) {
  MachineFacts facts;
  add_fact(facts, "timer_cost_ns", Reading<Nanoseconds>::of(Nanoseconds(21), "measured"));
  add_fact(facts, "boost", Reading<bool>::unavailable("no file"));
  EXPECT_EQ(integer_fact(facts, "timer_cost_ns").value(), 21);
  EXPECT_EQ(find_fact(facts, "timer_cost_ns")->unit, "ns");
  EXPECT_EQ(bool_fact(facts, "boost").reason(), "no file");
  EXPECT_FALSE(bool_fact(facts, "timer_cost_ns").available());
  EXPECT_EQ(find_fact(facts, "nothing"), nullptr);
  add_fact(facts, "timer_cost_ns", Reading<Nanoseconds>::of(Nanoseconds(25), "measured"));
  EXPECT_EQ(facts.facts.size(), 2U);
  EXPECT_EQ(integer_fact(facts, "timer_cost_ns").value(), 25);
}

TEST(FactsDeathTest, ANameWithoutItsUnitIsAProgrammersError) {
  MachineFacts facts;
  EXPECT_DEATH(add_fact(facts, "memory", Reading<Bytes>::of(Bytes(1), "x")), "bytes");
  EXPECT_DEATH(add_fact(facts, "CamelCase", Reading<bool>::of(true, "x")), "snake_case");
}

}  // namespace
}  // namespace perfbench
