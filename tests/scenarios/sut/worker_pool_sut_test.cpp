#include "scenarios/sut/worker_pool_sut.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "scenarios/sut/sample_queue.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/scripted_workload.hpp"
#include "tests/support/sut_settings.hpp"

namespace perfbench {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Keeps what was completed; waits for a number of samples.
class KeepingSink final : public CompletionSink {
 public:
  void complete(std::span<const QuerySample> samples,
                std::optional<TimePoint> started) noexcept override {
    const std::lock_guard<std::mutex> lock(mutex_);
    EXPECT_TRUE(started.has_value());
    for (const QuerySample& sample : samples) ids_.push_back(sample.id);
    sizes_.push_back(samples.size());
    changed_.notify_all();
  }
  void wait_for(std::size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return ids_.size() >= count; });
  }
  std::vector<std::uint64_t> ids() {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::uint64_t> sorted = ids_;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  std::vector<std::size_t> sizes() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return sizes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> ids_;
  std::vector<std::size_t> sizes_;
};

/// Holds executions until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_for_arrivals(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  bool open_ = false;
};

std::vector<QuerySample> samples_of(std::uint64_t count, TimePoint issued, std::uint64_t from = 0) {
  std::vector<QuerySample> samples;
  for (std::uint64_t i = from; i < from + count; ++i) samples.push_back({i, i % 16, issued, 1});
  return samples;
}

std::vector<std::uint64_t> numbers_to(std::uint64_t count) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t i = 0; i < count; ++i) numbers.push_back(i);
  return numbers;
}

TEST(WorkerPoolSut, EverySampleCompletesOnceByEveryPolicyAndNumberOfWorkers) {
  SteadyClock clock;
  for (const int workers : {1, 2, 3}) {
    for (const WaitPolicy wait : {WaitPolicy::kHybrid, WaitPolicy::kSpin, WaitPolicy::kSleep}) {
      SutSettings settings = pool_settings(clock, workers);
      settings.wait = wait;
      settings.max_batch = 4;
      KeepingSink sink;
      WorkerPoolSut sut(scripted_workload_entry({}), settings);
      ASSERT_TRUE(sut.start(sink).passed);
      for (std::uint64_t i = 0; i < 500; ++i) {
        ASSERT_EQ(sut.issue(samples_of(1, clock.now(), i), clock.now()), 1U);
      }
      sut.flush();
      EXPECT_EQ(sink.ids(), numbers_to(500));
      std::uint64_t executed = 0;
      const BatchRecord batches = sut.batches();
      for (std::size_t b = 0; b < batches.counts.size(); ++b)
        executed += (b + 1) * batches.counts[b];
      EXPECT_EQ(executed, 500U);
      sut.stop();
    }
  }
}

TEST(WorkerPoolSut, EachWorkerLoadsAndVerifiesItsOwnInstance) {
  FakeClock clock;
  std::mutex mutex;
  std::set<std::thread::id> loaded;
  std::set<std::thread::id> verified;
  std::atomic<int> loading{0};
  WorkloadScript script;
  script.load = [&] {
    EXPECT_EQ(++loading, 1);  // One at a time.
    {
      const std::lock_guard<std::mutex> lock(mutex);
      loaded.insert(std::this_thread::get_id());
    }
    --loading;
  };
  script.verify = [&] {
    const std::lock_guard<std::mutex> lock(mutex);
    verified.insert(std::this_thread::get_id());
    return Verification{true, ""};
  };
  KeepingSink sink;
  WorkerPoolSut sut(scripted_workload_entry(script), pool_settings(clock, 3));
  ASSERT_TRUE(sut.start(sink).passed);
  EXPECT_EQ(sut.worker_threads(), 3);
  EXPECT_EQ(loaded.size(), 3U);
  EXPECT_EQ(loaded, verified);
  EXPECT_EQ(loaded.count(std::this_thread::get_id()), 0U);
}

TEST(WorkerPoolSut, TakesWhatWaitsUpToTheLargestBatch) {
  FakeClock clock;
  Gate gate;
  WorkloadScript script;
  script.max_batch = 8;
  script.execute = [&](auto) { gate.pass(); };
  SutSettings settings = pool_settings(clock, 1);
  settings.max_batch = 4;
  KeepingSink sink;
  WorkerPoolSut sut(scripted_workload_entry(script), settings);
  ASSERT_TRUE(sut.start(sink).passed);
  EXPECT_EQ(sut.max_batch(), 4U);
  ASSERT_EQ(sut.issue(samples_of(1, clock.now()), clock.now()), 1U);
  gate.wait_for_arrivals(1);  // The worker is busy; these pile up.
  ASSERT_EQ(sut.issue(samples_of(10, clock.now(), 1), clock.now()), 10U);
  gate.open();
  sut.flush();
  EXPECT_EQ(sink.sizes(), (std::vector<std::size_t>{1, 4, 4, 2}));
  EXPECT_EQ(sut.batches().counts, (std::vector<std::uint64_t>{1, 1, 0, 2}));
}

