#include "kernels/gemm/linear/linear_dot.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "harness/core/result/names.hpp"
#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/gemm/linear/verify_linear.hpp"
#include "kernels/gemm/matrix/matrix.hpp"

namespace perfbench {
namespace {

/// Up to here the weights' bytes bound a layer on most machines: a core's ridge point is 6 to 12
/// flop a byte in fp32, and a layer does m / 2.
constexpr int kMostRowsOfBandwidth = 8;
/// Parts of n begin at whole lines of Y.
constexpr int kOutputsOfLine = 16;

std::uint64_t bytes_of_element(Precision precision) noexcept {
  switch (precision) {
    case Precision::kFp64:
      return 8;
    case Precision::kBf16:
    case Precision::kFp16:
      return 2;
    case Precision::kInt8:
      return 1;
    default:
      return 4;
  }
}

std::uint64_t product(int a, int b) noexcept {
  return static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b);
}

int threads_of(const LinearDotOptions& options) noexcept {
  return std::max(1, static_cast<int>(options.cpus.size()));
}

std::string size_text(const LinearShape& shape) {
  return "m=" + std::to_string(shape.m) + " n=" + std::to_string(shape.n) +
         " k=" + std::to_string(shape.k);
}

/// Outputs [first, first + count) are one instance's.
struct Part {
  int first = 0;
  int count = 0;
};

Part part_of(int n, int parts, int index) noexcept {
  const std::int64_t lines = (std::int64_t{n} + kOutputsOfLine - 1) / kOutputsOfLine;
  const std::int64_t begin = lines * index / parts * kOutputsOfLine;
  const std::int64_t end = std::min<std::int64_t>(n, lines * (index + 1) / parts * kOutputsOfLine);
  return {static_cast<int>(begin), static_cast<int>(std::max<std::int64_t>(0, end - begin))};
}

/// What every instance of an entry knows.
struct Plan {
  std::shared_ptr<const LinearBackend> backend;
  LinearDotOptions options;
  int instances = 1;
  std::uint64_t copies = 1;
  Work work;  ///< Of an instance: an equal share of the layer's.
  Bytes working_set{0};
  KernelInfo info;
};

KernelInfo describe(const LinearBackend& backend,
                    const LinearDotOptions& options,
                    std::uint64_t copies) {
  const LinearShape& shape = options.shape;
  const bool cold = options.cold_at_least.count() > 0;
  KernelInfo info;
  info.name = "linear " + size_text(shape) + (cold ? "" : " warm");
  info.variant = backend.label();
  info.kind = shape.m <= kMostRowsOfBandwidth ? RoofKind::kBandwidth : RoofKind::kCompute;
  info.is_roof = false;
  info.precision = shape.precision;
  info.isa = backend.isa();
  info.level = cold ? MemoryLevel::kDram : MemoryLevel::kNone;
  info.may_hold_cache_hits = cold && !options.beyond_caches;
  info.shape = MatrixShape{shape.m, shape.n, shape.k};
  info.threads = backend.has_pool() ? threads_of(options) : 1;
  info.description = "Y = X W^T, " + size_text(shape) + ", weights " +
                     std::string(name_of(shape.precision)) + ", X and Y fp32, " +
                     (cold ? std::to_string(copies) + " copies of the weights in turn"
                           : std::string("one copy of the weights"));
  return info;
}

Plan plan_of(std::shared_ptr<const LinearBackend> backend, const LinearDotOptions& options) {
  const LinearShape& shape = options.shape;
  Plan plan;
  plan.options = options;
  plan.instances = backend->has_pool() ? 1 : threads_of(options);
  const std::uint64_t weights = product(shape.n, shape.k) * bytes_of_element(shape.precision);
  const std::uint64_t values = product(shape.m, shape.k) + product(shape.m, shape.n);
  const auto parts = static_cast<std::uint64_t>(plan.instances);
  plan.copies = std::max<std::uint64_t>(1, (options.cold_at_least.count() + weights - 1) / weights);
  const Bytes bytes((weights + values * sizeof(float)) / parts);
  plan.work = {Flops(2 * product(shape.n, shape.k) * static_cast<std::uint64_t>(shape.m) / parts),
               bytes,
               bytes};
  plan.working_set = Bytes((plan.copies * weights + values * sizeof(float)) / parts);
  plan.info = describe(*backend, options, plan.copies);
  plan.backend = std::move(backend);
  return plan;
}

class LinearKernel final : public Kernel {
 public:
  LinearKernel(std::shared_ptr<const Plan> plan, int index)
      : plan_(std::move(plan)), part_(part_of(plan_->options.shape.n, plan_->instances, index)) {}

