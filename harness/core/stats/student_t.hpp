#pragma once

namespace perfbench {

/// Quantile of the standard normal distribution, 0 < probability < 1.
[[nodiscard]] double normal_quantile(double probability);

/// Quantile of Student's t distribution with `degrees` > 0 degrees of freedom, which need not be
/// whole; 0 < probability < 1. 12.706 for 0.975 and 1 degree, 2.045 for 29.
[[nodiscard]] double student_t_quantile(double probability, double degrees);

}  // namespace perfbench
