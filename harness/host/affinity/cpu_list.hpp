#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perfbench {

/// A kernel's list of CPUs or nodes, "0-3,8", ascending. Nothing for text of another form or with
/// more than 65536 entries.
[[nodiscard]] std::optional<std::vector<int>> parse_cpu_list(std::string_view text);
/// The opposite: "0-3,8"; "" for none. Takes them in any order.
[[nodiscard]] std::string format_cpu_list(std::vector<int> cpus);

}  // namespace perfbench
