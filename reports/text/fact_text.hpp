#pragma once

#include <string>

#include "harness/core/result/machine.hpp"

namespace perfbench {

/// A value with its unit, one line, made safe. Inside this room only.
[[nodiscard]] std::string fact_value_text(const FactValue& value, const std::string& unit);

}  // namespace perfbench
