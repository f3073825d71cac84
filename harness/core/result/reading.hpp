#pragma once

#include <optional>
#include <string>
#include <utility>

#include "harness/core/units/check.hpp"

namespace perfbench {

/// A fact of the machine: a value with its source, or the reason why there is none. A missing file
/// never becomes 0, false or "disabled"; it reaches the report as "not available: reason".
template <class T>
class Reading {
 public:
  /// `source` names where the value was read: a path, "cpuid leaf 7", "measured".
  [[nodiscard]] static Reading of(T value, std::string source) {
    Reading r;
    r.value_ = std::move(value);
    r.source_.swap(source);
    r.reason_.clear();
    return r;
  }
  [[nodiscard]] static Reading unavailable(std::string reason) {
    Reading r;
    r.reason_.swap(reason);
    return r;
  }
  [[nodiscard]] bool available() const noexcept { return value_.has_value(); }
  [[nodiscard]] const T& value() const {
    CHECK(value_.has_value(), "value() of a reading that is not available");
    return *value_;
  }
  [[nodiscard]] T value_or(T other) const { return value_.value_or(std::move(other)); }
  [[nodiscard]] const std::string& source() const noexcept { return source_; }
  /// Empty when the value is available.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  friend bool operator==(const Reading&, const Reading&) = default;

 private:
  std::optional<T> value_;
  std::string source_;
  std::string reason_ = "never read";
};

}  // namespace perfbench
