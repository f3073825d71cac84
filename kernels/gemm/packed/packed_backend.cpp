#include "kernels/gemm/packed/packed_backend.hpp"

#include <algorithm>
#include <string>

#include "harness/core/result/names.hpp"
#include "harness/core/units/check.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/packed/panel_loops.hpp"

namespace perfbench {
namespace {

/// Of X in one block of k: it comes from level 2 for each panel again, beside the weights that pass
/// through.
constexpr std::size_t kBlockValues = (std::size_t{256} << 10U) / sizeof(float);
/// Steps of a panel that stay in level 1 where the rows need several passes: 16 KiB.
constexpr std::size_t kStepsOfPasses = 256;
/// How far ahead of its line each stream asks level 2 for another, in lines: what a core needs in
/// flight; one stream needs more than each of two, and the arithmetic of many rows keeps it longer.
/// Not a multiple of 64: lines one page apart share a set of level 1.
constexpr std::size_t kAheadOfTwo = 48;
constexpr std::size_t kAheadOfOne = 176;
/// Rows and steps of X that are turned at once.
constexpr std::size_t kSquare = 4;

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
  cut.steps = divided_up(cut.k, divided_up(cut.k, kBlockValues / cut.m));
  return cut;
}

class PackedLinear final : public Linear {
 public:
  PackedLinear(const PanelLoop& loop, const LinearShape& shape, std::span<const float> weights)
      : loop_(loop),
        cut_(cut_of(shape)),
        weights_(cut_.panels * kPanelOutputs * cut_.k),
        sums_(cut_.panels * kPanelOutputs * cut_.m),
        x_(cut_.m > 1 ? cut_.m * cut_.k : 0) {
    CHECK(weights.size() == cut_.n * cut_.k, "the weights are n x k");
    pack(weights);
    touch();
  }

  [[nodiscard]] Bytes weight_bytes() const noexcept override {
    return Bytes(weights_.size() * sizeof(float));
  }

  [[nodiscard]] std::unique_ptr<Linear> clone() const override {
    return std::unique_ptr<Linear>(new PackedLinear(*this, weights_));
  }

  void run(const float* x, float* y) noexcept override {
    const float* weights = weights_.data();
    const float* values = values_by_step(x);
    for (std::size_t from = 0; from < cut_.k; from += cut_.steps) {
      const std::size_t steps = std::min(cut_.steps, cut_.k - from);
      PanelPass pass;
      pass.x = values + from * cut_.m;
      pass.next_step = cut_.m;
      pass.steps = steps;
      pass.first = from == 0;
      run_block(pass, weights);
      weights += cut_.panels * kPanelOutputs * steps;
    }
    store(y);
  }

 private:
  PackedLinear(const PackedLinear& other, const FloatBuffer& packed)
      : loop_(other.loop_),
        cut_(other.cut_),
        weights_(packed.size()),
        sums_(other.sums_.size()),
        x_(other.x_.size()) {
    std::copy_n(packed.data(), packed.size(), weights_.data());
    touch();
  }

  /// First touch, and no page fault in run().
  void touch() noexcept {
    std::fill_n(sums_.data(), sums_.size(), 1.0F);
    std::fill_n(x_.data(), x_.size(), 1.0F);
    passes_ = divided_up(cut_.m, loop_.most_rows());
    two_streams_ = passes_ == 1 && cut_.m <= loop_.two_panels.size();
  }

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

  /// All of X with the rows of a step side by side: they are read together, and rows a power of two
  /// apart would share sets of the cache.
  const float* values_by_step(const float* x) noexcept {
    if (cut_.m == 1) return x;
    std::size_t row = 0;
    for (; row + kSquare <= cut_.m; row += kSquare) lay_out_rows<kSquare>(x, row);
    for (; row < cut_.m; ++row) lay_out_rows<1>(x, row);
    return x_.data();
  }

  /// Squares of 4 x 4 become shuffles of registers.
  template <std::size_t kRows>
  void lay_out_rows(const float* x, std::size_t row) noexcept {
    const float* from = x + row * cut_.k;
    float* to = x_.data() + row;
    std::size_t step = 0;
    for (; step + kSquare <= cut_.k; step += kSquare) {
      float square[kSquare][kRows];
      for (std::size_t i = 0; i < kRows; ++i) {
        for (std::size_t j = 0; j < kSquare; ++j) square[j][i] = from[i * cut_.k + step + j];
      }
      for (std::size_t j = 0; j < kSquare; ++j) {
        std::copy_n(square[j], kRows, to + (step + j) * cut_.m);
      }
    }
    for (; step < cut_.k; ++step) {
      for (std::size_t i = 0; i < kRows; ++i) to[step * cut_.m + i] = from[i * cut_.k + step];
    }
  }

  /// Against all panels, or pairs of them. Half of the panels are one stream and half the other, so
  /// that either runs on into its next panel.
  void run_block(PanelPass pass, const float* weights) noexcept {
    const std::size_t pairs = two_streams_ ? cut_.panels / 2 : 0;
    const std::size_t panel_weights = pass.steps * kPanelOutputs;
    pass.next_panel = pairs * panel_weights;
    pass.next_sums = pairs * cut_.m * kPanelOutputs;
    for (std::size_t panel = 0; panel < pairs; ++panel) {
      run_panels(pass, loop_.two_panels[cut_.m - 1], kAheadOfTwo, weights, panel);
    }
    for (std::size_t panel = 2 * pairs; panel < cut_.panels; ++panel) {
      if (passes_ == 1) {
        run_panels(pass, loop_.one_panel[cut_.m - 1], kAheadOfOne, weights, panel);
      } else {
        run_panel_in_passes(pass, weights, panel);
      }
    }
  }

  /// All rows at once against a panel, and the other one of its pair where `function` takes two.
  void run_panels(PanelPass pass,
                  PanelFunction function,
                  std::size_t lines_ahead,
                  const float* weights,
                  std::size_t panel) noexcept {
    pass.weights = weights + panel * pass.steps * kPanelOutputs;
    pass.ahead = pass.weights + lines_ahead * kPanelOutputs;
    pass.ahead_step = kPanelOutputs;
    pass.sums = sums_.data() + panel * cut_.m * kPanelOutputs;
    function(pass);
  }

  /// A few rows at a time against a part of a panel that stays in level 1 meanwhile. Each pass asks
  /// for its share of the next part, so that the memory never waits for the arithmetic.
  void run_panel_in_passes(PanelPass pass, const float* weights, std::size_t panel) noexcept {
    const std::size_t steps = pass.steps;
    const float* values = pass.x;
    float* sums = sums_.data() + panel * cut_.m * kPanelOutputs;
    weights += panel * steps * kPanelOutputs;
    pass.ahead_step = kPanelOutputs / passes_;
    for (std::size_t from = 0; from < steps; from += kStepsOfPasses) {
      pass.steps = std::min(kStepsOfPasses, steps - from);
      pass.weights = weights + from * kPanelOutputs;
      pass.ahead = pass.weights + pass.steps * kPanelOutputs;
      for (std::size_t i = 0, row = 0; i < passes_; ++i) {
        const std::size_t rows = (cut_.m - row) / (passes_ - i);
        pass.x = values + from * cut_.m + row;
        pass.sums = sums + row * kPanelOutputs;
        loop_.one_panel[rows - 1](pass);
        pass.ahead += pass.steps * pass.ahead_step;
        row += rows;
      }
      pass.first = false;
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
  FloatBuffer x_;        ///< [step][row]; empty for m = 1.
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
