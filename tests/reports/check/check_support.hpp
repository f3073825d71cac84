#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "harness/core/result/report.hpp"
#include "reports/check/check.hpp"
#include "tests/reports/support/synthetic_report.hpp"

namespace perfbench::testing {

inline bool names(const CheckResult& result, const std::string& path) {
  return std::any_of(result.disagreements.begin(),
                     result.disagreements.end(),
                     [&](const Disagreement& found) { return found.path == path; });
}

inline std::string listed(const CheckResult& result) {
  std::string text;
  for (const Disagreement& found : result.disagreements) {
    text += found.path + ": " + found.stored + " against " + found.recomputed + "\n";
  }
  return text;
}

/// The report passes, `change` is applied, and then `path` is named.
template <class Change>
void expect_found(const std::string& path, Change change) {
  Report report = synthetic_report();
  ASSERT_TRUE(check_report(report).ok()) << listed(check_report(report));
  change(report);
  const CheckResult result = check_report(report);
  EXPECT_TRUE(names(result, path)) << path << " is not named:\n" << listed(result);
}

}  // namespace perfbench::testing
