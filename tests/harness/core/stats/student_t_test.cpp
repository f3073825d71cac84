#include "harness/core/stats/student_t.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace perfbench {
namespace {

TEST(StudentT, HasTheTabulatedQuantiles) {
  struct Row {
    double degrees;
    double t975;
    double t99;
  };
  for (const auto& [degrees, t975, t99] : {Row{1, 12.706, 31.821},
                                           Row{2, 4.303, 6.965},
                                           Row{4, 2.776, 3.747},
                                           Row{9, 2.262, 2.821},
                                           Row{29, 2.045, 2.462},
                                           Row{120, 1.980, 2.358}}) {
    EXPECT_NEAR(student_t_quantile(0.975, degrees), t975, 6e-4) << degrees;
    EXPECT_NEAR(student_t_quantile(0.99, degrees), t99, 6e-4) << degrees;
    EXPECT_NEAR(student_t_quantile(0.025, degrees), -t975, 6e-4) << degrees;
  }
}

TEST(StudentT, OfManyDegreesIsNormal) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963985, 1e-8);
  EXPECT_NEAR(normal_quantile(0.99), 2.326347874, 1e-8);
  EXPECT_NEAR(normal_quantile(0.01), -2.326347874, 1e-8);
  EXPECT_NEAR(normal_quantile(0.5), 0.0, 1e-8);
  EXPECT_NEAR(student_t_quantile(0.975, 1e7), normal_quantile(0.975), 1e-5);
  EXPECT_NEAR(student_t_quantile(0.5, 7.0), 0.0, 1e-6);
}

TEST(StudentT, TakesPartsOfDegrees) {
  const double t = student_t_quantile(0.99, 46.5);
  EXPECT_LT(t, student_t_quantile(0.99, 46.0));
  EXPECT_GT(t, student_t_quantile(0.99, 47.0));
}

}  // namespace
}  // namespace perfbench
