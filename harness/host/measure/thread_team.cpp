#include "harness/host/measure/thread_team.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/affinity/scoped_signal_block.hpp"

namespace perfbench {

/// One mutex for all states; each worker has its own condition, so that a job on one thread wakes
/// no other.
class ThreadTeam::Implementation {
 public:
  explicit Implementation(std::vector<int> cpus) : cpus_(std::move(cpus)), tids_(cpus_.size(), 0) {
    CHECK(!cpus_.empty(), "a team of no thread");
    for (std::size_t i = 0; i < cpus_.size(); ++i) workers_.push_back(std::make_unique<Worker>());
    pending_ = cpus_.size();  // Each counts down when it is pinned and ready.
    start_threads();
    wait_for_all();
    const std::set<int> distinct(cpus_.begin(), cpus_.end());
    // Unpinned threads may meet on one CPU, so they count as too many.
    const bool yields = distinct.size() < cpus_.size() || !refusal_.empty();
    barrier_ = std::make_unique<SpinBarrier>(static_cast<int>(cpus_.size()), yields);
  }
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;
  ~Implementation() { stop_threads(); }

  void run(const std::function<void(int)>& job, std::size_t first, std::size_t count) {
    {
      const std::lock_guard lock(mutex_);
      job_ = &job;
      error_ = nullptr;
      pending_ = count;
      for (std::size_t i = first; i < first + count; ++i) workers_[i]->has_job = true;
    }
    for (std::size_t i = first; i < first + count; ++i) workers_[i]->wake.notify_one();
    wait_for_all();
    if (error_) std::rethrow_exception(error_);
  }

  [[nodiscard]] const std::vector<int>& cpus() const noexcept { return cpus_; }
  [[nodiscard]] const std::vector<int>& tids() const noexcept { return tids_; }
  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }
  [[nodiscard]] SpinBarrier& barrier() noexcept { return *barrier_; }

 private:
  struct Worker {
    std::thread thread;
    std::condition_variable wake;
    bool has_job = false;
  };

  void start_threads() {
    const ScopedSignalBlock block;
    for (std::size_t i = 0; i < cpus_.size(); ++i) {
      try {
        workers_[i]->thread = std::thread([this, i] { work(i); });
      } catch (const std::system_error& error) {
        stop_threads();
        throw ResourceError("Thread " + std::to_string(i + 1) + " of " +
                            std::to_string(cpus_.size()) + " cannot be started (" + error.what() +
                            ").");
      }
    }
  }

  void stop_threads() noexcept {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    for (const auto& worker : workers_) {
      worker->wake.notify_one();
      if (worker->thread.joinable()) worker->thread.join();
    }
  }

  void wait_for_all() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return pending_ == 0; });
  }

  void work(std::size_t i) {
    const ScopedPin pin(cpus_[i]);
    std::unique_lock lock(mutex_);
    tids_[i] = current_tid();
    if (!pin.pinned() && refusal_.empty()) refusal_ = pin.refusal();
    count_down();
    Worker& self = *workers_[i];
    for (;;) {
      self.wake.wait(lock, [&] { return self.has_job || stopping_; });
      if (!self.has_job) return;
      self.has_job = false;
      const std::function<void(int)>& job = *job_;
      lock.unlock();
      std::exception_ptr error;
      try {
        job(static_cast<int>(i));
      } catch (...) {
        error = std::current_exception();  // Thrown again in run(), on the caller's thread.
      }
      lock.lock();
      if (error && !error_) error_ = error;
      error = nullptr;
      count_down();
    }
  }

  /// With the mutex held.
  void count_down() {
    if (--pending_ == 0) done_.notify_one();
  }

  const std::vector<int> cpus_;
  std::vector<int> tids_;
  std::string refusal_;
  std::unique_ptr<SpinBarrier> barrier_;

  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<std::unique_ptr<Worker>> workers_;
  const std::function<void(int)>* job_ = nullptr;
  std::exception_ptr error_;
  std::size_t pending_ = 0;
  bool stopping_ = false;
};

ThreadTeam::ThreadTeam(std::vector<int> cpus)
    : implementation_(std::make_unique<Implementation>(std::move(cpus))) {}

ThreadTeam::~ThreadTeam() noexcept = default;

int ThreadTeam::size() const noexcept { return static_cast<int>(implementation_->cpus().size()); }

const std::vector<int>& ThreadTeam::cpus() const noexcept { return implementation_->cpus(); }

const std::vector<int>& ThreadTeam::tids() const noexcept { return implementation_->tids(); }

const std::string& ThreadTeam::refusal() const noexcept { return implementation_->refusal(); }

std::string ThreadTeam::placement() const {
  const std::string wanted = cpus_text(cpus());
  return pinned() ? wanted : wanted + " wanted, not pinned: " + refusal();
}

void ThreadTeam::run(const std::function<void(int)>& job) {
  implementation_->run(job, 0, implementation_->cpus().size());
}

void ThreadTeam::run_on(int thread, const std::function<void(int)>& job) {
  CHECK(thread >= 0 && thread < size(), "no such thread in the team");
  implementation_->run(job, static_cast<std::size_t>(thread), 1);
}

SpinBarrier& ThreadTeam::barrier() noexcept { return implementation_->barrier(); }

}  // namespace perfbench
