#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/core/plan/machine_shape.hpp"
#include "harness/core/result/machine.hpp"
#include "harness/host/machine/machine_snapshot.hpp"

namespace perfbench {

/// What was found: the typed view that planning needs, and every fact and warning for the report.
struct Machine {
  MachineShape shape;
  MachineFacts facts;
};

struct MachineProbeOptions {
  std::string root = "/";  ///< Files are read below it; another one than "/" is never live.
  /// The environment of this process; all of it may be given, only names that change a result are
  /// looked at.
  std::map<std::string, std::string> environment;
  /// False: `root` is a copy of another machine's /proc and /sys, so no system call is made and
  /// CPUID is not asked; facts that only those know are "not available".
  bool live = true;
};

/// Reads what this machine is and whether it is fit to measure on. Changes nothing: no setting, no
/// affinity of the caller, no file. A missing file is a fact with a reason, never an exception.
class MachineProbe {
 public:
  explicit MachineProbe(MachineProbeOptions options);
  /// Replays what another probe read (see capture.hpp): no file of this machine is opened.
  explicit MachineProbe(MachineSnapshot snapshot);

  /// Takes some milliseconds; load, steal and memory are of this moment.
  [[nodiscard]] Machine probe() const;
  /// What probe() reads, for write_capture(). Not anonymised.
  [[nodiscard]] MachineSnapshot snapshot() const;

 private:
  MachineProbeOptions options_;
  std::optional<MachineSnapshot> replayed_;
};

}  // namespace perfbench
