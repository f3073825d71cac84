#pragma once

#include <map>
#include <string>

#include "harness/host/machine/file_system_view.hpp"
#include "harness/host/machine/machine_snapshot.hpp"

namespace perfbench {

/// What a subject of the probe reads from; nothing is owned.
struct ProbeContext {
  FileSystemView& files;
  const SystemFacts& system;
  const std::map<std::string, std::string>& environment;
};

}  // namespace perfbench
