#include "kernels/lighthouse/spin_workload.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>

namespace perfbench {
namespace {

constexpr SampleIndex kSamples = 16;
constexpr std::size_t kMaxBatch = 1024;

/// Common to both: no data, no counted work, an answer that depends on the samples alone.
class SyntheticWorkload : public Workload {
 public:
  SyntheticWorkload(std::string name, std::string description) {
    info_.name = std::move(name);
    info_.description = std::move(description);
    info_.implementation = "own loop";
    info_.precision = Precision::kNone;
    info_.bound_by = RoofKind::kLatency;
    info_.rung = "fixed";
    info_.threads = 1;
  }
  [[nodiscard]] const WorkloadInfo& info() const noexcept final { return info_; }
  void load() final {}
  [[nodiscard]] SampleIndex sample_count() const noexcept final { return kSamples; }
  [[nodiscard]] std::size_t max_batch() const noexcept final { return kMaxBatch; }
  [[nodiscard]] Work work(std::size_t) const noexcept final { return Work{}; }
  [[nodiscard]] Verification verify() final { return Verification{true, "nothing is computed"}; }
  [[nodiscard]] std::uint64_t checksum() const noexcept final {
    std::uint64_t sum = 0;
    for (std::size_t slot = 0; slot < batch_; ++slot) sum += samples_[slot] + 1;
    return sum;
  }
  [[nodiscard]] bool answer_holds(std::size_t slot, SampleIndex sample) const noexcept final {
    return slot < batch_ && samples_[slot] == sample;
  }

 protected:
  void answer(std::span<const SampleIndex> samples) noexcept {
    std::copy(samples.begin(), samples.end(), samples_.begin());
    batch_ = samples.size();
  }

 private:
  WorkloadInfo info_;
  std::array<SampleIndex, kMaxBatch> samples_{};
  std::size_t batch_ = 0;
};

std::string spin_description(Nanoseconds duration) {
  return "busy for " + std::to_string(duration.count()) +
         " ns a sample by the steady clock, 1 thread";
}

class SpinWorkload final : public SyntheticWorkload {
 public:
  explicit SpinWorkload(Nanoseconds duration)
      : SyntheticWorkload("spin", spin_description(duration)), duration_(duration) {}
  void execute(std::span<const SampleIndex> samples) override {
    using Clock = std::chrono::steady_clock;
    // One deadline for the batch: the reads of the clock between samples would add up otherwise.
    const Clock::time_point end =
        Clock::now() + duration_ * static_cast<std::int64_t>(samples.size());
    while (Clock::now() < end) {
    }
    answer(samples);
  }

 private:
  Nanoseconds duration_;
};

constexpr const char* kNullDescription = "no work at all: the harness's own cost, 1 thread";

class NullWorkload final : public SyntheticWorkload {
 public:
  NullWorkload() : SyntheticWorkload("null", kNullDescription) {}
  void execute(std::span<const SampleIndex> samples) override { answer(samples); }
};

}  // namespace

WorkloadEntry spin_workload(Nanoseconds duration) {
  return WorkloadEntry{"spin",
                       spin_description(duration),
                       Bytes(0),
                       Bytes(0),
                       [duration]() -> std::unique_ptr<Workload> {
                         return std::make_unique<SpinWorkload>(duration);
                       }};
}

WorkloadEntry null_workload() {
  return WorkloadEntry{
      "null", kNullDescription, Bytes(0), Bytes(0), []() -> std::unique_ptr<Workload> {
        return std::make_unique<NullWorkload>();
      }};
}

}  // namespace perfbench
