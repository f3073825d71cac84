#pragma once

#include "harness/core/result/serving.hpp"
#include "harness/core/result/track.hpp"

namespace perfbench {

/// 1 - alone / offline. The interval takes the two rates for independent: what each end of each
/// does to the figure, added up in squares. Pure. `offline` must be above 0.
[[nodiscard]] Estimate gap_of(const PeakRate& alone, const Estimate& offline);

/// Share of that gap that batches close: (batched - alone) / (offline - alone), with its interval
/// in the same way. All 0 where there is no gap. Pure.
[[nodiscard]] Estimate closed_of(const PeakRate& alone,
                                 const PeakRate& batched,
                                 const Estimate& offline);

}  // namespace perfbench
