#include "tools/cli/trace_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <sstream>
#include <string>

#include "harness/core/units/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::string refusal(const std::string& text, std::size_t most = 100) {
  std::istringstream stream(text);
  try {
    (void)parse_trace(stream, "t.txt", most);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(TraceFile, OffsetsInSecondsOrWithAUnit) {
  std::istringstream stream("# recorded\n0\n0.0015\n\n 2ms \r\n2500us\n0.0025\n");
  const ArrivalTrace trace = parse_trace(stream, "t.txt");
  const std::vector<Nanoseconds> expected{
      Nanoseconds(0), microseconds(1500), milliseconds(2), microseconds(2500), microseconds(2500)};
  EXPECT_EQ(*trace, expected);
}

TEST(TraceFile, TheLastLineNeedsNoEnd) {
  std::istringstream stream("0\n1");
  EXPECT_EQ(parse_trace(stream, "t.txt")->size(), 2U);
}

TEST(TraceFile, BadLinesAreRefusedWithTheirNumber) {
  EXPECT_EQ(refusal("0\n1\nsoon\n"), "line 3 of the trace t.txt is no offset: 'soon'");
  EXPECT_EQ(refusal("0\n\n-1\n"), "line 3 of the trace t.txt is no offset: '-1'");
  EXPECT_EQ(refusal("0\nnan\n"), "line 2 of the trace t.txt is no offset: 'nan'");
  EXPECT_EQ(refusal("0\n1e400\n"), "line 2 of the trace t.txt is no offset: '1e400'");
  EXPECT_EQ(refusal("0\n1 2\n"), "line 2 of the trace t.txt is no offset: '1 2'");
  EXPECT_EQ(refusal("0\n\x1b[31m\n"), "line 2 of the trace t.txt is no offset: '?[31m'");
  EXPECT_EQ(refusal("2\n1\n"), "line 2 of the trace t.txt is earlier than the line above it");
  EXPECT_EQ(refusal("0\n13h\n"), "line 2 of the trace t.txt is beyond 12 hours");
  EXPECT_EQ(refusal("0\n" + std::string(1000, '1')), "line 2 of the trace t.txt is too long");
}

TEST(TraceFile, ALineGoesOnAfterANulByte) {
  EXPECT_EQ(refusal(std::string("0\n1\0x\n2\n", 8)),
            "line 2 of the trace t.txt is no offset: '1?x'");
  EXPECT_EQ(refusal(std::string("0\n1\n2\0", 6)), "line 3 of the trace t.txt is no offset: '2?'");
}

TEST(TraceFile, EmptyOrTooLargeIsRefused) {
  EXPECT_EQ(refusal(""), "the trace t.txt has no arrival");
  EXPECT_EQ(refusal("# nothing\n"), "the trace t.txt has no arrival");
  EXPECT_EQ(refusal("1\n"), "the trace t.txt has one arrival");
  EXPECT_EQ(refusal("1\n2\n3\n", 2), "line 3 of the trace t.txt is arrival 3, one too many");
  EXPECT_EQ(refusal("1\n2\n", 2), "accepted");
}

TEST(TraceFile, AFileThatIsNoneIsRefused) {
  const TemporaryFolder folder;
  EXPECT_THROW((void)read_trace((folder.path() / "none.txt").string()), InputError);
  EXPECT_THROW((void)read_trace(folder.path().string()), InputError);
  folder.write("t.txt", "0\n0.5\n");
  EXPECT_EQ(read_trace((folder.path() / "t.txt").string())->back(), milliseconds(500));
}

TEST(TraceFile, APipeIsRefusedBeforeItIsOpened) {
  const TemporaryFolder folder;
  const std::string pipe = (folder.path() / "pipe").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THROW((void)read_trace(pipe), InputError);
  EXPECT_THROW(check_regular_file("/dev/null", "it"), InputError);
}

}  // namespace
}  // namespace perfbench
