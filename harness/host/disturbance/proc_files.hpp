#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// The whole file, at most 4 MiB of it; nothing when it cannot be opened. Files of /proc have no
/// size to ask for.
[[nodiscard]] std::optional<std::string> read_small_file(const std::filesystem::path& path);

/// One "cpuN" line of /proc/stat, in ticks of USER_HZ.
struct CpuTicks {
  std::uint64_t busy = 0;  ///< user + nice + system + irq + softirq; guest time is part of user.
  std::optional<std::uint64_t> steal;  ///< Kernels before 2.6.11 had none.
};

/// By CPU number; lines that make no sense are left out.
[[nodiscard]] std::map<int, CpuTicks> parse_proc_stat(std::string_view text);

/// One thread of this process.
struct ThreadTimes {
  int tid = 0;
  Nanoseconds cpu{
      0};  ///< schedstat's run time, or utime + stime in ticks where that file is missing.
  /// Ready to run and waiting for a CPU; nothing where schedstat is missing.
  std::optional<Nanoseconds> waited;
  std::vector<int> allowed;  ///< Cpus_allowed_list.
  int last_cpu = -1;         ///< Where it last ran.
};

/// Threads under `root`/proc/self/task. A thread that ends while it is read is left out.
[[nodiscard]] std::vector<ThreadTimes> read_thread_times(const std::filesystem::path& root);

/// USER_HZ ticks a second: 100 on all Linux architectures of today, asked of the system all the
/// same.
[[nodiscard]] std::int64_t user_ticks_per_second() noexcept;

}  // namespace perfbench
