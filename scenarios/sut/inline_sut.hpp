#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/system_under_test.hpp"
#include "harness/host/affinity/affinity.hpp"

namespace perfbench {

/// Executes every sample in the thread that issues it, pinned to one CPU: no queue, no hand-off, so
/// the latency is the workload's own. All calls come from one thread.
class InlineSut final : public SystemUnderTest {
 public:
  /// Makes the workload (which allocates nothing big); start() loads it.
  InlineSut(const WorkloadEntry& entry, int cpu);
  ~InlineSut() override;

  [[nodiscard]] const WorkloadInfo& info() const noexcept override;
  [[nodiscard]] SampleIndex sample_count() const noexcept override;
  [[nodiscard]] std::size_t max_batch() const noexcept override;
  [[nodiscard]] Work work(std::size_t batch) const noexcept override;
  [[nodiscard]] int worker_threads() const noexcept override;
  /// Pins the calling thread until stop(), loads the workload there (first touch) and verifies it.
  [[nodiscard]] Verification start(CompletionSink& sink) override;
  /// Returns when all of them are complete; more than max_batch() are executed in parts.
  void issue(std::span<const QuerySample> samples) noexcept override;
  void flush() noexcept override {}
  void stop() noexcept override;
  [[nodiscard]] std::uint64_t checksum() const noexcept override;

  /// "cpu 1, in the issuing thread", a refused pin included.
  [[nodiscard]] std::string placement() const override { return placement_; }

 private:
  int cpu_;
  std::unique_ptr<Workload> workload_;
  std::vector<SampleIndex> indices_;  ///< max_batch() of them, so that issue() allocates nothing.
  std::optional<ScopedPin> pin_;
  CompletionSink* sink_ = nullptr;  ///< Not owned; set between start() and stop().
  std::string placement_;
};

}  // namespace perfbench
