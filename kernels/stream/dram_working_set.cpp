#include "kernels/stream/dram_working_set.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "harness/core/plan/beyond_cache.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr std::uint64_t kHugePage = std::uint64_t{2} << 20U;
constexpr std::uint64_t kTimesLevel2 = 16;
constexpr std::uint64_t kUnknownCaches = std::uint64_t{256} << 20U;
constexpr std::uint64_t kLeastPerThread = 4 * kHugePage;
constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

/// The caches that decide, in bytes; 0 where the machine does not tell them.
struct DecidingCaches {
  std::uint64_t last_level = 0;  ///< One of them.
  int last_level_number = 0;
  std::uint64_t reachable = 1;  ///< Last-level caches that the team can use.
  std::uint64_t level2 = 0;     ///< 0 too where level 2 is the last.
};

DecidingCaches deciding_caches(const MachineShape& machine, int team) {
  DecidingCaches deciding;
  int shared_by = 1;
  for (const CacheShape& cache : machine.caches) {
    if (cache.level > deciding.last_level_number) {
      deciding.last_level_number = cache.level;
      deciding.last_level = cache.size.count();
      shared_by = std::max(1, cache.shared_by);
    }
  }
  for (const CacheShape& cache : machine.caches) {
    if (cache.level == 2 && deciding.last_level_number > 2) deciding.level2 = cache.size.count();
  }
  // A guest's CPUs stand where the host puts them: perhaps each beside a cache of its own, whatever
  // the guest is told. Two CPUs of a guest of a Zen 5 read 94 to 98 GB/s from 4 times a cache each,
  // and one 44.5 from 8 times.
  const std::vector<std::string>& flags = machine.identity.flags;
  const bool guest = std::find(flags.begin(), flags.end(), "hypervisor") != flags.end();
  const std::size_t per_cache = guest ? 1 : static_cast<std::size_t>(shared_by);
  const std::size_t present = (machine.cpus.size() + per_cache - 1) / per_cache;
  deciding.reachable = std::clamp<std::uint64_t>(present, 1, static_cast<std::uint64_t>(team));
  return deciding;
}

std::string in_words(std::uint64_t bytes) {
  std::array<char, 48> text{};
  const double mib_count =
      static_cast<double>(bytes) / static_cast<double>(std::uint64_t{1} << 20U);
  if (mib_count >= 1024.0) {
    std::snprintf(text.data(), text.size(), "%.2f GiB", mib_count / 1024.0);
  } else {
    std::snprintf(text.data(), text.size(), "%.0f MiB", mib_count);
  }
  return text.data();
}

std::string level_in_words(const DecidingCaches& caches) {
  const std::string one =
      in_words(caches.last_level) + " level-" + std::to_string(caches.last_level_number) + " cache";
  if (caches.reachable == 1) return "the " + one;
  return std::to_string(caches.reachable) + " of the " + one + "s";
}

std::string times_in_words(const DecidingCaches& caches) {
  return std::to_string(kTimesBeyondCache) + " times " + level_in_words(caches);
}

std::string size_in_words(const DramWorkingSet& set, int team) {
  if (team == 1)
    return "The DRAM kernels stream through " + in_words(set.team.count()) + " on one thread";
  return "The DRAM kernels stream through " + in_words(set.team.count()) + ", " +
         in_words(set.per_thread.count()) + " on each of " + std::to_string(team) + " threads";
}

std::string bound_in_words(const MachineShape& machine, const DramSizing& sizing) {
  if (sizing.at_most.count() > 0 &&
      (!machine.memory_available.available() ||
       sizing.at_most.count() <= machine.memory_available.value().count() / 4)) {
    return "at most " + in_words(sizing.at_most.count()) + " was asked for";
  }
  return "only a quarter of the " + in_words(machine.memory_available.value().count()) +
         " of available memory is taken";
}

}  // namespace

DramWorkingSet dram_working_set(const MachineShape& machine, const DramSizing& sizing) {
  CHECK(sizing.team >= 1, "a DRAM working set is shared by at least one thread");
  const std::uint64_t team = static_cast<std::uint64_t>(sizing.team);
  const DecidingCaches caches = deciding_caches(machine, sizing.team);
  const bool caches_known = caches.last_level > 0;

  const std::uint64_t asked = sizing.at_most.count() > 0 ? sizing.at_most.count() : kNoLimit;
  const std::uint64_t memory =
      machine.memory_available.available() ? machine.memory_available.value().count() : kNoLimit;
  const std::uint64_t beyond = kTimesBeyondCache * caches.last_level * caches.reachable;
  const std::uint64_t wanted = caches_known ? beyond : kUnknownCaches * team;
  const std::uint64_t granted = std::min({wanted, memory / 4, asked});
  // A private level-2 cache must not answer: its multiple may take up to half of the memory.
  const std::uint64_t floor =
      std::min({kTimesLevel2 * caches.level2, memory / 2 / team, asked / team});

  std::uint64_t per_thread = std::max({granted / team, floor, kLeastPerThread});
  const bool bounded = granted < wanted;
  per_thread = bounded ? per_thread / kHugePage * kHugePage
                       : (per_thread + kHugePage - 1) / kHugePage * kHugePage;

  DramWorkingSet set;
  set.per_thread = Bytes(per_thread);
  set.team = Bytes(per_thread * team);
  set.beyond_caches = caches_known && set.team.count() >= beyond;
  set.note = size_in_words(set, sizing.team);
  if (set.beyond_caches) {
    set.note += ", " + times_in_words(caches) + " or more.";
  } else if (caches_known) {
    set.note += "; " + times_in_words(caches) + " would be " + in_words(beyond) + ", but " +
                bound_in_words(machine, sizing) + ", so part of the figures may be cache hits.";
  } else {
    set.note +=
        "; this machine does not tell its caches, so whether that is beyond them is unknown.";
  }
  if (!machine.memory_available.available()) {
    set.note += " The available memory is not known (" + machine.memory_available.reason() + ").";
  }
  return set;
}

}  // namespace perfbench
