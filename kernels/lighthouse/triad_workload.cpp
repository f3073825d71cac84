#include "kernels/lighthouse/triad_workload.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/lighthouse/checksum.hpp"
#include "kernels/stream/stream_arena.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kChunkElements = std::size_t{1} << 19U;  // 4 MiB
constexpr std::size_t kFewestSamples = 8;
constexpr std::size_t kLine = 8;
constexpr double kScalar = 3.0;

StreamLayout layout_of(Bytes total) {
  if (total < kLeastTriad) {
    throw UsageError("triad needs at least 1 MiB, not " + std::to_string(total.count()) + " bytes",
                     "choose a larger size; 384 MiB is the usual one");
  }
  const auto elements = static_cast<std::size_t>(total.count()) / 3 / sizeof(double);
  StreamLayout layout;
  layout.chunk_elements = std::min(kChunkElements, elements / kFewestSamples / kLine * kLine);
  layout.chunks = elements / layout.chunk_elements;
  return layout;
}

std::string mib_text(std::uint64_t bytes) {
  const std::uint64_t tenths = bytes * 10 >> 20U;
  return std::to_string(tenths / 10) + (tenths % 10 != 0 ? "." + std::to_string(tenths % 10) : "") +
         " MiB";
}

std::string isa_text(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return "AVX-512";
    case Isa::kAvx2Fma:
      return "AVX2";
    case Isa::kSse2:
      return "SSE2";
    case Isa::kNeon:
      return "NEON";
    case Isa::kSve:
      return "SVE";
    case Isa::kAmx:
    case Isa::kScalar:
      break;
  }
  return "plain C++";
}

class TriadWorkload final : public Workload {
 public:
  TriadWorkload(TriadVariant variant, Bytes total) : layout_(layout_of(total)), variant_(variant) {
    info_.name = "triad";
    info_.description = triad_description(total);
    info_.rung = total == kFixedTriad ? "fixed" : mib_text(total.count());
    info_.implementation =
        "own loop, " + isa_text(variant_.isa) +
        (variant_.store == StoreKind::kNonTemporal ? ", non-temporal stores" : ", regular stores");
    info_.precision = Precision::kFp64;
    info_.bound_by = RoofKind::kBandwidth;
    info_.threads = 1;
  }

  [[nodiscard]] const WorkloadInfo& info() const noexcept override { return info_; }
  [[nodiscard]] SampleIndex sample_count() const noexcept override { return layout_.chunks; }
  [[nodiscard]] std::size_t max_batch() const noexcept override {
    return std::min(kTriadMostBatch, layout_.chunks);
  }

  [[nodiscard]] Work work(std::size_t batch) const noexcept override {
    const std::uint64_t elements = batch * layout_.chunk_elements;
    const bool allocates =
        variant_.store == StoreKind::kRegular;  // A regular store first reads its line.
    return Work{
        Flops(2 * elements), Bytes(24 * elements), Bytes((allocates ? 32U : 24U) * elements)};
  }

  void load() override { arena_.emplace(layout_); }

  [[nodiscard]] Verification verify() override {
    for (SampleIndex sample = 0; sample < sample_count(); ++sample) {
      const SampleIndex one[] = {sample};
      execute(one);
      const std::size_t wrong = first_wrong(sample);
      if (wrong == layout_.chunk_elements) continue;
      const std::size_t i = sample * layout_.chunk_elements + wrong;
      return Verification{false,
                          "element " + std::to_string(i) + " is " + std::to_string(arena_->a()[i]) +
                              ", not " + std::to_string(arena_->b()[i] + kScalar * arena_->c()[i])};
    }
    return Verification{true, "all elements of all samples are exact"};
  }

  void execute(std::span<const SampleIndex> samples) override {
    for (std::size_t slot = 0; slot < samples.size(); ++slot) {
      const std::size_t begin = samples[slot] * layout_.chunk_elements;
      triad(arena_->a().subspan(begin, layout_.chunk_elements),
            arena_->b().subspan(begin, layout_.chunk_elements),
            arena_->c().subspan(begin, layout_.chunk_elements),
            kScalar,
            variant_);
      last_samples_[slot] = samples[slot];
    }
    last_batch_ = samples.size();
  }

  [[nodiscard]] bool answer_holds(std::size_t slot, SampleIndex sample) const noexcept override {
    return slot < last_batch_ && last_samples_[slot] == sample &&
           first_wrong(sample) == layout_.chunk_elements;
  }

  [[nodiscard]] std::uint64_t checksum() const noexcept override {
    std::uint64_t state = kChecksumStart;
    for (std::size_t slot = 0; slot < last_batch_; ++slot) {
      const std::span<const double> outputs = arena_->a();
      state = checksum_of<double>(
          outputs.subspan(last_samples_[slot] * layout_.chunk_elements, layout_.chunk_elements),
          state);
    }
    return state;
  }

 private:
  /// Within the sample's part; its size when all are right. The arena holds small whole numbers, so
  /// that the right answer is exact.
  [[nodiscard]] std::size_t first_wrong(SampleIndex sample) const noexcept {
    const std::size_t begin = sample * layout_.chunk_elements;
    const std::span<const double> a = arena_->a();
    for (std::size_t i = 0; i < layout_.chunk_elements; ++i) {
      const double expected = arena_->b()[begin + i] + kScalar * arena_->c()[begin + i];
      if (a[begin + i] != expected) return i;
    }
    return layout_.chunk_elements;
  }

  StreamLayout layout_;
  TriadVariant variant_;
  WorkloadInfo info_;
  mutable std::optional<StreamArena> arena_;
  SampleIndex last_samples_[kTriadMostBatch] = {};
  std::size_t last_batch_ = 0;
};

}  // namespace

WorkloadEntry triad_workload(TriadVariant variant, Bytes total) {
  return WorkloadEntry{"triad",
                       triad_description(total),
                       layout_of(total).working_set(),
                       Bytes(0),
                       [variant, total]() -> std::unique_ptr<Workload> {
                         return std::make_unique<TriadWorkload>(variant, total);
                       }};
}

std::string triad_description(Bytes total) {
  const StreamLayout layout = layout_of(total);
  return "a = b + s c, fp64, 3 x " + mib_text(layout.chunk_elements * sizeof(double)) +
         " a sample, " + std::to_string(layout.chunks) + " samples in " +
         mib_text(layout.working_set().count()) +
         "; 1 thread; DRAM-bound where the last-level cache is at most " +
         mib_text(layout.working_set().count() / 4);
}

Bytes triad_working_set(Bytes total) { return layout_of(total).working_set(); }

Flops triad_flops(Bytes total) { return Flops(2 * layout_of(total).chunk_elements); }

}  // namespace perfbench
