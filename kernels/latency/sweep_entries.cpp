#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "harness/core/result/names.hpp"
#include "kernels/latency/chase_arena.hpp"
#include "kernels/latency/chase_entries.hpp"
#include "kernels/latency/chase_kernel.hpp"
#include "kernels/stream/stream_check.hpp"
#include "kernels/stream/stream_loop.hpp"
#include "kernels/stream/triad.hpp"

namespace perfbench {
namespace {

constexpr std::uint64_t kSmallest = std::uint64_t{8} << 10U;
constexpr std::uint64_t kFineFrom = std::uint64_t{16} << 10U;  ///< Four an octave from here
constexpr std::uint64_t kFineTo = std::uint64_t{4} << 20U;     ///< to here, two elsewhere.
constexpr std::uint64_t kLeastLargest = std::uint64_t{64} << 20U;
constexpr std::uint64_t kMostLargest = std::uint64_t{256} << 20U;

/// Runs go round so many places of the arena while those are at most this large together: what one
/// place happens to get of a level 2's pages (stream_entries.cpp has the figures) moves no point.
constexpr std::size_t kReadPlaces = 3;
constexpr std::size_t kReadPlacesTogether = std::size_t{4} << 20U;

/// Loads every element of a part of the chases' memory, an iteration is one pass.
class ReadSweepKernel final : public Kernel {
 public:
  ReadSweepKernel(KernelInfo info,
                  const StreamLoops& loops,
                  std::size_t bytes,
                  std::size_t arena_bytes,
                  std::shared_ptr<ChaseArenaPool> pool)
      : info_(std::move(info)),
        loops_(loops),
        bytes_(bytes),
        places_(kReadPlaces * bytes <= std::min(kReadPlacesTogether, arena_bytes) ? kReadPlaces
                                                                                  : 1),
        pool_(std::move(pool)) {}

  const KernelInfo& info() const noexcept override { return info_; }
  Work work() const noexcept override {
    Work work;
    work.bytes = working_set();
    work.moved_bytes = work.bytes;
    return work;
  }
  Bytes working_set() const noexcept override { return Bytes(bytes_); }
  void prepare() override { arena_ = pool_->of_this_thread(); }
  Verification verify() override { return check_stream(loops_, StreamVariant(), run_of(1)); }
  void run(std::uint64_t iterations) noexcept override {
    read_(run_of(iterations), last_);
    ++runs_;
  }

 private:
  StreamRun run_of(std::uint64_t passes) const noexcept {
    const ChasePlace place{runs_ % places_ * bytes_, bytes_ / kChaseLine, 0};
    StreamRun run;
    run.a = reinterpret_cast<double*>(arena_->region(place).first);
    run.elements = bytes_ / sizeof(double);
    run.passes = passes;
    return run;
  }

  KernelInfo info_;
  const StreamLoops& loops_;
  std::size_t bytes_;
  std::size_t places_;
  std::uint64_t runs_ = 0;
  std::shared_ptr<ChaseArenaPool> pool_;
  std::shared_ptr<ChaseArena> arena_;
  StreamFunction read_ =
      loops_.find(StreamOperation::kRead, StreamForm::kPlain, StoreKind::kRegular);
  StreamStep last_;
};

KernelInfo read_info(Isa isa) {
  KernelInfo info;
  info.name = "read_sweep";
  info.variant = std::string(name_of(isa));
  info.kind = RoofKind::kBandwidth;
  info.precision = Precision::kFp64;
  info.isa = isa;
  info.description = "every element of the chase's memory loaded, nothing fetched ahead";
  return info;
}

std::uint64_t largest_size(const MachineShape& machine, const SweepOptions& options) {
  std::uint64_t told = 0;
  for (const CacheShape& cache : machine.caches) told = std::max(told, cache.size.count());
  std::uint64_t largest = std::clamp(2 * told, kLeastLargest, kMostLargest);
  if (options.largest.count() > 0) largest = std::min(largest, options.largest.count());
  const std::uint64_t memory = machine.memory_available.available()
                                   ? machine.memory_available.value().count() / 4
                                   : kLeastLargest;
  return std::max(kSmallest, std::min(largest, memory));
}

}  // namespace

std::vector<Bytes> sweep_sizes(const MachineShape& machine, const SweepOptions& options) {
  const std::uint64_t largest = largest_size(machine, options);
  std::vector<Bytes> sizes;
  for (std::uint64_t octave = kSmallest; octave <= largest; octave *= 2) {
    const bool fine = octave >= kFineFrom && octave < kFineTo;
    for (std::uint64_t quarter = 0; quarter < 4; quarter += fine ? 1 : 2) {
      const std::uint64_t size = octave + octave / 4 * quarter;
      if (size <= largest) sizes.push_back(Bytes(size));
    }
  }
  return sizes;
}

std::vector<KernelEntry> sweep_entries(const MachineShape& machine, const SweepOptions& options) {
  const std::vector<Bytes> sizes = sweep_sizes(machine, options);
  const std::vector<ChasePlace> places = place_chases(sizes);
  const auto pool = std::make_shared<ChaseArenaPool>(
      [largest = sizes.back()] { return std::make_shared<ChaseArena>(largest); });
  const StreamLoops* loops = find_stream_loops(widest_stream_isa(machine));
  std::vector<KernelEntry> entries;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    KernelEntry chase;
    chase.info = chase_info("chase_sweep", MemoryLevel::kNone, sizes[i]);
    chase.working_set = sizes[i];
    chase.shares_memory = "sweep arena";
    chase.make = [info = chase.info, place = places[i], pool] {
      return std::make_unique<ChaseKernel>(info, place, pool);
    };
    entries.push_back(std::move(chase));
    if (!options.read) continue;
    KernelEntry read;
    read.info = read_info(loops->isa);
    read.working_set = sizes[i];
    read.shares_memory = "sweep arena";
    read.make = [info = read.info,
                 loops,
                 bytes = static_cast<std::size_t>(sizes[i].count()),
                 arena = static_cast<std::size_t>(sizes.back().count()),
                 pool] {
      return std::make_unique<ReadSweepKernel>(info, *loops, bytes, arena, pool);
    };
    entries.push_back(std::move(read));
  }
  return entries;
}

}  // namespace perfbench
