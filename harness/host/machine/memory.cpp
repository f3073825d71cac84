#include "harness/host/machine/memory.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

constexpr const char* kMeminfo = "/proc/meminfo";
constexpr const char* kStatus = "/proc/self/status";

/// "MemTotal:  24683648 kB" is in units of 1024 bytes, whatever it says.
Reading<Bytes> kib_field(FileSystemView& files, const char* path, std::string_view key) {
  const auto text = files.read(path);
  if (!text.available()) return Reading<Bytes>::unavailable(text.reason());
  const auto value = find_field(text.value(), key);
  const auto words = split_words(value.value_or(""));
  const auto number = words.empty() ? std::nullopt : parse_integer(words.front());
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1024;
  if (!number || *number < 0 || *number > kMost) {
    return Reading<Bytes>::unavailable(std::string(path) + ": no line \"" + std::string(key) + '"');
  }
  return Reading<Bytes>::of(kib(static_cast<std::uint64_t>(*number)), path);
}

Reading<std::int64_t> count_field(FileSystemView& files, std::string_view key) {
  const auto text = files.read(kMeminfo);
  if (!text.available()) return Reading<std::int64_t>::unavailable(text.reason());
  const auto number = parse_integer(find_field(text.value(), key).value_or(""));
  if (!number) {
    return Reading<std::int64_t>::unavailable(std::string(kMeminfo) + ": no line \"" +
                                              std::string(key) + '"');
  }
  return Reading<std::int64_t>::of(*number, kMeminfo);
}

Reading<Bytes> address_space_left(ProbeContext& context) {
  const auto& limit = context.system.address_space_limit_bytes;
  if (!limit.available()) return Reading<Bytes>::unavailable(limit.reason());
  if (limit.value() < 0) return Reading<Bytes>::unavailable("unlimited");
  auto used = kib_field(context.files, kStatus, "VmSize");
  if (!used.available()) return used;
  const auto bytes = static_cast<std::uint64_t>(limit.value());
  const auto taken = std::min(bytes, used.value().count());
  return Reading<Bytes>::of(Bytes(bytes - taken), "RLIMIT_AS less VmSize");
}

Reading<Bytes> swap_used(FileSystemView& files) {
  auto total = kib_field(files, kMeminfo, "SwapTotal");
  auto unused = kib_field(files, kMeminfo, "SwapFree");
  if (!total.available()) return total;
  if (!unused.available()) return unused;
  return Reading<Bytes>::of(total.value() - std::min(total.value(), unused.value()), kMeminfo);
}

}  // namespace

Reading<Bytes> read_memory_available(ProbeContext& context, const CgroupLimits& cgroup) {
  auto least = kib_field(context.files, kMeminfo, "MemAvailable");
  if (least.available()) {
    least = Reading<Bytes>::of(least.value(), "MemAvailable of /proc/meminfo");
  }
  for (const auto& bound : {cgroup.memory_left, address_space_left(context)}) {
    if (!bound.available()) continue;
    if (!least.available() || bound.value() < least.value()) least = bound;
  }
  return least;
}

Reading<std::string> chosen_setting(const Reading<std::string>& text) {
  if (!text.available()) return text;
  const auto open = text.value().find('[');
  const auto close = text.value().find(']', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) {
    return Reading<std::string>::unavailable(text.source() + ": no choice in brackets");
  }
  return Reading<std::string>::of(text.value().substr(open + 1, close - open - 1), text.source());
}

void add_memory_facts(ProbeContext& context, const CgroupLimits& cgroup, MachineFacts& facts) {
  FileSystemView& files = context.files;
  const std::string huge = "/sys/kernel/mm/transparent_hugepage/";
  add_fact(facts, "memory_total_bytes", kib_field(files, kMeminfo, "MemTotal"));
  add_fact(facts, "memory_available_bytes", read_memory_available(context, cgroup));
  const auto& limit = context.system.address_space_limit_bytes;
  add_fact(facts,
           "address_space_limit_bytes",
           "B",
           limit.available() && limit.value() < 0 ? Reading<std::int64_t>::unavailable("unlimited")
                                                  : limit);
  add_fact(facts, "swap_total_bytes", kib_field(files, kMeminfo, "SwapTotal"));
  add_fact(facts, "swap_used_bytes", swap_used(files));
  add_fact(facts, "page_size_bytes", "B", context.system.page_size_bytes);
  add_fact(facts, "transparent_huge_pages", chosen_setting(files.read(huge + "enabled")));
  add_fact(facts, "transparent_huge_pages_defrag", chosen_setting(files.read(huge + "defrag")));
  add_fact(facts, "huge_page_size_bytes", kib_field(files, kMeminfo, "Hugepagesize"));
  add_fact(facts, "huge_pages_total", "", count_field(files, "HugePages_Total"));
  add_fact(facts, "huge_pages_free", "", count_field(files, "HugePages_Free"));
  add_fact(facts, "numa_balancing", "", as_integer(files.read("/proc/sys/kernel/numa_balancing")));
}

}  // namespace perfbench
