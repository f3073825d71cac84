#include "tools/micro/micro_session.hpp"

#include <algorithm>
#include <utility>

#include "harness/core/judge/limit.hpp"
#include "harness/core/judge/quiet.hpp"
#include "harness/core/units/error.hpp"
#include "harness/host/instrument/clock_chain.hpp"
#include "kernels/peak/fma_peak.hpp"
#include "kernels/peak/loaded_clock.hpp"

namespace perfbench {
namespace {

/// Windows of one ISA's peak, of which the shortest counts.
constexpr int kPeakWindows = 5;
constexpr std::uint64_t kPeakIterations = 20'000;

bool has_isa(const MachineShape& machine, Isa isa) {
  return std::find(machine.isas.begin(), machine.isas.end(), isa) != machine.isas.end();
}

/// The documented limit's own word for what a kernel's product runs on.
std::string_view limiting_peak(const KernelInfo& info) {
  if (info.is_roof) return info.name;
  return info.precision == Precision::kBf16 || info.precision == Precision::kInt8 ? "dot" : "fma";
}

std::uint64_t amount_of(const KernelInfo& info, const Work& work) {
  return info.kind == RoofKind::kCompute ? work.flops.count() : work.bytes.count();
}

}  // namespace

MicroSession::MicroSession(const MachineShape& machine, Clock& clock)
    : machine_(machine), clock_(clock) {}

std::string MicroSession::take(const MicroKernel& kernel) {
  if (kernel_ != nullptr && name_ == kernel.name) return {};
  try {
    std::unique_ptr<Kernel> made = kernel.entry.make();
    made->prepare();
    const Verification verification = made->verify();
    if (!verification.passed) {
      wrong_answers_ = true;
      return "wrong answer: " + verification.detail;
    }
    kernel_ = std::move(made);
  } catch (const Error& error) {
    return error.what();
  }
  name_ = kernel.name;
  entry_ = &kernel.entry;
  limit_ = limit();
  return {};
}

ClockReading MicroSession::clock_now() {
  ClockChainOptions options = quick_clock_chain();
  if (entry_->loaded_clock_chain) options.chain = entry_->loaded_clock_chain;
  return measure_clock_chain(clock_, options).reading;
}

ZmmOverYmm MicroSession::zmm_over_ymm() {
  if (zmm_over_ymm_) return *zmm_over_ymm_;
  zmm_over_ymm_ = ZmmOverYmm{};
  if (!has_isa(machine_, Isa::kAvx512) || !has_isa(machine_, Isa::kAvx2Fma)) return {};
  double rate_per_cycle[2] = {0.0, 0.0};
  for (const Isa isa : {Isa::kAvx2Fma, Isa::kAvx512}) {
    const std::unique_ptr<Kernel> peak = make_peak_kernel(isa, Precision::kFp32);
    peak->prepare();
    Nanoseconds best = Nanoseconds::max();
    for (int window = 0; window < kPeakWindows; ++window) {
      const TimePoint start = clock_.now();
      peak->run(kPeakIterations);
      best = std::min(best, std::chrono::duration_cast<Nanoseconds>(clock_.now() - start));
    }
    ClockChainOptions options = quick_clock_chain();
    if (const LoadedClockChain chain = loaded_clock_chain(isa)) options.chain = chain;
    const Reading<double> hz = measure_clock_chain(clock_, options).reading.hz;
    if (!hz.available() || best.count() <= 0) return {};
    rate_per_cycle[isa == Isa::kAvx512 ? 1 : 0] =
        (peak->work().flops * kPeakIterations / best).per_second() / hz.value();
  }
  zmm_over_ymm_ = ZmmOverYmm{rate_per_cycle[1] / rate_per_cycle[0]};
  return *zmm_over_ymm_;
}

Reading<Limit> MicroSession::limit() {
  const KernelInfo& info = entry_->info;
  switch (info.kind) {
    case RoofKind::kCompute:
      return compute_limit(
          machine_.identity, info.precision, info.isa, limiting_peak(info), zmm_over_ymm());
    case RoofKind::kBandwidth:
      return bandwidth_limit(machine_.identity, info.level, info.name, info.isa);
    case RoofKind::kLatency:
      break;
  }
  return Reading<Limit>::unavailable("latencies have no documented limit");
}

void MicroSession::before_run() {
  before_ = entry_->info.kind == RoofKind::kLatency ? ClockReading{} : clock_now();
}

void MicroSession::run(std::uint64_t iterations) noexcept {
  const Nanoseconds cpu_start = clock_.thread_cpu_time();
  const TimePoint start = clock_.now();
  kernel_->run(iterations);
  time_ = std::max(Nanoseconds(1), std::chrono::duration_cast<Nanoseconds>(clock_.now() - start));
  cpu_time_ = clock_.thread_cpu_time() - cpu_start;
  iterations_ = iterations;
}

MicroRun MicroSession::after_run() {
  MicroRun run;
  run.iterations = iterations_;
  run.time = time_;
  const double cpu_share = seconds(cpu_time_) / seconds(time_);
  if (cpu_share < kQuietShare) {
    run.label = "contended, " + std::to_string(static_cast<int>(100.0 * cpu_share)) +
                " % of a CPU: a longer run does not help, a quiet machine does; ";
  }
  const KernelInfo& info = entry_->info;
  if (info.may_hold_cache_hits) run.label += "part may be cache hits; ";
  ClockReading clock = before_;
  if (info.kind != RoofKind::kLatency) {
    const ClockReading after = clock_now();
    if (after.hz.available() && after.hz.value() > clock.hz.value_or(0.0)) clock = after;
    const double rate =
        static_cast<double>(amount_of(info, kernel_->work()) * iterations_) / seconds(time_);
    run.per_cycle = per_core_cycle(rate, 1, clock);
  }
  if (!limit_.available()) {
    run.label += "limit: not available (" + limit_.reason() + ")";
    return run;
  }
  const Limit& limit = limit_.value();
  LimitQuestion question;
  question.per_core_cycle = run.per_cycle;
  question.limit_per_core_cycle = Reading<double>::of(limit.per_core_cycle, limit.source);
  question.limit_may_refuse = limit.may_refuse;
  question.clock_uncertainty = clock.relative_uncertainty;
  run.share = fraction_of_limit(question);
  run.label += "limit: " + limit.source;
  if (!run.share) {
    run.label += run.per_cycle ? "; the figure is above it, so one of the two is wrong"
                               : "; no clock to hold it against";
  }
  return run;
}

}  // namespace perfbench
