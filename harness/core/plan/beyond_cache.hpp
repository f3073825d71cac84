#pragma once

#include <cstdint>

namespace perfbench {

/// A working set of so many times the last-level caches that it can use is passed through as if
/// there were none. Fewer leave a part of each pass for the next, since a shared cache's
/// replacement is not by age: from 4 times its 32 MiB in all (STREAM's rule is 4 times for each
/// array, 12 for the triad's three) a core of a Zen 5 read 47 to 50 GB/s, from 6 times 45 to 48,
/// from 8 to 24 times 43 to 45, best of three rounds in turn.
inline constexpr std::uint64_t kTimesBeyondCache = 8;

}  // namespace perfbench
