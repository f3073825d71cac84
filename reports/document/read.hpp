#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/core/result/report.hpp"

namespace perfbench {

/// Limits on a report file, which may come from a stranger. The largest report that this program
/// writes itself stays far below: raw latencies are kept up to a fixed number of queries
/// (ScenarioResult::latencies).
inline constexpr std::size_t kMaxDocumentBytes = std::size_t{128} << 20U;

/// Reads a report document. Unknown keys are ignored, so that a report of a later tool with the
/// same schema reads. Throws InputError with one sentence that names the JSON path when a key is
/// missing, of the wrong type or out of its range, and when the document is of a newer schema.
/// Strings are taken over as they are: whoever shows one makes it safe first
/// (reports/document/sanitise.hpp, and the page's own escaping).
[[nodiscard]] Report read_document(std::string_view document);

/// Reads a whole file, at most kMaxDocumentBytes. Throws InputError: no such file, a directory, no
/// permission, too big.
[[nodiscard]] std::string read_file(const std::string& path);

}  // namespace perfbench
