#include "harness/host/machine/warnings.hpp"

namespace perfbench {

std::vector<Warning> find_warnings(const MachineShape& shape, const MachineFacts& facts) {
  std::vector<Warning> all;
  for (auto& part : {environment_warnings(facts),
                     allowance_warnings(shape, facts),
                     clock_warnings(facts),
                     load_warnings(facts),
                     platform_warnings(shape, facts)}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace perfbench
