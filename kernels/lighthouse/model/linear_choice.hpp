#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/core/units/quantity.hpp"
#include "harness/host/clock/clock.hpp"
#include "kernels/gemm/linear/linear.hpp"

namespace perfbench {

using LinearBackends = std::vector<std::shared_ptr<const LinearBackend>>;

/// At most so many copies of one matrix are kept, each in the layout of one backend: what is
/// fastest for one row is seldom fastest for many, and no third one has gained enough.
inline constexpr std::size_t kMostForms = 2;

/// Which backend serves a number of rows: indices into the backends.
struct RowsChoice {
  std::size_t rows = 1;
  std::size_t backend = 0;
  double nanoseconds = 0.0;  ///< Of one call in the trial.
};

/// For one shape of weights: a choice for each number of rows, of kMostForms backends at most.
struct LinearChoice {
  std::vector<RowsChoice> rows;
  /// Sentences on backends that answered wrong; such a one is never chosen.
  std::vector<std::string> refused;
  [[nodiscard]] const RowsChoice& of(std::size_t count) const noexcept;
};

/// Layers to choose between.
struct LinearTrial {
  int n = 0;
  int k = 0;
  std::span<const float> weights;       ///< n x k, row-major.
  std::vector<std::size_t> row_counts;  ///< Ascending, at least one.
  /// The weights are not in the caches when a model comes by: so much other memory is read between
  /// the runs. 0: they stay.
  Bytes evict{0};
  std::uint64_t seed = 1;
};

/// Measures each backend on each number of rows for a few milliseconds, after an answer that holds
/// within the error bound of any order of summation at random places. Throws ResourceError where no
/// backend answers right.
[[nodiscard]] LinearChoice choose_linear(const LinearBackends& backends,
                                         const LinearTrial& trial,
                                         Clock& clock);

/// One matrix in the layouts that a choice wants, made once; layers of it share that memory.
class LinearForms {
 public:
  LinearForms(const LinearBackends& backends,
              const LinearChoice& choice,
              int n,
              int k,
              std::span<const float> weights);
  /// For one thread. `rows` is one of the choice's.
  [[nodiscard]] std::unique_ptr<Linear> make(std::size_t rows) const;

 private:
  struct Form {
    std::size_t backend = 0;
    std::unique_ptr<Linear> layer;
  };
  std::vector<RowsChoice> choice_;
  std::vector<Form> forms_;
};

/// True where `y` (rows x n) is X W^T: all products of up to 4096 numbers, else the corners and 60
/// random places, within k u sum |x w| (Higham, Accuracy and Stability, 2002, 3.1).
[[nodiscard]] bool linear_answer_holds(const LinearTrial& trial,
                                       std::size_t rows,
                                       std::span<const float> x,
                                       std::span<const float> y) noexcept;

}  // namespace perfbench