TEST(WorkerPoolSut, TheBatcherWaitsForOthersUntilTheOldestHasWaitedEnough) {
  FakeClock clock;  // Sleeping workers move it on.
  SutSettings settings = pool_settings(clock, 1);
  settings.max_batch = 4;
  settings.max_delay = milliseconds(2);
  KeepingSink sink;
  WorkerPoolSut sut(scripted_workload_entry({}), settings);
  ASSERT_TRUE(sut.start(sink).passed);
  const TimePoint issued = clock.now();
  ASSERT_EQ(sut.issue(samples_of(3, issued), issued), 3U);
  sink.wait_for(3);
  EXPECT_GE(clock.now() - issued, milliseconds(2));
  EXPECT_EQ(sink.sizes(), std::vector<std::size_t>{3});
  EXPECT_EQ(sut.batches().max_delay, milliseconds(2));
}

TEST(WorkerPoolSut, AFullBatchAndAFlushDoNotWait) {
  FakeClock clock;
  SutSettings settings = pool_settings(clock, 1);
  settings.wait = WaitPolicy::kSpin;  // Nothing moves the clock.
  settings.max_batch = 4;
  settings.max_delay = hours(1);
  KeepingSink sink;
  WorkerPoolSut sut(scripted_workload_entry({}), settings);
  ASSERT_TRUE(sut.start(sink).passed);
  ASSERT_EQ(sut.issue(samples_of(4, clock.now()), clock.now()), 4U);
  sink.wait_for(4);
  ASSERT_EQ(sut.issue(samples_of(2, clock.now(), 4), clock.now()), 2U);
  sut.flush();
  EXPECT_EQ(sink.sizes(), (std::vector<std::size_t>{4, 2}));
}

TEST(WorkerPoolSut, AFullQueueTakesNoMoreAndAbandonForgetsIt) {
  FakeClock clock;
  Gate gate;
  WorkloadScript script;
  script.execute = [&](auto) { gate.pass(); };
  SutSettings settings = pool_settings(clock, 1);
  settings.queue_capacity = 8;
  KeepingSink sink;
  WorkerPoolSut sut(scripted_workload_entry(script), settings);
  ASSERT_TRUE(sut.start(sink).passed);
  ASSERT_EQ(sut.issue(samples_of(1, clock.now()), clock.now()), 1U);
  gate.wait_for_arrivals(1);
  EXPECT_EQ(sut.issue(samples_of(12, clock.now(), 1), clock.now()), 8U);
  EXPECT_EQ(sut.issue(samples_of(1, clock.now(), 99), clock.now()), 0U);
  std::thread opener([&] { gate.open(); });
  sut.abandon();
  opener.join();
  sut.flush();
  // Those that the worker had not taken before they were forgotten.
  const std::vector<std::uint64_t> done = sink.ids();
  EXPECT_GE(done.size(), 1U);
  EXPECT_EQ(done.front(), 0U);
  // And it goes on.
  ASSERT_EQ(sut.issue(samples_of(1, clock.now(), 200), clock.now()), 1U);
  sut.flush();
  EXPECT_EQ(sink.ids().back(), 200U);
}

TEST(WorkerPoolSut, AWorkloadThatThrowsIsExecutedNoMoreAndItsSamplesComplete) {
  FakeClock clock;
  std::atomic<int> executed{0};
  WorkloadScript script;
  script.execute = [&](auto) {
    if (++executed == 3) throw ResourceError("no more pages");
  };
  KeepingSink sink;
  WorkerPoolSut sut(scripted_workload_entry(script), pool_settings(clock, 1));
  ASSERT_TRUE(sut.start(sink).passed);
  ASSERT_EQ(sut.issue(samples_of(20, clock.now()), clock.now()), 20U);
  sut.flush();
  EXPECT_TRUE(sut.failed());
  EXPECT_EQ(sut.failure(), "no more pages");
  EXPECT_EQ(executed.load(), 3);
  EXPECT_EQ(sink.ids(), numbers_to(20));
}

