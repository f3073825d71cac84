#include "kernels/gemm/packed/packed_backend.hpp"

#include <algorithm>
#include <string>

#include "harness/core/result/names.hpp"
#include "harness/core/units/check.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/packed/panel_loops.hpp"

namespace perfbench {
namespace {

/// Of x in one block of k: it stays in level 1 while all panels pass by, and leaves room for them.
constexpr std::size_t kBlockValues = (std::size_t{16} << 10U) / sizeof(float);
/// Beyond this many steps a longer block saves nothing.
constexpr std::size_t kMostSteps = 1024;
/// How far ahead of its line each stream asks level 2 for another, in lines. Not a multiple of 64:
/// lines one page apart share a set of level 1. One stream has to look as far as two together.
constexpr std::size_t kAheadOfTwo = 48;
constexpr std::size_t kAheadOfOne = 80;

constexpr std::size_t divided_up(std::size_t a, std::size_t b) noexcept { return (a + b - 1) / b; }

/// How a layer is cut: blocks of k, in each of them all panels, in each of those the steps.
struct Cut {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
  std::size_t panels = 0;
  std::size_t steps = 0;  ///< Of a block; the last one may have fewer.
};

Cut cut_of(const LinearShape& shape) noexcept {
  Cut cut;
  cut.m = static_cast<std::size_t>(shape.m);
  cut.n = static_cast<std::size_t>(shape.n);
  cut.k = static_cast<std::size_t>(shape.k);
  cut.panels = divided_up(cut.n, kPanelOutputs);
  const std::size_t most = std::min(kMostSteps, kBlockValues / cut.m);
  cut.steps = divided_up(cut.k, divided_up(cut.k, most));
  return cut;
}

class PackedLinear final : public Linear {
 public:
  PackedLinear(const PanelLoop& loop, const LinearShape& shape, std::span<const float> weights)
      : loop_(loop),
        cut_(cut_of(shape)),
        weights_(cut_.panels * kPanelOutputs * cut_.k),
        sums_(cut_.panels * kPanelOutputs * cut_.m),
        x_(cut_.m * cut_.steps) {
    CHECK(weights.size() == cut_.n * cut_.k, "the weights are n x k");
    pack(weights);
    // First touch, and no page fault in run().
    std::fill_n(sums_.data(), sums_.size(), 1.0F);
    std::fill_n(x_.data(), x_.size(), 1.0F);
    passes_ = divided_up(cut_.m, loop_.most_rows());
    two_streams_ = passes_ == 1 && cut_.m <= loop_.two_panels.size();
  }

  [[nodiscard]] Bytes weight_bytes() const noexcept override {
    return Bytes(weights_.size() * sizeof(float));
  }

  void run(const float* x, float* y) noexcept override {
    const float* weights = weights_.data();
    for (std::size_t from = 0; from < cut_.k; from += cut_.steps) {
      const std::size_t steps = std::min(cut_.steps, cut_.k - from);
      PanelPass pass;
      pass.x = values_of_block(x, from, steps);
      pass.next_step = cut_.m;
      pass.steps = steps;
      pass.first = from == 0;
      if (two_streams_) {
        run_block_in_two_streams(pass, weights);
      } else {
        for (std::size_t panel = 0; panel < cut_.panels; ++panel) run_panel(pass, weights, panel);
      }
      weights += cut_.panels * kPanelOutputs * steps;
    }
    store(y);
  }

 private:
  void pack(std::span<const float> weights) noexcept {
    float* to = weights_.data();
    for (std::size_t from = 0; from < cut_.k; from += cut_.steps) {
      const std::size_t steps = std::min(cut_.steps, cut_.k - from);
      for (std::size_t first = 0; first < cut_.n; first += kPanelOutputs) {
        const std::size_t outputs = std::min(kPanelOutputs, cut_.n - first);
        const float* corner = weights.data() + first * cut_.k + from;
        for (std::size_t step = 0; step < steps; ++step) {
          for (std::size_t i = 0; i < outputs; ++i) to[i] = corner[i * cut_.k + step];
          std::fill(to + outputs, to + kPanelOutputs, 0.0F);
          to += kPanelOutputs;
        }
      }
    }
  }

  /// The block's part of X with the rows side by side. Rows of X a power of two apart would share
  /// sets of the cache.
  const float* values_of_block(const float* x, std::size_t from, std::size_t steps) noexcept {
    if (cut_.m == 1) return x + from;
    for (std::size_t row = 0; row < cut_.m; ++row) {
      const float* values = x + row * cut_.k + from;
      float* to = x_.data() + row;
      for (std::size_t step = 0; step < steps; ++step) to[step * cut_.m] = values[step];
    }
    return x_.data();
  }

