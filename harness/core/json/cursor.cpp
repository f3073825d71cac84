#include "harness/core/json/cursor.hpp"

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

std::string member_path(const std::string& path, std::string_view key) {
  std::string result = path;
  if (!result.empty()) result += '.';
  result += key;
  return result;
}

std::string element_path(const std::string& path, std::size_t index) {
  std::string result = path;
  result += '[';
  result += std::to_string(index);
  result += ']';
  return result;
}

/// Runs a getter and lets its error name the place. The document itself is called "document".
template <class Getter>
decltype(auto) named(const std::string& path, Getter getter) {
  try {
    return getter();
  } catch (const InputError& error) {
    throw InputError((path.empty() ? std::string("document") : path) + ": " + error.what());
  }
}

template <class T, class Getter>
std::vector<T> read_array(const JsonValue& value, const std::string& path, Getter getter) {
  const auto& elements = named(path, [&]() -> const JsonValue::Array& { return value.as_array(); });
  std::vector<T> result;
  result.reserve(elements.size());
  for (const JsonValue& element : elements) {
    try {
      result.push_back(getter(element));
    } catch (const InputError& error) {
      throw InputError(element_path(path, result.size()) + ": " + error.what());
    }
  }
  return result;
}

}  // namespace

void JsonCursor::fail(std::string_view sentence) const {
  throw InputError((path_.empty() ? std::string("document") : path_) + ": " +
                   std::string(sentence));
}

JsonCursor JsonCursor::at(std::string_view key) const {
  if (!value_->is_object())
    fail("expected an object, found " + std::string(describe(value_->kind())));
  const JsonValue* member = value_->find(key);
  if (member == nullptr) throw InputError(member_path(path_, key) + ": missing");
  return {*member, member_path(path_, key)};
}

JsonCursor JsonCursor::at(std::size_t index) const {
  if (!value_->is_array())
    fail("expected an array, found " + std::string(describe(value_->kind())));
  if (index >= value_->size()) throw InputError(element_path(path_, index) + ": missing");
  return {value_->as_array()[index], element_path(path_, index)};
}

std::optional<JsonCursor> JsonCursor::find(std::string_view key) const {
  if (!value_->is_object())
    fail("expected an object, found " + std::string(describe(value_->kind())));
  const JsonValue* member = value_->find(key);
  if (member == nullptr || member->is_null()) return std::nullopt;
  return JsonCursor(*member, member_path(path_, key));
}

std::vector<JsonCursor> JsonCursor::elements() const {
  const auto& values =
      named(path_, [&]() -> const JsonValue::Array& { return value_->as_array(); });
  std::vector<JsonCursor> result;
  result.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    result.push_back(JsonCursor(values[i], element_path(path_, i)));
  }
  return result;
}

std::vector<std::string> JsonCursor::keys() const {
  const auto& members =
      named(path_, [&]() -> const JsonValue::Object& { return value_->as_object(); });
  std::vector<std::string> result;
  result.reserve(members.size());
  for (const auto& [key, member] : members) result.push_back(key);
  return result;
}

bool JsonCursor::as_bool() const {
  return named(path_, [&] { return value_->as_bool(); });
}

std::int64_t JsonCursor::as_int64() const {
  return named(path_, [&] { return value_->as_int64(); });
}

std::uint64_t JsonCursor::as_uint64() const {
  return named(path_, [&] { return value_->as_uint64(); });
}

double JsonCursor::as_double() const {
  return named(path_, [&] { return value_->as_double(); });
}

const std::string& JsonCursor::as_string() const {
  return named(path_, [&]() -> const std::string& { return value_->as_string(); });
}

std::vector<std::int64_t> JsonCursor::int64_array() const {
  return read_array<std::int64_t>(
      *value_, path_, [](const JsonValue& element) { return element.as_int64(); });
}

std::vector<double> JsonCursor::double_array() const {
  return read_array<double>(
      *value_, path_, [](const JsonValue& element) { return element.as_double(); });
}

std::vector<std::string> JsonCursor::string_array() const {
  return read_array<std::string>(
      *value_, path_, [](const JsonValue& element) { return element.as_string(); });
}

}  // namespace perfbench
