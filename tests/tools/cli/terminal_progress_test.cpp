#include "tools/cli/terminal_progress.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace perfbench {
namespace {

TEST(TerminalProgress, TimeLeftFollowsThePlanThenThePace) {
  EXPECT_DOUBLE_EQ(TerminalProgress::seconds_left(0.0, 0.0, 60.0), 60.0);
  EXPECT_DOUBLE_EQ(TerminalProgress::seconds_left(10.0, 3.0, 60.0), 57.0)
      << "too early to judge the pace";
  EXPECT_DOUBLE_EQ(TerminalProgress::seconds_left(60.0, 30.0, 60.0), 60.0)
      << "twice as slow as planned";
  EXPECT_DOUBLE_EQ(TerminalProgress::seconds_left(0.0, 30.0, 60.0), 15.0)
      << "a step that took no time does not end the plan";
  EXPECT_DOUBLE_EQ(TerminalProgress::seconds_left(70.0, 60.0, 60.0), 0.0);
}

TEST(TerminalProgress, OnATerminalItDrawsOneLineAndWipesIt) {
  std::ostringstream out;
  {
    TerminalProgress progress(out, {true, 60, {{"a", 1.0}, {"b", 3.0}}});
    progress.step("b",
                  "measuring the second thing, whose name is longer than the terminal is wide");
  }
  const std::string text = out.str();
  EXPECT_NE(text.find("25 %"), std::string::npos) << text;
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.substr(text.size() - 4), "\r\033[K");
  EXPECT_LT(text.find("\033[K"), 62U) << "cut to the terminal's width";
}

TEST(TerminalProgress, ElsewhereItWritesPlainLines) {
  std::ostringstream out;
  TerminalProgress progress(out, {false, 80, {{"a", 1.0}, {"b", 3.0}}});
  progress.step("a", "first");
  progress.advance(0.5);
  progress.step("b", "second");
  EXPECT_EQ(out.str(), "perfbench: first (0 %, 4 s left)\nperfbench: second (25 %, 2 s left)\n");
}

TEST(TerminalProgress, ANameDoesNotSteerTheTerminal) {
  std::ostringstream out;
  TerminalProgress progress(out, {false, 80, {{"a", 1.0}}});
  progress.step("a", "workload \x1b[2J\n");
  EXPECT_EQ(out.str(), "perfbench: workload ?[2J? (0 %, 1 s left)\n");
}

}  // namespace
}  // namespace perfbench
