#include "kernels/gemm/openblas/verify_gemm.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "harness/core/units/check.hpp"
#include "kernels/gemm/matrix/matrix.hpp"

namespace perfbench {
namespace {

struct Shape {
  int m, n, k;
};

// Below, at and above the register tiles (4, 8, 16, 24, 48) and past one block of the packed
// panels.
constexpr std::array<Shape, 12> kShapes = {{{1, 1, 1},
                                            {1, 7, 3},
                                            {5, 1, 2},
                                            {3, 5, 7},
                                            {4, 4, 4},
                                            {16, 16, 16},
                                            {17, 33, 65},
                                            {31, 1, 19},
                                            {1, 63, 40},
                                            {47, 49, 50},
                                            {65, 96, 131},
                                            {129, 67, 255}}};

struct Scaling {
  double alpha, beta;
};
constexpr std::array<Scaling, 3> kScalings = {{{1.0, 0.0}, {-2.0, 3.0}, {0.5, 1.0}}};

/// Rows that lie in memory beside each matrix and belong to nobody.
constexpr int kPadding = 3;
constexpr double kUntouched = -12345.0;

/// Arithmetic that is far more exact than Real's.
template <class Real>
using Wider = std::conditional_t<std::is_same_v<Real, float>, double, long double>;

std::size_t index(int row, int column, int leading) {
  return static_cast<std::size_t>(column) * static_cast<std::size_t>(leading) +
         static_cast<std::size_t>(row);
}

std::size_t area(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

template <class Real>
std::string call_text(const GemmCall& call) {
  const std::string name = std::is_same_v<Real, float> ? "sgemm " : "dgemm ";
  return name + std::to_string(call.m) + "x" + std::to_string(call.n) + "x" +
         std::to_string(call.k) + (call.transpose_a ? " T" : " N") + (call.transpose_b ? "T" : "N");
}

Verification failed(std::string detail) { return Verification{false, std::move(detail)}; }

/// op(A) op(B) of small whole numbers (even ones in A, so that alpha = 0.5 stays exact), and the
/// operands.
template <class Real>
struct SmallProduct {
  explicit SmallProduct(const GemmCall& gemm_call)
      : call(gemm_call),
        a(area(call.lda, call.transpose_a ? call.m : call.k)),
        b(area(call.ldb, call.transpose_b ? call.k : call.n)),
        product(area(call.m, call.n), 0.0) {
    fill_integers(std::span<Real>(a), 11, -4, 4);
    fill_integers(std::span<Real>(b), 12, -4, 4);
    for (Real& value : a) value *= Real{2};
    for (int j = 0; j < call.n; ++j) {
      for (int i = 0; i < call.m; ++i) product[index(i, j, call.m)] = element(i, j);
    }
  }
  [[nodiscard]] double element(int i, int j) const {
    double sum = 0.0;
    for (int p = 0; p < call.k; ++p) {
      sum +=
          static_cast<double>(a[call.transpose_a ? index(p, i, call.lda) : index(i, p, call.lda)]) *
          static_cast<double>(b[call.transpose_b ? index(j, p, call.ldb) : index(p, j, call.ldb)]);
    }
    return sum;
  }
  GemmCall call;
  std::vector<Real> a;
  std::vector<Real> b;
  std::vector<double> product;  ///< m x n, column-major.
};

/// One call; the place of the first wrong element, or "".
template <class Real>
std::string check_scaling(const GemmFunction<Real>& gemm,
                          const SmallProduct<Real>& small,
                          const Scaling& scaling) {
  const GemmCall& call = small.call;
  std::vector<Real> c(area(call.ldc, call.n), static_cast<Real>(kUntouched));
  ValueStream stream(13);
  for (int j = 0; j < call.n; ++j) {
    for (int i = 0; i < call.m; ++i) {
      c[index(i, j, call.ldc)] = scaling.beta == 0.0 ? std::numeric_limits<Real>::quiet_NaN()
                                                     : static_cast<Real>(stream.integer(-9, 9));
    }
  }
  const std::vector<Real> before = c;
  gemm(call,
       static_cast<Real>(scaling.alpha),
       small.a.data(),
       small.b.data(),
       static_cast<Real>(scaling.beta),
       c.data());
  for (int j = 0; j < call.n; ++j) {
    for (int i = 0; i < call.ldc; ++i) {
      const std::size_t at = index(i, j, call.ldc);
      double expected = static_cast<double>(before[at]);
      if (i < call.m) {
        const double kept = scaling.beta == 0.0 ? 0.0 : scaling.beta * expected;
        expected = scaling.alpha * small.product[index(i, j, call.m)] + kept;
      }
      // NaN differs from everything, so a NaN that was left standing is found too.
      if (!(static_cast<double>(c[at]) == expected)) {
        return call_text<Real>(call) + ": element (" + std::to_string(i) + ", " +
               std::to_string(j) + ") is " + std::to_string(c[at]) + ", not " +
               std::to_string(expected);
      }
    }
  }
  return {};
}

/// Unsigned, so that sums may wrap: equality modulo 2^64 is what is compared.
using Residues = std::vector<std::uint64_t>;

template <class Real>
std::uint64_t residue(Real whole_number) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(whole_number));
}

/// y = M x, M column-major of `rows` rows, holding whole numbers.
template <class Real>
Residues multiply(std::span<const Real> matrix, std::size_t rows, const Residues& x) {
  Residues y(rows, 0);
  for (std::size_t j = 0; j < x.size(); ++j) {
    for (std::size_t i = 0; i < rows; ++i) y[i] += residue(matrix[j * rows + i]) * x[j];
  }
  return y;
}

/// y = M^T x, M column-major with as many rows as x is long.
template <class Real>
Residues multiply_transposed(std::span<const Real> matrix, std::size_t columns, const Residues& x) {
  Residues y(columns, 0);
  for (std::size_t j = 0; j < columns; ++j) {
    for (std::size_t i = 0; i < x.size(); ++i) y[j] += residue(matrix[j * x.size() + i]) * x[i];
  }
  return y;
}

/// Largest |b| for which k products of it by at most 1 stay exact whole numbers; with more than the
/// 24 bits of fp32 for fp64, so that the narrower arithmetic shows.
template <class Real>
std::int64_t largest_exact(int k) {
  constexpr std::int64_t kSpan = std::int64_t{1} << std::numeric_limits<Real>::digits;
  constexpr std::int64_t kMost = std::is_same_v<Real, float> ? 8191 : (std::int64_t{1} << 30) - 1;
  return std::min<std::int64_t>(kMost, kSpan / k);
}

template <class Real>
void check_buffers(const GemmProblem<Real>& problem) {
  const GemmCall& call = problem.call;
  CHECK(call.m > 0 && call.n > 0 && call.k > 0 && !call.transpose_b &&
            call.lda == (call.transpose_a ? call.k : call.m) && call.ldb == call.k &&
            call.ldc == call.m,
        "the call must be a tight one");
  CHECK(problem.a.size() == area(call.m, call.k) && problem.b.size() == area(call.k, call.n) &&
            problem.c.size() == area(call.m, call.n),
        "the buffers must hold just the matrices");
}

}  // namespace

