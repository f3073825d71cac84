#pragma once

#include <string>
#include <string_view>

#include "harness/core/result/report.hpp"

namespace perfbench {

/// What one FLOP is in every figure of ours; written into each report, since some tools count a
/// multiply-accumulate as one.
inline constexpr std::string_view kFlopConvention = "1 MAC = 2 FLOP";

/// The report document (report.schema.json beside this file), as text that ends in a newline.
/// Doubles are written so that reading gives the same bits back; a double that is not finite, which
/// no figure should be, is written as null. A figure that was refused is written without its value.
/// Throws nothing of its own.
[[nodiscard]] std::string write_document(const Report& report);

}  // namespace perfbench
