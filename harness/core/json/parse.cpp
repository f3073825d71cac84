#include "harness/core/json/parse.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_set>
#include <vector>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

/// Each open array or object costs stack when the value is destroyed, copied or compared.
constexpr std::size_t kDeepest = 1000;

std::string counted(std::size_t n, std::string_view unit) {
  return std::to_string(n) + " " + std::string(unit);
}

/// "line 3, column 14" of a byte offset from 1, as nlohmann reports it.
std::string place(std::string_view text, std::size_t position) {
  const std::string_view before =
      text.substr(0, position == 0 ? 0 : std::min(position - 1, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t last = before.rfind('\n');
  const std::size_t column =
      last == std::string_view::npos ? before.size() : before.size() - last - 1;
  return "line " + std::to_string(lines + 1) + ", column " + std::to_string(column + 1);
}

/// At most `longest` characters for a message; the document's bytes may hold terminal escapes.
std::string printable(std::string_view text, std::size_t longest = 160) {
  std::string result(text.substr(0, longest));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

/// What nlohmann says between its place and the text it quotes: "[json.exception.parse_error.101]
/// parse error at line 1, column 2: syntax error while parsing value - invalid literal; last read:
/// '...'".
std::string complaint(std::string_view message) {
  // The library's own name for it stands in brackets before.
  if (message.rfind("[json.exception", 0) == 0)
    message.remove_prefix(std::min(message.size(), message.find("] ") + 2));
  const std::size_t place_end = message.find(": ");
  if (place_end != std::string_view::npos) message.remove_prefix(place_end + 2);
  return printable(message.substr(0, message.find("; last read")));
}

/// Builds a JsonValue from nlohmann's events (its SAX interface fixes the names) and holds every
/// limit while doing so.
class Builder {
 public:
  Builder(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  bool null() { return add(JsonValue()); }
  bool boolean(bool value) { return add(JsonValue(value)); }
  bool number_integer(std::int64_t value) { return add(JsonValue(value)); }
  bool number_unsigned(std::uint64_t value) { return add(JsonValue(value)); }
  bool number_float(double value, const std::string& /*digits*/) {
    if (!std::isfinite(value)) throw InputError("a number is beyond the range of a double");
    return add(JsonValue(value));
  }
  bool string(std::string& value) {
    check_length(value);
    return add(JsonValue(std::move(value)));
  }
  bool binary(std::vector<std::uint8_t>& /*bytes*/) { return false; }
  bool start_object(std::size_t /*elements*/) { return open(JsonValue::object()); }
  bool start_array(std::size_t /*elements*/) { return open(JsonValue::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    check_length(name);
    Level& level = levels_.back();
    if (!level.names.insert(name).second) {
      throw InputError("the name \"" + printable(name, 40) + "\" stands twice in one object");
    }
    level.key = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position,
                   const std::string& /*token*/,
                   const nlohmann::detail::exception& error) {
    throw InputError(place(text_, position) + ": " + complaint(error.what()));
  }

  [[nodiscard]] JsonValue take() && { return std::move(root_); }

 private:
  struct Level {
    JsonValue value;
    std::string key;                        ///< Of the member that comes next.
    std::unordered_set<std::string> names;  ///< Of an object: those seen.
  };

  void check_length(const std::string& text) const {
    if (text.size() > limits_.string_bytes) {
      throw InputError("a string is longer than " + counted(limits_.string_bytes, "bytes"));
    }
  }

  void count_element() {
    if (++elements_ > limits_.elements) {
      throw InputError("the document holds more than " + counted(limits_.elements, "values"));
    }
  }

  bool open(JsonValue container) {
    count_element();
    if (levels_.size() >= std::min(limits_.depth, kDeepest)) {
      throw InputError("arrays and objects are nested deeper than " +
                       counted(std::min(limits_.depth, kDeepest), "levels"));
    }
    levels_.push_back({std::move(container), {}, {}});
    return true;
  }

  bool close() {
    JsonValue value = std::move(levels_.back().value);
    levels_.pop_back();
    attach(std::move(value));
    return true;
  }

  bool add(JsonValue value) {
    count_element();
    attach(std::move(value));
    return true;
  }

  void attach(JsonValue value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return;
    }
    Level& level = levels_.back();
    if (level.value.is_array()) {
      level.value.push_back(std::move(value));
    } else {
      level.value.append_member(std::move(level.key), std::move(value));
    }
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::vector<Level> levels_;
  JsonValue root_;
  std::size_t elements_ = 0;
};

}  // namespace

JsonValue parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    throw InputError("the document has " + counted(text.size(), "bytes") + ", more than " +
                     counted(limits.bytes, "bytes"));
  }
  if (std::all_of(text.begin(), text.end(), [](char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
      })) {
    throw InputError("the document is empty");
  }
  Builder builder(text, limits);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder))
    throw InputError("the document is no JSON");
  return std::move(builder).take();
}

}  // namespace perfbench