TEST(WorkerPoolSut, WhatLoadThrowsComesOutOfStartAndNothingStaysBehind) {
  FakeClock clock;
  const std::size_t threads = threads_of_process().size();
  const std::vector<int> before = allowed_cpus();
  KeepingSink sink;
  WorkloadScript hungry;
  hungry.load = [] { throw ResourceError("no memory for the weights"); };
  WorkerPoolSut starved(scripted_workload_entry(hungry), pool_settings(clock, 2));
  EXPECT_THROW(static_cast<void>(starved.start(sink)), ResourceError);
  EXPECT_EQ(threads_of_process().size(), threads);
  EXPECT_EQ(allowed_cpus(), before);

  WorkloadScript wrong;
  wrong.verify = [] { return Verification{false, "7 instead of 8"}; };
  WorkerPoolSut liar(scripted_workload_entry(wrong), pool_settings(clock, 2));
  EXPECT_EQ(liar.start(sink).detail, "7 instead of 8");
}

TEST(WorkerPoolSut, StartsAgainAfterAStop) {
  FakeClock clock;
  KeepingSink sink;
  WorkerPoolSut sut(scripted_workload_entry({}), pool_settings(clock, 2));
  for (std::uint64_t round = 0; round < 3; ++round) {
    ASSERT_TRUE(sut.start(sink).passed);
    ASSERT_EQ(sut.issue(samples_of(10, clock.now(), 10 * round), clock.now()), 10U);
    sut.flush();
    sut.stop();
  }
  EXPECT_EQ(sink.ids(), numbers_to(30));
}

TEST(WorkerPoolSut, CountsBusyTimeAndWrongAnswers) {
  SteadyClock clock;
  WorkloadScript script;
  script.answer_holds = [](std::size_t, SampleIndex) { return false; };
  KeepingSink sink;
  WorkerPoolSut sut(scripted_workload_entry(script), pool_settings(clock, 2));
  ASSERT_TRUE(sut.start(sink).passed);
  ASSERT_EQ(sut.issue(samples_of(50, clock.now()), clock.now()), 50U);
  sut.flush();
  EXPECT_GT(sut.busy(), Nanoseconds(0));
  EXPECT_GT(sut.answers().checked, 0U);
  EXPECT_EQ(sut.answers().wrong, sut.answers().checked);
  sut.restart_counts();
  EXPECT_EQ(sut.busy(), Nanoseconds(0));
  EXPECT_TRUE(sut.batches().counts.empty());
}

TEST(WorkerPoolSut, StopsWithSamplesInTheQueue) {
  FakeClock clock;
  Gate gate;
  WorkloadScript script;
  script.execute = [&](auto) { gate.pass(); };
  KeepingSink sink;
  {
    WorkerPoolSut sut(scripted_workload_entry(script), pool_settings(clock, 1));
    ASSERT_TRUE(sut.start(sink).passed);
    ASSERT_EQ(sut.issue(samples_of(100, clock.now()), clock.now()), 100U);
    gate.wait_for_arrivals(1);
    gate.open();
  }
  EXPECT_LE(sink.ids().size(), 100U);
}

TEST(SampleQueue, KeepsOrderAndItsBound) {
  sut_detail::SampleQueue queue(5);
  EXPECT_EQ(queue.capacity(), 8U);
  for (std::uint64_t round = 0; round < 100; ++round) {
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.push(samples_of(6, {}, 10 * round)), 6U);
    EXPECT_EQ(queue.push(samples_of(6, {}, 10 * round + 6)), 2U);
    EXPECT_EQ(queue.size(), 8U);
    for (std::uint64_t i = 0; i < 8; ++i) EXPECT_EQ(queue.peek(i).id, 10 * round + i);
    queue.drop(8);
  }
}

TEST(MakeSystemUnderTest, FollowsTheLayoutAndTheScenario) {
  FakeClock clock;
  const WorkloadEntry entry = scripted_workload_entry({});
  EXPECT_NE(
      dynamic_cast<WorkerPoolSut*>(make_system_under_test(entry, pool_settings(clock, 1)).get()),
      nullptr);
  EXPECT_EQ(
      dynamic_cast<WorkerPoolSut*>(make_system_under_test(entry, inline_settings(clock)).get()),
      nullptr);
  ScenarioSettings scenario;
  scenario.scenario = Scenario::kOffline;
  EXPECT_EQ(sut_settings(clock, {}, scenario).max_batch, 0U);
  scenario.batcher.max_batch = 2;
  EXPECT_EQ(sut_settings(clock, {}, scenario).max_batch, 2U);
  scenario.scenario = Scenario::kServer;
  scenario.batcher = {};
  EXPECT_EQ(sut_settings(clock, {}, scenario).max_batch, 1U);
}

}  // namespace
}  // namespace perfbench
