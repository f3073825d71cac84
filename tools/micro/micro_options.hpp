#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace perfbench {

/// The flags of perfbench_micro that are not Google Benchmark's.
struct MicroOptions {
  bool help = false;
  std::optional<int> cpu;  ///< To run on; none: the first that this process may use.
  /// Working sets in KiB of 1024 bytes; none: by the caches that the machine tells, 0: level left
  /// out.
  std::optional<std::uint64_t> l1_kib;
  std::optional<std::uint64_t> l2_kib;
  std::optional<std::uint64_t> l3_kib;
  std::uint64_t dram_mib = 0;  ///< At most so much memory for DRAM kernels; 0: as the rule says.
  bool libraries = true;       ///< OpenBLAS and oneDNN are loaded and measured.
};

/// The text of --help for these flags.
[[nodiscard]] std::string micro_help();

/// Takes the flags that are ours out of `words` (the program's name first) and leaves the others to
/// Google Benchmark. Throws UsageError for a value that is none.
[[nodiscard]] MicroOptions take_micro_options(std::vector<std::string>& words);

}  // namespace perfbench
