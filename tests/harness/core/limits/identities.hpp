#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/core/plan/machine_shape.hpp"

namespace perfbench {

inline CpuIdentity intel(int model, int stepping = 0, std::vector<std::string> flags = {}) {
  CpuIdentity id;
  id.architecture = Architecture::kX86;
  id.vendor = "GenuineIntel";
  id.family = 6;
  id.model = model;
  id.stepping = stepping;
  id.flags = std::move(flags);
  return id;
}

inline CpuIdentity hybrid(int model, int type, int generation) {
  CpuIdentity id = intel(model);
  id.hybrid_type = type;
  id.hybrid_generation = generation;
  return id;
}

inline CpuIdentity amd(int family, int model, std::vector<std::string> flags = {}) {
  CpuIdentity id;
  id.architecture = Architecture::kX86;
  id.vendor = "AuthenticAMD";
  id.family = family;
  id.model = model;
  id.flags = std::move(flags);
  return id;
}

inline CpuIdentity arm(std::string implementer, int part, std::vector<std::string> flags = {}) {
  CpuIdentity id;
  id.architecture = Architecture::kArm64;
  id.vendor = std::move(implementer);
  id.model = part;
  id.flags = std::move(flags);
  return id;
}

}  // namespace perfbench