  /// Half of the panels each, so that either stream runs on into its next panel.
  void run_block_in_two_streams(PanelPass pass, const float* weights) noexcept {
    const PanelFunction two = loop_.two_panels[cut_.m - 1];
    const std::size_t half = cut_.panels / 2;
    const std::size_t panel_weights = pass.steps * kPanelOutputs;
    pass.next_panel = half * panel_weights;
    pass.next_sums = half * cut_.m * kPanelOutputs;
    pass.ahead_step = kPanelOutputs;
    for (std::size_t panel = 0; panel < half; ++panel) {
      pass.weights = weights + panel * panel_weights;
      pass.ahead = pass.weights + kAheadOfTwo * kPanelOutputs;
      pass.sums = sums_.data() + panel * cut_.m * kPanelOutputs;
      two(pass);
    }
    if (cut_.panels % 2 != 0) run_panel(pass, weights, cut_.panels - 1);
  }

  /// All rows against one panel. The rows that do not fit the registers pass by again while the
  /// panel is in the cache, and each pass asks for its part of the next panel, so that the memory
  /// never waits for the arithmetic.
  void run_panel(PanelPass pass, const float* weights, std::size_t panel) noexcept {
    const std::size_t panel_weights = pass.steps * kPanelOutputs;
    const float* x = pass.x;
    float* sums = sums_.data() + panel * cut_.m * kPanelOutputs;
    pass.weights = weights + panel * panel_weights;
    pass.ahead_step = kPanelOutputs / passes_;
    std::size_t row = 0;
    for (std::size_t i = 0; i < passes_; ++i) {
      const std::size_t rows = (cut_.m - row) / (passes_ - i);
      pass.x = x + row;
      pass.sums = sums + row * kPanelOutputs;
      pass.ahead = passes_ == 1 ? pass.weights + kAheadOfOne * kPanelOutputs
                                : pass.weights + panel_weights + i * pass.steps * pass.ahead_step;
      loop_.one_panel[rows - 1](pass);
      row += rows;
    }
  }

  void store(float* y) const noexcept {
    for (std::size_t panel = 0; panel < cut_.panels; ++panel) {
      const std::size_t first = panel * kPanelOutputs;
      const std::size_t outputs = std::min(kPanelOutputs, cut_.n - first);
      const float* sums = sums_.data() + first * cut_.m;
      for (std::size_t row = 0; row < cut_.m; ++row) {
        std::copy_n(sums + row * kPanelOutputs, outputs, y + row * cut_.n + first);
      }
    }
  }

  const PanelLoop& loop_;
  Cut cut_;
  FloatBuffer weights_;  ///< [block of k][panel][step][output]
  FloatBuffer sums_;     ///< [panel][row][output]
  FloatBuffer x_;        ///< [step][row] of one block.
  std::size_t passes_ = 1;
  bool two_streams_ = false;
};

class PackedBackend final : public LinearBackend {
 public:
  explicit PackedBackend(const PanelLoop& loop) : loop_(loop) {}
  [[nodiscard]] std::string label() const override {
    return "packed " + std::string(name_of(loop_.isa));
  }
  [[nodiscard]] std::string library() const override { return "packed"; }
  [[nodiscard]] Isa isa() const noexcept override { return loop_.isa; }
  [[nodiscard]] bool has_pool() const noexcept override { return false; }
  [[nodiscard]] bool supports(const LinearShape& shape) const noexcept override {
    return shape.precision == Precision::kFp32 && shape.m >= 1 && shape.m <= kMostPackedRows &&
           shape.n >= 1 && shape.k >= 1;
  }
  [[nodiscard]] std::unique_ptr<Linear> make(const LinearShape& shape,
                                             std::span<const float> weights,
                                             const std::vector<int>& /*cpus*/) const override {
    CHECK(supports(shape), "ask supports() first");
    return std::make_unique<PackedLinear>(loop_, shape, weights);
  }

 private:
  const PanelLoop& loop_;
};

}  // namespace

std::unique_ptr<LinearBackend> packed_backend(Isa isa) {
  const PanelLoop* loop = find_panel_loop(isa);
  CHECK(loop != nullptr, "this build has no packed kernels for that ISA");
  return std::make_unique<PackedBackend>(*loop);
}

bool has_packed_kernels(Isa isa) noexcept { return find_panel_loop(isa) != nullptr; }

Isa widest_packed_isa(const MachineShape& machine) noexcept {
  const auto widest = std::find_if(machine.isas.rbegin(), machine.isas.rend(), has_packed_kernels);
  return widest == machine.isas.rend() ? Isa::kScalar : *widest;
}

}  // namespace perfbench
