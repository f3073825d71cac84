#pragma once

#include <string>

#include "harness/core/result/machine.hpp"
#include "harness/core/result/report.hpp"
#include "reports/text/options.hpp"

namespace perfbench {

/// What `perfbench probe` prints: whether this machine is fit to measure on, then every fact with
/// its source or the reason why there is none, the noise floor, then the warnings with their
/// remedies.
[[nodiscard]] std::string probe_text(const Report& report, const TextOptions& options = {});

/// The warnings alone, numbered: what, why it matters, the remedy.
[[nodiscard]] std::string warnings_text(const MachineFacts& machine,
                                        const TextOptions& options = {});

}  // namespace perfbench
