#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "harness/core/workload.hpp"

namespace perfbench {

using TimePoint = std::chrono::steady_clock::time_point;

/// LoadGen's QuerySample: which sample, and the id by which its completion is told.
struct QuerySample {
  std::uint64_t id = 0;
  SampleIndex index = 0;
};

/// Takes completions; called from any thread of the system under test, never allocates.
class CompletionSink {
 public:
  virtual ~CompletionSink() = default;
  /// All samples of `ids` are done; the sink reads the clock once on entry.
  virtual void complete(std::span<const QuerySample> samples) noexcept = 0;
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
  /// May complete inline (in the caller's thread) or later from a worker.
  virtual void issue(std::span<const QuerySample> samples) noexcept = 0;
  /// Nothing more comes: everything issued completes before it returns.
  virtual void flush() noexcept = 0;
  virtual void stop() noexcept = 0;
  [[nodiscard]] virtual std::uint64_t checksum() const noexcept = 0;
  /// Where the workers run, in words, a refused pin included. Known after start().
  [[nodiscard]] virtual std::string placement() const { return {}; }
};

}  // namespace perfbench
