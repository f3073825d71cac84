#pragma once

#include <string>
#include <string_view>

#include "harness/core/limits/core_limits.hpp"
#include "harness/core/limits/limit_table.hpp"

namespace perfbench::limits {

/// A cell as a limit with its source in words: "Zen 4, FMA fp32 ymm: 32 flop/cycle (InstLatX64;
/// measured by a third party)".
[[nodiscard]] Reading<Limit> make_limit(const std::string& name,
                                        const std::string& what,
                                        std::string_view unit,
                                        const Cell& cell,
                                        std::string_view source);

}  // namespace perfbench::limits
