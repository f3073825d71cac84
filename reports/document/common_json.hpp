#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json/cursor.hpp"
#include "harness/core/json/value.hpp"
#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/machine.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/core/result/verdict.hpp"
#include "harness/core/units/quantity.hpp"
#include "reports/document/names.hpp"

namespace perfbench {

// Parts of the document that several sections hold, each with its writer and its reader. Inside
// this room only.

/// No duration of a report is longer (115 days): sums of any of its arrays then stay within a
/// double's exact integers or near, and arithmetic on two of them within int64.
inline constexpr std::int64_t kMaxNanoseconds = 10'000'000'000'000'000;

/// A whole number from `low` to `high`; InputError with the path otherwise.
[[nodiscard]] std::int64_t read_integer(const JsonCursor& at, std::int64_t low, std::int64_t high);
/// An int of at least `low`.
[[nodiscard]] int read_int(const JsonCursor& at, int low);
[[nodiscard]] Nanoseconds read_duration(const JsonCursor& at);
/// Durations of at least `shortest` ns.
[[nodiscard]] std::vector<Nanoseconds> read_durations(const JsonCursor& at, std::int64_t shortest);
/// The member, or nothing where it is null; missing is an error.
[[nodiscard]] std::optional<double> read_optional_number(const JsonCursor& parent,
                                                         std::string_view key);

/// Null where it is absent; the reverse, where the key must be there.
[[nodiscard]] JsonValue optional_to_json(const std::optional<Nanoseconds>& value);
[[nodiscard]] JsonValue optional_to_json(const std::optional<std::uint64_t>& value);
[[nodiscard]] std::optional<Nanoseconds> read_optional_duration(const JsonCursor& parent,
                                                                std::string_view key);

/// A figure of 0 or more: a rate, a count that is no whole number, a mean time. InputError with the
/// path for a negative one.
[[nodiscard]] double read_amount(const JsonCursor& at);
/// A figure from 0 to 1.
[[nodiscard]] double read_fraction(const JsonCursor& at);
/// Elements of an array of at most `most`, of which a machine has no more; InputError otherwise.
[[nodiscard]] std::vector<JsonCursor> read_elements(const JsonCursor& at, std::size_t most);

/// "p99" of 990000, and the reverse.
[[nodiscard]] std::uint32_t read_percentile_name(const JsonCursor& at);
/// Seeds are texts, since JSON numbers of many readers end at 2^53.
[[nodiscard]] std::uint64_t read_seed(const JsonCursor& at);

template <class Enum>
[[nodiscard]] Enum read_word(const JsonCursor& at) {
  const std::optional<Enum> value = enumerator_of<Enum>(at.as_string());
  if (!value) at.fail("expected one of " + words_of<Enum>());
  return *value;
}

[[nodiscard]] JsonValue durations_to_json(const std::vector<Nanoseconds>& durations);
[[nodiscard]] JsonValue strings_to_json(const std::vector<std::string>& strings);
[[nodiscard]] JsonValue optional_to_json(const std::optional<double>& value);

[[nodiscard]] JsonValue to_json(const Reading<double>& reading);
[[nodiscard]] JsonValue to_json(const Reading<std::int64_t>& reading);
[[nodiscard]] Reading<double> read_number_reading(const JsonCursor& at);
[[nodiscard]] Reading<std::int64_t> read_integer_reading(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const FactValue& value);
[[nodiscard]] FactValue read_fact_value(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const std::vector<Reason>& reasons);
[[nodiscard]] std::vector<Reason> read_reasons(const JsonCursor& at);

[[nodiscard]] JsonValue to_json(const Disturbance& disturbance);
[[nodiscard]] Disturbance read_disturbance(const JsonCursor& at);

/// Adds "verdict" and "reasons" to an object, and reads them from it.
void add_verdict(JsonValue& object, const Verdict& verdict);
[[nodiscard]] Verdict read_verdict(const JsonCursor& parent);

}  // namespace perfbench
