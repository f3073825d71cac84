#pragma once

#include <string_view>

#include "harness/core/result/machine.hpp"
#include "harness/host/machine/probe_context.hpp"

namespace perfbench {

/// Kernel, distribution, clock source, address randomisation, isolation, SMT switch, mitigations.
void add_kernel_facts(ProbeContext& context, MachineFacts& facts);

/// Whether a word of the kernel's command line is one that changes figures ("isolcpus=2-3",
/// "mitigations=off"). The others may hold names and secrets, and are never shown.
[[nodiscard]] bool is_shown_kernel_option(std::string_view word);

}  // namespace perfbench
