#include "harness/core/json/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

[[noreturn]] void wrong_kind(std::string_view expected, JsonValue::Kind found) {
  throw InputError("expected " + std::string(expected) + ", found " + std::string(describe(found)));
}

/// The integer that a double is, when it is one that T holds.
template <class T>
std::optional<T> exact_integer(double value) {
  // 2^63 or 2^64: the smallest double that is too large; max() itself is no double.
  const double limit = std::ldexp(1.0, std::numeric_limits<T>::digits);
  const double lowest = static_cast<double>(std::numeric_limits<T>::min());
  if (!(value >= lowest && value < limit) || std::trunc(value) != value) return std::nullopt;
  return static_cast<T>(value);
}

/// One step of a path: ".key" (the dot is taken off) or "[index]".
struct Step {
  std::string_view text;
  bool is_index = false;
};

Step take_step(std::string_view& rest) {
  if (rest.front() == '[') {
    const std::size_t end = rest.find(']');
    CHECK(end != std::string_view::npos, "a path's bracket stays open");
    const Step step{rest.substr(1, end - 1), true};
    rest.remove_prefix(end + 1);
    if (!rest.empty() && rest.front() == '.') rest.remove_prefix(1);
    return step;
  }
  const std::size_t end = std::min(rest.find_first_of(".["), rest.size());
  const Step step{rest.substr(0, end), false};
  rest.remove_prefix(end);
  if (!rest.empty() && rest.front() == '.') rest.remove_prefix(1);
  return step;
}

const JsonValue* follow(const JsonValue& from, const Step& step) {
  if (!step.is_index) return from.find(step.text);
  std::size_t index = 0;
  const auto [end, error] =
      std::from_chars(step.text.data(), step.text.data() + step.text.size(), index);
  CHECK(error == std::errc() && end == step.text.data() + step.text.size(),
        "a path's index is no number");
  return from.is_array() && index < from.size() ? &from.as_array()[index] : nullptr;
}

/// Runs a getter of the value at `path`, so that its error names the path.
template <class Getter>
decltype(auto) named(std::string_view path, const JsonValue& value, Getter getter) {
  try {
    return getter(value);
  } catch (const InputError& error) {
    throw InputError(std::string(path) + ": " + error.what());
  }
}

}  // namespace

std::string_view describe(JsonValue::Kind kind) noexcept {
  switch (kind) {
    case JsonValue::Kind::kBool:
      return "a bool";
    case JsonValue::Kind::kInt64:
    case JsonValue::Kind::kUint64:
    case JsonValue::Kind::kDouble:
      return "a number";
    case JsonValue::Kind::kString:
      return "a string";
    case JsonValue::Kind::kArray:
      return "an array";
    case JsonValue::Kind::kObject:
      return "an object";
    case JsonValue::Kind::kNull:
      break;
  }
  return "null";
}

JsonValue& JsonValue::set(std::string key, JsonValue value) {
  if (is_null()) data_ = Object{};
  CHECK(is_object(), "set() of a JSON value that is no object");
  auto& members = std::get<Object>(data_);
  const auto found = std::find_if(
      members.begin(), members.end(), [&](const Member& member) { return member.first == key; });
  if (found != members.end()) {
    found->second = std::move(value);
  } else {
    members.emplace_back(std::move(key), std::move(value));
  }
  return *this;
}

JsonValue& JsonValue::append_member(std::string key, JsonValue value) {
  CHECK(is_object(), "append_member() of a JSON value that is no object");
  std::get<Object>(data_).emplace_back(std::move(key), std::move(value));
  return *this;
}

JsonValue& JsonValue::push_back(JsonValue value) {
  if (is_null()) data_ = Array{};
  CHECK(is_array(), "push_back() of a JSON value that is no array");
  std::get<Array>(data_).push_back(std::move(value));
  return *this;
}

std::size_t JsonValue::size() const noexcept {
  if (const auto* elements = std::get_if<Array>(&data_)) return elements->size();
  if (const auto* members = std::get_if<Object>(&data_)) return members->size();
  return 0;
}

const JsonValue* JsonValue::find(std::string_view key) const noexcept {
  const auto* members = std::get_if<Object>(&data_);
  if (members == nullptr) return nullptr;
  for (const Member& member : *members) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

const JsonValue& JsonValue::at(std::string_view path) const {
  const JsonValue* value = this;
  std::string_view rest = path;
  while (!rest.empty()) {
    value = follow(*value, take_step(rest));
    if (value == nullptr) {
      std::string_view reached = path.substr(0, path.size() - rest.size());
      if (!reached.empty() && reached.back() == '.') reached.remove_suffix(1);
      throw InputError(std::string(reached) + ": missing");
    }
  }
  return *value;
}

bool JsonValue::as_bool() const {
  const auto* value = std::get_if<bool>(&data_);
  if (value == nullptr) wrong_kind("a bool", kind());
  return *value;
}

std::int64_t JsonValue::as_int64() const {
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return *value;
  if (const auto* value = std::get_if<std::uint64_t>(&data_)) {
    if (std::in_range<std::int64_t>(*value)) return static_cast<std::int64_t>(*value);
  } else if (const auto* real = std::get_if<double>(&data_)) {
    if (const auto whole = exact_integer<std::int64_t>(*real)) return *whole;
  } else {
    wrong_kind("a whole number", kind());
  }
  throw InputError("expected a whole number within 64 bits");
}

std::uint64_t JsonValue::as_uint64() const {
  if (const auto* value = std::get_if<std::uint64_t>(&data_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&data_)) {
    if (std::in_range<std::uint64_t>(*value)) return static_cast<std::uint64_t>(*value);
  } else if (const auto* real = std::get_if<double>(&data_)) {
    if (const auto whole = exact_integer<std::uint64_t>(*real)) return *whole;
  } else {
    wrong_kind("a whole number", kind());
  }
  throw InputError("expected a whole number from 0 within 64 bits");
}

double JsonValue::as_double() const {
  if (const auto* value = std::get_if<double>(&data_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<std::uint64_t>(&data_)) return static_cast<double>(*value);
  wrong_kind("a number", kind());
}

const std::string& JsonValue::as_string() const {
  const auto* value = std::get_if<std::string>(&data_);
  if (value == nullptr) wrong_kind("a string", kind());
  return *value;
}

const JsonValue::Array& JsonValue::as_array() const {
  const auto* value = std::get_if<Array>(&data_);
  if (value == nullptr) wrong_kind("an array", kind());
  return *value;
}

const JsonValue::Object& JsonValue::as_object() const {
  const auto* value = std::get_if<Object>(&data_);
  if (value == nullptr) wrong_kind("an object", kind());
  return *value;
}

bool JsonValue::get_bool(std::string_view path) const {
  return named(path, at(path), [](const JsonValue& value) { return value.as_bool(); });
}

std::int64_t JsonValue::get_int64(std::string_view path) const {
  return named(path, at(path), [](const JsonValue& value) { return value.as_int64(); });
}

std::uint64_t JsonValue::get_uint64(std::string_view path) const {
  return named(path, at(path), [](const JsonValue& value) { return value.as_uint64(); });
}

double JsonValue::get_double(std::string_view path) const {
  return named(path, at(path), [](const JsonValue& value) { return value.as_double(); });
}

const std::string& JsonValue::get_string(std::string_view path) const {
  return named(path, at(path), [](const JsonValue& value) -> const std::string& {
    return value.as_string();
  });
}

}  // namespace perfbench
