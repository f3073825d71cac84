#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result/reading.hpp"

namespace perfbench {

/// Small readers of the text that /proc and /sys speak. None of them throws.

[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
/// Pieces between white space; empty ones do not occur.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);
/// Pieces between `separator`; empty ones are kept, and an empty text has none.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
/// The whole text, white space around it aside, must be the number. Base 16 takes "0x".
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_hex(std::string_view text);
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
/// "48K", "2048K", "32M" as sysfs writes a cache's size, in bytes.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);
/// The text of the line that begins with `key`, then white space and a colon, as in /proc/cpuinfo
/// and /proc/meminfo: what stands behind the colon in the first such line.
[[nodiscard]] std::optional<std::string> find_field(std::string_view text, std::string_view key);

/// Readings of a file's text as a number, keeping its source; unreadable text becomes a reason.
[[nodiscard]] Reading<std::int64_t> as_integer(const Reading<std::string>& text);
[[nodiscard]] Reading<std::vector<int>> as_cpu_list(const Reading<std::string>& text);
/// The value times `factor`, for kHz and the like.
[[nodiscard]] Reading<double> scaled(const Reading<std::int64_t>& reading, double factor);
/// A text file's value, but an empty file is "unavailable: empty".
[[nodiscard]] Reading<std::string> not_empty(const Reading<std::string>& text);

}  // namespace perfbench
