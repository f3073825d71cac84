#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "harness/core/result/scenario.hpp"
#include "harness/core/workload.hpp"

namespace perfbench {

using TimePoint = std::chrono::steady_clock::time_point;

/// LoadGen's QuerySample: which sample, and the id by which its completion is told. It travels
/// through the system under test and comes back as it went.
struct QuerySample {
  std::uint64_t id = 0;
  SampleIndex index = 0;
  /// When it was issued: from here a batcher counts the delay, and the sink the time in the queue.
  TimePoint issued{};
  /// Offline: so many samples from `index` on, the sample set repeated in order, executed by one
  /// worker in the largest batches and completed together.
  std::uint32_t count = 1;
};

/// Takes completions; called from any thread of the system under test, never allocates.
class CompletionSink {
 public:
  virtual ~CompletionSink() = default;
  /// All of `samples` are done; the sink reads the clock once on entry. `started`: when their
  /// execution began; nothing when the issuing thread executed them, so that they never queued.
  virtual void complete(std::span<const QuerySample> samples,
                        std::optional<TimePoint> started) noexcept = 0;
};

/// What a scenario drives: LoadGen's SUT. Owns its workers and their pins between start() and
/// stop().
class SystemUnderTest {
 public:
  SystemUnderTest() = default;
  SystemUnderTest(const SystemUnderTest&) = delete;
  SystemUnderTest& operator=(const SystemUnderTest&) = delete;
  virtual ~SystemUnderTest() = default;

  [[nodiscard]] virtual const WorkloadInfo& info() const noexcept = 0;
  [[nodiscard]] virtual SampleIndex sample_count() const noexcept = 0;
  [[nodiscard]] virtual std::size_t max_batch() const noexcept = 0;
  [[nodiscard]] virtual Work work(std::size_t batch) const noexcept = 0;
  [[nodiscard]] virtual int worker_threads() const noexcept = 0;
  /// Loads and verifies the workload on its workers. Throws ResourceError; a wrong answer is
  /// returned, not thrown.
  [[nodiscard]] virtual Verification start(CompletionSink& sink) = 0;
  /// May complete inline (in the caller's thread) or later from a worker. `issued`: the caller's
  /// last clock reading, from which a batcher counts the delay. Returns how many were taken, from
  /// the front; the others found the queue full and never complete.
  [[nodiscard]] virtual std::size_t issue(std::span<const QuerySample> samples,
                                          TimePoint issued) noexcept = 0;
  /// Nothing more comes: everything taken completes before it returns.
  virtual void flush() noexcept = 0;
  /// Forgets what is queued; what is being executed completes before it returns.
  virtual void abandon() noexcept {}
  virtual void stop() noexcept = 0;
  [[nodiscard]] virtual std::uint64_t checksum() const noexcept = 0;
  /// A workload threw: its samples were completed, nothing further is executed, and failure() has
  /// the sentence.
  [[nodiscard]] virtual bool failed() const noexcept { return false; }
  [[nodiscard]] virtual std::string failure() const { return {}; }
  /// Executions by batch size, and answers checked, since start(); read after flush().
  [[nodiscard]] virtual BatchRecord batches() const { return {}; }
  [[nodiscard]] virtual AnswerCheck answers() const { return {}; }
  /// Time spent in execute() by all workers together since start(); read after flush().
  [[nodiscard]] virtual Nanoseconds busy() const noexcept { return Nanoseconds(0); }
  /// Forgets what batches(), answers() and busy() have counted: the warm-up is over.
  virtual void restart_counts() noexcept {}
  /// Where the workers run, in words, a refused pin included. Known after start().
  [[nodiscard]] virtual std::string placement() const { return {}; }
};

}  // namespace perfbench
