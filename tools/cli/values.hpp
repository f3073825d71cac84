#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// "90s", "8m", "1h30m", "500ms", "200us"; a bare number is seconds. Nothing for anything else,
/// zero and negative included.
[[nodiscard]] std::optional<Nanoseconds> parse_duration(std::string_view text);

/// "0.25", "250ms", "1.5us": one decimal number, of seconds where no unit (ns, us, ms, s, m, h)
/// follows; 0 is one. To the nanosecond. Nothing for anything else, negative numbers and what is
/// beyond a year included.
[[nodiscard]] std::optional<Nanoseconds> parse_offset(std::string_view text);

/// "512M", "2G", "64KiB", "1GB": K M G T are powers of 1024 (as every Unix tool has them), kB MB GB
/// TB powers of 1000. A bare number is bytes. Nothing for anything else; 0 is a number, and refused
/// by whoever needs more.
[[nodiscard]] std::optional<Bytes> parse_bytes(std::string_view text);

/// "--flag=" with nothing after it, for which the parser would take the next word. Throws
/// UsageError.
void refuse_empty_values(std::span<const std::string> words);

}  // namespace perfbench
