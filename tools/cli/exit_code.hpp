#pragma once

namespace perfbench {

/// The one place of the program's exit codes (README, "Exit codes"). Interrupted runs end with 128
/// + the signal.
enum class ExitCode : int {
  kMeasured = 0,     ///< Measured and saved; a slow or noisy machine is a result, not a failure.
  kCheckFailed = 1,  ///< A check that was asked for failed.
  kUsage = 2,        ///< Usage, unreadable or incomparable input, an output that cannot be written.
  kInconclusive = 3,   ///< A check was asked for and cannot be decided.
  kInternalFault = 4,  ///< A defect of this program.
};

[[nodiscard]] constexpr int to_int(ExitCode code) noexcept { return static_cast<int>(code); }
[[nodiscard]] constexpr int interrupted_by(int signal) noexcept { return 128 + signal; }

}  // namespace perfbench
