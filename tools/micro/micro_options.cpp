#include "tools/micro/micro_options.hpp"

#include <charconv>
#include <string_view>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

/// The value of "--name=value", nothing for another word.
std::optional<std::string_view> value_of(std::string_view word, std::string_view name) {
  if (word.size() <= name.size() || word.substr(0, name.size()) != name) return std::nullopt;
  if (word[name.size()] != '=') return std::nullopt;
  return word.substr(name.size() + 1);
}

template <class Number>
Number number_of(std::string_view word, std::string_view value, Number most) {
  Number number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number > most || number < 0) {
    throw UsageError(std::string(word) + ": a whole number from 0 to " + std::to_string(most) +
                     " is wanted");
  }
  return number;
}

/// True when the word was one of ours.
bool take(std::string_view word, MicroOptions& options) {
  constexpr std::uint64_t kMostKib = std::uint64_t{1} << 24U;  // 16 GiB
  constexpr int kMostCpu = 1 << 16;
  if (word == "--help" || word == "-h") {
    options.help = true;
  } else if (word == "--no_libraries") {
    options.libraries = false;
  } else if (const auto cpu = value_of(word, "--cpu")) {
    options.cpu = number_of(word, *cpu, kMostCpu);
  } else if (const auto l1 = value_of(word, "--l1_kib")) {
    options.l1_kib = number_of(word, *l1, kMostKib);
  } else if (const auto l2 = value_of(word, "--l2_kib")) {
    options.l2_kib = number_of(word, *l2, kMostKib);
  } else if (const auto l3 = value_of(word, "--l3_kib")) {
    options.l3_kib = number_of(word, *l3, kMostKib);
  } else if (const auto dram = value_of(word, "--dram_mib")) {
    options.dram_mib = number_of(word, *dram, kMostKib);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string micro_help() {
  return R"(perfbench_micro measures every kernel variant of perfbench by itself, on one pinned thread.

Usage: perfbench_micro [FLAGS]
Example: perfbench_micro --benchmark_filter='^(fma|read)/' --benchmark_repetitions=5

  --cpu=N          run on this CPU; the first that this process may use by default
  --l1_kib=N --l2_kib=N --l3_kib=N
                   working set of the kernels of a cache level; 0 leaves the level out. By default half
                   of L1 and of L2, and of L3 four times L2 but at most half, as the machine tells its
                   caches. A virtual machine may tell fiction; `perfbench roofline` finds them by a sweep
  --dram_mib=N     at most so much memory for the DRAM kernels
  --no_libraries   without OpenBLAS and oneDNN
  --help           this text

OpenBLAS runs the kernels that this environment makes it choose (OPENBLAS_CORETYPE); `perfbench
roofline` searches for the best. Every kernel is verified before it is timed: a wrong answer is an
error of its line and of the program (exit code 1). Counters: GFLOP/s (of int8 GOP/s), GB/s as STREAM
counts bytes, ns of one access; per_cycle of the core's own clock, measured beside the kernel, and
share of the documented limit of this core, or the label "limit: not available".
Time is perfbench's own clock around whole runs, so that a "built as DEBUG" warning of Google Benchmark's
library (Debian's prints it always) does not concern the figures.

Google Benchmark's own flags:
  --benchmark_list_tests --benchmark_filter=<regex> --benchmark_min_time=<seconds>
  --benchmark_repetitions=<number> --benchmark_report_aggregates_only --benchmark_format=<console|json|csv>
  --benchmark_out=<file> --benchmark_out_format=<json|console|csv> and the others of its release
)";
}

MicroOptions take_micro_options(std::vector<std::string>& words) {
  MicroOptions options;
  std::vector<std::string> others;
  for (std::string& word : words) {
    if (others.empty() || !take(word, options)) others.push_back(std::move(word));
  }
  words = std::move(others);
  return options;
}

}  // namespace perfbench
