#include "kernels/peak/fma_peak.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "harness/core/result/names.hpp"
#include "harness/core/units/check.hpp"
#include "kernels/peak/loaded_clock.hpp"
#include "kernels/peak/peak_loop.hpp"

namespace perfbench {
namespace {

// Just below 1 with a full mantissa, so that the multipliers work on all bits; x then tends to
// +-c/(1+m), which is
// +-1.00005, and takes some ten thousand steps to get there.
constexpr double kFactor = 0.9999;
constexpr double kAddend = 2.0;
constexpr std::uint64_t kVerifiedIterations = 500;
constexpr std::size_t kMaxStateBytes = std::size_t{24} * 64;

const PeakLoop* find_loop(Isa isa, Precision precision) noexcept {
  for (const PeakLoop& loop : peak_loops()) {
    if (loop.isa == isa && loop.precision == precision) return &loop;
  }
  return nullptr;
}

std::string step_words(PeakStep step) {
  switch (step) {
    case PeakStep::kFusedTimesX:
      return "x <- m x + c and x <- m x - c, fused";
    case PeakStep::kSeparateTimesX:
      return "x <- m x + c and x <- m x - c, a multiply and an add each";
    case PeakStep::kFusedPlusX:
      return "x <- x + m c and x <- x - m c, fused";
  }
  return "";
}

/// One iteration of the recurrence on one element, rounded as the loop rounds. Fused forms go
/// through std::fma, which rounds once on every machine. The separate form exists on x86 only,
/// whose baseline has no instruction that a compiler could contract the two operations into.
template <class Float>
Float reference_iteration(Float x, Float m, Float c, PeakStep step) noexcept {
  for (const Float addend : {c, -c}) {
    if (step == PeakStep::kFusedTimesX) {
      x = std::fma(m, x, addend);
    } else if (step == PeakStep::kFusedPlusX) {
      x = std::fma(m, addend, x);
    } else {
      const Float product = m * x;
      x = product + addend;
    }
  }
  return x;
}

KernelInfo describe(const PeakLoop& loop) {
  KernelInfo info;
  info.name = loop.step == PeakStep::kSeparateTimesX ? "mul_add" : "fma";
  info.variant = std::string(name_of(loop.isa));
  info.kind = RoofKind::kCompute;
  info.is_roof = true;
  info.precision = loop.precision;
  info.isa = loop.isa;
  info.description = std::to_string(loop.accumulators) + " accumulators of " +
                     std::to_string(loop.lanes) + " " + std::string(name_of(loop.precision)) +
                     " in registers: " + step_words(loop.step);
  return info;
}

template <class Float>
class PeakKernel final : public Kernel {
 public:
  explicit PeakKernel(const PeakLoop& loop) : loop_(loop), info_(describe(loop)) {
    CHECK(elements() <= state_.size(), "a peak loop has more accumulators than the state holds");
    seed();
  }

  const KernelInfo& info() const noexcept override { return info_; }

  Work work() const noexcept override {
    Work work;
    work.flops =
        Flops(std::uint64_t{loop_.accumulators} * loop_.lanes * kPeakStepsPerIteration * 2);
    return work;
  }

  Bytes working_set() const noexcept override { return Bytes(0); }

  void prepare() override { seed(); }

  Verification verify() override {
    seed();
    run(kVerifiedIterations);
    Verification verification;
    verification.passed = true;
    verification.detail = std::to_string(elements()) +
                          " elements equal the scalar recurrence after " +
                          std::to_string(kVerifiedIterations) + " iterations";
    for (std::size_t i = 0; i < elements(); ++i) {
      Float expected = start(i);
      for (std::uint64_t k = 0; k < kVerifiedIterations; ++k) {
        expected = reference_iteration(expected, constants_[0], constants_[1], loop_.step);
      }
      if (state_[i] != expected) {
        verification.passed = false;
        verification.detail = "element " + std::to_string(i) + " is " + std::to_string(state_[i]) +
                              ", the scalar recurrence gives " + std::to_string(expected);
        break;
      }
    }
    seed();
    return verification;
  }

  void run(std::uint64_t iterations) noexcept override {
    if (iterations > 0) loop_.run(state_.data(), constants_.data(), iterations);
  }

 private:
  std::size_t elements() const noexcept { return std::size_t{loop_.accumulators} * loop_.lanes; }

  /// In [-1.5, -0.5), another one for each element: both steps then keep 0.5 <= |x| <= 2.5.
  Float start(std::size_t i) const noexcept {
    return static_cast<Float>(-0.5 - static_cast<double>(i) / static_cast<double>(elements()));
  }

  void seed() noexcept {
    for (std::size_t i = 0; i < elements(); ++i) state_[i] = start(i);
  }

  const PeakLoop& loop_;
  KernelInfo info_;
  alignas(64) std::array<Float, kMaxStateBytes / sizeof(Float)> state_{};
  alignas(16) std::array<Float, 2> constants_{static_cast<Float>(kFactor),
                                              static_cast<Float>(kAddend)};
};

}  // namespace

bool has_peak_loop(Isa isa, Precision precision) noexcept {
  return find_loop(isa, precision) != nullptr;
}

std::unique_ptr<Kernel> make_peak_kernel(Isa isa, Precision precision) {
  const PeakLoop* loop = find_loop(isa, precision);
  CHECK(loop != nullptr, "this build has no peak loop for that ISA and precision");
  if (precision == Precision::kFp32) return std::make_unique<PeakKernel<float>>(*loop);
  return std::make_unique<PeakKernel<double>>(*loop);
}

std::vector<KernelEntry> peak_entries(const MachineShape& machine) {
  std::vector<KernelEntry> entries;
  for (const Isa isa : machine.isas) {
    for (const Precision precision : {Precision::kFp32, Precision::kFp64}) {
      const PeakLoop* loop = find_loop(isa, precision);
      if (loop == nullptr) continue;
      KernelEntry entry;
      entry.info = describe(*loop);
      entry.make = [isa, precision] { return make_peak_kernel(isa, precision); };
      if (const LoadedClockChain chain = loaded_clock_chain(isa); chain != nullptr) {
        entry.loaded_clock_chain = chain;
      }
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

}  // namespace perfbench
