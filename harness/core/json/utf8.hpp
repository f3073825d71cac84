#pragma once

#include <string>
#include <string_view>

namespace perfbench {

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// The text with each byte that cannot be decoded replaced by U+FFFD. Text from /proc, DMI or a
/// command line may hold any.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

}  // namespace perfbench
