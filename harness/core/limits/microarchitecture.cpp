#include "harness/core/limits/microarchitecture.hpp"

#include <array>
#include <cstdio>

#include "harness/core/limits/recognition.hpp"

namespace perfbench {
namespace {

/// Hexadecimal as the vendors' documents write it; a family of one digit stays plain ("family 6").
std::string number(int value, int plain_below) {
  if (value >= 0 && value < plain_below) return std::to_string(value);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%02X", static_cast<unsigned>(value));
  return text.data();
}

}  // namespace

std::string describe_identity(const CpuIdentity& identity) {
  if (identity.architecture == Architecture::kArm64) {
    return "implementer " + identity.vendor + " part " + number(identity.model, 0);
  }
  const std::string vendor = identity.vendor.empty() ? "unnamed vendor" : identity.vendor;
  return vendor + " family " + number(identity.family, 10) + " model " + number(identity.model, 0);
}

Reading<std::string> microarchitecture_name(const CpuIdentity& identity) {
  const limits::Recognition found = limits::recognise(identity);
  if (found.core == limits::Core::kUnknown) return Reading<std::string>::unavailable(found.reason);
  const bool arm = identity.architecture == Architecture::kArm64;
  return Reading<std::string>::of(found.name,
                                  (arm ? "MIDR " : "cpuid ") + describe_identity(identity));
}

std::string identity_contradiction(const CpuIdentity& identity) {
  const limits::Recognition found = limits::recognise(identity);
  return found.contradicted ? found.reason : std::string();
}

}  // namespace perfbench
