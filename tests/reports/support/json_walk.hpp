#pragma once

#include <string>
#include <vector>

#include "harness/core/json/value.hpp"

namespace perfbench::testing {

/// A value of a document with the way to it, "a.b[2].c".
struct Place {
  std::string path;
  JsonValue value;
};

/// Every value that is no object and no array.
[[nodiscard]] std::vector<Place> leaves(const JsonValue& document);
/// Every member of every object, objects and arrays too.
[[nodiscard]] std::vector<Place> members(const JsonValue& document);

/// The document with the value at `path` exchanged, without the member at `path`, or with that
/// member's key exchanged.
[[nodiscard]] JsonValue replaced(const JsonValue& document,
                                 const std::string& path,
                                 const JsonValue& value);
[[nodiscard]] JsonValue without(const JsonValue& document, const std::string& path);
[[nodiscard]] JsonValue renamed(const JsonValue& document,
                                const std::string& path,
                                const std::string& key);

/// "roofs[3].kernel" -> "roofs[].kernel".
[[nodiscard]] std::string pattern_of(const std::string& path);

}  // namespace perfbench::testing
