#include "kernels/peak/fma_peak.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>

#include "harness/core/result/names.hpp"
#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/peak/loaded_clock.hpp"
#include "kernels/peak/peak_reference.hpp"

namespace perfbench {
namespace {

constexpr std::uint64_t kVerifiedIterations = 500;
/// 24 vectors of 2048 bits, the longest that SVE may have.
constexpr std::size_t kMaxStateBytes = std::size_t{24} * 256;

bool is_plain(const PeakLoop& loop) noexcept {
  const std::string_view name = kernel_name(loop.step);
  return name == "fma" || name == "mul_add";
}

const PeakLoop* find_loop(Isa isa, Precision precision) noexcept {
  for (const PeakLoop& loop : peak_loops()) {
    if (loop.isa == isa && loop.precision == precision && is_plain(loop)) return &loop;
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
      return "x <- x + m c and x <- x - m d, fused";
    case PeakStep::kFusedAndAdd:
      return "x <- m x + c and x <- m x - c, fused, and on others y <- y + c and y <- y - m";
    case PeakStep::kDot:
      return "x <- x + a . b, a dot product in each element";
    case PeakStep::kMatrix:
      return "X <- X + A B, products of small matrices in each vector";
    case PeakStep::kTile:
      return "X <- X + A B, a product of matrices in each tile";
  }
  return "";
}

std::string accumulator_words(const PeakLoop& loop) {
  std::string words = std::to_string(loop.accumulators);
  if (loop.adders > 0) words += " FMA and " + std::to_string(loop.adders) + " add";
  std::string_view element = name_of(loop.precision);
  if (loop.products > 1) element = loop.precision == Precision::kInt8 ? "int32" : "fp32";
  return words + " accumulators of " + std::to_string(loop.lanes) + " " + std::string(element);
}

KernelInfo describe(const PeakLoop& loop) {
  KernelInfo info;
  info.name = kernel_name(loop.step);
  info.variant = std::string(name_of(loop.isa)) + " " + std::string(loop.instruction);
  info.kind = RoofKind::kCompute;
  info.is_roof = true;
  info.precision = loop.precision;
  info.isa = loop.isa;
  info.description = accumulator_words(loop) + " in registers: " + step_words(loop.step);
  return info;
}

class PeakKernel final : public Kernel {
 public:
  explicit PeakKernel(const PeakLoop& loop)
      : loop_(loop), info_(describe(loop)), reference_(make_peak_reference(loop)) {
    CHECK(state_bytes() <= state_.size(), "a peak loop has more accumulators than the state holds");
    reference_->write_constants(constants_);
    seed();
  }

  const KernelInfo& info() const noexcept override { return info_; }

  Work work() const noexcept override {
    Work work;
    const std::uint64_t products = std::uint64_t{loop_.accumulators} * loop_.steps * loop_.products;
    const std::uint64_t additions = std::uint64_t{loop_.adders} * loop_.adder_steps;
    work.flops = Flops((2 * products + additions) * loop_.lanes);
    return work;
  }

  Bytes working_set() const noexcept override { return Bytes(0); }

  void prepare() override {
    if (loop_.request_state != nullptr && !loop_.request_state()) {
      throw ResourceError("The kernel does not let this program use the registers of " +
                          std::string(name_of(loop_.isa)) + ".");
    }
    seed();
  }

  Verification verify() override {
    std::vector<std::byte> expected(state_bytes());
    reference_->write_start(expected);
    reference_->advance(expected, kVerifiedIterations);
    seed();
    run(kVerifiedIterations);
    Verification verification;
    verification.passed = true;
    verification.detail = std::to_string(element_count(loop_)) +
                          " elements equal the scalar recurrence after " +
                          std::to_string(kVerifiedIterations) + " iterations";
    const std::size_t size = element_bytes(loop_);
    for (std::size_t at = 0; at < expected.size(); at += size) {
      if (std::memcmp(state_.data() + at, expected.data() + at, size) == 0) continue;
      verification.passed = false;
      verification.detail = "element " + std::to_string(at / size) + " is " +
                            reference_->print(std::span(state_).subspan(at, size)) +
                            ", the scalar recurrence gives " +
                            reference_->print(std::span(expected).subspan(at, size));
      break;
    }
    seed();
    return verification;
  }

  void run(std::uint64_t iterations) noexcept override {
    if (iterations > 0) loop_.run(state_.data(), constants_.data(), iterations);
  }

 private:
  std::size_t state_bytes() const noexcept { return element_count(loop_) * element_bytes(loop_); }

  void seed() { reference_->write_start(state_); }

  PeakLoop loop_;
  KernelInfo info_;
  std::unique_ptr<PeakReference> reference_;
  alignas(64) std::array<std::byte, kMaxStateBytes> state_{};
  alignas(64) std::array<std::byte, PeakReference::kMostConstantBytes> constants_{};
};

bool holds(const std::vector<Isa>& isas, Isa isa) noexcept {
  return std::find(isas.begin(), isas.end(), isa) != isas.end();
}

KernelEntry make_entry(const PeakLoop& loop) {
  KernelEntry entry;
  entry.info = describe(loop);
  entry.make = [&loop] { return make_peak_kernel(loop); };
  if (const LoadedClockChain chain = loaded_clock_chain(loop.isa); chain != nullptr) {
    entry.loaded_clock_chain = chain;
  }
  return entry;
}

}  // namespace

std::unique_ptr<Kernel> make_peak_kernel(const PeakLoop& loop) {
  return std::make_unique<PeakKernel>(loop);
}

std::unique_ptr<Kernel> make_peak_kernel(Isa isa, Precision precision) {
  const PeakLoop* loop = find_loop(isa, precision);
  CHECK(loop != nullptr, "this build has no peak loop for that ISA and precision");
  return make_peak_kernel(*loop);
}

bool can_run(const MachineShape& machine, const PeakLoop& loop) noexcept {
  const std::vector<std::string>& flags = machine.identity.flags;
  return holds(machine.isas, loop.isa) && holds(machine.isas, loop.state_of) &&
         (loop.flag.empty() || std::find(flags.begin(), flags.end(), loop.flag) != flags.end());
}

std::vector<KernelEntry> peak_entries(const MachineShape& machine) {
  std::vector<KernelEntry> entries;
  for (const PeakLoop& loop : peak_loops()) {
    if (!can_run(machine, loop)) continue;
    const bool better_one_is_there =
        std::any_of(entries.begin(), entries.end(), [&](const KernelEntry& entry) {
          return entry.info.isa == loop.isa && entry.info.precision == loop.precision &&
                 entry.info.name == kernel_name(loop.step);
        });
    if (!better_one_is_there) entries.push_back(make_entry(loop));
  }
  return entries;
}

}  // namespace perfbench
