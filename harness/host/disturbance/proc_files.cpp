#include "harness/host/disturbance/proc_files.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <system_error>

#include "harness/host/affinity/cpu_list.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kMostBytes = std::size_t{4} << 20U;

template <class Integer>
std::optional<Integer> parse_integer(std::string_view text) {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(separator), text.size());
    if (at > 0) parts.push_back(text.substr(0, at));
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return parts;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

std::optional<ThreadTimes> read_thread(const std::filesystem::path& folder, int tid) {
  const auto stat = read_small_file(folder / "stat");
  const auto status = read_small_file(folder / "status");
  if (!stat || !status) return std::nullopt;
  ThreadTimes times;
  times.tid = tid;

  // The second field is the name in parentheses, and may itself hold blanks and parentheses.
  const std::size_t name_end = stat->rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  const auto fields = split(trimmed(std::string_view(*stat).substr(name_end + 1)), ' ');
  // proc(5): state is field 3, utime 14, stime 15, processor 39.
  constexpr std::size_t kUserTime = 14 - 3;
  constexpr std::size_t kSystemTime = 15 - 3;
  constexpr std::size_t kProcessor = 39 - 3;
  if (fields.size() <= kProcessor) return std::nullopt;
  times.last_cpu = parse_integer<int>(fields[kProcessor]).value_or(-1);

  const auto schedstat = read_small_file(folder / "schedstat");
  std::optional<std::int64_t> run_time;
  if (schedstat) {
    const auto parts = split(trimmed(*schedstat), ' ');
    if (!parts.empty()) run_time = parse_integer<std::int64_t>(parts.front());
    if (parts.size() > 1) {
      if (const auto waited = parse_integer<std::int64_t>(parts[1])) {
        times.waited = Nanoseconds(*waited);
      }
    }
  }
  if (run_time) {
    times.cpu = Nanoseconds(*run_time);
  } else {
    const std::int64_t ticks = parse_integer<std::int64_t>(fields[kUserTime]).value_or(0) +
                               parse_integer<std::int64_t>(fields[kSystemTime]).value_or(0);
    times.cpu = Nanoseconds(ticks * (1'000'000'000 / user_ticks_per_second()));
  }

  constexpr std::string_view kAllowed = "Cpus_allowed_list:";
  for (const std::string_view line : split(*status, '\n')) {
    if (line.substr(0, kAllowed.size()) != kAllowed) continue;
    times.allowed =
        parse_cpu_list(trimmed(line.substr(kAllowed.size()))).value_or(std::vector<int>{});
  }
  return times;
}

}  // namespace

std::optional<std::string> read_small_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text;
  char block[4096];
  while (text.size() < kMostBytes) {
    file.read(block, sizeof(block));
    if (file.gcount() <= 0) break;
    text.append(block, static_cast<std::size_t>(file.gcount()));
  }
  return text;
}

std::map<int, CpuTicks> parse_proc_stat(std::string_view text) {
  std::map<int, CpuTicks> cpus;
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = split(line, ' ');
    // user nice system idle iowait irq softirq are there since Linux 2.6.
    if (fields.size() < 8 || fields[0].substr(0, 3) != "cpu") continue;
    const auto cpu = parse_integer<int>(fields[0].substr(3));
    if (!cpu) continue;  // The line of all CPUs.
    CpuTicks ticks;
    bool good = true;
    for (const std::size_t field : {1U, 2U, 3U, 6U, 7U}) {
      const auto value = parse_integer<std::uint64_t>(fields[field]);
      good = good && value.has_value();
      ticks.busy += value.value_or(0);
    }
    if (fields.size() > 8) ticks.steal = parse_integer<std::uint64_t>(fields[8]);
    if (good) cpus[*cpu] = ticks;
  }
  return cpus;
}

std::vector<ThreadTimes> read_thread_times(const std::filesystem::path& root) {
  std::vector<ThreadTimes> threads;
  std::error_code error;
  std::filesystem::directory_iterator folder(root / "proc/self/task", error);
  if (error) return threads;
  for (const std::filesystem::directory_iterator end; folder != end; folder.increment(error)) {
    if (error) break;
    const auto tid = parse_integer<int>(folder->path().filename().string());
    if (!tid) continue;
    if (auto times = read_thread(folder->path(), *tid)) threads.push_back(std::move(*times));
  }
  std::sort(threads.begin(), threads.end(), [](const ThreadTimes& a, const ThreadTimes& b) {
    return a.tid < b.tid;
  });
  return threads;
}

std::int64_t user_ticks_per_second() noexcept {
  const long ticks = sysconf(_SC_CLK_TCK);
  return ticks > 0 ? ticks : 100;
}

}  // namespace perfbench
