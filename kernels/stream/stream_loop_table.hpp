#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "kernels/stream/stream_loop.hpp"

namespace perfbench {

/// What a loop touches and fetches ahead, for the assembler's conditions.
struct StreamUse {
  bool b = false;
  bool c = false;
  bool fused = false;    ///< Product and sum in one instruction, where the ISA has it.
  bool fetch_a = false;  ///< To be read.
  bool fetch_b = false;
  bool fetch_c = false;
  bool own_a = false;  ///< To be written.
  bool own_bc = false;
  int ahead = 0;   ///< Bytes.
  int beyond = 0;  ///< Of a far read: bytes ahead for level 2, before level 1 asks for them.
};

[[nodiscard]] constexpr StreamUse stream_use(StreamOperation operation,
                                             StreamForm form,
                                             StoreKind store) noexcept {
  const bool far = is_far(form);
  const bool fetches = form == StreamForm::kFar;  // By software, what is read.
  const bool reads = operation == StreamOperation::kRead;
  const bool alone =
      reads || operation == StreamOperation::kWrite || operation == StreamOperation::kUpdate;
  const bool two = operation == StreamOperation::kAdd || operation == StreamOperation::kTriad;
  const bool plain = form == StreamForm::kPlain || form == StreamForm::kPlainUnfused;
  const bool owns = !plain && store == StoreKind::kRegular && !reads;
  StreamUse use;
  use.b = !alone || far;
  use.c = two || (alone && far);
  use.fused = operation == StreamOperation::kTriad && form != StreamForm::kPlainUnfused;
  const bool one_ahead = form == StreamForm::kNearAhead && reads;
  use.fetch_a = (fetches && reads) || one_ahead;
  use.fetch_b = fetches && (reads || !alone);
  use.fetch_c = fetches && (reads || two);
  use.own_a = owns;
  use.own_bc = owns && alone && far;
  use.ahead = fetches ? 4096 : far || one_ahead ? 2048 : 512;
  if (fetches && reads) {
    // Reads alone keep more lines in flight when they come in two steps: on a two-core guest of a
    // Xeon with AMX 21.4 GB/s from DRAM, 19.9 with one, in turn with a matrix kernel that read 20.8
    // and 20.5 meanwhile.
    use.ahead = 1024;
    use.beyond = 3072;
  }
  return use;
}

/// One past an array's last element, null for null.
[[nodiscard]] inline const double* stream_end(const double* array, const StreamRun& run) noexcept {
  return array == nullptr ? nullptr : array + run.elements;
}

template <template <Isa, StreamOperation, StreamForm, StoreKind> class Loop,
          Isa kIsa,
          StreamOperation kOperation>
constexpr void add_stream_operation(StreamLoops& loops) noexcept {
  constexpr auto kIndex = static_cast<std::size_t>(kOperation);
  constexpr auto kRegular = StoreKind::kRegular;
  constexpr auto kPast = StoreKind::kNonTemporal;
  StreamFunction unfused = nullptr;
  if constexpr (kOperation == StreamOperation::kTriad &&
                (kIsa == Isa::kAvx2Fma || kIsa == Isa::kAvx512)) {
    unfused = Loop<kIsa, kOperation, StreamForm::kPlainUnfused, kRegular>::run;
  }
  loops.regular[kIndex] = {
      Loop<kIsa, kOperation, StreamForm::kPlain, kRegular>::run,
      unfused,
      Loop<kIsa, kOperation, StreamForm::kNearAhead, kRegular>::run,
      Loop<kIsa, kOperation, StreamForm::kFar, kRegular>::run,
      Loop<kIsa, kOperation, StreamForm::kFarStoresAhead, kRegular>::run,
  };
  if constexpr (kOperation != StreamOperation::kRead && kOperation != StreamOperation::kUpdate &&
                kIsa != Isa::kScalar) {
    loops.non_temporal[kIndex] = {
        nullptr,
        nullptr,
        nullptr,
        Loop<kIsa, kOperation, StreamForm::kFar, kPast>::run,
        Loop<kIsa, kOperation, StreamForm::kFarStoresAhead, kPast>::run,
    };
  }
}

/// The table of one ISA, from an architecture's template of loops. Scalar code has no non-temporal
/// stores.
template <template <Isa, StreamOperation, StreamForm, StoreKind> class Loop, Isa kIsa>
[[nodiscard]] constexpr StreamLoops make_stream_loops(std::size_t vector_elements) noexcept {
  StreamLoops loops;
  loops.isa = kIsa;
  loops.vector_elements = vector_elements;
  [&loops]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
    (add_stream_operation<Loop, kIsa, kStreamOperations[kIndex]>(loops), ...);
  }
  (std::make_index_sequence<kStreamOperations.size()>());
  return loops;
}

}  // namespace perfbench
