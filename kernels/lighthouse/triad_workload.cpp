#include "kernels/lighthouse/triad_workload.hpp"

#include <memory>
#include <optional>
#include <string>

#include "harness/core/units/check.hpp"
#include "kernels/lighthouse/checksum.hpp"
#include "kernels/stream/stream_arena.hpp"

namespace perfbench {
namespace {

constexpr StreamLayout kLayout{std::size_t{1} << 19U, 32};
constexpr std::size_t kMaxBatch = 32;
constexpr double kScalar = 3.0;
constexpr const char* kDescription =
    "a = b + s c, fp64, 3 x 4 MiB a sample, 32 samples in 384 MiB; fixed size, 1 thread; "
    "DRAM-bound where the last-level "
    "cache is at most 96 MiB";

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
  explicit TriadWorkload(Isa isa)
      : variant_{isa, isa == Isa::kScalar ? StoreKind::kRegular : StoreKind::kNonTemporal} {
    info_.name = "triad";
    info_.description = kDescription;
    info_.implementation =
        "own loop, " + isa_text(isa) +
        (variant_.store == StoreKind::kNonTemporal ? ", non-temporal stores" : ", regular stores");
    info_.precision = Precision::kFp64;
    info_.bound_by = RoofKind::kBandwidth;
    info_.threads = 1;
  }

  [[nodiscard]] const WorkloadInfo& info() const noexcept override { return info_; }
  [[nodiscard]] SampleIndex sample_count() const noexcept override { return kLayout.chunks; }
  [[nodiscard]] std::size_t max_batch() const noexcept override { return kMaxBatch; }

  [[nodiscard]] Work work(std::size_t batch) const noexcept override {
    const std::uint64_t elements = batch * kLayout.chunk_elements;
    const bool allocates =
        variant_.store == StoreKind::kRegular;  // A regular store first reads its line.
    return Work{
        Flops(2 * elements), Bytes(24 * elements), Bytes((allocates ? 32U : 24U) * elements)};
  }

  void load() override { arena_.emplace(kLayout); }

  [[nodiscard]] Verification verify() override {
    for (SampleIndex sample = 0; sample < sample_count(); ++sample) {
      const SampleIndex one[] = {sample};
      execute(one);
      const std::size_t begin = sample * kLayout.chunk_elements;
      for (std::size_t i = begin; i < begin + kLayout.chunk_elements; ++i) {
        // The arena holds small whole numbers, so the right answer is exact.
        const double expected = arena_->b()[i] + kScalar * arena_->c()[i];
        if (arena_->a()[i] != expected) {
          return Verification{false,
                              "element " + std::to_string(i) + " is " +
                                  std::to_string(arena_->a()[i]) + ", not " +
                                  std::to_string(expected)};
        }
      }
    }
    return Verification{true, "all elements of all samples are exact"};
  }

  void execute(std::span<const SampleIndex> samples) noexcept override {
    for (std::size_t slot = 0; slot < samples.size(); ++slot) {
      const std::size_t begin = samples[slot] * kLayout.chunk_elements;
      triad(arena_->a().subspan(begin, kLayout.chunk_elements),
            arena_->b().subspan(begin, kLayout.chunk_elements),
            arena_->c().subspan(begin, kLayout.chunk_elements),
            kScalar,
            variant_);
      last_samples_[slot] = samples[slot];
    }
    last_batch_ = samples.size();
  }

  [[nodiscard]] std::uint64_t checksum() const noexcept override {
    std::uint64_t state = kChecksumStart;
    for (std::size_t slot = 0; slot < last_batch_; ++slot) {
      const std::span<const double> outputs = arena_->a();
      state = checksum_of<double>(
          outputs.subspan(last_samples_[slot] * kLayout.chunk_elements, kLayout.chunk_elements),
          state);
    }
    return state;
  }

 private:
  TriadVariant variant_;
  WorkloadInfo info_;
  mutable std::optional<StreamArena> arena_;
  SampleIndex last_samples_[kMaxBatch] = {};
  std::size_t last_batch_ = 0;
};

}  // namespace

WorkloadEntry triad_workload(Isa isa) {
  return WorkloadEntry{
      "triad", kDescription, kLayout.working_set(), [isa]() -> std::unique_ptr<Workload> {
        return std::make_unique<TriadWorkload>(isa);
      }};
}

}  // namespace perfbench
