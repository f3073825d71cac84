#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "harness/core/judge/quiet.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/clock/steady_clock.hpp"
#include "harness/host/disturbance/proc_files.hpp"
#include "harness/host/measure/measure.hpp"
#include "tests/support/scripted_kernel.hpp"

namespace perfbench {
namespace {

namespace fs = std::filesystem;

bool write_text(const fs::path& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text;
  stream.flush();
  return stream.good();
}

/// This process in a child cgroup of its own, and back in the destructor.
class OwnCgroup {
 public:
  OwnCgroup() {
    std::istringstream lines(read_small_file("/proc/self/cgroup").value_or(""));
    std::string path_1;
    std::string path_2;
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("0::", 0) == 0) path_2 = line.substr(3);
      const std::size_t colon = line.find(':');
      const std::string rest = line.substr(colon + 1);
      if (rest.rfind("cpu:", 0) == 0 || rest.rfind("cpu,cpuacct:", 0) == 0) {
        path_1 = rest.substr(rest.find(':') + 1);
      }
    }
    version_2_ = path_1.empty();
    parent_ = fs::path("/sys/fs/cgroup") / (version_2_ ? "." : "cpu") /
              fs::path(version_2_ ? path_2 : path_1).relative_path();
    own_ = parent_ / ("perfbench-test-" + std::to_string(getpid()));
    std::error_code error;
    if (!fs::create_directory(own_, error)) {
      refusal_ = "no cgroup may be made under " + parent_.string() + ": " + error.message();
      return;
    }
    if (!fs::exists(own_ / quota_file())) {
      refusal_ = "the CPU controller is not handed down to " + own_.string();
    } else if (!write_text(own_ / "cgroup.procs", std::to_string(getpid()))) {
      refusal_ = "this process may not move into " + own_.string();
    } else {
      // The largest weight that there is, so that neighbours hardly matter. A wish, not a need.
      write_text(own_ / (version_2_ ? "cpu.weight" : "cpu.shares"),
                 version_2_ ? "10000" : "262144");
    }
  }
  OwnCgroup(const OwnCgroup&) = delete;
  OwnCgroup& operator=(const OwnCgroup&) = delete;
  ~OwnCgroup() {
    write_text(parent_ / "cgroup.procs", std::to_string(getpid()));
    std::error_code ignored;
    // A cgroup is a folder that holds files nobody can delete: rmdir, not remove_all.
    fs::remove(own_, ignored);
  }

  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }

  /// `quota` of each period of 10 ms.
  [[nodiscard]] bool limit(std::chrono::microseconds quota) const {
    const std::string us = std::to_string(quota.count());
    if (version_2_) return write_text(own_ / quota_file(), us + " 10000");
    return write_text(own_ / "cpu.cfs_period_us", "10000") && write_text(own_ / quota_file(), us);
  }

 private:
  [[nodiscard]] const char* quota_file() const {
    return version_2_ ? "cpu.max" : "cpu.cfs_quota_us";
  }

  bool version_2_ = false;
  fs::path parent_;
  fs::path own_;
  std::string refusal_;
};

MeasuredSeries measure_add_chain() {
  KernelScript s;
  s.info.name = "add chain";
  s.work = {Flops(1000), Bytes(0), Bytes(0)};
  s.run = [](std::uint64_t iterations) { run_add_chain(10 * iterations); };
  MeasureRequest request;
  request.kernels = {scripted_entry(s)};
  request.cpus = {allowed_cpus().front()};
  // Ten periods a window: its ends cut at most one.
  request.options.window = Nanoseconds(100'000'000);
  request.options.windows = 12;
  request.options.time_budget = Nanoseconds(3'000'000'000);
  SteadyClock clock;
  const Interruption interruption;
  return measure_kernels(request, clock, interruption).front();
}

TEST(Quota, HalfOfItHalvesTheThroughputAndIsNeverQuiet) {
  const OwnCgroup group;
  if (!group.refusal().empty()) GTEST_SKIP() << group.refusal();
  const MeasuredSeries full = measure_add_chain();
  // Half of a CPU is no limit to someone who gets less than that anyhow.
  if (full.disturbance.share.value_or(0.0) < 0.9) GTEST_SKIP() << "the machine is busy on its own";
  if (!group.limit(std::chrono::microseconds(5000))) {
    GTEST_SKIP() << "the CPU quota of an own cgroup may not be set";
  }
  const MeasuredSeries half = measure_add_chain();
  const double ratio = half.summary.best / full.summary.best;
  std::printf("best of windows: %.4g, at half a quota %.4g, ratio %.3f; throttled %lld periods\n",
              full.summary.best,
              half.summary.best,
              ratio,
              static_cast<long long>(half.disturbance.quota_throttled.value_or(-1)));
  EXPECT_GT(ratio, 0.40);
  EXPECT_LT(ratio, 0.62);
  ASSERT_TRUE(half.disturbance.quota_throttled.available())
      << half.disturbance.quota_throttled.reason();
  EXPECT_GT(half.disturbance.quota_throttled.value(), 10);
  EXPECT_EQ(full.disturbance.quota_throttled.value(), 0);
  const QuietVerdict verdict = judge_quiet(half.disturbance);
  EXPECT_EQ(verdict.quietness, Quietness::kDisturbed);
  EXPECT_TRUE(std::any_of(verdict.reasons.begin(), verdict.reasons.end(), [](const Reason& r) {
    return r.id.find("quota") != std::string::npos;
  }));
}

}  // namespace
}  // namespace perfbench
