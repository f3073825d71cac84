#pragma once

#include <string>

namespace perfbench::testing {

/// Whether the key, by its pattern ("sections.scenarios[].duration_ns"), is of what was measured or
/// told, and so cannot be recomputed; everything else in a report is derived. A key that is new in
/// the document is taken for derived until it is listed.
[[nodiscard]] bool is_raw(const std::string& pattern);

}  // namespace perfbench::testing
