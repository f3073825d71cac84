#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/core/kernel.hpp"
#include "harness/core/limits/core_limits.hpp"
#include "harness/core/plan/machine_shape.hpp"
#include "harness/host/clock/clock.hpp"
#include "tools/micro/micro_catalogue.hpp"

namespace perfbench {

/// One timed run of a kernel.
struct MicroRun {
  std::uint64_t iterations = 0;
  Nanoseconds time{1};
  std::optional<double> per_cycle;  ///< Operations, or counted bytes, a cycle of the core's clock.
  std::optional<double> share;      ///< Of the documented limit.
  std::string label;                ///< Which limit, or that there is none; "contended" first.
};

/// Runs kernels one after the other on the calling thread, which stays pinned by the caller. Holds
/// the kernel of the latest benchmark, since Google Benchmark asks for it again with other counts,
/// and gives it up only when the next one is prepared, so that kernels that share memory keep it.
class MicroSession {
 public:
  MicroSession(const MachineShape& machine, Clock& clock);

  /// Makes, prepares and verifies the kernel unless it is the one at hand. The reason why it cannot
  /// be timed, or "". Throws nothing but what running out of memory does.
  [[nodiscard]] std::string take(const MicroKernel& kernel);
  [[nodiscard]] Work work() const { return kernel_->work(); }
  /// Around the run: reads the core's clock.
  void before_run();
  /// Runs the kernel at hand and takes the time of it.
  void run(std::uint64_t iterations) noexcept;
  /// Reads the clock again, of which the higher counts, and says what the run amounts to.
  [[nodiscard]] MicroRun after_run();
  /// Whether a kernel gave a wrong answer.
  [[nodiscard]] bool wrong_answers() const noexcept { return wrong_answers_; }

 private:
  [[nodiscard]] Reading<Limit> limit();
  [[nodiscard]] ZmmOverYmm zmm_over_ymm();
  [[nodiscard]] ClockReading clock_now();

  const MachineShape& machine_;
  Clock& clock_;
  std::string name_;  ///< Of the kernel at hand.
  const KernelEntry* entry_ = nullptr;
  std::unique_ptr<Kernel> kernel_;
  Reading<Limit> limit_ = Reading<Limit>::unavailable("no kernel yet");
  std::optional<ZmmOverYmm> zmm_over_ymm_;  ///< Once measured.
  ClockReading before_;
  std::uint64_t iterations_ = 0;
  Nanoseconds time_{1};
  Nanoseconds cpu_time_{0};
  bool wrong_answers_ = false;
};

}  // namespace perfbench