GemmCall tight_gemm_call(bool transpose_a, int m, int n, int k) noexcept {
  return GemmCall{transpose_a, false, m, n, k, transpose_a ? k : m, k, m};
}

template <class Real>
Verification verify_gemm_shapes(const GemmFunction<Real>& gemm) {
  int calls = 0;
  for (const Shape& shape : kShapes) {
    for (int transposition = 0; transposition < 4; ++transposition) {
      GemmCall call{
          (transposition & 1) != 0, (transposition & 2) != 0, shape.m, shape.n, shape.k, 0, 0, 0};
      call.lda = (call.transpose_a ? shape.k : shape.m) + kPadding;
      call.ldb = (call.transpose_b ? shape.n : shape.k) + kPadding;
      call.ldc = shape.m + kPadding;
      const SmallProduct<Real> small(call);
      for (const Scaling& scaling : kScalings) {
        std::string wrong = check_scaling<Real>(gemm, small, scaling);
        if (!wrong.empty()) return failed(std::move(wrong));
        ++calls;
      }
    }
  }
  return Verification{true, std::to_string(calls) + " small calls on whole numbers are exact"};
}

template <class Real>
Verification verify_gemm_product(const GemmFunction<Real>& gemm,
                                 const GemmProblem<Real>& problem,
                                 std::uint64_t seed) {
  check_buffers(problem);
  const GemmCall& call = problem.call;
  const std::int64_t largest = largest_exact<Real>(call.k);
  fill_integers(problem.a, seed, -1, 1);
  fill_integers(problem.b, seed + 1, -largest, largest);
  for (Real& value : problem.c) value = std::numeric_limits<Real>::quiet_NaN();
  gemm(call, Real{1}, problem.a.data(), problem.b.data(), Real{0}, problem.c.data());

  const Real bound = static_cast<Real>(largest) * static_cast<Real>(call.k);
  for (const Real value : problem.c) {
    if (!(std::abs(value) <= bound) || value != std::nearbyint(value)) {
      return failed(call_text<Real>(call) + " on whole numbers gave " + std::to_string(value));
    }
  }
  ValueStream stream(seed + 2);
  constexpr std::int64_t kRange = std::int64_t{1} << 20;
  Residues r(static_cast<std::size_t>(call.n));
  for (std::uint64_t& value : r)
    value = static_cast<std::uint64_t>(stream.integer(-kRange, kRange));
  const auto m = static_cast<std::size_t>(call.m);
  const auto k = static_cast<std::size_t>(call.k);
  const Residues got = multiply<Real>(problem.c, m, r);
  const Residues inner = multiply<Real>(problem.b, k, r);
  const Residues expected = call.transpose_a ? multiply_transposed<Real>(problem.a, m, inner)
                                             : multiply<Real>(problem.a, m, inner);
  for (std::size_t i = 0; i < m; ++i) {
    if (got[i] != expected[i]) {
      return failed(call_text<Real>(call) + ": row " + std::to_string(i) +
                    " of the product is wrong");
    }
  }
  return Verification{
      true, "the product of " + call_text<Real>(call) + " is exact on whole numbers (Freivalds)"};
}

