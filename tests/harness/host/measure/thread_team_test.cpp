#include "harness/host/measure/thread_team.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <vector>

#include "harness/host/affinity/affinity.hpp"

namespace perfbench {
namespace {

/// Two CPUs, or one CPU twice on a machine that allows one.
std::vector<int> two_cpus() {
  const std::vector<int> cpus = allowed_cpus();
  return {cpus.front(), cpus.back()};
}

TEST(ThreadTeam, RunsAJobOnEachThreadOnItsCpu) {
  ThreadTeam team(two_cpus());
  ASSERT_TRUE(team.pinned()) << team.refusal();
  std::vector<std::vector<int>> seen(2);
  std::vector<int> tids(2);
  team.run([&](int thread) {
    const auto i = static_cast<std::size_t>(thread);
    seen[i] = allowed_cpus();
    tids[i] = current_tid();
  });
  EXPECT_EQ(seen[0], std::vector<int>{two_cpus()[0]});
  EXPECT_EQ(seen[1], std::vector<int>{two_cpus()[1]});
  EXPECT_EQ(tids, team.tids());
  EXPECT_NE(tids[0], tids[1]);
  EXPECT_EQ(team.placement(), cpus_text(two_cpus()));
}

TEST(ThreadTeam, RunsOnOneThreadWhileTheOthersSleep) {
  ThreadTeam team(two_cpus());
  std::atomic<int> calls{0};
  std::atomic<int> who{-1};
  team.run_on(1, [&](int thread) {
    ++calls;
    who = thread;
  });
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(who, 1);
}

TEST(ThreadTeam, CarriesAnExceptionToTheCallerAndLivesOn) {
  ThreadTeam team(two_cpus());
  EXPECT_THROW(team.run([](int thread) {
    if (thread == 1) throw std::runtime_error("no memory");
  }),
               std::runtime_error);
  std::atomic<int> calls{0};
  team.run([&](int) { ++calls; });
  EXPECT_EQ(calls, 2);
}

TEST(ThreadTeam, BlocksAllSignals) {
  ThreadTeam team({allowed_cpus().front()});
  bool blocked = false;
  team.run([&](int) {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    blocked = sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1;
  });
  EXPECT_TRUE(blocked);
  sigset_t own;
  pthread_sigmask(SIG_SETMASK, nullptr, &own);
  EXPECT_EQ(sigismember(&own, SIGINT), 0);
}

TEST(ThreadTeam, SaysThatAPinWasRefused) {
  ThreadTeam team({60'000});
  EXPECT_FALSE(team.pinned());
  EXPECT_EQ(team.placement().find("cpu 60000 wanted, not pinned: pinning to cpu 60000 was refused"),
            0U)
      << team.placement();
  bool ran = false;
  team.run([&](int) { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(SpinBarrier, NoOneLeavesBeforeAllHaveArrived) {
  constexpr int kPhases = 500;
  ThreadTeam team(two_cpus());
  std::atomic<int> arrived{0};
  std::atomic<int> early{0};
  team.run([&](int) {
    for (int phase = 1; phase <= kPhases; ++phase) {
      ++arrived;
      team.barrier().arrive_and_wait();
      if (arrived.load() < 2 * phase) ++early;
    }
  });
  EXPECT_EQ(arrived, 2 * kPhases);
  EXPECT_EQ(early, 0);
}

TEST(SpinBarrier, MoreThreadsThanCpusGetThrough) {
  const int cpu = allowed_cpus().front();
  ThreadTeam team({cpu, cpu, cpu, cpu});
  std::atomic<int> done{0};
  team.run([&](int) {
    for (int phase = 0; phase < 20; ++phase) team.barrier().arrive_and_wait();
    ++done;
  });
  EXPECT_EQ(done, 4);
}

}  // namespace
}  // namespace perfbench
