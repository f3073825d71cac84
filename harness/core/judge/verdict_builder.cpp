#include "harness/core/judge/verdict_builder.hpp"

namespace perfbench {
namespace {

int severity(Validity validity) {
  switch (validity) {
    case Validity::kInvalid:
      return 2;
    case Validity::kInconclusive:
      return 1;
    case Validity::kValid:
      break;
  }
  return 0;
}

}  // namespace

VerdictBuilder& VerdictBuilder::add(Validity validity, Reason reason) {
  if (severity(validity) > severity(verdict_.validity)) verdict_.validity = validity;
  verdict_.reasons.push_back(std::move(reason));
  return *this;
}

}  // namespace perfbench
