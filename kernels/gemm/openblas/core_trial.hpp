#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/json/value.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// What a child of the core search is asked: load OpenBLAS as its environment says, verify it, time
/// it.
struct CoreTrialRequest {
  int size = 1024;                      ///< Square sgemm.
  int cpu = -1;                         ///< Where to pin; -1: nowhere.
  Nanoseconds budget{0};                ///< Timing goes on so long, at least two calls.
  std::vector<std::string> skip_cores;  ///< Answer at once when the library chose one of these.
  std::vector<std::string> file_names;  ///< Empty: openblas_file_names().
};

/// What the child found.
struct CoreTrialAnswer {
  std::string version;
  std::string core_name;
  bool skipped = false;
  bool verified = false;
  std::string detail;  ///< Of the verification.
  /// CPU time of the shortest call; 0 when it was not verified, since a wrong answer has no rate.
  Nanoseconds best{0};
  std::uint64_t calls = 0;
};

inline constexpr const char* kCoreTrialTask = "openblas-trial";

[[nodiscard]] JsonValue to_json(const CoreTrialRequest& request);
[[nodiscard]] JsonValue to_json(const CoreTrialAnswer& answer);
/// Both throw InputError on a document of another form.
[[nodiscard]] CoreTrialRequest core_trial_request(const JsonValue& document);
[[nodiscard]] CoreTrialAnswer core_trial_answer(const JsonValue& document);

/// The child's work. Throws ResourceError when the library or the memory is not to be had.
[[nodiscard]] CoreTrialAnswer run_core_trial(const CoreTrialRequest& request);

}  // namespace perfbench
