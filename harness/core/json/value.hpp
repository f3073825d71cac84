#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace perfbench {

/// A JSON document in memory. Objects keep the order in which their members were added. Integers
/// stay integers over the whole range of int64 and uint64; a double stays a double, bit for bit,
/// through write_json() and parse_json(). A value type: copies are deep. Reading a document that
/// came from elsewhere goes through JsonCursor, which names the place of every error.
class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Member = std::pair<std::string, JsonValue>;
  using Object = std::vector<Member>;
  enum class Kind { kNull, kBool, kInt64, kUint64, kDouble, kString, kArray, kObject };

  JsonValue() noexcept = default;
  JsonValue(std::nullptr_t) noexcept {
  }  // NOLINT(google-explicit-constructor): literals read as JSON
  template <class T>
  requires std::is_arithmetic_v<T> JsonValue(T value)
  noexcept : data_(widen(value)) {}                          // NOLINT(google-explicit-constructor)
  JsonValue(std::string value) : data_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  JsonValue(std::string_view value)
      : data_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  JsonValue(const char* value)
      : data_(std::string(value)) {}                    // NOLINT(google-explicit-constructor)
  JsonValue(Array value) : data_(std::move(value)) {}   // NOLINT(google-explicit-constructor)
  JsonValue(Object value) : data_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  /// A pointer is no truth value: it would become `true`.
  JsonValue(const void*) = delete;

  [[nodiscard]] static JsonValue array() { return JsonValue(Array{}); }
  [[nodiscard]] static JsonValue object() { return JsonValue(Object{}); }

  [[nodiscard]] Kind kind() const noexcept { return static_cast<Kind>(data_.index()); }
  [[nodiscard]] bool is_null() const noexcept { return kind() == Kind::kNull; }
  [[nodiscard]] bool is_bool() const noexcept { return kind() == Kind::kBool; }
  [[nodiscard]] bool is_number() const noexcept {
    return kind() == Kind::kInt64 || kind() == Kind::kUint64 || kind() == Kind::kDouble;
  }
  [[nodiscard]] bool is_string() const noexcept { return kind() == Kind::kString; }
  [[nodiscard]] bool is_array() const noexcept { return kind() == Kind::kArray; }
  [[nodiscard]] bool is_object() const noexcept { return kind() == Kind::kObject; }

  /// Of an object: replaces the member of this name or adds it at the end. A null value becomes an
  /// object first. Returns *this, so that members can be chained. Another kind is a programmer's
  /// error.
  JsonValue& set(std::string key, JsonValue value);
  /// set() for a name that is known to be new, without looking for it: for readers of objects with
  /// many members.
  JsonValue& append_member(std::string key, JsonValue value);
  /// Of an array: adds at the end. A null value becomes an array first.
  JsonValue& push_back(JsonValue value);
  /// Members of an object, elements of an array, else 0.
  [[nodiscard]] std::size_t size() const noexcept;

  /// The member of an object, or nullptr when it has none of this name or is no object.
  [[nodiscard]] const JsonValue* find(std::string_view key) const noexcept;
  /// The value at a path such as "machine.facts.cpus" or "sections.roofline.roofs[2].kernel".
  /// Throws InputError that names the path when it is not there. Keys that contain a dot or a
  /// bracket are reached by find().
  [[nodiscard]] const JsonValue& at(std::string_view path) const;

  /// Typed getters; throw InputError "expected a number, found a string". A number in the range of
  /// the asked type converts when the conversion is exact (1 and 1.0 both read as int64 1); to
  /// double every number converts.
  [[nodiscard]] bool as_bool() const;
  [[nodiscard]] std::int64_t as_int64() const;
  [[nodiscard]] std::uint64_t as_uint64() const;
  [[nodiscard]] double as_double() const;
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] const Array& as_array() const;
  [[nodiscard]] const Object& as_object() const;

  /// at(path) and the getter in one; the error names the path: "machine.facts.x: expected a number,
  /// found a string".
  [[nodiscard]] bool get_bool(std::string_view path) const;
  [[nodiscard]] std::int64_t get_int64(std::string_view path) const;
  [[nodiscard]] std::uint64_t get_uint64(std::string_view path) const;
  [[nodiscard]] double get_double(std::string_view path) const;
  [[nodiscard]] const std::string& get_string(std::string_view path) const;

  friend bool operator==(const JsonValue&, const JsonValue&) = default;

 private:
  using Data = std::variant<std::monostate,
                            bool,
                            std::int64_t,
                            std::uint64_t,
                            double,
                            std::string,
                            Array,
                            Object>;
  template <class T>
  static constexpr Data widen(T value) noexcept {
    if constexpr (std::is_same_v<T, bool>) {
      return Data(std::in_place_type<bool>, value);
    } else if constexpr (std::is_floating_point_v<T>) {
      return Data(std::in_place_type<double>, static_cast<double>(value));
    } else if constexpr (std::is_signed_v<T>) {
      return Data(std::in_place_type<std::int64_t>, static_cast<std::int64_t>(value));
    } else {
      return Data(std::in_place_type<std::uint64_t>, static_cast<std::uint64_t>(value));
    }
  }
  Data data_;
};

/// "null", "a bool", "a number", "a string", "an array", "an object".
[[nodiscard]] std::string_view describe(JsonValue::Kind kind) noexcept;

}  // namespace perfbench
