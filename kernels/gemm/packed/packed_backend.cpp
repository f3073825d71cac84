#include "kernels/gemm/packed/packed_backend.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/result/names.hpp"
#include "harness/core/units/check.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/packed/panel_loops.hpp"

namespace perfbench {
namespace {

/// Of X in one block of k: it comes from level 2 for each panel again, beside the weights that pass
/// through.
constexpr std::size_t kBlockValues = (std::size_t{256} << 10U) / sizeof(float);
/// Lines of a panel that stay in level 1 where the rows need several passes: 16 KiB.
constexpr std::size_t kLinesOfPasses = 256;
/// How far ahead of its line each stream asks level 2 for another, in lines: what a core needs in
/// flight; one stream needs more than each of two, and the arithmetic of many rows keeps it longer.
/// Not a multiple of 64: lines one page apart share a set of level 1.
constexpr std::size_t kAheadOfTwo = 48;
constexpr std::size_t kAheadOfOne = 176;
constexpr std::size_t kAheadOfPair = 100;
/// Rows and steps of X that are turned at once.
constexpr std::size_t kSquare = 4;

constexpr std::size_t divided_up(std::size_t a, std::size_t b) noexcept { return (a + b - 1) / b; }

/// How a layer is cut: blocks of k, in each of them all units, in each of those the steps. A unit
/// is a panel, or a pair of panels whose lines alternate.
struct Cut {
  std::size_t m = 0;  ///< Rows that go through the weights together.
  std::size_t n = 0;
  std::size_t k = 0;
  std::size_t side = 1;  ///< Panels of a unit.
  std::size_t units = 0;
  std::size_t steps = 0;  ///< Of a block; the last one may have fewer.

  [[nodiscard]] constexpr std::size_t unit_outputs() const noexcept { return side * kPanelOutputs; }
  [[nodiscard]] constexpr std::size_t outputs() const noexcept { return units * unit_outputs(); }
};

Cut cut_of(const LinearShape& shape, std::size_t side) noexcept {
  Cut cut;
  cut.m = static_cast<std::size_t>(shape.m);
  cut.n = static_cast<std::size_t>(shape.n);
  cut.k = static_cast<std::size_t>(shape.k);
  cut.side = side;
  cut.units = divided_up(cut.n, cut.unit_outputs());
  cut.steps = divided_up(cut.k, divided_up(cut.k, kBlockValues / cut.m));
  return cut;
}

/// [block of k][unit][step][output of the unit]
FloatBuffer packed_weights(const Cut& cut, std::span<const float> weights) {
  FloatBuffer packed(cut.outputs() * cut.k);
  float* to = packed.data();
  for (std::size_t from = 0; from < cut.k; from += cut.steps) {
    const std::size_t steps = std::min(cut.steps, cut.k - from);
    for (std::size_t first = 0; first < cut.n; first += cut.unit_outputs()) {
      const std::size_t outputs = std::min(cut.unit_outputs(), cut.n - first);
      const float* corner = weights.data() + first * cut.k + from;
      for (std::size_t step = 0; step < steps; ++step) {
        for (std::size_t i = 0; i < outputs; ++i) to[i] = corner[i * cut.k + step];
        std::fill(to + outputs, to + cut.unit_outputs(), 0.0F);
        to += cut.unit_outputs();
      }
    }
  }
  return packed;
}

/// Up to kMostPackedRows rows against the weights, which others may read too.
class PackedLinear final : public Linear {
 public:
  PackedLinear(const PanelLoop& loop, const Cut& cut, std::shared_ptr<const FloatBuffer> weights)
      : loop_(loop),
        cut_(cut),
        weights_(std::move(weights)),
        sums_(cut_.outputs() * cut_.m),
        x_(cut_.m > 1 ? cut_.m * cut_.k : 0) {
    touch();
  }

  [[nodiscard]] Bytes weight_bytes() const noexcept override {
    return Bytes(weights_->size() * sizeof(float));
  }

  [[nodiscard]] std::unique_ptr<Linear> clone() const override {
    auto own = std::make_shared<FloatBuffer>(weights_->size());
    std::copy_n(weights_->data(), weights_->size(), own->data());
    return std::make_unique<PackedLinear>(loop_, cut_, std::move(own));
  }

  [[nodiscard]] std::unique_ptr<Linear> for_rows(int m) const override;

  void run(const float* x, float* y) noexcept override {
    take(x);
    for (std::size_t from = 0; from < cut_.k; from += cut_.steps) run_part(from, 0, cut_.units);
    store(y);
  }

  /// run() in parts: X, then every block of k with all of its units, then Y.
  void take(const float* x) noexcept { values_ = values_by_step(x); }
  void run_part(std::size_t from, std::size_t first_unit, std::size_t units) noexcept {
    PanelPass pass;
    pass.x = values_ + from * cut_.m;
    pass.next_step = cut_.m;
    pass.steps = std::min(cut_.steps, cut_.k - from);
    pass.first = from == 0;
    run_units_of(pass, weights_->data() + cut_.outputs() * from, first_unit, units);
  }
  void store(float* y) const noexcept {
    for (std::size_t first = 0; first < cut_.n; first += kPanelOutputs) {
      const std::size_t outputs = std::min(kPanelOutputs, cut_.n - first);
      const float* sums = sums_.data() + first * cut_.m;
      for (std::size_t row = 0; row < cut_.m; ++row) {
        std::copy_n(sums + row * kPanelOutputs, outputs, y + row * cut_.n + first);
      }
    }
  }

