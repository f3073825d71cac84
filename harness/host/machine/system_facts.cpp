#include "harness/host/machine/system_facts.hpp"

#include <linux/perf_event.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "harness/host/machine/cpuid.hpp"

namespace perfbench {
namespace {

/// The kernel's own limit for x86 is 8192 CPUs; twice that leaves room.
constexpr std::size_t kMaxCpus = 16384;

Reading<std::vector<int>> read_affinity() {
  cpu_set_t* set = CPU_ALLOC(kMaxCpus);
  if (set == nullptr) return Reading<std::vector<int>>::unavailable("no memory for a CPU mask");
  const std::size_t bytes = CPU_ALLOC_SIZE(kMaxCpus);
  std::vector<int> cpus;
  const bool known = sched_getaffinity(0, bytes, set) == 0;
  const int error = errno;
  for (std::size_t cpu = 0; known && cpu < kMaxCpus; ++cpu) {
    if (CPU_ISSET_S(cpu, bytes, set)) cpus.push_back(static_cast<int>(cpu));
  }
  CPU_FREE(set);
  if (!known) {
    return Reading<std::vector<int>>::unavailable("sched_getaffinity failed with error " +
                                                  std::to_string(error));
  }
  return Reading<std::vector<int>>::of(std::move(cpus), "sched_getaffinity");
}

Reading<std::int64_t> read_address_space_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0) {
    return Reading<std::int64_t>::unavailable("getrlimit(RLIMIT_AS) failed");
  }
  const auto bytes = limit.rlim_cur == RLIM_INFINITY ? std::int64_t{-1}
                                                     : static_cast<std::int64_t>(limit.rlim_cur);
  return Reading<std::int64_t>::of(bytes, "getrlimit(RLIMIT_AS)");
}

std::string errno_name(int error) {
  switch (error) {
    case ENOENT:
      return "ENOENT";
    case EACCES:
      return "EACCES";
    case EPERM:
      return "EPERM";
    case ENODEV:
      return "ENODEV";
    case EOPNOTSUPP:
      return "EOPNOTSUPP";
    case ENOSYS:
      return "ENOSYS";
    default:
      return "error " + std::to_string(error);
  }
}

/// A counter that opens and then counts nothing is met in virtual machines, so it must move.
Reading<std::string> try_cycles_event() {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.size = sizeof(attributes);
  attributes.config = PERF_COUNT_HW_CPU_CYCLES;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  const long opened = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  if (opened < 0) return Reading<std::string>::of(errno_name(errno), "perf_event_open(cycles)");
  const int fd = static_cast<int>(opened);
  for (int i = 0; i < 10000; ++i) {
    __asm__ volatile("");  // keeps the loop, which is there to be counted
  }
  std::uint64_t count = 0;
  const bool counted = ::read(fd, &count, sizeof(count)) == sizeof(count) && count > 0;
  ::close(fd);
  return Reading<std::string>::of(counted ? "counts" : "opens but reads 0",
                                  "perf_event_open(cycles)");
}

void read_arm_facts(SystemFacts& facts) {
#if defined(__aarch64__)
  facts.hwcap = Reading<std::uint64_t>::of(getauxval(AT_HWCAP), "getauxval(AT_HWCAP)");
  facts.hwcap2 = Reading<std::uint64_t>::of(getauxval(AT_HWCAP2), "getauxval(AT_HWCAP2)");
#ifdef PR_SVE_GET_VL
  const int length = prctl(PR_SVE_GET_VL);
  if (length > 0) {
    facts.sve_vector_bytes =
        Reading<std::int64_t>::of(length & PR_SVE_VL_LEN_MASK, "prctl(PR_SVE_GET_VL)");
  } else {
    facts.sve_vector_bytes = Reading<std::int64_t>::unavailable("no SVE");
  }
#endif
#else
  const std::string reason = "a question for arm64";
  facts.hwcap = Reading<std::uint64_t>::unavailable(reason);
  facts.hwcap2 = Reading<std::uint64_t>::unavailable(reason);
  facts.sve_vector_bytes = Reading<std::int64_t>::unavailable(reason);
#endif
}

}  // namespace

