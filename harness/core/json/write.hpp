#pragma once

#include <string>

#include "harness/core/json/value.hpp"

namespace perfbench {

/// The document as UTF-8 text. indent 0: one line without spaces; else members on their own lines,
/// and arrays of plain values on one line. Doubles in the shortest form that reads back bit for
/// bit, always told from integers ("2.0"). NaN and infinity have no JSON: they are written as null,
/// since a run's report must not be lost to one bad figure and null never reads as a number. Bytes
/// of a string that are not UTF-8 become U+FFFD. No newline at the end.
[[nodiscard]] std::string write_json(const JsonValue& value, int indent = 2);

}  // namespace perfbench
