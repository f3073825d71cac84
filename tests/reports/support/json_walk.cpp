#include "tests/reports/support/json_walk.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace perfbench::testing {
namespace {

std::string member_path(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}
std::string element_path(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

void collect(const JsonValue& value,
             const std::string& path,
             bool leaves_only,
             std::vector<Place>& places) {
  const bool leaf = !value.is_object() && !value.is_array();
  const bool member = !path.empty() && path.back() != ']';
  if (leaves_only ? leaf : member) places.push_back({path, value});
  if (value.is_object()) {
    for (const auto& [key, child] : value.as_object())
      collect(child, member_path(path, key), leaves_only, places);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      collect(value.as_array()[i], element_path(path, i), leaves_only, places);
    }
  }
}

/// What becomes of a member: its new key and value, or nothing when it goes.
using Change = std::function<std::optional<JsonValue::Member>(JsonValue::Member)>;

JsonValue changed(const JsonValue& value,
                  const std::string& path,
                  const std::string& wanted,
                  const Change& change) {
  if (!wanted.starts_with(path)) return value;
  if (value.is_object()) {
    JsonValue::Object object;
    for (const auto& [key, child] : value.as_object()) {
      const std::string here = member_path(path, key);
      if (here != wanted) {
        object.emplace_back(key, changed(child, here, wanted, change));
      } else if (auto member = change({key, child})) {
        object.push_back(std::move(*member));
      }
    }
    return object;
  }
  if (!value.is_array()) return value;
  JsonValue::Array array;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string here = element_path(path, i);
    const JsonValue& child = value.as_array()[i];
    if (here != wanted) {
      array.push_back(changed(child, here, wanted, change));
    } else if (auto member = change({"", child})) {
      array.push_back(std::move(member->second));
    }
  }
  return array;
}

}  // namespace

std::vector<Place> leaves(const JsonValue& document) {
  std::vector<Place> places;
  collect(document, "", true, places);
  return places;
}

std::vector<Place> members(const JsonValue& document) {
  std::vector<Place> places;
  collect(document, "", false, places);
  return places;
}

JsonValue replaced(const JsonValue& document, const std::string& path, const JsonValue& value) {
  return changed(document, "", path, [&](const JsonValue::Member& member) {
    return std::optional<JsonValue::Member>({member.first, value});
  });
}

JsonValue without(const JsonValue& document, const std::string& path) {
  return changed(document, "", path, [](const JsonValue::Member&) {
    return std::optional<JsonValue::Member>();
  });
}

JsonValue renamed(const JsonValue& document, const std::string& path, const std::string& key) {
  return changed(document, "", path, [&](const JsonValue::Member& member) {
    return std::optional<JsonValue::Member>({key, member.second});
  });
}

std::string pattern_of(const std::string& path) {
  std::string pattern;
  bool inside = false;
  for (const char c : path) {
    if (c == ']') inside = false;
    if (!inside) pattern += c;
    if (c == '[') inside = true;
  }
  return pattern;
}

}  // namespace perfbench::testing
