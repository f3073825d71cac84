#include "kernels/lighthouse/model/linear_choice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/gemm/matrix/matrix.hpp"

namespace perfbench {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
/// Another layout is a copy of the weights; it must be worth that somewhere.
constexpr double kWorthAForm = 1.05;
constexpr int kMostRuns = 40;
constexpr int kColdRuns = 3;
constexpr Nanoseconds kEnough{300'000};
constexpr std::size_t kSampledPlaces = 64;
constexpr std::size_t kAllPlaces = 4096;

/// Rows that a backend is first made for; for_rows() gives the others.
std::unique_ptr<Linear> make_base(const LinearBackend& backend,
                                  int n,
                                  int k,
                                  std::span<const float> weights,
                                  std::size_t most_rows) {
  constexpr std::size_t kRowsOfPackedLayers = 16;
  std::size_t rows = most_rows;
  while (rows >= 1) {
    const LinearShape shape{static_cast<int>(rows), n, k, Precision::kFp32};
    if (backend.supports(shape)) return backend.make(shape, weights, {});
    rows = rows > kRowsOfPackedLayers ? kRowsOfPackedLayers : rows / 2;
  }
  return nullptr;
}

/// Reads memory so that the caches hold something else.
class Evictor {
 public:
  explicit Evictor(Bytes bytes) : values_(bytes.count() / sizeof(float)) {
    std::fill_n(values_.data(), values_.size(), 1.0F);
  }
  void evict() noexcept {
    float sum = 0.0F;
    constexpr std::size_t kLine = 16;
    for (std::size_t i = 0; i < values_.size(); i += kLine) sum += values_.data()[i];
    kept_ = sum;
  }

 private:
  FloatBuffer values_;
  volatile float kept_ = 0.0F;
};

class Trials {
 public:
  Trials(const LinearTrial& trial, Clock& clock)
      : trial_(trial),
        clock_(clock),
        evictor_(trial.evict),
        x_(trial.row_counts.back() * static_cast<std::size_t>(trial.k)),
        y_(trial.row_counts.back() * static_cast<std::size_t>(trial.n)) {
    fill_unit(x_.span(), trial.seed);
  }

  /// Time of a call for each number of rows; kNever where there is no right answer.
  [[nodiscard]] std::vector<double> measure(const LinearBackend& backend,
                                            std::vector<std::string>& refused) {
    std::vector<double> times(trial_.row_counts.size(), kNever);
    const std::unique_ptr<Linear> base =
        make_base(backend, trial_.n, trial_.k, trial_.weights, trial_.row_counts.back());
    if (base == nullptr) return times;
    for (std::size_t i = 0; i < times.size(); ++i) {
      const std::size_t rows = trial_.row_counts[i];
      const std::unique_ptr<Linear> layer = base->for_rows(static_cast<int>(rows));
      if (layer == nullptr) continue;
      std::fill_n(y_.data(), rows * static_cast<std::size_t>(trial_.n), std::nanf(""));
      layer->run(x_.data(), y_.data());
      if (linear_answer_holds(trial_, rows, x_.span(), y_.span())) {
        times[i] = time(*layer);
      } else {
        refused.push_back(backend.label() + " answers wrong for " + std::to_string(rows) + " x " +
                          std::to_string(trial_.n) + " x " + std::to_string(trial_.k));
      }
    }
    return times;
  }

 private:
  [[nodiscard]] double time(Linear& layer) {
    double best = kNever;
    Nanoseconds spent{0};
    const bool cold = trial_.evict.count() > 0;
    for (int run = 0; run < (cold ? kColdRuns : kMostRuns) && (cold || spent < kEnough); ++run) {
      if (cold) evictor_.evict();
      const TimePoint begin = clock_.now();
      layer.run(x_.data(), y_.data());
      const Nanoseconds taken = clock_.now() - begin;
      spent += taken;
      best = std::min(best, static_cast<double>(taken.count()));
    }
    return best;
  }

  const LinearTrial& trial_;
  Clock& clock_;
  Evictor evictor_;
  FloatBuffer x_;
  FloatBuffer y_;
};

using Times = std::vector<std::vector<double>>;  ///< [backend][number of rows]

/// The backend that loses least over all numbers of rows, or none.
std::size_t best_alone(const Times& times) {
  std::size_t best = times.size();
  double least = kNever;
  for (std::size_t backend = 0; backend < times.size(); ++backend) {
    double loss = 0.0;
    for (std::size_t i = 0; i < times[backend].size(); ++i) {
      double fastest = kNever;
      for (const auto& other : times) fastest = std::min(fastest, other[i]);
      loss += times[backend][i] / std::max(1.0, fastest);
    }
    if (loss < least) {
      least = loss;
      best = backend;
    }
  }
  return best;
}

/// The one that gains most beside the first, where that is worth a copy.
std::size_t best_second(const Times& times, std::size_t first) {
  std::size_t best = first;
  double most = kWorthAForm;
  for (std::size_t backend = 0; backend < times.size(); ++backend) {
    for (std::size_t i = 0; i < times[backend].size(); ++i) {
      const double gain = times[first][i] / std::max(1.0, times[backend][i]);
      if (backend != first && gain > most) {
        most = gain;
        best = backend;
      }
    }
  }
  return best;
}

}  // namespace

const RowsChoice& LinearChoice::of(std::size_t count) const noexcept {
  const auto found = std::find_if(
      rows.begin(), rows.end(), [count](const RowsChoice& choice) { return choice.rows == count; });
  CHECK(found != rows.end(), "a number of rows that was not asked for");
  return *found;
}

bool linear_answer_holds(const LinearTrial& trial,
                         std::size_t rows,
                         std::span<const float> x,
                         std::span<const float> y) noexcept {
  const auto n = static_cast<std::size_t>(trial.n);
  const auto k = static_cast<std::size_t>(trial.k);
  const bool all = rows * n <= kAllPlaces && rows * n * k <= (std::size_t{1} << 20U);
  const std::size_t places = all ? rows * n : kSampledPlaces;
  ValueStream stream(trial.seed + rows);
  for (std::size_t i = 0; i < places; ++i) {
    std::size_t place = i;
    if (!all) {
      const std::size_t corners[] = {0, n - 1, (rows - 1) * n, rows * n - 1};
      place = i < 4 ? corners[i] : stream.next() % (rows * n);
    }
    const float* values = x.data() + place / n * k;
    const float* weights = trial.weights.data() + place % n * k;
    double sum = 0.0;
    double magnitude = 0.0;
    for (std::size_t j = 0; j < k; ++j) {
      const double product = static_cast<double>(values[j]) * static_cast<double>(weights[j]);
      sum += product;
      magnitude += std::abs(product);
    }
    const double bound = static_cast<double>(k + 1) * 0x1p-24 * magnitude;
    if (!(std::abs(static_cast<double>(y[place]) - sum) <= bound)) return false;
  }
  return true;
}

LinearChoice choose_linear(const LinearBackends& backends, const LinearTrial& trial, Clock& clock) {
  CHECK(!trial.row_counts.empty(), "a layer has rows");
  LinearChoice choice;
  Trials trials(trial, clock);
  Times times;
  for (const auto& backend : backends) times.push_back(trials.measure(*backend, choice.refused));
  const std::size_t first = best_alone(times);
  if (first == times.size()) {
    throw ResourceError("no library here multiplies " + std::to_string(trial.n) + " x " +
                            std::to_string(trial.k) + " weights right in fp32" +
                            (choice.refused.empty() ? "" : ": " + choice.refused.front()),
                        "apt-get install libopenblas0-pthread, and see the report's warnings");
  }
  const std::size_t second = best_second(times, first);
  for (std::size_t i = 0; i < trial.row_counts.size(); ++i) {
    const bool other = times[second][i] < times[first][i];
    choice.rows.push_back(
        {trial.row_counts[i], other ? second : first, times[other ? second : first][i]});
  }
  return choice;
}

LinearForms::LinearForms(const LinearBackends& backends,
                         const LinearChoice& choice,
                         int n,
                         int k,
                         std::span<const float> weights)
    : choice_(choice.rows) {
  for (const RowsChoice& rows : choice_) {
    const bool there = std::any_of(forms_.begin(), forms_.end(), [&](const Form& form) {
      return form.backend == rows.backend;
    });
    if (there) continue;
    forms_.push_back(
        {rows.backend, make_base(*backends[rows.backend], n, k, weights, choice_.back().rows)});
  }
}

std::unique_ptr<Linear> LinearForms::make(std::size_t rows) const {
  for (const RowsChoice& choice : choice_) {
    if (choice.rows != rows) continue;
    for (const Form& form : forms_) {
      if (form.backend != choice.backend || form.layer == nullptr) continue;
      if (std::unique_ptr<Linear> layer = form.layer->for_rows(static_cast<int>(rows)))
        return layer;
    }
  }
  // A choice that was made on another matrix: any form that takes these rows serves.
  for (const Form& form : forms_) {
    if (form.layer == nullptr) continue;
    if (std::unique_ptr<Linear> layer = form.layer->for_rows(static_cast<int>(rows))) return layer;
  }
  throw ResourceError("no library here multiplies " + std::to_string(rows) +
                      " rows with this layer's weights");
}

}  // namespace perfbench