SystemFacts read_system_facts() {
  SystemFacts facts;
  utsname names{};
  if (uname(&names) == 0) {
    // nodename is the host's name and stays unread.
    facts.hardware = Reading<std::string>::of(names.machine, "uname");
    facts.kernel_release = Reading<std::string>::of(names.release, "uname");
    facts.kernel_version = Reading<std::string>::of(names.version, "uname");
  }
  facts.affinity = read_affinity();
  const int slack = prctl(PR_GET_TIMERSLACK);
  facts.timer_slack_ns = slack < 0
                             ? Reading<std::int64_t>::unavailable("prctl(PR_GET_TIMERSLACK) failed")
                             : Reading<std::int64_t>::of(slack, "prctl(PR_GET_TIMERSLACK)");
  facts.page_size_bytes = Reading<std::int64_t>::of(sysconf(_SC_PAGESIZE), "sysconf(_SC_PAGESIZE)");
  facts.ticks_per_s = Reading<std::int64_t>::of(sysconf(_SC_CLK_TCK), "sysconf(_SC_CLK_TCK)");
  facts.address_space_limit_bytes = read_address_space_limit();
  const int persona = personality(0xffffffffUL);
  facts.address_randomisation_off =
      persona < 0
          ? Reading<bool>::unavailable("personality() is not permitted")
          : Reading<bool>::of((persona & ADDR_NO_RANDOMIZE) != 0, "personality(0xffffffff)");
  facts.cpuid = read_cpuid(facts.affinity.value_or({}));
  facts.xcr0 = read_xcr0();
  facts.amx_permission = request_amx_permission(facts.xcr0);
  read_arm_facts(facts);
  facts.cycles_event = try_cycles_event();
  return facts;
}

SystemFacts no_system_facts(const std::string& reason) {
  SystemFacts facts;
  facts.hardware = Reading<std::string>::unavailable(reason);
  facts.kernel_release = Reading<std::string>::unavailable(reason);
  facts.kernel_version = Reading<std::string>::unavailable(reason);
  facts.affinity = Reading<std::vector<int>>::unavailable(reason);
  facts.timer_slack_ns = Reading<std::int64_t>::unavailable(reason);
  facts.page_size_bytes = Reading<std::int64_t>::unavailable(reason);
  facts.ticks_per_s = Reading<std::int64_t>::unavailable(reason);
  facts.address_space_limit_bytes = Reading<std::int64_t>::unavailable(reason);
  facts.address_randomisation_off = Reading<bool>::unavailable(reason);
  facts.cpuid = Reading<std::vector<CpuidLeaf>>::unavailable(reason);
  facts.xcr0 = Reading<std::uint64_t>::unavailable(reason);
  facts.amx_permission = Reading<bool>::unavailable(reason);
  facts.hwcap = Reading<std::uint64_t>::unavailable(reason);
  facts.hwcap2 = Reading<std::uint64_t>::unavailable(reason);
  facts.sve_vector_bytes = Reading<std::int64_t>::unavailable(reason);
  facts.cycles_event = Reading<std::string>::unavailable(reason);
  return facts;
}

const CpuidLeaf* find_leaf(const SystemFacts& system,
                           std::uint32_t leaf,
                           std::uint32_t subleaf) noexcept {
  if (!system.cpuid.available()) return nullptr;
  for (const CpuidLeaf& answer : system.cpuid.value()) {
    if (answer.leaf == leaf && answer.subleaf == subleaf) return &answer;
  }
  return nullptr;
}

const CpuidLeaf* find_leaf_of_cpu(const SystemFacts& system, int cpu, std::uint32_t leaf) noexcept {
  if (!system.cpuid.available()) return nullptr;
  for (const CpuidLeaf& answer : system.cpuid.value()) {
    if (answer.leaf == leaf && answer.cpu == cpu) return &answer;
  }
  return nullptr;
}

}  // namespace perfbench
