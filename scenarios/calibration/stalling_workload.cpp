#include "scenarios/calibration/stalling_workload.hpp"

#include <memory>
#include <string>
#include <utility>

namespace perfbench {
namespace {

class StallingWorkload final : public Workload {
 public:
  StallingWorkload(std::unique_ptr<Workload> workload, StallScript script, Clock& clock)
      : workload_(std::move(workload)), script_(script), clock_(clock), info_(workload_->info()) {
    info_.description += "; stops for " + std::to_string(script.length.count() / 1'000'000) +
                         " ms every " + std::to_string(script.every.count() / 1'000'000) +
                         " ms, on purpose";
  }

  [[nodiscard]] const WorkloadInfo& info() const noexcept override { return info_; }
  [[nodiscard]] SampleIndex sample_count() const noexcept override {
    return workload_->sample_count();
  }
  [[nodiscard]] std::size_t max_batch() const noexcept override { return workload_->max_batch(); }
  [[nodiscard]] Work work(std::size_t batch) const noexcept override {
    return workload_->work(batch);
  }
  void load() override {
    workload_->load();
    next_ = clock_.now() + script_.every;
  }
  [[nodiscard]] Verification verify() override { return workload_->verify(); }
  void execute(std::span<const SampleIndex> samples) override {
    const TimePoint now = clock_.now();
    if (now >= next_) {
      static_cast<void>(clock_.spin_until(now + script_.length));
      while (next_ <= now) next_ += script_.every;
    }
    workload_->execute(samples);
  }
  [[nodiscard]] bool answer_holds(std::size_t slot, SampleIndex sample) const noexcept override {
    return workload_->answer_holds(slot, sample);
  }
  [[nodiscard]] std::uint64_t checksum() const noexcept override { return workload_->checksum(); }

 private:
  std::unique_ptr<Workload> workload_;
  StallScript script_;
  Clock& clock_;
  WorkloadInfo info_;
  TimePoint next_{};
};

}  // namespace

WorkloadEntry with_stalls(WorkloadEntry entry, StallScript script, Clock& clock) {
  WorkloadEntry stalling = entry;
  stalling.make = [make = std::move(entry.make), script, &clock]() -> std::unique_ptr<Workload> {
    return std::make_unique<StallingWorkload>(make(), script, clock);
  };
  return stalling;
}

}  // namespace perfbench
