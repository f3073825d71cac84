#include "kernels/stream/stream_entries.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "harness/core/result/names.hpp"
#include "harness/core/units/check.hpp"
#include "kernels/stream/fastest_form.hpp"
#include "kernels/stream/stream_arena.hpp"
#include "kernels/stream/stream_check.hpp"
#include "kernels/stream/triad.hpp"

namespace perfbench {
namespace {

/// What a kernel is made of.
struct StreamSpec {
  const StreamLoops* loops = nullptr;
  StreamVariant variant;
  MemoryLevel level = MemoryLevel::kNone;
  std::size_t elements = 0;  ///< Of each array in one pass.
  std::string memory;        ///< In words: "in three fp64 arrays of 12 KiB".
  bool may_hold_cache_hits = false;

  [[nodiscard]] int arrays() const noexcept {
    return stream_arrays(variant.operation, variant.form);
  }
};

struct OperationWords {
  const char* name;
  const char* formula;
};

OperationWords words_of(StreamOperation operation) noexcept {
  switch (operation) {
    case StreamOperation::kRead:
      return {"read", "every element loaded"};
    case StreamOperation::kWrite:
      return {"write", "a = s"};
    case StreamOperation::kCopy:
      return {"copy", "a = b"};
    case StreamOperation::kScale:
      return {"scale", "a = s b"};
    case StreamOperation::kAdd:
      return {"add", "a = b + c"};
    case StreamOperation::kTriad:
      return {"triad", "a = b + s c"};
    case StreamOperation::kUpdate:
      return {"update", "neighbouring vectors of a change places"};
  }
  return {"", ""};
}

const char* stores_in_words(const StreamSpec& spec) noexcept {
  if (spec.variant.operation == StreamOperation::kRead) return ", ";
  if (spec.variant.store == StoreKind::kNonTemporal) return ", non-temporal stores, ";
  if (spec.level == MemoryLevel::kL1 || spec.variant.operation == StreamOperation::kUpdate)
    return ", ";
  return ", stores that allocate their line first, ";
}

KernelInfo describe(const StreamSpec& spec) {
  const OperationWords words = words_of(spec.variant.operation);
  KernelInfo info;
  info.name = words.name;
  if (spec.variant.store == StoreKind::kNonTemporal) info.name += "_nt";
  info.variant = std::string(name_of(spec.loops->isa));
  info.kind = RoofKind::kBandwidth;
  info.is_roof = true;
  info.precision = Precision::kFp64;
  info.isa = spec.loops->isa;
  info.level = spec.level;
  info.description = std::string(words.formula) + stores_in_words(spec) + spec.memory;
  info.may_hold_cache_hits = spec.may_hold_cache_hits;
  return info;
}

/// Of one pass.
Work work_of(const StreamSpec& spec) noexcept {
  const StreamVariant& variant = spec.variant;
  const std::uint64_t array = spec.elements * sizeof(double);
  const int loads = stream_loads(variant.operation, variant.form);
  const int stores = stream_stores(variant.operation, variant.form);
  Work work;
  work.bytes = Bytes(array * static_cast<std::uint64_t>(loads + stores));
  // A line that is stored and not loaded before comes in first and leaves again; in level 1 it is
  // there, and a non-temporal store sends it out alone.
  const bool allocates = variant.store == StoreKind::kRegular && spec.level != MemoryLevel::kL1 &&
                         variant.operation != StreamOperation::kUpdate;
  const int filled = allocates ? stores : 0;
  work.moved_bytes = work.bytes + Bytes(array * static_cast<std::uint64_t>(filled));
  switch (variant.operation) {
    case StreamOperation::kTriad:
      work.flops = Flops(2 * spec.elements);
      break;
    case StreamOperation::kScale:
    case StreamOperation::kAdd:
      work.flops = Flops(spec.elements);
      break;
    case StreamOperation::kRead:
    case StreamOperation::kWrite:
    case StreamOperation::kCopy:
    case StreamOperation::kUpdate:
      break;
  }
  return work;
}

/// What both kinds of kernel are.
class StreamKernel : public Kernel {
 public:
  explicit StreamKernel(StreamSpec spec)
      : spec_(std::move(spec)),
        function_(
            spec_.loops->find(spec_.variant.operation, spec_.variant.form, spec_.variant.store)),
        info_(describe(spec_)),
        work_(work_of(spec_)) {}

  const KernelInfo& info() const noexcept override { return info_; }
  Work work() const noexcept override { return work_; }

