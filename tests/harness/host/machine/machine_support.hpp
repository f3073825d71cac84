#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "harness/host/machine/capture.hpp"
#include "harness/host/machine/facts.hpp"
#include "harness/host/machine/machine_probe.hpp"
#include "tests/support/source_tree.hpp"

namespace perfbench::test {

/// "synthetic/wsl2.json", "captured/..." below tests/data.
inline std::string capture_text(const std::string& name) {
  return read_file(source_root() / "tests/data" / name);
}

inline Machine replay(const std::string& name) {
  return MachineProbe(read_capture(capture_text(name))).probe();
}

inline std::vector<std::string> warning_ids(const Machine& machine) {
  std::vector<std::string> ids;
  for (const Warning& warning : machine.facts.warnings) ids.push_back(warning.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

inline const Warning* find_warning(const std::vector<Warning>& warnings, const std::string& id) {
  for (const Warning& warning : warnings) {
    if (warning.id == id) return &warning;
  }
  return nullptr;
}

/// The value of a text fact, or "not available: reason".
inline std::string text_of(const Machine& machine, const std::string& name) {
  const auto fact = text_fact(machine.facts, name);
  return fact.available() ? fact.value() : "not available: " + fact.reason();
}

/// The value of a whole-number fact; -999 when it is not available.
inline std::int64_t integer_of(const Machine& machine, const std::string& name) {
  return integer_fact(machine.facts, name).value_or(-999);
}

inline MachineSnapshot empty_snapshot() {
  return read_capture(
      R"({"format":"perfbench-capture/1","origin":"synthetic","system":{},"files":{}})");
}

inline void add_file(MachineSnapshot& snapshot, const std::string& path, const std::string& text) {
  snapshot.files.insert_or_assign(path, Reading<std::string>::of(text, path));
}

}  // namespace perfbench::test