 private:
  /// First touch, and no page fault in run().
  void touch() noexcept {
    std::fill_n(sums_.data(), sums_.size(), 1.0F);
    std::fill_n(x_.data(), x_.size(), 1.0F);
    const bool pairs = cut_.side == 2;
    one_ = pairs ? loop_.pair : loop_.one_panel;
    two_ = pairs ? loop_.two_pairs : loop_.two_panels;
    passes_ = divided_up(cut_.m, one_.size());
    two_streams_ = passes_ == 1 && cut_.m <= two_.size();
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

  /// Against some units of a block of k, one or two of them at a time. Half of the units are one
  /// stream and half the other, so that either runs on into its next unit.
  void run_units_of(PanelPass pass,
                    const float* weights,
                    std::size_t first_unit,
                    std::size_t units) noexcept {
    const std::size_t couples = two_streams_ ? units / 2 : 0;
    pass.next_panel = couples * pass.steps * cut_.unit_outputs();
    pass.next_sums = couples * cut_.m * cut_.unit_outputs();
    pass.pair_sums = cut_.m * kPanelOutputs;
    for (std::size_t unit = first_unit; unit < first_unit + couples; ++unit) {
      run_units(pass, two_[cut_.m - 1], kAheadOfTwo, weights, unit);
    }
    const std::size_t ahead = cut_.side == 2 ? kAheadOfPair : kAheadOfOne;
    for (std::size_t unit = first_unit + 2 * couples; unit < first_unit + units; ++unit) {
      if (passes_ == 1) {
        run_units(pass, one_[cut_.m - 1], ahead, weights, unit);
      } else {
        run_unit_in_passes(pass, weights, unit);
      }
    }
  }

  /// All rows at once against a unit, and the other one of its couple where `function` takes two.
  void run_units(PanelPass pass,
                 PanelFunction function,
                 std::size_t lines_ahead,
                 const float* weights,
                 std::size_t unit) noexcept {
    pass.weights = weights + unit * pass.steps * cut_.unit_outputs();
    pass.ahead = pass.weights + lines_ahead * kPanelOutputs;
    pass.ahead_step = cut_.unit_outputs();
    pass.sums = sums_.data() + unit * cut_.m * cut_.unit_outputs();
    function(pass);
  }

  /// A few rows at a time against a part of a unit that stays in level 1 meanwhile. Each pass asks
  /// for its share of the next part, so that the memory never waits for the arithmetic.
  void run_unit_in_passes(PanelPass pass, const float* weights, std::size_t unit) noexcept {
    const std::size_t steps = pass.steps;
    const std::size_t most = kLinesOfPasses / cut_.side;
    const float* values = pass.x;
    float* sums = sums_.data() + unit * cut_.m * cut_.unit_outputs();
    weights += unit * steps * cut_.unit_outputs();
    pass.ahead_step = cut_.unit_outputs() / passes_;
    for (std::size_t from = 0; from < steps; from += most) {
      pass.steps = std::min(most, steps - from);
      pass.weights = weights + from * cut_.unit_outputs();
      pass.ahead = pass.weights + pass.steps * cut_.unit_outputs();
      for (std::size_t i = 0, row = 0; i < passes_; ++i) {
        const std::size_t rows = (cut_.m - row) / (passes_ - i);
        pass.x = values + from * cut_.m + row;
        pass.sums = sums + row * kPanelOutputs;
        one_[rows - 1](pass);
        pass.ahead += pass.steps * pass.ahead_step;
        row += rows;
      }
      pass.first = false;
    }
  }

  const PanelLoop& loop_;
  Cut cut_;
  std::shared_ptr<const FloatBuffer> weights_;
  FloatBuffer sums_;  ///< [panel][row][output], of pairs too
  FloatBuffer x_;     ///< [step][row]; empty for m = 1.
  std::span<const PanelFunction> one_;
  std::span<const PanelFunction> two_;
  const float* values_ = nullptr;  ///< X of the present run, by step.
  std::size_t passes_ = 1;
  bool two_streams_ = false;
};

/// More rows than one pass of the loops takes: as even blocks of rows as can be. Some blocks go
/// through the weights together, a part that stays in level 2 at a time, so that memory is read
/// once for all of them.
class PackedRowBlocks final : public Linear {
 public:
  PackedRowBlocks(const PanelLoop& loop,
                  const Cut& cut,
                  const std::shared_ptr<const FloatBuffer>& weights,
                  std::size_t rows)
      : cut_(cut) {
    const std::size_t blocks = divided_up(rows, std::size_t{kMostPackedRows});
    const std::size_t few = rows / blocks;
    add(loop, weights, few + 1, rows % blocks);
    add(loop, weights, few, blocks - rows % blocks);
    const std::size_t unit_bytes = cut.unit_outputs() * cut.steps * sizeof(float);
    // Two at least, which the loops of few rows read side by side.
    part_ = std::max<std::size_t>(2, kPartBytes / unit_bytes);
  }

