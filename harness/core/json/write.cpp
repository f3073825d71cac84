#include "harness/core/json/write.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "harness/core/json/utf8.hpp"

namespace perfbench {
namespace {

/// Appends one document; holds nothing between calls but the text.
class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}

  void write(const JsonValue& value, int depth) {
    switch (value.kind()) {
      case JsonValue::Kind::kNull:
        text_ += "null";
        break;
      case JsonValue::Kind::kBool:
        text_ += value.as_bool() ? "true" : "false";
        break;
      case JsonValue::Kind::kInt64:
        write_integer(value.as_int64());
        break;
      case JsonValue::Kind::kUint64:
        write_integer(value.as_uint64());
        break;
      case JsonValue::Kind::kDouble:
        write_double(value.as_double());
        break;
      case JsonValue::Kind::kString:
        write_string(value.as_string());
        break;
      case JsonValue::Kind::kArray:
        write_array(value.as_array(), depth);
        break;
      case JsonValue::Kind::kObject:
        write_object(value.as_object(), depth);
        break;
    }
  }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  template <class T>
  void write_integer(T value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text_.append(digits.data(), end);
  }

  void write_double(double value) {
    if (!std::isfinite(value)) {
      text_ += "null";
      return;
    }
    // 24 characters are the longest shortest form: -1.7976931348623157e+308.
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const std::string_view form(digits.data(), static_cast<std::size_t>(end - digits.data()));
    text_ += form;
    if (form.find_first_of(".e") == std::string_view::npos) text_ += ".0";
  }

  void write_string(const std::string& value) {
    text_ += '"';
    if (is_valid_utf8(value)) {
      escape(value);
    } else {
      escape(to_valid_utf8(value));
    }
    text_ += '"';
  }

  void escape(std::string_view value) {
    constexpr std::string_view kHex = "0123456789abcdef";
    for (const char c : value) {
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (c == '\n') {
        text_ += "\\n";
      } else if (c == '\t') {
        text_ += "\\t";
      } else if (static_cast<unsigned char>(c) < 0x20U || c == '\x7f') {
        const auto byte = static_cast<unsigned char>(c);
        text_ += "\\u00";
        text_ += kHex[byte >> 4U];
        text_ += kHex[byte & 0xFU];
      } else {
        text_ += c;
      }
    }
  }

  void write_array(const JsonValue::Array& elements, int depth) {
    const bool nested = std::any_of(elements.begin(), elements.end(), [](const JsonValue& element) {
      return element.is_array() || element.is_object();
    });
    text_ += '[';
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (i > 0) text_ += indent_ > 0 && !nested ? ", " : ",";
      if (nested) new_line(depth + 1);
      write(elements[i], depth + 1);
    }
    if (nested) new_line(depth);
    text_ += ']';
  }

  void write_object(const JsonValue::Object& members, int depth) {
    text_ += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) text_ += ',';
      new_line(depth + 1);
      write_string(members[i].first);
      text_ += indent_ > 0 ? ": " : ":";
      write(members[i].second, depth + 1);
    }
    if (!members.empty()) new_line(depth);
    text_ += '}';
  }

  void new_line(int depth) {
    if (indent_ <= 0) return;
    text_ += '\n';
    text_.append(static_cast<std::size_t>(indent_) * static_cast<std::size_t>(depth), ' ');
  }

  int indent_;
  std::string text_;
};

}  // namespace

std::string write_json(const JsonValue& value, int indent) {
  Writer writer(indent);
  writer.write(value, 0);
  return std::move(writer).take();
}

}  // namespace perfbench
