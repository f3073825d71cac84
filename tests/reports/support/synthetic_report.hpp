#pragma once

#include <string>

#include "harness/core/result/report.hpp"

namespace perfbench::testing {

/// A report of a machine that does not exist (tests/golden/README.md): raw data from a fixed
/// generator, every derived figure and verdict from the functions of harness/core, so that check
/// accepts it. Deterministic to the bit.
[[nodiscard]] Report synthetic_report();

/// The same with a few roofs and dots of each sort: what is tried thousands of times.
[[nodiscard]] Report small_synthetic_report();

/// The golden file's text, and its path. Throws std::runtime_error when it cannot be read.
[[nodiscard]] std::string golden_path(const std::string& name);
[[nodiscard]] std::string read_golden(const std::string& name);

/// Whether the run was asked to write the golden files anew (PERFBENCH_UPDATE_GOLDEN=1); it then
/// does so.
bool update_golden(const std::string& name, const std::string& content);

}  // namespace perfbench::testing
