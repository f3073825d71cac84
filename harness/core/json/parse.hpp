#pragma once

#include <cstddef>
#include <string_view>

#include "harness/core/json/value.hpp"

namespace perfbench {

/// Bounds of the reader: a report is small, and a file from a stranger must not exhaust the
/// machine.
struct JsonLimits {
  std::size_t bytes = std::size_t{64} << 20U;        ///< Of the document.
  std::size_t depth = 64;                            ///< Nested arrays and objects; at most 1000.
  std::size_t string_bytes = std::size_t{1} << 20U;  ///< Of one string or key.
  std::size_t elements = 4'000'000;                  ///< Values in all, keys not counted.
};

/// Reads one document (RFC 8259, UTF-8). Throws InputError with one sentence that names line and
/// column: broken syntax, bad UTF-8, a number beyond double, a name twice in one object, or a limit
/// that is exceeded. Integers beyond uint64 become doubles.
[[nodiscard]] JsonValue parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace perfbench