 protected:
  [[nodiscard]] const StreamSpec& spec() const noexcept { return spec_; }
  void stream(const StreamRun& run) noexcept { function_(run, last_); }
  [[nodiscard]] Verification check(const StreamRun& run) const {
    return check_stream(*spec_.loops, spec_.variant, run);
  }

 private:
  StreamSpec spec_;
  StreamFunction function_;
  KernelInfo info_;
  Work work_;
  StreamStep last_;
};

/// A level 2 is indexed by physical addresses: pages that the system (a guest's host, behind its
/// huge pages too) happened to give may crowd into a part of it, for as long as they are held. On a
/// Zen 5 of 1 MiB two of 48 pieces of 512 KiB read 186 and 267 GB/s where the others read 283. So
/// the windows go round some places: the best is what the level delivers, the median what a program
/// gets.
constexpr std::size_t kLevel2Places = 4;
/// Of the windows at a place one finds its data in level 2.
constexpr std::uint64_t kRunsOfAPlace = 2;

/// An iteration is one pass over the whole working set.
class CacheStreamKernel final : public StreamKernel {
 public:
  explicit CacheStreamKernel(StreamSpec spec) : StreamKernel(std::move(spec)) {}

  Bytes working_set() const noexcept override {
    return Bytes(static_cast<std::uint64_t>(spec().arrays()) * spec().elements * sizeof(double));
  }
  void prepare() override {
    const std::size_t places = spec().level == MemoryLevel::kL2 ? kLevel2Places : 1;
    places_.clear();
    for (std::size_t i = 0; i < places; ++i) {
      places_.push_back(std::make_unique<StreamArrays>(
          spec().arrays(), spec().elements, spec().elements, "The cache kernels"));
    }
  }
  Verification verify() override {
    Verification last;
    for (const auto& place : places_) {
      last = check(run_at(*place, 1));
      if (!last.passed) return last;
    }
    return last;
  }
  void run(std::uint64_t iterations) noexcept override {
    stream(run_at(*places_[runs_ / kRunsOfAPlace % places_.size()], iterations));
    ++runs_;
  }

 private:
  StreamRun run_at(const StreamArrays& arrays, std::uint64_t passes) const noexcept {
    // Another scalar in each run, so that a store changes what stands there.
    return {arrays.array(0),
            arrays.array(1),
            arrays.array(2),
            static_cast<double>(3 + runs_ % 7),
            spec().elements,
            passes};
  }

  std::vector<std::unique_ptr<StreamArrays>> places_;
  std::uint64_t runs_ = 0;
};

/// An iteration is one chunk of each array.
class DramStreamKernel final : public StreamKernel {
 public:
  DramStreamKernel(StreamSpec spec,
                   const StreamLayout& layout,
                   std::shared_ptr<StreamArenaPool> pool)
      : StreamKernel(std::move(spec)), layout_(layout), pool_(std::move(pool)) {}

  Bytes working_set() const noexcept override { return layout_.working_set(); }
  void prepare() override { arena_ = pool_->of_this_thread(); }

  /// Two chunks and the step over the end of the arrays.
  Verification verify() override {
    CHECK(arena_ != nullptr, "verify() comes after prepare()");
    while (arena_->next() + layout_.chunk_elements < layout_.elements()) arena_->advance();
    Verification last;
    for (int chunk = 0; chunk < 2; ++chunk) {
      last = check(chunk_run());
      if (!last.passed) return last;
      arena_->advance();
    }
    return last;
  }

  void run(std::uint64_t iterations) noexcept override {
    for (std::uint64_t i = 0; i < iterations; ++i) {
      stream(chunk_run());
      arena_->advance();
    }
  }

 private:
  StreamRun chunk_run() noexcept {
    const std::size_t at = arena_->next();
    return {arena_->a().data() + at,
            arena_->b().data() + at,
            arena_->c().data() + at,
            arena_->scalar(),
            layout_.chunk_elements,
            1};
  }

