#include "reports/document/sanitise.hpp"

#include <gtest/gtest.h>

namespace perfbench {
namespace {

TEST(Sanitise, LeavesTextAsItIs) {
  EXPECT_EQ(sanitise("AMD EPYC 9B14, 2 vCPU"), "AMD EPYC 9B14, 2 vCPU");
  EXPECT_EQ(sanitise("Gr\xc3\xbc\xc3\x9f Gott \xe6\x97\xa5 \xf0\x9f\x98\x80"),
            "Gr\xc3\xbc\xc3\x9f Gott \xe6\x97\xa5 \xf0\x9f\x98\x80");
}

TEST(Sanitise, ShowsControlsInsteadOfSendingThem) {
  EXPECT_EQ(sanitise("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(sanitise(std::string_view("a\0b\n\t\r\x7f", 7)), "a\\x00b\\x0a\\x09\\x0d\\x7f");
  EXPECT_EQ(sanitise("\xc2\x9b"
                     "31m"),
            "\\x9b31m")
      << "C1 controls are escape sequences too";
}

TEST(Sanitise, ShowsWhatReordersText) {
  EXPECT_EQ(sanitise("\xe2\x80\xae"
                     "abc"),
            "\\u202eabc");
  EXPECT_EQ(sanitise("\xf3\xa0\x81\x81"), "\\u0e0041");
}

TEST(Sanitise, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(sanitise("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(sanitise("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(sanitise("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(sanitise("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "above U+10FFFF";
  EXPECT_EQ(sanitise("\xe6\x97"), "\\xe6\\x97") << "cut short";
}

TEST(Sanitise, CutsWhatIsTooLongBetweenCharacters) {
  EXPECT_EQ(sanitise("abcdef", 3), "abc...");
  EXPECT_EQ(sanitise("ab\xc3\xbc", 3), "ab...");
  EXPECT_EQ(sanitise("abc", 3), "abc");
}

}  // namespace
}  // namespace perfbench
