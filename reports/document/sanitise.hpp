#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace perfbench {

/// Makes a string of a stranger's report safe for a terminal: control and escape characters (C0,
/// DEL, C1), bytes that are no UTF-8, and the characters that reorder text become visible escapes
/// such as \x1b; longer than `max_bytes` is cut with "...". Newlines and tabs are escaped too: the
/// result is one line.
[[nodiscard]] std::string sanitise(std::string_view untrusted, std::size_t max_bytes = 400);

}  // namespace perfbench
