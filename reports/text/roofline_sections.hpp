#pragma once

#include <string>

#include "harness/core/result/machine.hpp"
#include "reports/text/options.hpp"
#include "reports/text/roofline_view.hpp"

namespace perfbench {

// The sections of the full text of a roofline, in their order; each is "" where it has nothing to
// say. Inside this room only.

/// One core: every precision, kernel and instruction set beside its limit.
[[nodiscard]] std::string compute_section(const RooflineView& view,
                                          Marks& marks,
                                          const TextOptions& options);
/// One line a kernel: 1, 2, 4 .. cores with the share of perfect scaling.
[[nodiscard]] std::string scale_section(const RooflineView& view,
                                        Marks& marks,
                                        const TextOptions& options);
/// Kinds of cores, NUMA nodes: one line a place.
[[nodiscard]] std::string places_section(const RooflineView& view,
                                         Marks& marks,
                                         const TextOptions& options);
/// One core, then all of them in each placement epoch: kernel by level.
[[nodiscard]] std::string memory_sections(const RooflineView& view,
                                          Marks& marks,
                                          const TextOptions& options);
[[nodiscard]] std::string latency_section(const RooflineView& view,
                                          Marks& marks,
                                          const TextOptions& options);
/// The levels as the sweep found them, beside what the machine tells.
[[nodiscard]] std::string levels_section(const RooflineSection& section,
                                         const TextOptions& options);
[[nodiscard]] std::string ridge_section(const RooflineView& view, const TextOptions& options);
/// Matrix products: who computes them, how fast, what binds them.
[[nodiscard]] std::string products_section(const RooflineView& view,
                                           Marks& marks,
                                           const TextOptions& options);
/// What a program here gets from the library, and what this CPU can, for each operation and shape.
[[nodiscard]] std::string library_section(const RooflineSection& section,
                                          const MachineFacts& machine,
                                          const TextOptions& options);
[[nodiscard]] std::string notes_section(const RooflineSection& section, const TextOptions& options);

/// A heading with its explanation, after an empty line.
[[nodiscard]] std::string section_head(const std::string& heading,
                                       const std::string& what,
                                       const TextOptions& options);

/// Per core and clock cycle: what was measured, "no clock"; what is documented, "unknown".
[[nodiscard]] std::string cycle_text(const Roof& roof);
[[nodiscard]] std::string limit_text(const Roof& roof);

/// "limit unknown: why", each reason once.
[[nodiscard]] std::string unknown_limits(const std::vector<const Roof*>& roofs,
                                         const TextOptions& options);

}  // namespace perfbench
