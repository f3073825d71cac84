#include "scenarios/sut/worker_pool_sut.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <system_error>
#include <thread>

#include "harness/core/plan/random.hpp"
#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/scoped_signal_block.hpp"
#include "harness/host/clock/cpu_pause.hpp"
#include "scenarios/sut/batch_executor.hpp"

namespace perfbench {
namespace {

/// The clock is read once in so many looks at the queue, so that a worker that spins is quick to
/// see a sample.
constexpr int kLooksPerClockRead = 64;
/// A sleeping batcher looks again after so long at most.
constexpr Nanoseconds kBatcherNap{100'000};

sut_detail::SampleQueue make_queue(std::size_t capacity) {
  try {
    return sut_detail::SampleQueue(capacity);
  } catch (const std::bad_alloc&) {
    throw ResourceError("There is no memory for a queue of " + std::to_string(capacity) +
                        " samples.");
  }
}

}  // namespace

struct alignas(64) WorkerPoolSut::Worker {
  Worker(const WorkloadEntry& entry, const SutSettings& settings, std::size_t index)
      : executor(entry, settings.clock, settings.max_batch, derive_seed(settings.seed, index)),
        cpu(settings.layout.worker_cpus[index]),
        batch(executor.max_batch()) {}

  sut_detail::BatchExecutor executor;
  int cpu;
  std::vector<QuerySample> batch;
  Verification verification;
  std::exception_ptr thrown;  ///< By load() or verify().
  std::string refused_pin;
  std::thread thread;
};

WorkerPoolSut::WorkerPoolSut(const WorkloadEntry& entry, const SutSettings& settings)
    : clock_(settings.clock),
      layout_(settings.layout),
      max_delay_(settings.max_delay),
      wait_(settings.wait),
      queue_(make_queue(settings.queue_capacity)) {
  CHECK(!layout_.worker_cpus.empty(), "a layout without a worker");
  for (std::size_t i = 0; i < layout_.worker_cpus.size(); ++i) {
    workers_.push_back(std::make_unique<Worker>(entry, settings, i));
  }
}

WorkerPoolSut::~WorkerPoolSut() { stop(); }

const WorkloadInfo& WorkerPoolSut::info() const noexcept {
  return workers_.front()->executor.workload().info();
}

SampleIndex WorkerPoolSut::sample_count() const noexcept {
  return workers_.front()->executor.workload().sample_count();
}

std::size_t WorkerPoolSut::max_batch() const noexcept {
  return workers_.front()->executor.max_batch();
}

Work WorkerPoolSut::work(std::size_t batch) const noexcept {
  return workers_.front()->executor.workload().work(batch);
}

int WorkerPoolSut::worker_threads() const noexcept {
  return static_cast<int>(workers_.size()) * info().threads;
}

Verification WorkerPoolSut::start(CompletionSink& sink) {
  CHECK(sink_ == nullptr, "start() of a system that is running");
  sink_ = &sink;
  stopping_ = false;
  draining_ = false;
  failed_ = false;
  prepared_count_ = 0;
  placement_ = layout_.sentence;
  if (layout_.generator_cpu) {
    pin_.emplace(*layout_.generator_cpu);
    if (!pin_->pinned())
      placement_ += " The load generator is not pinned: " + pin_->refusal() + ".";
  }
  try {
    const ScopedSignalBlock no_signals;
    for (const auto& worker : workers_) {
      worker->thrown = nullptr;
      worker->thread = std::thread([this, w = worker.get()] { run(*w); });
    }
  } catch (const std::system_error& refused) {
    stop();
    throw ResourceError(std::string("The system refused a worker thread: ") + refused.what() + ".");
  }
  {
    std::unique_lock<std::mutex> lock(mutex_);
    prepared_.wait(lock, [&] { return prepared_count_ == workers_.size(); });
  }
  for (const auto& worker : workers_) {
    if (!worker->thrown) continue;
    const std::exception_ptr thrown = worker->thrown;
    stop();
    std::rethrow_exception(thrown);
  }
  for (const auto& worker : workers_) {
    if (!worker->refused_pin.empty()) {
      placement_ += " A worker is not pinned: " + worker->refused_pin + ".";
    }
  }
  for (const auto& worker : workers_) {
    if (!worker->verification.passed) return worker->verification;
  }
  return workers_.front()->verification;
}

std::size_t WorkerPoolSut::issue(std::span<const QuerySample> samples,
                                 TimePoint /*issued*/) noexcept {
  const std::size_t taken = queue_.push(samples);
  taken_ += taken;
  if (sleepers_.load(std::memory_order_seq_cst) > 0) wake_one();
  return taken;
}

void WorkerPoolSut::flush() noexcept {
  draining_ = true;
  while (finished_.load(std::memory_order_acquire) != taken_) std::this_thread::yield();
  draining_ = false;
}

void WorkerPoolSut::abandon() noexcept {
  draining_ = true;
  while (claimed_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
  const std::size_t forgotten = queue_.size();
  queue_.drop(forgotten);
  taken_ -= forgotten;
  claimed_.store(false, std::memory_order_seq_cst);
  while (executing_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
  draining_ = false;
}

void WorkerPoolSut::stop() noexcept {
  join_all();
  // What was still queued is forgotten.
  queue_.drop(queue_.size());
  taken_ = finished_.load();
  sink_ = nullptr;
  pin_.reset();
}

void WorkerPoolSut::join_all() noexcept {
  stopping_ = true;
  wake_ups_.fetch_add(1, std::memory_order_seq_cst);
  wake_ups_.notify_all();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

void WorkerPoolSut::prepare(Worker& worker) noexcept {
  try {
    {
      const std::lock_guard<std::mutex> one_at_a_time(loading_);
      worker.executor.workload().load();
      worker.executor.loaded();
    }
    worker.verification = worker.executor.workload().verify();
  } catch (...) {
    worker.thrown = std::current_exception();
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++prepared_count_;
  }
  prepared_.notify_one();
}

void WorkerPoolSut::run(Worker& worker) noexcept {
  const ScopedPin pin(worker.cpu);
  worker.refused_pin = pin.refusal();
  prepare(worker);
  if (worker.thrown) return;
  while (await_work()) {
    const std::size_t count = claim(worker);
    if (count > 0) execute(worker, count);
  }
}

bool WorkerPoolSut::await_work() noexcept {
  bool idle = false;
  TimePoint idle_since{};
  for (int looks = 0;; ++looks) {
    if (stopping_.load(std::memory_order_relaxed)) return false;
    if (!queue_.empty() && !claimed_.load(std::memory_order_relaxed)) return true;
    cpu_pause();
    if (wait_ == WaitPolicy::kSpin) continue;
    if (wait_ == WaitPolicy::kSleep) {
      sleep_for_work();
      continue;
    }
    if (looks % kLooksPerClockRead != 0) continue;
    const TimePoint now = clock_.now();
    if (!idle) idle_since = now;
    idle = true;
    if (now - idle_since < kHybridSpin) continue;
    sleep_for_work();
    idle = false;
  }
}

void WorkerPoolSut::sleep_for_work() noexcept {
  // Said before the last look: whoever pushes afterwards sees a sleeper and wakes it. The number of
  // wake-ups is taken before that look, so that one in between is not slept through.
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  const std::uint32_t seen = wake_ups_.load(std::memory_order_seq_cst);
  const bool nothing = queue_.empty() || claimed_.load(std::memory_order_seq_cst);
  if (nothing && !stopping_.load(std::memory_order_seq_cst)) wake_ups_.wait(seen);
  sleepers_.fetch_sub(1, std::memory_order_seq_cst);
}

void WorkerPoolSut::wake_one() noexcept {
  wake_ups_.fetch_add(1, std::memory_order_seq_cst);
  wake_ups_.notify_one();
}

std::size_t WorkerPoolSut::claim(Worker& worker) noexcept {
  if (claimed_.exchange(true, std::memory_order_acquire)) return 0;
  const std::size_t count = gather(worker);
  // Before the right to take is passed on, so that abandon() finds either the samples in the queue
  // or a worker that executes.
  if (count > 0) executing_.fetch_add(1, std::memory_order_relaxed);
  claimed_.store(false, std::memory_order_seq_cst);
  if (!queue_.empty() && sleepers_.load(std::memory_order_seq_cst) > 0) wake_one();
  return count;
}

std::size_t WorkerPoolSut::gather(Worker& worker) noexcept {
  const std::size_t most = worker.batch.size();
  std::size_t waiting = queue_.size();
  if (waiting == 0) return 0;
  const QuerySample& oldest = queue_.peek();
  if (oldest.count == 1 && waiting < most && max_delay_.count() > 0) {
    const TimePoint deadline = oldest.issued + max_delay_;
    for (int looks = 0; waiting < most; ++looks) {
      if (draining_.load(std::memory_order_relaxed) || stopping_.load(std::memory_order_relaxed)) {
        break;
      }
      if (looks % kLooksPerClockRead == 0) {
        const TimePoint now = clock_.now();
        if (now >= deadline) break;
        if (wait_ == WaitPolicy::kSleep) {
          static_cast<void>(clock_.sleep_until(std::min(deadline, now + kBatcherNap)));
          looks = -1;
        }
      }
      cpu_pause();
      waiting = queue_.size();
    }
  }
  std::size_t count = 1;
  worker.batch[0] = oldest;
  if (oldest.count == 1) {
    const std::size_t last = std::min(waiting, most);
    while (count < last && queue_.peek(count).count == 1) {
      worker.batch[count] = queue_.peek(count);
      ++count;
    }
  }
  queue_.drop(count);
  return count;
}

void WorkerPoolSut::execute(Worker& worker, std::size_t count) noexcept {
  const std::span<const QuerySample> samples(worker.batch.data(), count);
  const TimePoint started = clock_.now();
  try {
    if (!failed_.load(std::memory_order_relaxed)) worker.executor.execute(samples);
  } catch (...) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!failed_.load()) failure_ = sut_detail::sentence_of_thrown();
    failed_ = true;
  }
  sink_->complete(samples, started);
  worker.executor.executed(started, clock_.now());
  executing_.fetch_sub(1, std::memory_order_release);
  finished_.fetch_add(count, std::memory_order_release);
}

std::uint64_t WorkerPoolSut::checksum() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& worker : workers_) sum += worker->executor.workload().checksum();
  return sum;
}

std::string WorkerPoolSut::failure() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return failure_;
}

BatchRecord WorkerPoolSut::batches() const {
  BatchRecord record;
  record.max_batch = max_batch();
  record.max_delay = max_delay_;
  for (const auto& worker : workers_) sut_detail::add_counts(worker->executor.counts(), record);
  return record;
}

AnswerCheck WorkerPoolSut::answers() const {
  AnswerCheck all;
  for (const auto& worker : workers_) {
    all.checked += worker->executor.answers().checked;
    all.wrong += worker->executor.answers().wrong;
  }
  return all;
}

Nanoseconds WorkerPoolSut::busy() const noexcept {
  Nanoseconds all{0};
  for (const auto& worker : workers_) all += worker->executor.busy();
  return all;
}

void WorkerPoolSut::restart_counts() noexcept {
  for (const auto& worker : workers_) worker->executor.restart_counts();
}

}  // namespace perfbench
