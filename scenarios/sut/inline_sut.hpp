#pragma once

#include <optional>
#include <string>

#include "harness/core/system_under_test.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "scenarios/sut/batch_executor.hpp"
#include "scenarios/sut/sut_settings.hpp"

namespace perfbench {

/// Executes every sample in the thread that issues it, pinned to one CPU: no queue, no hand-off, so
/// the latency is the workload's own. All calls come from one thread. There is nobody to wait for,
/// so max_delay is of no effect.
class InlineSut final : public SystemUnderTest {
 public:
  /// On the layout's first worker CPU.
  InlineSut(const WorkloadEntry& entry, const SutSettings& settings);
  ~InlineSut() override;

  [[nodiscard]] const WorkloadInfo& info() const noexcept override;
  [[nodiscard]] SampleIndex sample_count() const noexcept override;
  [[nodiscard]] std::size_t max_batch() const noexcept override;
  [[nodiscard]] Work work(std::size_t batch) const noexcept override;
  [[nodiscard]] int worker_threads() const noexcept override;
  /// Pins the calling thread until stop(), loads the workload there (first touch) and verifies it.
  [[nodiscard]] Verification start(CompletionSink& sink) override;
  /// Returns when all of them are complete; more than max_batch() are executed in parts. Of several
  /// parts each counts as started when it was issued: the time that a later one waits for an
  /// earlier one is its own.
  [[nodiscard]] std::size_t issue(std::span<const QuerySample> samples,
                                  TimePoint issued) noexcept override;
  void flush() noexcept override {}
  void stop() noexcept override;
  [[nodiscard]] std::uint64_t checksum() const noexcept override;
  [[nodiscard]] bool failed() const noexcept override { return failed_; }
  [[nodiscard]] std::string failure() const override { return failure_; }
  [[nodiscard]] BatchRecord batches() const override;
  [[nodiscard]] AnswerCheck answers() const override { return executor_.answers(); }
  [[nodiscard]] Nanoseconds busy() const noexcept override { return executor_.busy(); }
  void restart_counts() noexcept override { executor_.restart_counts(); }
  /// "cpu 1, in the issuing thread", a refused pin included.
  [[nodiscard]] std::string placement() const override { return placement_; }

 private:
  Clock& clock_;
  int cpu_;
  sut_detail::BatchExecutor executor_;
  std::optional<ScopedPin> pin_;
  CompletionSink* sink_ = nullptr;  ///< Not owned; set between start() and stop().
  std::string placement_;
  bool failed_ = false;
  std::string failure_;
};

}  // namespace perfbench