  [[nodiscard]] Bytes weight_bytes() const noexcept override {
    return sizes_.front().layers.front()->weight_bytes();
  }
  [[nodiscard]] std::unique_ptr<Linear> for_rows(int m) const override {
    return sizes_.front().layers.front()->for_rows(m);
  }

  void run(const float* x, float* y) noexcept override {
    for (const Size& size : sizes_) {
      for (std::size_t block = 0; block < size.blocks; block += kBlocksTogether) {
        const std::size_t together = std::min(kBlocksTogether, size.blocks - block);
        run_together(std::span(size.layers).first(together), size.rows, x, y);
        x += together * size.rows * cut_.k;
        y += together * size.rows * cut_.n;
      }
    }
  }

 private:
  /// A level-2 cache holds it beside the values of X.
  static constexpr std::size_t kPartBytes = std::size_t{256} << 10U;
  static constexpr std::size_t kBlocksTogether = 4;
  struct Size {
    std::size_t rows = 0;
    std::size_t blocks = 0;
    std::vector<std::unique_ptr<PackedLinear>> layers;  ///< Of the blocks that go together.
  };

  void add(const PanelLoop& loop,
           const std::shared_ptr<const FloatBuffer>& weights,
           std::size_t rows,
           std::size_t blocks) {
    if (blocks == 0) return;
    Size size{rows, blocks, {}};
    Cut cut = cut_;
    cut.m = rows;
    for (std::size_t i = 0; i < std::min(blocks, kBlocksTogether); ++i)
      size.layers.push_back(std::make_unique<PackedLinear>(loop, cut, weights));
    sizes_.push_back(std::move(size));
  }

  void run_together(std::span<const std::unique_ptr<PackedLinear>> layers,
                    std::size_t rows,
                    const float* x,
                    float* y) const noexcept {
    for (std::size_t i = 0; i < layers.size(); ++i) layers[i]->take(x + i * rows * cut_.k);
    for (std::size_t from = 0; from < cut_.k; from += cut_.steps) {
      for (std::size_t unit = 0; unit < cut_.units; unit += part_) {
        const std::size_t units = std::min(part_, cut_.units - unit);
        for (const auto& layer : layers) layer->run_part(from, unit, units);
      }
    }
    for (std::size_t i = 0; i < layers.size(); ++i) layers[i]->store(y + i * rows * cut_.n);
  }

  Cut cut_;
  std::size_t part_ = 2;
  std::vector<Size> sizes_;
};

std::unique_ptr<Linear> PackedLinear::for_rows(int m) const {
  CHECK(m >= 1, "a layer has rows");
  const auto rows = static_cast<std::size_t>(m);
  // The blocks of k stay as the weights are cut; X of a block must not be larger than planned for.
  const auto most = static_cast<std::size_t>(kMostPackedRows);
  const std::size_t together = std::min(rows, most);
  if (cut_.steps * together > kBlockValues && together > cut_.m) return nullptr;
  if (rows > most) return std::make_unique<PackedRowBlocks>(loop_, cut_, weights_, rows);
  Cut cut = cut_;
  cut.m = rows;
  return std::make_unique<PackedLinear>(loop_, cut, weights_);
}

class PackedBackend final : public LinearBackend {
 public:
  PackedBackend(const PanelLoop& loop, bool pairs) : loop_(loop), side_(pairs ? 2 : 1) {}
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
    const Cut cut = cut_of(shape, side_);
    CHECK(weights.size() == cut.n * cut.k, "the weights are n x k");
    return std::make_unique<PackedLinear>(
        loop_, cut, std::make_shared<const FloatBuffer>(packed_weights(cut, weights)));
  }

 private:
  const PanelLoop& loop_;
  std::size_t side_;
};

}  // namespace

std::unique_ptr<LinearBackend> packed_backend(Isa isa, PanelOrder order) {
  const PanelLoop* loop = find_panel_loop(isa);
  CHECK(loop != nullptr, "this build has no packed kernels for that ISA");
  return std::make_unique<PackedBackend>(*loop, order == PanelOrder::kPairs && !loop->pair.empty());
}

PanelOrder panel_order(const CpuIdentity& identity) noexcept {
  return identity.vendor == "AuthenticAMD" ? PanelOrder::kPairs : PanelOrder::kSingle;
}

bool has_packed_kernels(Isa isa) noexcept { return find_panel_loop(isa) != nullptr; }

Isa widest_packed_isa(const MachineShape& machine) noexcept {
  const auto widest = std::find_if(machine.isas.rbegin(), machine.isas.rend(), has_packed_kernels);
  return widest == machine.isas.rend() ? Isa::kScalar : *widest;
}

}  // namespace perfbench
