#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/plan/random.hpp"
#include "harness/core/system_under_test.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench::sut_detail {

/// One instance of a workload with the thread that executes it: puts samples into batches, counts
/// them and the time that they take, and holds the answers of a random share against the
/// reference. One thread at a time.
class BatchExecutor {
 public:
  /// `max_batch` 0: as many as the workload takes.
  BatchExecutor(const WorkloadEntry& entry,
                Clock& clock,
                std::size_t max_batch,
                std::uint64_t seed);

  [[nodiscard]] Workload& workload() noexcept { return *workload_; }
  [[nodiscard]] const Workload& workload() const noexcept { return *workload_; }
  [[nodiscard]] std::size_t max_batch() const noexcept { return max_batch_; }
  /// Before the first execute(), after the workload's load().
  void loaded();

  /// Executes these samples, max_batch() of count 1 or one of any count. Throws what the workload
  /// throws.
  void execute(std::span<const QuerySample> samples);
  /// After their completion was told: counts `started` to `ended` as busy and, where the time for
  /// it has come, checks one answer of the last batch. Checks are so rare that they take less than
  /// a hundredth of the time.
  void executed(TimePoint started, TimePoint ended) noexcept;

  [[nodiscard]] Nanoseconds busy() const noexcept { return busy_; }
  [[nodiscard]] const AnswerCheck& answers() const noexcept { return answers_; }
  /// counts()[b - 1]: executions of b samples.
  [[nodiscard]] const std::vector<std::uint64_t>& counts() const noexcept { return counts_; }
  void restart_counts() noexcept;

 private:
  void execute_batch(std::size_t batch);

  std::unique_ptr<Workload> workload_;
  Clock& clock_;
  std::size_t max_batch_;
  Random random_;
  SampleIndex sample_count_ = 1;
  std::vector<SampleIndex> indices_;  ///< max_batch_ of them, so that execute() allocates nothing.
  std::size_t last_batch_ = 0;        ///< Of the last execute(), 0 once it was checked or failed.
  std::vector<std::uint64_t> counts_;
  Nanoseconds busy_{0};
  AnswerCheck answers_;
  TimePoint next_check_{};
};

/// Adds executions by batch size; the sum ends with a number above 0.
void add_counts(const std::vector<std::uint64_t>& counts, BatchRecord& into);

/// The sentence of what a workload threw; called within its catch clause.
[[nodiscard]] std::string sentence_of_thrown();

}  // namespace perfbench::sut_detail
