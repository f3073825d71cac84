#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json/value.hpp"

namespace perfbench {

/// A place in a document with the way that led there, for reading files that a stranger may have
/// sent: every getter throws InputError with the whole path ("sections.scenarios[1].queries:
/// expected a whole number, found a string"). Does not own the document, which must outlive it.
/// Paths cost a string a step: read long arrays of numbers by int64_array() or double_array().
class JsonCursor {
 public:
  explicit JsonCursor(const JsonValue& document) : value_(&document) {}

  [[nodiscard]] const JsonValue& value() const noexcept { return *value_; }
  /// "" for the document itself.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] bool is_null() const noexcept { return value_->is_null(); }

  /// The member or element; throws when it is missing or this is no object or array.
  [[nodiscard]] JsonCursor at(std::string_view key) const;
  [[nodiscard]] JsonCursor at(std::size_t index) const;
  /// The member, or nothing when it is missing or null.
  [[nodiscard]] std::optional<JsonCursor> find(std::string_view key) const;
  /// Of an array, in order; throws when it is none.
  [[nodiscard]] std::vector<JsonCursor> elements() const;
  /// Of an object, in the document's order.
  [[nodiscard]] std::vector<std::string> keys() const;
  [[nodiscard]] std::size_t size() const noexcept { return value_->size(); }

  [[nodiscard]] bool as_bool() const;
  [[nodiscard]] std::int64_t as_int64() const;
  [[nodiscard]] std::uint64_t as_uint64() const;
  [[nodiscard]] double as_double() const;
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] std::vector<std::int64_t> int64_array() const;
  [[nodiscard]] std::vector<double> double_array() const;
  [[nodiscard]] std::vector<std::string> string_array() const;

  /// Throws InputError "path: sentence".
  [[noreturn]] void fail(std::string_view sentence) const;

 private:
  JsonCursor(const JsonValue& value, std::string path) : value_(&value), path_(std::move(path)) {}
  const JsonValue* value_;
  std::string path_;
};

}  // namespace perfbench
