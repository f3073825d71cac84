#include "harness/host/affinity/affinity.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "harness/host/affinity/scoped_signal_block.hpp"

namespace perfbench {
namespace {

/// A CPU that no machine has, within what the kernel's mask could hold.
constexpr int kNoSuchCpu = 60'000;

/// A thread that waits until the test is done with it.
class IdleThread {
 public:
  IdleThread() : thread_([this] { work(); }) {
    while (tid_.load() == 0) std::this_thread::yield();
  }
  ~IdleThread() {
    end_.store(true);
    end_.notify_one();
    thread_.join();
  }
  IdleThread(const IdleThread&) = delete;
  IdleThread& operator=(const IdleThread&) = delete;
  [[nodiscard]] int tid() const { return tid_.load(); }

 private:
  void work() {
    tid_.store(current_tid());
    end_.wait(false);
  }
  std::atomic<int> tid_{0};
  std::atomic<bool> end_{false};
  std::thread thread_;
};

TEST(AllowedCpus, AreSortedAndNotEmpty) {
  const std::vector<int> cpus = allowed_cpus();
  ASSERT_FALSE(cpus.empty());
  EXPECT_TRUE(std::is_sorted(cpus.begin(), cpus.end()));
  EXPECT_EQ(allowed_cpus_of(current_tid()).value(), cpus);
}

TEST(AllowedCpus, OfAThreadThatIsNotThereAreUnavailable) {
  const Reading<std::vector<int>> cpus = allowed_cpus_of(0x3fffffff);
  EXPECT_FALSE(cpus.available());
  EXPECT_NE(cpus.reason().find("sched_getaffinity"), std::string::npos);
}

TEST(ScopedPin, PinsAndRestores) {
  const std::vector<int> before = allowed_cpus();
  {
    const ScopedPin pin(before.back());
    ASSERT_TRUE(pin.pinned()) << pin.refusal();
    EXPECT_EQ(allowed_cpus(), std::vector<int>{before.back()});
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(ScopedPin, MovesWithItsDuty) {
  const std::vector<int> before = allowed_cpus();
  {
    ScopedPin first(before.front());
    const ScopedPin second(std::move(first));
    EXPECT_TRUE(second.pinned());
    EXPECT_EQ(allowed_cpus(), std::vector<int>{before.front()});
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(ScopedPin, TellsARefusalAndLeavesTheThreadAlone) {
  const std::vector<int> before = allowed_cpus();
  {
    const ScopedPin pin(kNoSuchCpu);
    EXPECT_FALSE(pin.pinned());
    EXPECT_EQ(pin.refusal().find("pinning to cpu 60000 was refused: "), 0U) << pin.refusal();
    EXPECT_EQ(allowed_cpus(), before);
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(ScopedThreadPins, PutOneThreadOnEachCpuAndRestore) {
  const std::vector<int> cpus = allowed_cpus();
  IdleThread a;
  IdleThread b;
  const std::vector<int> tids{a.tid(), b.tid()};
  {
    const ScopedThreadPins pins(tids, cpus);
    EXPECT_EQ(pins.pinned_threads(), 2);
    EXPECT_TRUE(pins.refusal().empty());
    EXPECT_EQ(allowed_cpus_of(a.tid()).value(), std::vector<int>{cpus[0]});
    EXPECT_EQ(allowed_cpus_of(b.tid()).value(), std::vector<int>{cpus[1 % cpus.size()]});
  }
  EXPECT_EQ(allowed_cpus_of(a.tid()).value(), cpus);
  EXPECT_EQ(allowed_cpus_of(b.tid()).value(), cpus);
}

TEST(ScopedThreadPins, PassOverAThreadThatHasEnded) {
  const std::vector<int> cpus = allowed_cpus();
  IdleThread alive;
  const std::vector<int> tids{0x3fffffff, alive.tid()};
  const ScopedThreadPins pins(tids, cpus);
  EXPECT_EQ(pins.pinned_threads(), 1);
  EXPECT_EQ(allowed_cpus_of(alive.tid()).value(), std::vector<int>{cpus[0]});
}

TEST(ThreadsOfProcess, ListsTheLiveOnes) {
  const IdleThread idle;
  const std::vector<int> all = threads_of_process();
  EXPECT_TRUE(std::binary_search(all.begin(), all.end(), idle.tid()));
  EXPECT_TRUE(std::binary_search(all.begin(), all.end(), current_tid()));
}

TEST(CpusText, WritesRangesAsPeopleDo) {
  EXPECT_EQ(cpus_text(std::vector<int>{}), "no cpu");
  EXPECT_EQ(cpus_text(std::vector<int>{3}), "cpu 3");
  EXPECT_EQ(cpus_text(std::vector<int>{1, 0}), "cpus 0,1");
  EXPECT_EQ(cpus_text(std::vector<int>{0, 1, 2, 3, 8}), "cpus 0-3,8");
  EXPECT_EQ(cpus_text(std::vector<int>{5, 5, 7}), "cpus 5,7");
}

TEST(ScopedSignalBlock, BlocksAndRestores) {
  const auto blocked = [] {
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, nullptr, &now);
    return sigismember(&now, SIGUSR1) == 1;
  };
  EXPECT_FALSE(blocked());
  {
    const ScopedSignalBlock block;
    EXPECT_TRUE(blocked());
  }
  EXPECT_FALSE(blocked());
}

}  // namespace
}  // namespace perfbench
