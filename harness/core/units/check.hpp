#pragma once

namespace perfbench {

/// Ends the program with the place and the reason. For programmer errors only: a bad plan or a bad
/// file is an Error.
[[noreturn]] void check_failed(const char* condition,
                               const char* why,
                               const char* file,
                               int line) noexcept;

}  // namespace perfbench

/// Holds in every build type. `why` says what the caller got wrong.
#define CHECK(condition, why)                                                         \
  do {                                                                                \
    if (!(condition)) ::perfbench::check_failed(#condition, why, __FILE__, __LINE__); \
  } while (false)
