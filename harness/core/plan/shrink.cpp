#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "harness/core/plan/plan_draft.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench::plan_detail {
namespace {

/// What a step takes when the flexible part is cut to `share` of the preset's, but not below its
/// least.
double length_at(const DraftStep& draft, double share) {
  return draft.fixed_s + std::max(draft.least_flexible_s, draft.flexible_s * share);
}

double total_at(const std::vector<DraftStep>& drafts, double share) {
  double total = 0.0;
  for (const DraftStep& draft : drafts) total += length_at(draft, share);
  return total;
}

/// The largest share of the flexible parts that fits. total_at() rises with the share, so bisection
/// finds it.
double fitting_share(const std::vector<DraftStep>& drafts, double seconds) {
  double fits = 0.0;
  double too_long = 1.0;
  for (int step = 0; step < 50; ++step) {
    const double middle = 0.5 * (fits + too_long);
    (total_at(drafts, middle) <= seconds ? fits : too_long) = middle;
  }
  return fits;
}

std::vector<DraftStep>::iterator least_important(std::vector<DraftStep>& drafts) {
  return std::min_element(drafts.begin(), drafts.end(), [](const DraftStep& a, const DraftStep& b) {
    return a.importance < b.importance;
  });
}

std::string in_words(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g s", seconds);
  return text;
}

}  // namespace

bool fit_into(std::vector<DraftStep>& drafts,
              Nanoseconds max_time,
              std::vector<std::string>& notes) {
  const double limit = seconds(max_time);
  if (total_at(drafts, 1.0) <= limit) return false;
  while (total_at(drafts, 0.0) > limit) {
    const auto least = least_important(drafts);
    if (least->importance >= kEssential) {
      const double needed = std::ceil(total_at(drafts, 0.0));
      throw UsageError("--max-time " + in_words(limit) + " is too short to measure anything",
                       "give --max-time at least " + in_words(needed));
    }
    notes.push_back("Left out to keep within --max-time: " + least->step.what + ".");
    drafts.erase(least);
  }
  const double share = fitting_share(drafts, limit);
  for (DraftStep& draft : drafts) {
    draft.flexible_s = std::max(draft.least_flexible_s, draft.flexible_s * share);
  }
  notes.push_back("Measured for a shorter time than the preset does, to keep within --max-time " +
                  in_words(limit) + ".");
  return true;
}

}  // namespace perfbench::plan_detail
