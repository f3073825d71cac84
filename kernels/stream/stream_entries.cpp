#include "kernels/stream/stream_entries.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <string>

#include "harness/core/result/names.hpp"
#include "harness/core/units/check.hpp"
#include "kernels/stream/stream_arena.hpp"
#include "kernels/stream/stream_loop.hpp"
#include "kernels/stream/stream_loop_scalar.hpp"
#include "kernels/stream/triad.hpp"

namespace perfbench {
namespace {

enum class StreamKind { kRead, kTriadNonTemporal, kTriad };

KernelInfo describe(StreamKind kind, Isa isa, const StreamLayout& layout) {
  KernelInfo info;
  info.variant = std::string(name_of(isa));
  info.kind = RoofKind::kBandwidth;
  info.is_roof = true;
  info.precision = Precision::kFp64;
  info.isa = isa;
  info.level = MemoryLevel::kDram;
  const std::string arrays = "three fp64 arrays of " +
                             std::to_string(layout.elements() * sizeof(double) >> 20U) + " MiB, " +
                             std::to_string(layout.chunk_elements * sizeof(double) >> 10U) +
                             " KiB of each at a time";
  switch (kind) {
    case StreamKind::kRead:
      info.name = "read";
      info.description = "sum of " + arrays;
      break;
    case StreamKind::kTriadNonTemporal:
      info.name = "triad_nt";
      info.description = "a = b + s c, non-temporal stores, " + arrays;
      break;
    case StreamKind::kTriad:
      info.name = "triad";
      info.description = "a = b + s c, stores that allocate their line first, " + arrays;
      break;
  }
  return info;
}

Work work_of(StreamKind kind, const StreamLayout& layout) noexcept {
  const std::uint64_t chunk = layout.chunk_elements;
  Work work;
  work.bytes = Bytes(3 * sizeof(double) * chunk);
  work.moved_bytes = work.bytes;
  if (kind == StreamKind::kTriad) work.moved_bytes = Bytes(4 * sizeof(double) * chunk);
  if (kind != StreamKind::kRead) work.flops = Flops(2 * chunk);
  return work;
}

class DramStreamKernel final : public Kernel {
 public:
  DramStreamKernel(StreamKind kind, const StreamLoop& loop, std::shared_ptr<StreamArenaPool> pool)
      : kind_(kind),
        loop_(loop),
        pool_(std::move(pool)),
        info_(describe(kind, loop.isa, pool_->layout())),
        work_(work_of(kind, pool_->layout())) {}

  const KernelInfo& info() const noexcept override { return info_; }
  Work work() const noexcept override { return work_; }
  Bytes working_set() const noexcept override { return pool_->layout().working_set(); }

  void prepare() override { arena_ = pool_->of_this_thread(); }

  /// Two chunks and the step over the end of the arrays, each element against plain scalar code.
  Verification verify() override {
    CHECK(arena_ != nullptr, "verify() comes after prepare()");
    while (arena_->next() + arena_->layout().chunk_elements < arena_->layout().elements())
      arena_->advance();
    Verification last = verify_next_chunk();
    if (!last.passed) return last;
    return verify_next_chunk();
  }

  void run(std::uint64_t iterations) noexcept override {
    StreamArena& arena = *arena_;
    const std::size_t n = arena.layout().chunk_elements;
    for (std::uint64_t i = 0; i < iterations; ++i) {
      const std::size_t at = arena.next();
      double* a = arena.a().data() + at;
      const double* b = arena.b().data() + at;
      const double* c = arena.c().data() + at;
      if (kind_ == StreamKind::kRead) {
        sum_ += loop_.read(a, b, c, n);
      } else {
        triad_(a, b, c, arena.scalar(), n);
      }
      arena.advance();
    }
  }

 private:
  Verification verify_next_chunk() {
    return kind_ == StreamKind::kRead ? verify_read() : verify_triad();
  }

  Verification verify_read() {
    const std::size_t at = arena_->next();
    const std::size_t n = arena_->layout().chunk_elements;
    const std::uint64_t expected =
        scalar_read(arena_->a().data() + at, arena_->b().data() + at, arena_->c().data() + at, n);
    const std::uint64_t before = sum_;
    run(1);
    Verification verification;
    verification.passed = sum_ - before == expected && expected != 0;
    verification.detail = "the sum of " + std::to_string(3 * n) + " elements from " +
                          std::to_string(at) + (verification.passed ? " equals" : " differs from") +
                          " the scalar one";
    return verification;
  }

  Verification verify_triad() {
    const std::size_t at = arena_->next();
    const std::size_t n = arena_->layout().chunk_elements;
    const double scalar = arena_->scalar();
    const std::span<double> a = arena_->a();
    const double before = at > 0 ? a[at - 1] : 0.0;
    const double after = at + n < a.size() ? a[at + n] : 0.0;
    for (std::size_t i = at; i < at + n; ++i) a[i] = -1.0;
    run(1);
    Verification verification;
    for (std::size_t i = at; i < at + n; ++i) {
      // Whole numbers: exact, fused or not.
      const double expected = arena_->b()[i] + scalar * arena_->c()[i];
      if (a[i] == expected) continue;
      verification.detail = "element " + std::to_string(i) + " is " + std::to_string(a[i]) + ", " +
                            std::to_string(expected) + " was to come";
      return verification;
    }
    if ((at > 0 && a[at - 1] != before) || (at + n < a.size() && a[at + n] != after)) {
      verification.detail =
          "a neighbour of the chunk at element " + std::to_string(at) + " was overwritten";
      return verification;
    }
    verification.passed = true;
    verification.detail =
        std::to_string(n) + " elements from " + std::to_string(at) + " equal b + s c";
    return verification;
  }

  StreamKind kind_;
  const StreamLoop& loop_;
  void (*triad_)(double*, const double*, const double*, double, std::size_t) noexcept =
      kind_ == StreamKind::kTriadNonTemporal ? loop_.triad_nt : loop_.triad;
  std::shared_ptr<StreamArenaPool> pool_;
  KernelInfo info_;
  Work work_;
  std::shared_ptr<StreamArena> arena_;
  std::uint64_t sum_ = 0;
};

}  // namespace

std::vector<KernelEntry> stream_entries(const MachineShape& machine, const StreamOptions& options) {
  const DramWorkingSet set = dram_working_set(machine, options.sizing);
  const auto pool = std::make_shared<StreamArenaPool>(stream_layout(set.per_thread));
  const Isa widest = widest_stream_isa(machine);
  std::vector<Isa> isas{widest};
  if (options.narrower_isas) {
    isas.clear();
    std::copy_if(
        machine.isas.begin(), machine.isas.end(), std::back_inserter(isas), has_stream_loop);
  }
  std::vector<KernelEntry> entries;
  for (const Isa isa : isas) {
    const StreamLoop* loop = find_stream_loop(isa);
    for (const StreamKind kind :
         {StreamKind::kRead, StreamKind::kTriadNonTemporal, StreamKind::kTriad}) {
      if (kind == StreamKind::kTriadNonTemporal && loop->triad_nt == nullptr) continue;
      KernelEntry entry;
      entry.info = describe(kind, isa, pool->layout());
      entry.info.may_hold_cache_hits = !set.beyond_caches;
      entry.working_set = pool->layout().working_set();
      entry.make = [kind, loop, pool] {
        return std::make_unique<DramStreamKernel>(kind, *loop, pool);
      };
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

}  // namespace perfbench
