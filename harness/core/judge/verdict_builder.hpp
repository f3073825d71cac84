#pragma once

#include <utility>

#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// Collects reasons; the worst one decides: INVALID over INCONCLUSIVE over VALID. Starts as VALID.
class VerdictBuilder {
 public:
  /// A reason that leaves the verdict as it is.
  VerdictBuilder& note(Reason reason) { return add(Validity::kValid, std::move(reason)); }
  VerdictBuilder& inconclusive(Reason reason) {
    return add(Validity::kInconclusive, std::move(reason));
  }
  VerdictBuilder& invalid(Reason reason) { return add(Validity::kInvalid, std::move(reason)); }
  [[nodiscard]] Verdict build() && { return std::move(verdict_); }

 private:
  VerdictBuilder& add(Validity validity, Reason reason);
  Verdict verdict_{Validity::kValid, {}};
};

}  // namespace perfbench
