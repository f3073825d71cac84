#pragma once

#include <string>
#include <string_view>

#include "harness/core/json/cursor.hpp"
#include "harness/core/json/value.hpp"
#include "harness/core/result/roofline.hpp"
#include "reports/document/common_json.hpp"

namespace perfbench {

// Measured points of the roofline, roofs and dots. Inside this room only.

[[nodiscard]] JsonValue to_json(const Roof& roof);
[[nodiscard]] Roof read_roof(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const Dot& dot);
[[nodiscard]] Dot read_dot(const JsonCursor& at);

/// {"m", "n", "k"}, or null where there is no shape.
[[nodiscard]] JsonValue to_json(const std::optional<MatrixShape>& shape);
/// Nothing where the key is missing (reports of before) or null.
[[nodiscard]] std::optional<MatrixShape> read_shape(const JsonCursor& parent);

/// The word, or null for kNone; the reverse.
template <class Enum>
[[nodiscard]] JsonValue word_or_null(Enum value) {
  return value == Enum::kNone ? JsonValue(nullptr) : JsonValue(name_of(value));
}
template <class Enum>
[[nodiscard]] Enum read_word_or_none(const JsonCursor& at) {
  return at.is_null() ? Enum::kNone : read_word<Enum>(at);
}

}  // namespace perfbench
