#include "kernels/gemm/openblas/verify_gemv.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "harness/core/units/check.hpp"
#include "kernels/gemm/matrix/matrix.hpp"

namespace perfbench {
namespace {

struct Shape {
  int m, n;
};

// Below, at and above the unrolled rows and columns (4, 8, 16, 32), and past one block of each.
constexpr std::array<Shape, 11> kShapes = {{{1, 1},
                                            {1, 9},
                                            {9, 1},
                                            {3, 5},
                                            {8, 8},
                                            {17, 33},
                                            {64, 31},
                                            {31, 64},
                                            {67, 129},
                                            {513, 7},
                                            {1031, 259}}};

struct Scaling {
  double alpha, beta;
};
constexpr std::array<Scaling, 3> kScalings = {{{1.0, 0.0}, {-2.0, 3.0}, {0.5, 1.0}}};

constexpr int kPadding = 3;
constexpr double kUntouched = -12345.0;

template <class Real>
std::string call_text(const GemvCall& call) {
  return std::string(std::is_same_v<Real, float> ? "sgemv " : "dgemv ") + std::to_string(call.m) +
         "x" + std::to_string(call.n) + (call.transpose_a ? " T" : " N");
}

int result_size(const GemvCall& call) { return call.transpose_a ? call.n : call.m; }
int input_size(const GemvCall& call) { return call.transpose_a ? call.m : call.n; }

/// op(A) x in integers; the sums of all checks stay far below 63 bits.
template <class Real>
std::vector<std::int64_t> product_of(const GemvCall& call,
                                     std::span<const Real> a,
                                     std::span<const Real> x) {
  std::vector<std::int64_t> y(static_cast<std::size_t>(result_size(call)), 0);
  for (int j = 0; j < call.n; ++j) {
    const std::size_t column = static_cast<std::size_t>(j) * static_cast<std::size_t>(call.lda);
    for (int i = 0; i < call.m; ++i) {
      const auto element = static_cast<std::int64_t>(a[column + static_cast<std::size_t>(i)]);
      const auto row = static_cast<std::size_t>(call.transpose_a ? j : i);
      const auto term = static_cast<std::size_t>(call.transpose_a ? i : j);
      y[row] += element * static_cast<std::int64_t>(x[term]);
    }
  }
  return y;
}

template <class Real>
std::string wrong_element(const GemvCall& call, std::size_t at, Real is, double expected) {
  return call_text<Real>(call) + ": element " + std::to_string(at) + " is " + std::to_string(is) +
         ", not " + std::to_string(expected);
}

/// One shape and transposition under every scaling; the first wrong element, or "".
template <class Real>
std::string check_call(const GemvFunction<Real>& gemv, const GemvCall& call) {
  std::vector<Real> a(static_cast<std::size_t>(call.lda) * static_cast<std::size_t>(call.n));
  std::vector<Real> x(static_cast<std::size_t>(input_size(call)));
  fill_integers(std::span<Real>(a), 21, -4, 4);
  fill_integers(std::span<Real>(x), 22, -4, 4);
  for (Real& value : x) value *= Real{2};  // Even, so that alpha = 0.5 stays exact.
  const std::vector<std::int64_t> product = product_of<Real>(call, a, x);
  for (const Scaling& scaling : kScalings) {
    std::vector<Real> y(product.size() + kPadding, static_cast<Real>(kUntouched));
    ValueStream stream(23);
    for (std::size_t i = 0; i < product.size(); ++i) {
      y[i] = scaling.beta == 0.0 ? std::numeric_limits<Real>::quiet_NaN()
                                 : static_cast<Real>(stream.integer(-9, 9));
    }
    const std::vector<Real> before = y;
    gemv(call,
         static_cast<Real>(scaling.alpha),
         a.data(),
         x.data(),
         static_cast<Real>(scaling.beta),
         y.data());
    for (std::size_t i = 0; i < y.size(); ++i) {
      double expected = static_cast<double>(before[i]);
      if (i < product.size()) {
        const double kept = scaling.beta == 0.0 ? 0.0 : scaling.beta * expected;
        expected = scaling.alpha * static_cast<double>(product[i]) + kept;
      }
      if (!(static_cast<double>(y[i]) == expected))
        return wrong_element<Real>(call, i, y[i], expected);
    }
  }
  return {};
}

}  // namespace

template <class Real>
Verification verify_gemv_shapes(const GemvFunction<Real>& gemv) {
  for (const Shape& shape : kShapes) {
    for (const bool transposed : {false, true}) {
      const GemvCall call{transposed, shape.m, shape.n, shape.m + kPadding};
      std::string wrong = check_call<Real>(gemv, call);
      if (!wrong.empty()) return Verification{false, std::move(wrong)};
    }
  }
  return Verification{true,
                      std::to_string(2 * kShapes.size() * kScalings.size()) +
                          " small calls on whole numbers are exact"};
}

template <class Real>
Verification verify_gemv_product(const GemvFunction<Real>& gemv,
                                 const GemvProblem<Real>& problem,
                                 std::uint64_t seed) {
  const GemvCall& call = problem.call;
  const auto inputs = static_cast<std::size_t>(input_size(call));
  const auto results = static_cast<std::size_t>(result_size(call));
  CHECK(call.m > 0 && call.n > 0 && call.lda == call.m && problem.a.size() == inputs * results &&
            problem.x.size() == inputs && problem.y.size() == results,
        "the buffers must hold just the matrix and the vectors");
  constexpr std::int64_t kSpan = std::int64_t{1} << std::numeric_limits<Real>::digits;
  constexpr std::int64_t kMost = std::is_same_v<Real, float> ? 8191 : (std::int64_t{1} << 30) - 1;
  const std::int64_t largest = std::min(kMost, kSpan / static_cast<std::int64_t>(inputs));
  fill_integers(problem.a, seed, -largest, largest);
  fill_integers(problem.x, seed + 1, -1, 1);
  for (Real& value : problem.y) value = std::numeric_limits<Real>::quiet_NaN();
  gemv(call, Real{1}, problem.a.data(), problem.x.data(), Real{0}, problem.y.data());
  const std::vector<std::int64_t> expected = product_of<Real>(call, problem.a, problem.x);
  for (std::size_t i = 0; i < results; ++i) {
    const auto exact = static_cast<double>(expected[i]);
    if (!(static_cast<double>(problem.y[i]) == exact))
      return Verification{false, wrong_element<Real>(call, i, problem.y[i], exact)};
  }
  return Verification{true, call_text<Real>(call) + " is exact on whole numbers"};
}

template Verification verify_gemv_shapes(const GemvFunction<float>&);
template Verification verify_gemv_shapes(const GemvFunction<double>&);
template Verification verify_gemv_product(const GemvFunction<float>&,
                                          const GemvProblem<float>&,
                                          std::uint64_t);
template Verification verify_gemv_product(const GemvFunction<double>&,
                                          const GemvProblem<double>&,
                                          std::uint64_t);

}  // namespace perfbench
