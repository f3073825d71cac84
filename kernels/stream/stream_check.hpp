#pragma once

#include "harness/core/kernel.hpp"
#include "kernels/stream/stream_loop.hpp"

namespace perfbench {

/// Which loop is checked.
struct StreamVariant {
  StreamOperation operation = StreamOperation::kRead;
  StreamForm form = StreamForm::kPlain;
  StoreKind store = StoreKind::kRegular;
};

/// Runs a loop over `run`'s arrays and holds what it did against plain scalar code, bit for bit;
/// elements are small whole numbers, so that fused and separate arithmetic agree. What is stored is
/// overwritten first, so that nothing right can be left from before. The element before each array
/// and the one after must be readable: they may not change. Of loads, which leave nothing behind,
/// the vectors of the last step are compared, for the whole length and for each of the first 32
/// lengths, with each array in the place of the one that is seen. The detail names the first
/// difference.
[[nodiscard]] Verification check_stream(const StreamLoops& loops,
                                        const StreamVariant& variant,
                                        const StreamRun& run);

}  // namespace perfbench