template <class Real>
Verification verify_gemm_entries(const GemmProblem<Real>& problem, std::uint64_t seed) {
  check_buffers(problem);
  const GemmCall& call = problem.call;
  constexpr int kProbes = 64;
  constexpr Wider<Real> kRoundoff = std::numeric_limits<Real>::epsilon() / 2;
  const Wider<Real> ku = static_cast<Wider<Real>>(call.k) * kRoundoff;
  const Wider<Real> gamma = ku / (1 - ku);
  ValueStream stream(seed);
  Wider<Real> worst = 0;
  for (int probe = 0; probe < kProbes + 4; ++probe) {
    const bool corner = probe < 4;
    const int i =
        corner ? (probe % 2) * (call.m - 1) : static_cast<int>(stream.integer(0, call.m - 1));
    const int j =
        corner ? (probe / 2) * (call.n - 1) : static_cast<int>(stream.integer(0, call.n - 1));
    Wider<Real> sum = 0;
    Wider<Real> magnitude = 0;
    for (int p = 0; p < call.k; ++p) {
      const std::size_t at_a = call.transpose_a ? index(p, i, call.lda) : index(i, p, call.lda);
      const Wider<Real> product = static_cast<Wider<Real>>(problem.a[at_a]) *
                                  static_cast<Wider<Real>>(problem.b[index(p, j, call.ldb)]);
      sum += product;
      magnitude += std::abs(product);
    }
    const Wider<Real> error =
        std::abs(static_cast<Wider<Real>>(problem.c[index(i, j, call.ldc)]) - sum);
    const Wider<Real> allowed = gamma * magnitude;
    if (!(error <= allowed)) {
      return failed("element (" + std::to_string(i) + ", " + std::to_string(j) +
                    ") differs from the wider reference by " + std::to_string(error) +
                    ", the bound is " + std::to_string(allowed));
    }
    if (allowed > 0) worst = std::max(worst, error / allowed);
  }
  return Verification{true,
                      std::to_string(kProbes + 4) +
                          " elements agree with wider arithmetic, the worst at " +
                          std::to_string(worst) + " of the error bound"};
}

template Verification verify_gemm_shapes(const GemmFunction<float>&);
template Verification verify_gemm_shapes(const GemmFunction<double>&);
template Verification verify_gemm_product(const GemmFunction<float>&,
                                          const GemmProblem<float>&,
                                          std::uint64_t);
template Verification verify_gemm_product(const GemmFunction<double>&,
                                          const GemmProblem<double>&,
                                          std::uint64_t);
template Verification verify_gemm_entries(const GemmProblem<float>&, std::uint64_t);
template Verification verify_gemm_entries(const GemmProblem<double>&, std::uint64_t);

}  // namespace perfbench
