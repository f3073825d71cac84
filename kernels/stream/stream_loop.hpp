#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// What a streaming loop does to each element, as STREAM spells it. a is what is written.
enum class StreamOperation {
  kRead,    ///< loads a
  kWrite,   ///< a = s
  kCopy,    ///< a = b
  kScale,   ///< a = s b
  kAdd,     ///< a = b + c
  kTriad,   ///< a = b + s c
  kUpdate,  ///< neighbouring vectors of a change places: read and written, and without arithmetic
};
inline constexpr std::array<StreamOperation, 7> kStreamOperations{StreamOperation::kRead,
                                                                  StreamOperation::kWrite,
                                                                  StreamOperation::kCopy,
                                                                  StreamOperation::kScale,
                                                                  StreamOperation::kAdd,
                                                                  StreamOperation::kTriad,
                                                                  StreamOperation::kUpdate};

/// Where the data come from decides what a loop fetches ahead.
enum class StreamForm {
  /// Level 1: nothing, since each prefetch takes the place of a load. Reads of level 2 too.
  kPlain,
  /// The triad of level 1, its product and its sum in two instructions, where that is faster than
  /// an FMA beside a store.
  kPlainUnfused,
  /// One set of arrays as in level 2, where the lines to be stored are fetched: a store that misses
  /// level 1 is not fetched ahead by the hardware. read, which stores nothing, fetches what it
  /// reads
  /// by 2 KiB, which no level 2 wants, but a level 3 that answers one array faster than three.
  kNearAhead,
  /// Level 3 and DRAM: every line, 4 KiB ahead, across the page boundary where the hardware's
  /// prefetchers stop; of read in two steps, 3 KiB ahead into level 2 and 1 KiB into level 1. read,
  /// write and update take a, b and c side by side.
  kFar,
  /// The same where the hardware fetches better ahead what is read: only lines to be stored, by
  /// 2 KiB.
  kFarStoresAhead,
};
inline constexpr std::array<StreamForm, 5> kStreamForms{StreamForm::kPlain,
                                                        StreamForm::kPlainUnfused,
                                                        StreamForm::kNearAhead,
                                                        StreamForm::kFar,
                                                        StreamForm::kFarStoresAhead};

[[nodiscard]] constexpr bool is_far(StreamForm form) noexcept {
  return form == StreamForm::kFar || form == StreamForm::kFarStoresAhead;
}

/// How a streaming kernel writes. Regular stores first read the line that they write
/// (write-allocate); non-temporal stores go past the caches, which DRAM-sized arrays want and
/// cache-sized ones do not.
enum class StoreKind { kRegular, kNonTemporal };

/// Bytes to which a is aligned (b and c need not be), and of which the arrays' lengths are a
/// multiple: eight vectors of the widest ISA.
inline constexpr std::size_t kStreamAlignment = 64;
inline constexpr std::size_t kStreamBlockBytes = 512;
inline constexpr std::size_t kStreamBlock = kStreamBlockBytes / sizeof(double);

/// What a loop works on. Arrays that the operation does not name may be null. b and c are written
/// by the far forms of write and update alone.
struct StreamRun {
  double* a = nullptr;
  double* b = nullptr;
  double* c = nullptr;
  double scalar = 1.0;
  std::size_t elements = 0;  ///< Of each array: a multiple of kStreamBlock.
  std::uint64_t passes = 1;  ///< Over the whole of each array.
};

/// One step's eight vectors, as read() saw them.
struct alignas(kStreamAlignment) StreamStep {
  std::array<double, kStreamBlock> elements{};
};

/// A loop. Only reads store to `last`: the vectors of the last step (of c in the far form), which
/// is what can be checked of loads that nobody uses.
using StreamFunction = void (*)(const StreamRun& run, StreamStep& last) noexcept;

/// The loops of one ISA.
struct StreamLoops {
  Isa isa = Isa::kScalar;
  std::size_t vector_elements = 1;  ///< That one instruction takes; a step is eight of them.
  /// [operation][form], regular stores. Null: unfused what is no triad of AVX2 or AVX-512.
  std::array<std::array<StreamFunction, kStreamForms.size()>, kStreamOperations.size()> regular{};
  /// [operation][form], non-temporal stores fenced at the end. Null: in the near forms, for read
  /// and update, and where the ISA has none. On arm64 it is the pair store with the non-temporal
  /// hint, which a core may treat as a regular one.
  std::array<std::array<StreamFunction, kStreamForms.size()>, kStreamOperations.size()>
      non_temporal{};

  [[nodiscard]] StreamFunction find(StreamOperation operation,
                                    StreamForm form,
                                    StoreKind store) const noexcept {
    const auto& table = store == StoreKind::kNonTemporal ? non_temporal : regular;
    return table[static_cast<std::size_t>(operation)][static_cast<std::size_t>(form)];
  }
};

/// The loops of this build, narrowest first: scalar always.
[[nodiscard]] std::span<const StreamLoops> stream_loops() noexcept;

/// The loops of one ISA, null where this build has none.
[[nodiscard]] const StreamLoops* find_stream_loops(Isa isa) noexcept;

/// Arrays of the operation that stand side by side in that form.
[[nodiscard]] constexpr int stream_arrays(StreamOperation operation, StreamForm form) noexcept {
  switch (operation) {
    case StreamOperation::kRead:
    case StreamOperation::kWrite:
    case StreamOperation::kUpdate:
      return is_far(form) ? 3 : 1;
    case StreamOperation::kCopy:
    case StreamOperation::kScale:
      return 2;
    case StreamOperation::kAdd:
    case StreamOperation::kTriad:
      return 3;
  }
  return 0;
}

/// Arrays among them that are stored to.
[[nodiscard]] constexpr int stream_stores(StreamOperation operation, StreamForm form) noexcept {
  if (operation == StreamOperation::kRead) return 0;
  const bool alone = operation == StreamOperation::kWrite || operation == StreamOperation::kUpdate;
  return alone && is_far(form) ? 3 : 1;
}

/// Arrays among them that are loaded.
[[nodiscard]] constexpr int stream_loads(StreamOperation operation, StreamForm form) noexcept {
  if (operation == StreamOperation::kWrite) return 0;
  const int arrays = stream_arrays(operation, form);
  const bool apart = operation != StreamOperation::kRead && operation != StreamOperation::kUpdate;
  return apart ? arrays - 1 : arrays;
}

}  // namespace perfbench
