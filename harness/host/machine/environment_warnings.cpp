#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/warnings.hpp"

namespace perfbench {
namespace {

struct Group {
  const char* id;
  /// Beginnings of names, separated by blanks.
  std::string_view names;
  const char* why;
};

/// The first group that knows a name takes it.
constexpr std::array kGroups{
    Group{"openblas-coretype-ambient",
          "OPENBLAS_CORETYPE",
          "OpenBLAS runs the kernels of that core type, whatever this processor is."},
    Group{"library-kernels-ambient",
          "BLIS_ARCH MKL_ENABLE_INSTRUCTIONS MKL_DEBUG_CPU_TYPE MKL_CBWR ONEDNN_ DNNL_",
          "The library chooses other kernels than it would by itself."},
    Group{
        "thread-binding-ambient",
        "OMP_PROC_BIND OMP_PLACES KMP_AFFINITY GOMP_CPU_AFFINITY KMP_HW_SUBSET OPENBLAS_MAIN_FREE "
        "GOTO_MAIN_FREE BLIS_THREAD",
        "Library threads are placed by the environment, not by the plan of the run."},
    Group{"blas-threads-ambient",
          "OPENBLAS_ GOTO_ OMP_ MKL_ BLIS_ BLAS_ KMP_ GOMP_",
          "Programs in this environment get another number or behaviour of library threads than "
          "the machine offers."},
    Group{"glibc-tunables-ambient",
          "GLIBC_TUNABLES",
          "The C library uses other memory functions or another allocator's limits."},
    Group{"preload-ambient",
          "LD_PRELOAD LD_AUDIT",
          "A foreign library stands before the system's own functions, the allocator perhaps."},
    Group{"library-path-ambient",
          "LD_LIBRARY_PATH",
          "OpenBLAS and others may be loaded from there instead of from the system."},
    Group{"allocator-ambient",
          "MALLOC_ TCMALLOC_",
          "The allocator behaves otherwise, which moves buffers and page faults."},
    Group{"hwloc-ambient",
          "HWLOC_",
          "The topology may be read from elsewhere than from this machine."}};

bool belongs(const Group& group, std::string_view name) {
  std::string_view rest = group.names;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (name.starts_with(rest.substr(0, end))) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace

std::vector<Warning> environment_warnings(const MachineFacts& facts) {
  const auto variables = list_fact(facts, "ambient_variables").value_or({});
  std::vector<std::string> settings(kGroups.size());
  std::vector<std::string> names(kGroups.size());
  for (const std::string& variable : variables) {
    const std::string name = variable.substr(0, variable.find('='));
    for (std::size_t i = 0; i < kGroups.size(); ++i) {
      if (!belongs(kGroups[i], name)) continue;
      settings[i] += (settings[i].empty() ? "" : ", ") + variable;
      names[i] += ' ' + name;
      break;
    }
  }
  std::vector<Warning> warnings;
  for (std::size_t i = 0; i < kGroups.size(); ++i) {
    if (settings[i].empty()) continue;
    warnings.push_back({kGroups[i].id,
                        "The environment sets " + settings[i] + '.',
                        kGroups[i].why,
                        "unset" + names[i]});
  }
  return warnings;
}

}  // namespace perfbench