  StreamLayout layout_;
  std::shared_ptr<StreamArenaPool> pool_;
  std::shared_ptr<StreamArena> arena_;
};

std::string size_in_words(Bytes bytes) {
  return bytes >= mib(4) ? std::to_string(bytes.count() >> 20U) + " MiB"
                         : std::to_string(bytes.count() >> 10U) + " KiB";
}

std::string arrays_in_words(int arrays, std::size_t elements) {
  const std::string size = size_in_words(Bytes(elements * sizeof(double)));
  if (arrays == 1) return "one fp64 array of " + size;
  return (arrays == 2 ? "two fp64 arrays of " : "three fp64 arrays of ") + size;
}

KernelEntry cache_entry(StreamSpec spec, const LevelSize& size) {
  const std::size_t arrays = static_cast<std::size_t>(spec.arrays());
  const std::size_t blocks =
      static_cast<std::size_t>(size.per_thread.count()) / (arrays * kStreamBlockBytes);
  spec.elements = std::max<std::size_t>(1, blocks) * kStreamBlock;
  spec.memory = arrays_in_words(spec.arrays(), spec.elements);
  KernelEntry entry;
  entry.info = describe(spec);
  entry.working_set = Bytes(arrays * spec.elements * sizeof(double));
  entry.make = [spec] { return std::make_unique<CacheStreamKernel>(spec); };
  return entry;
}

/// The operations and kinds of stores that are wanted of one level, with one ISA's loops.
std::vector<StreamSpec> specs_of_isa(const MachineShape& machine,
                                     const StreamLoops& loops,
                                     MemoryLevel level,
                                     const StreamOptions& options) {
  std::vector<StreamSpec> specs;
  for (const StreamOperation operation : kStreamOperations) {
    const bool usual = operation == StreamOperation::kRead || operation == StreamOperation::kTriad;
    if (!usual && !options.all_operations) continue;
    for (const StoreKind store : {StoreKind::kNonTemporal, StoreKind::kRegular}) {
      // Past the caches they are no figure of a cache.
      if (store == StoreKind::kNonTemporal && level != MemoryLevel::kDram) continue;
      StreamSpec spec;
      spec.loops = &loops;
      spec.variant = {operation, fastest_form(machine, loops, level, operation), store};
      spec.level = level;
      if (loops.find(operation, spec.variant.form, store) != nullptr) specs.push_back(spec);
    }
  }
  return specs;
}

/// Those of the level in every wanted ISA. Of all operations, stores that allocate their line are
/// measured from 256-bit registers too beyond level 2, where wider ones are not always faster: a
/// Zen 5 copies 124 and 111 GB/s in level 3 and updates 70 and 47 in DRAM.
std::vector<StreamSpec> specs_of(const MachineShape& machine,
                                 MemoryLevel level,
                                 const StreamOptions& options) {
  std::vector<StreamSpec> specs;
  const Isa widest = widest_stream_isa(machine);
  const bool far = level == MemoryLevel::kL3 || level == MemoryLevel::kDram;
  for (const Isa isa : machine.isas) {
    const bool half =
        isa == Isa::kAvx2Fma && widest == Isa::kAvx512 && far && options.all_operations;
    if (isa != widest && !half && !options.narrower_isas) continue;
    const StreamLoops* loops = find_stream_loops(isa);
    if (loops == nullptr) continue;
    for (StreamSpec& spec : specs_of_isa(machine, *loops, level, options)) {
      const bool allocates = spec.variant.store == StoreKind::kRegular &&
                             spec.variant.operation != StreamOperation::kRead;
      if (isa == widest || options.narrower_isas || allocates) specs.push_back(std::move(spec));
    }
  }
  return specs;
}

void append_dram_entries(const MachineShape& machine,
                         const StreamOptions& options,
                         std::vector<KernelEntry>& entries) {
  const DramWorkingSet set = dram_working_set(machine, options.sizing);
  const StreamLayout layout = stream_layout(set.per_thread);
  const auto pool =
      std::make_shared<StreamArenaPool>([layout] { return std::make_shared<StreamArena>(layout); });
  for (StreamSpec& spec : specs_of(machine, MemoryLevel::kDram, options)) {
    spec.elements = layout.chunk_elements;
    spec.memory = arrays_in_words(3, layout.elements()) + ", " +
                  size_in_words(Bytes(layout.chunk_elements * sizeof(double))) +
                  " of each at a time";
    spec.may_hold_cache_hits = !set.beyond_caches;
    KernelEntry entry;
    entry.info = describe(spec);
    entry.working_set = layout.working_set();
    entry.shares_memory = "DRAM arena";
    entry.make = [spec, layout, pool] {
      return std::make_unique<DramStreamKernel>(spec, layout, pool);
    };
    entries.push_back(std::move(entry));
  }
}

}  // namespace

std::vector<KernelEntry> stream_entries(const MachineShape& machine, const StreamOptions& options) {
  std::vector<KernelEntry> entries;
  for (const LevelSize& size : options.levels) {
    CHECK(size.level != MemoryLevel::kNone && size.level != MemoryLevel::kDram,
          "a level's size is a cache's");
    for (StreamSpec& spec : specs_of(machine, size.level, options)) {
      entries.push_back(cache_entry(std::move(spec), size));
    }
  }
  if (options.dram) append_dram_entries(machine, options, entries);
  return entries;
}

}  // namespace perfbench
