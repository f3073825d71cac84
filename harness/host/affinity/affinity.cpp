#include "harness/host/affinity/affinity.hpp"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <system_error>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/affinity/cpu_list.hpp"

namespace perfbench {
namespace {

using Mask = std::vector<unsigned long>;
constexpr std::size_t kBitsPerWord = 8 * sizeof(unsigned long);
/// The kernel's NR_CPUS is 8192 at most today; the search for the mask's size ends well above that.
constexpr std::size_t kMostWords = (std::size_t{1} << 20U) / kBitsPerWord;

std::string error_text(int error) { return std::generic_category().message(error); }

/// The raw call: glibc's wrapper has a fixed size of 1024 CPUs. Returns 0 or errno.
int read_mask(int tid, Mask& mask) {
  for (std::size_t words = 16; words <= kMostWords; words *= 2) {
    mask.assign(words, 0);
    const long bytes =
        syscall(SYS_sched_getaffinity, tid, words * sizeof(unsigned long), mask.data());
    if (bytes > 0) {
      mask.resize(static_cast<std::size_t>(bytes) / sizeof(unsigned long));
      return 0;
    }
    if (errno != EINVAL) return errno;
  }
  return EINVAL;
}

int write_mask(int tid, const Mask& mask) noexcept {
  const long result =
      syscall(SYS_sched_setaffinity, tid, mask.size() * sizeof(unsigned long), mask.data());
  return result == 0 ? 0 : errno;
}

Mask mask_of(std::span<const int> cpus) {
  Mask mask;
  for (const int cpu : cpus) {
    CHECK(cpu >= 0, "a CPU number is not negative");
    const auto bit = static_cast<std::size_t>(cpu);
    if (mask.size() <= bit / kBitsPerWord) mask.resize(bit / kBitsPerWord + 1, 0);
    mask[bit / kBitsPerWord] |= 1UL << (bit % kBitsPerWord);
  }
  return mask;
}

std::vector<int> cpus_of(const Mask& mask) {
  std::vector<int> cpus;
  for (std::size_t bit = 0; bit < mask.size() * kBitsPerWord; ++bit) {
    if ((mask[bit / kBitsPerWord] >> (bit % kBitsPerWord) & 1UL) != 0) {
      cpus.push_back(static_cast<int>(bit));
    }
  }
  return cpus;
}

}  // namespace

int current_tid() noexcept { return static_cast<int>(syscall(SYS_gettid)); }

Reading<std::vector<int>> allowed_cpus_of(int tid) {
  Mask mask;
  const int error = read_mask(tid, mask);
  if (error != 0) {
    return Reading<std::vector<int>>::unavailable("sched_getaffinity: " + error_text(error));
  }
  return Reading<std::vector<int>>::of(cpus_of(mask), "sched_getaffinity");
}

std::vector<int> allowed_cpus() {
  const Reading<std::vector<int>> cpus = allowed_cpus_of(0);
  if (!cpus.available()) {
    throw ResourceError("The kernel does not say which CPUs this process may use (" +
                        cpus.reason() + ").");
  }
  return cpus.value();
}

std::vector<int> threads_of_process() {
  std::vector<int> tids;
  DIR* directory = opendir("/proc/self/task");
  if (directory == nullptr) return {current_tid()};
  while (const dirent* entry = readdir(directory)) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    int tid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), tid);
    if (error == std::errc() && end == name.data() + name.size()) tids.push_back(tid);
  }
  closedir(directory);
  std::sort(tids.begin(), tids.end());
  return tids;
}

std::string cpus_text(std::span<const int> cpus) {
  if (cpus.empty()) return "no cpu";
  const std::string list = format_cpu_list({cpus.begin(), cpus.end()});
  return (list.find_first_of(",-") == std::string::npos ? "cpu " : "cpus ") + list;
}

ScopedPin::ScopedPin(std::span<const int> cpus, int tid) : tid_(tid == 0 ? current_tid() : tid) {
  CHECK(!cpus.empty(), "a thread cannot be pinned to no CPU");
  int error = read_mask(tid_, previous_);
  if (error == 0) error = write_mask(tid_, mask_of(cpus));
  if (error != 0) {
    previous_.clear();
    refusal_ = "pinning to " + cpus_text(cpus) + " was refused: " + error_text(error);
  }
}

ScopedPin::ScopedPin(int cpu) : ScopedPin(std::span<const int>(&cpu, 1)) {}

ScopedPin::ScopedPin(ScopedPin&& other) noexcept
    : tid_(other.tid_), previous_(std::move(other.previous_)), refusal_(std::move(other.refusal_)) {
  other.previous_.clear();
}

ScopedPin::~ScopedPin() noexcept {
  // Nothing can be done about a failure: the thread has ended, or its cpuset has changed under it.
  if (!previous_.empty()) static_cast<void>(write_mask(tid_, previous_));
}

ScopedThreadPins::ScopedThreadPins(std::span<const int> tids, std::span<const int> cpus) {
  CHECK(!cpus.empty(), "threads cannot be pinned to no CPU");
  pins_.reserve(tids.size());
  std::size_t next = 0;
  for (const int tid : tids) {
    // A thread that has ended since the caller's list was made takes no CPU's turn.
    if (!allowed_cpus_of(tid).available()) continue;
    ScopedPin pin(cpus.subspan(next % cpus.size(), 1), tid);
    ++next;
    if (pin.pinned()) {
      ++pinned_threads_;
    } else if (refusal_.empty()) {
      refusal_ = pin.refusal();
    }
    pins_.push_back(std::move(pin));
  }
}

}  // namespace perfbench
