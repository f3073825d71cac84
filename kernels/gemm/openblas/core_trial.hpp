#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/json/value.hpp"
#include "harness/core/units/quantity.hpp"
#include "kernels/gemm/openblas/gemm_cell.hpp"

namespace perfbench {

/// One measurement of a trial.
struct TrialCell {
  GemmCell cell;
  MatrixShape shape;
  bool verify = true;     ///< false: this core type was verified at this shape by an earlier child.
  Nanoseconds budget{0};  ///< CPU time of the calls, at least one; 0: verify alone.
};

/// What a child of the core search is asked: load OpenBLAS as its environment says, verify and time
/// it in each cell.
struct CoreTrialRequest {
  std::vector<TrialCell> cells;
  int cpu = -1;                         ///< Where to pin; -1: nowhere.
  std::vector<std::string> skip_cores;  ///< Answer at once when the library chose one of these.
  std::vector<std::string> file_names;  ///< Empty: openblas_file_names().
};

/// What the child found in one cell.
struct CellAnswer {
  bool verified = false;
  std::string detail;  ///< Of the verification.
  /// CPU time of the shortest call; 0 when it was not verified, since a wrong answer has no rate.
  Nanoseconds best{0};
  Nanoseconds cpu{0};   ///< CPU time of all timed calls.
  Nanoseconds wall{0};  ///< Wall time of the same: what is longer went to other processes.
};

/// The library's file, to tell whether it is still the one that was searched.
struct LibraryFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  ///< Since the epoch of the file system's clock.
  friend bool operator==(const LibraryFile&, const LibraryFile&) = default;
};

/// What the child found.
struct CoreTrialAnswer {
  std::string version;
  std::string core_name;
  LibraryFile file;
  bool skipped = false;
  std::vector<CellAnswer> cells;  ///< As many as were asked for, in their order; none if skipped.
};

inline constexpr const char* kCoreTrialTask = "openblas-trial";

[[nodiscard]] JsonValue to_json(const CoreTrialRequest& request);
[[nodiscard]] JsonValue to_json(const CoreTrialAnswer& answer);
[[nodiscard]] JsonValue to_json(const LibraryFile& file);
/// These throw InputError on a document of another form.
[[nodiscard]] CoreTrialRequest core_trial_request(const JsonValue& document);
[[nodiscard]] CoreTrialAnswer core_trial_answer(const JsonValue& document);
[[nodiscard]] LibraryFile library_file(const JsonValue& document);

/// The child's work. Throws ResourceError when the library or the memory is not to be had.
[[nodiscard]] CoreTrialAnswer run_core_trial(const CoreTrialRequest& request);

}  // namespace perfbench
