#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/system_under_test.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "scenarios/sut/sample_queue.hpp"
#include "scenarios/sut/sut_settings.hpp"

namespace perfbench {

/// Workers on CPUs of their own behind a bounded queue, with a dynamic batcher: a free worker takes
/// what waits, at most max_batch samples, and where there are fewer it waits for others until the
/// oldest has been queued for max_delay. Between start() and stop() the calling thread is pinned to
/// the generator's CPU; all calls come from it. It never waits for the workers: issue() takes what
/// there is room for.
///
/// How workers wait for work is the wait policy: spin all the time; sleep at once, which costs the
/// generator a system call a query (some 5 us) and the query the wake-up (30 us and more on virtual
/// machines); hybrid spins for 5 ms before it sleeps.
///
/// An exception in load() or verify() comes out of start(). One in execute() is kept: the sample
/// counts as complete, nothing further is executed, and failed() says so.
class WorkerPoolSut final : public SystemUnderTest {
 public:
  /// Makes one instance of the workload a worker. Throws ResourceError when there is no memory for
  /// the queue.
  WorkerPoolSut(const WorkloadEntry& entry, const SutSettings& settings);
  ~WorkerPoolSut() override;

  [[nodiscard]] const WorkloadInfo& info() const noexcept override;
  [[nodiscard]] SampleIndex sample_count() const noexcept override;
  [[nodiscard]] std::size_t max_batch() const noexcept override;
  [[nodiscard]] Work work(std::size_t batch) const noexcept override;
  [[nodiscard]] int worker_threads() const noexcept override;
  /// Loads on the workers one after the other, since instances share weights, and verifies on all
  /// of them at once.
  [[nodiscard]] Verification start(CompletionSink& sink) override;
  [[nodiscard]] std::size_t issue(std::span<const QuerySample> samples,
                                  TimePoint issued) noexcept override;
  void flush() noexcept override;
  void abandon() noexcept override;
  void stop() noexcept override;
  [[nodiscard]] std::uint64_t checksum() const noexcept override;
  [[nodiscard]] bool failed() const noexcept override { return failed_.load(); }
  [[nodiscard]] std::string failure() const override;
  [[nodiscard]] BatchRecord batches() const override;
  [[nodiscard]] AnswerCheck answers() const override;
  [[nodiscard]] Nanoseconds busy() const noexcept override;
  /// After flush(), before the next issue().
  void restart_counts() noexcept override;
  [[nodiscard]] std::string placement() const override { return placement_; }

  /// How long a hybrid worker spins before it sleeps. Generators at 1,000 queries a second and more
  /// hardly ever have to wake one.
  static constexpr Nanoseconds kHybridSpin{5'000'000};

 private:
  struct Worker;

  void run(Worker& worker) noexcept;
  void prepare(Worker& worker) noexcept;
  /// Until there is something to claim; false: the system stops.
  [[nodiscard]] bool await_work() noexcept;
  void sleep_for_work() noexcept;
  void wake_one() noexcept;
  /// Takes a batch; 0 when another worker was faster.
  [[nodiscard]] std::size_t claim(Worker& worker) noexcept;
  [[nodiscard]] std::size_t gather(Worker& worker) noexcept;
  void execute(Worker& worker, std::size_t count) noexcept;
  void join_all() noexcept;

  static constexpr std::size_t kCacheLine = 64;

  Clock& clock_;
  const ServingLayout layout_;
  const Nanoseconds max_delay_;
  const WaitPolicy wait_;
  std::vector<std::unique_ptr<Worker>> workers_;
  sut_detail::SampleQueue queue_;
  CompletionSink* sink_ = nullptr;  ///< Not owned; set between start() and stop().
  std::optional<ScopedPin> pin_;
  std::string placement_;

  /// Held by the worker that takes from the queue; the others execute or wait.
  alignas(kCacheLine) std::atomic<bool> claimed_{false};
  std::atomic<std::uint32_t> executing_{0};
  alignas(kCacheLine) std::atomic<std::uint64_t> finished_{0};
  alignas(kCacheLine) std::atomic<std::uint32_t> sleepers_{0};
  std::atomic<std::uint32_t> wake_ups_{0};  ///< What sleepers wait on.
  std::atomic<bool> draining_{false};       ///< Nobody waits for a fuller batch.
  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
  alignas(kCacheLine) std::uint64_t taken_ = 0;  ///< The generator's: samples taken into the queue.

  mutable std::mutex mutex_;  ///< Start and failure; never in a timed region that goes well.
  std::mutex loading_;
  std::condition_variable prepared_;
  std::size_t prepared_count_ = 0;
  std::string failure_;
};

}  // namespace perfbench
