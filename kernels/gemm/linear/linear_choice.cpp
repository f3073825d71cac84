#include "kernels/gemm/linear/linear_choice.hpp"

#include <cmath>
#include <tuple>

namespace perfbench {
namespace {

/// How far two sizes are apart, the same for twice and half.
double apart(double a, double b) noexcept { return std::abs(std::log(a / b)); }

/// Smaller is better, by the first that differs.
using Rank = std::tuple<double, double, double>;

Rank rank_of(const LinearTrial& trial, const LinearShape& shape) noexcept {
  const LinearShape& tried = trial.shape;
  return {apart(tried.m, shape.m),
          apart(static_cast<double>(tried.n) * tried.k, static_cast<double>(shape.n) * shape.k),
          -trial.rate_flop_per_s};
}

}  // namespace

const LinearBackend* best_linear(std::span<const LinearTrial> trials, const LinearShape& shape) {
  const LinearTrial* best = nullptr;
  for (const LinearTrial& trial : trials) {
    const bool usable = trial.backend != nullptr && trial.verified && trial.rate_flop_per_s > 0.0 &&
                        trial.shape.precision == shape.precision && trial.backend->supports(shape);
    if (!usable) continue;
    if (best == nullptr || rank_of(trial, shape) < rank_of(*best, shape)) best = &trial;
  }
  return best == nullptr ? nullptr : best->backend;
}

std::vector<LibraryTrial> library_trials(std::span<const LinearTrial> trials) {
  std::vector<LibraryTrial> all;
  for (const LinearTrial& trial : trials) {
    LibraryTrial entry;
    if (trial.backend != nullptr) {
      entry.library = trial.backend->library();
      entry.core_name = trial.backend->label();
    }
    entry.operation = "linear m=" + std::to_string(trial.shape.m);
    entry.shape_class = trial.shape.m == 1 ? "vector" : "skinny";
    entry.shape = MatrixShape{trial.shape.m, trial.shape.n, trial.shape.k};
    entry.verified = trial.verified;
    entry.failure = trial.failure;
    entry.rate_flop_per_s = trial.rate_flop_per_s;
    entry.chosen = trial.backend != nullptr && trial.verified &&
                   trial.backend == best_linear(trials, trial.shape);
    all.push_back(std::move(entry));
  }
  return all;
}

}  // namespace perfbench
