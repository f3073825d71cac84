#include "harness/core/units/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace perfbench {

void check_failed(const char* condition, const char* why, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed: %s\n", file, line, condition, why);
  std::abort();
}

}  // namespace perfbench
