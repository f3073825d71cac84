#include "scenarios/audit/timed_progress.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/fake_clock.hpp"

namespace perfbench {
namespace {

class Told final : public Progress {
 public:
  void step(std::string_view, std::string_view) override {}
  void advance(double fraction) override { fractions.push_back(fraction); }
  std::vector<double> fractions;
};

TEST(TimedProgress, TellsTheStepsTimeAndNotTheRuns) {
  FakeClock clock{Nanoseconds(0)};
  Told told;
  TimedProgress progress(told, clock, Nanoseconds(1000));
  clock.advance(Nanoseconds(250));
  progress.advance(1.0);  // A first run at its end.
  clock.advance(Nanoseconds(250));
  progress.advance(0.1);  // The second has begun.
  clock.advance(Nanoseconds(5000));
  progress.advance(0.2);
  EXPECT_EQ(told.fractions, (std::vector<double>{0.25, 0.5, 1.0}));
}

TEST(TimedProgress, WithoutATimeItIsSilent) {
  FakeClock clock{Nanoseconds(0)};
  Told told;
  TimedProgress progress(told, clock, Nanoseconds(0));
  progress.advance(0.5);
  EXPECT_TRUE(told.fractions.empty());
}

}  // namespace
}  // namespace perfbench