  [[nodiscard]] const KernelInfo& info() const noexcept override { return plan_->info; }
  [[nodiscard]] Work work() const noexcept override { return plan_->work; }
  [[nodiscard]] Bytes working_set() const noexcept override { return plan_->working_set; }

  void prepare() override {
    if (part_.count == 0) return;
    const LinearShape& whole = plan_->options.shape;
    problem_.emplace(part_shape(), part_.first, plan_->options.seed);
    y_ = FloatBuffer(static_cast<std::size_t>(product(whole.m, part_.count)));
    // What a backend without a pool gets is one thread, wherever this one is pinned.
    const std::vector<int> cpus =
        plan_->backend->has_pool() ? plan_->options.cpus : std::vector<int>();
    const std::vector<float> weights = problem_->weights();
    layers_.clear();
    while (layers_.size() < plan_->copies) {
      std::unique_ptr<Linear> copy = layers_.empty() ? nullptr : layers_.front()->clone();
      if (copy == nullptr) copy = plan_->backend->make(part_shape(), weights, cpus);
      layers_.push_back(std::move(copy));
    }
    next_ = 0;
  }

  [[nodiscard]] Verification verify() override {
    if (part_.count == 0) return {true, "this thread has no outputs of so small a layer"};
    Verification last;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      spoil_outputs();
      layers_[i]->run(problem_->x().data(), y_.data());
      last = problem_->check(y_.span());
      if (last.passed) continue;
      last.detail = "copy " + std::to_string(i) + ": " + last.detail;
      return last;
    }
    last.detail += ", of each of " + std::to_string(layers_.size()) + " copies";
    return last;
  }

  void run(std::uint64_t iterations) noexcept override {
    if (layers_.empty()) return;
    const float* x = problem_->x().data();
    for (std::uint64_t i = 0; i < iterations; ++i) {
      layers_[next_]->run(x, y_.data());
      if (++next_ == layers_.size()) next_ = 0;
    }
  }

 private:
  [[nodiscard]] LinearShape part_shape() const noexcept {
    LinearShape shape = plan_->options.shape;
    shape.n = part_.count;
    return shape;
  }

  /// So that an output which is not written cannot pass by what the copy before left there.
  void spoil_outputs() noexcept { std::fill_n(y_.data(), y_.size(), -0.5F); }

  std::shared_ptr<const Plan> plan_;
  Part part_;
  std::optional<LinearProblem> problem_;
  FloatBuffer y_;
  std::vector<std::unique_ptr<Linear>> layers_;
  std::size_t next_ = 0;
};

}  // namespace

KernelEntry linear_entry(std::shared_ptr<const LinearBackend> backend,
                         const LinearDotOptions& options) {
  CHECK(backend != nullptr, "a layer needs a backend");
  const LinearShape& shape = options.shape;
  if (!backend->supports(shape) || shape.k > kMostExactInputs) {
    throw UsageError(backend->label() + " has no layer of " + size_text(shape) + " in " +
                     std::string(name_of(shape.precision)));
  }
  const auto plan = std::make_shared<const Plan>(plan_of(std::move(backend), options));
  const auto made = std::make_shared<std::atomic<int>>(0);
  KernelEntry entry;
  entry.info = plan->info;
  entry.working_set = plan->working_set;
  entry.make = [plan, made]() -> std::unique_ptr<Kernel> {
    return std::make_unique<LinearKernel>(plan, made->fetch_add(1) % plan->instances);
  };
  return entry;
}

std::span<const LinearShape> layer_shapes() noexcept {
  constexpr int kSide = 4096;
  // The odd one: no size is a multiple of anything.
  static constexpr std::array<LinearShape, 6> kShapes{{{1, kSide, kSide},
                                                       {2, kSide, kSide},
                                                       {3, 4099, 4001},
                                                       {4, kSide, kSide},
                                                       {8, kSide, kSide},
                                                       {16, kSide, kSide}}};
  return kShapes;
}

std::vector<KernelEntry> linear_dots(std::span<const std::shared_ptr<const LinearBackend>> backends,
                                     const LinearDotsOptions& options) {
  std::vector<KernelEntry> entries;
  for (LinearShape shape : layer_shapes()) {
    shape.precision = options.precision;
    for (const std::shared_ptr<const LinearBackend>& backend : backends) {
      if (!backend->supports(shape)) continue;
      LinearDotOptions dot;
      dot.shape = shape;
      dot.cpus = options.cpus;
      dot.cold_at_least = options.cold_at_least;
      dot.seed = options.seed;
      dot.beyond_caches = options.beyond_caches;
      entries.push_back(linear_entry(backend, dot));
    }
  }
  return entries;
}

}  // namespace perfbench
