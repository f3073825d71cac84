#pragma once

#include <string>
#include <vector>

namespace perfbench {

enum class Validity { kValid, kInvalid, kInconclusive };

/// One reason of a verdict. `id` is stable; `text` has the figures; `remedy` says what to do and
/// may be empty.
struct Reason {
  std::string id;
  std::string text;
  std::string remedy;
  friend bool operator==(const Reason&, const Reason&) = default;
};

/// Outcome of a rule of harness/core/judge. Always written into the report, never thrown.
struct Verdict {
  Validity validity = Validity::kInconclusive;
  std::vector<Reason> reasons;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace perfbench
