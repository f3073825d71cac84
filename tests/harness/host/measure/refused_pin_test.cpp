#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>

#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/measure/measure.hpp"
#include "tests/support/scripted_kernel.hpp"

namespace perfbench {
namespace {

constexpr int kNoSeccomp = 77;

/// From here on the kernel refuses to pin, as a sandbox does. Cannot be undone, so a child process
/// does it.
bool refuse_pinning() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_setaffinity, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// 0 when measuring went on, unpinned and said so.
int measure_without_permission() {
  if (!refuse_pinning()) return kNoSeccomp;
  const std::vector<int> cpus = allowed_cpus();
  MeasureRequest request;
  request.cpus = {cpus.front(), cpus.back()};
  request.options.windows = 5;
  KernelScript s;
  s.run = [](std::uint64_t iterations) { run_add_chain(iterations); };
  request.kernels = {scripted_entry(s)};
  SteadyClock clock;
  const Interruption interruption;
  const MeasuredSeries series = measure_kernels(request, clock, interruption).front();
  std::fprintf(stderr, "placement: %s\n", series.placement.c_str());
  if (series.series.windows.size() != 5) return 1;
  if (series.placement.find("not pinned") == std::string::npos) return 2;
  if (series.placement.find("Operation not permitted") == std::string::npos) return 3;
  return 0;
}

TEST(RefusedPin, IsSaidAndMeasuringGoesOn) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(measure_without_permission());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNoSeccomp) GTEST_SKIP() << "no seccomp filter may be set here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace perfbench
