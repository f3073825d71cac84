#include "scenarios/tracks/fit.hpp"

#include <gtest/gtest.h>

#include <map>

namespace perfbench {
namespace {

using std::chrono::milliseconds;

std::vector<FitRung> ladder() {
  return {{"a", Flops(100), Bytes(0)},
          {"b", Flops(200), Bytes(0)},
          {"c", Flops(400), Bytes(0)},
          {"d", Flops(800), Bytes(0)}};
}

/// Times rungs by a table, and counts.
struct Table {
  std::map<std::string, Nanoseconds, std::less<>> times;
  int asked = 0;
  RungTimer timer() {
    return [this](std::string_view rung) {
      ++asked;
      const auto found = times.find(rung);
      return found == times.end() ? Nanoseconds(0) : found->second;
    };
  }
};

TEST(Fit, TakesTheLargestWithinTheTarget) {
  Table table{{{"a", milliseconds(1)},
               {"b", milliseconds(2)},
               {"c", milliseconds(4)},
               {"d", milliseconds(8)}}};
  const FitChoice choice = fit_rung(ladder(), milliseconds(5), table.timer());
  EXPECT_EQ(choice.rung, "c");
  EXPECT_TRUE(choice.reached);
  EXPECT_EQ(choice.service, milliseconds(4));
  EXPECT_LE(table.asked, kFitTrials);
  EXPECT_NE(choice.sentence.find("Rung c takes 4"), std::string::npos) << choice.sentence;
  EXPECT_EQ(choice.sentence.back(), '.');
}

TEST(Fit, ATargetThatIsMetExactlyCounts) {
  Table table{{{"a", milliseconds(1)},
               {"b", milliseconds(2)},
               {"c", milliseconds(4)},
               {"d", milliseconds(8)}}};
  EXPECT_EQ(fit_rung(ladder(), milliseconds(4), table.timer()).rung, "c");
  EXPECT_EQ(fit_rung(ladder(), milliseconds(8), table.timer()).rung, "d");
  EXPECT_EQ(fit_rung(ladder(), milliseconds(100), table.timer()).rung, "d");
}

TEST(Fit, RatesThatDifferAreMeasuredAgain) {
  // Larger rungs do more of their work a second: the first promise is too low.
  Table faster{{{"a", milliseconds(3)},
                {"b", milliseconds(4)},
                {"c", milliseconds(5)},
                {"d", milliseconds(9)}}};
  EXPECT_EQ(fit_rung(ladder(), milliseconds(5), faster.timer()).rung, "c");
  // And less of it: the first promise is too high.
  Table slower{{{"a", milliseconds(1)},
                {"b", milliseconds(3)},
                {"c", milliseconds(9)},
                {"d", milliseconds(30)}}};
  EXPECT_EQ(fit_rung(ladder(), milliseconds(5), slower.timer()).rung, "b");
  EXPECT_LE(slower.asked, kFitTrials);
}

TEST(Fit, NoneWithinTheTargetTakesTheNearestAndSaysSo) {
  Table table{{{"a", milliseconds(6)},
               {"b", milliseconds(12)},
               {"c", milliseconds(24)},
               {"d", milliseconds(48)}}};
  const FitChoice choice = fit_rung(ladder(), milliseconds(5), table.timer());
  EXPECT_EQ(choice.rung, "a");
  EXPECT_FALSE(choice.reached);
  EXPECT_EQ(table.asked, 1);
  EXPECT_NE(choice.sentence.find("none"), std::string::npos);
}

TEST(Fit, WhatCannotBeMeasuredIsNoChoice) {
  Table table;
  const FitChoice choice = fit_rung(ladder(), milliseconds(5), table.timer());
  EXPECT_TRUE(choice.rung.empty());
  EXPECT_FALSE(choice.reached);
  EXPECT_EQ(table.asked, 1);
  EXPECT_TRUE(choose_fit({}, milliseconds(1)).rung.empty());
}

TEST(Fit, BytesStandInForFlops) {
  const std::vector<FitRung> bytes{{"a", Flops(0), Bytes(100)}, {"b", Flops(0), Bytes(200)}};
  Table table{{{"a", milliseconds(1)}, {"b", milliseconds(2)}}};
  EXPECT_EQ(fit_rung(bytes, milliseconds(3), table.timer()).rung, "b");
}

}  // namespace
}  // namespace perfbench
