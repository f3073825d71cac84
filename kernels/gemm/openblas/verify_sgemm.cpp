#include "kernels/gemm/openblas/verify_sgemm.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string>
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
  float alpha, beta;
};
constexpr std::array<Scaling, 3> kScalings = {{{1.0F, 0.0F}, {-2.0F, 3.0F}, {0.5F, 1.0F}}};

/// Rows that lie in memory beside each matrix and belong to nobody.
constexpr int kPadding = 3;
constexpr float kUntouched = -12345.0F;

std::size_t index(int row, int column, int leading) {
  return static_cast<std::size_t>(column) * static_cast<std::size_t>(leading) +
         static_cast<std::size_t>(row);
}

std::size_t area(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

std::string shape_text(const GemmCall& call) {
  return std::to_string(call.m) + "x" + std::to_string(call.n) + "x" + std::to_string(call.k) +
         (call.transpose_a ? " T" : " N") + (call.transpose_b ? "T" : "N");
}

/// One call on small whole numbers (even, so that alpha = 0.5 stays exact); the place of the first
/// wrong element, or "".
std::string check_shape(const SgemmFunction& sgemm, const GemmCall& call, const Scaling& scaling) {
  std::vector<float> a(area(call.lda, call.transpose_a ? call.m : call.k));
  std::vector<float> b(area(call.ldb, call.transpose_b ? call.k : call.n));
  std::vector<float> c(area(call.ldc, call.n), kUntouched);
  fill_integers(a, 11, -4, 4);
  fill_integers(b, 12, -4, 4);
  for (float& value : a) value *= 2.0F;
  ValueStream stream(13);
  for (int j = 0; j < call.n; ++j) {
    for (int i = 0; i < call.m; ++i) {
      c[index(i, j, call.ldc)] = scaling.beta == 0.0F ? std::numeric_limits<float>::quiet_NaN()
                                                      : static_cast<float>(stream.integer(-9, 9));
    }
  }
  const std::vector<float> before = c;
  sgemm(call, scaling.alpha, a.data(), b.data(), scaling.beta, c.data());
  for (int j = 0; j < call.n; ++j) {
    for (int i = 0; i < call.ldc; ++i) {
      const std::size_t at = index(i, j, call.ldc);
      double expected = static_cast<double>(before[at]);
      if (i < call.m) {
        double sum = 0.0;
        for (int p = 0; p < call.k; ++p) {
          sum += static_cast<double>(
                     a[call.transpose_a ? index(p, i, call.lda) : index(i, p, call.lda)]) *
                 static_cast<double>(
                     b[call.transpose_b ? index(j, p, call.ldb) : index(p, j, call.ldb)]);
        }
        expected = static_cast<double>(scaling.alpha) * sum;
        if (scaling.beta != 0.0F)
          expected += static_cast<double>(scaling.beta) * static_cast<double>(before[at]);
      }
      // NaN differs from everything, so a NaN that was left standing is found too.
      if (!(static_cast<double>(c[at]) == expected)) {
        return "sgemm " + shape_text(call) + ": element (" + std::to_string(i) + ", " +
               std::to_string(j) + ") is " + std::to_string(c[at]) + ", not " +
               std::to_string(expected);
      }
    }
  }
  return {};
}

Verification failed(std::string detail) { return Verification{false, std::move(detail)}; }

/// y = M x in 64-bit integers, M column-major n x n holding whole numbers.
std::vector<std::int64_t> multiply(std::span<const float> matrix,
                                   const std::vector<std::int64_t>& x) {
  const std::size_t n = x.size();
  std::vector<std::int64_t> y(n, 0);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) y[i] += static_cast<std::int64_t>(matrix[j * n + i]) * x[j];
  }
  return y;
}

/// Largest |b| for which k products of it by at most 1 stay exact whole numbers of fp32.
std::int64_t largest_exact(int k) {
  return std::min<std::int64_t>(8191, (std::int64_t{1} << 24) / k);
}

}  // namespace

Verification verify_sgemm_shapes(const SgemmFunction& sgemm) {
  int calls = 0;
  for (const Shape& shape : kShapes) {
    for (const Scaling& scaling : kScalings) {
      for (int transposition = 0; transposition < 4; ++transposition) {
        GemmCall call{
            (transposition & 1) != 0, (transposition & 2) != 0, shape.m, shape.n, shape.k, 0, 0, 0};
        call.lda = (call.transpose_a ? shape.k : shape.m) + kPadding;
        call.ldb = (call.transpose_b ? shape.n : shape.k) + kPadding;
        call.ldc = shape.m + kPadding;
        std::string wrong = check_shape(sgemm, call, scaling);
        if (!wrong.empty()) return failed(std::move(wrong));
        ++calls;
      }
    }
  }
  return Verification{true, std::to_string(calls) + " small calls on whole numbers are exact"};
}

Verification verify_sgemm_product(const SgemmFunction& sgemm,
                                  const SquareProblem& problem,
                                  std::uint64_t seed) {
  const int n = problem.n;
  CHECK(n > 0 && problem.a.size() == area(n, n) && problem.b.size() == area(n, n) &&
            problem.c.size() == area(n, n),
        "the buffers must be n x n");
  const std::int64_t largest = largest_exact(n);
  fill_integers(problem.a, seed, -1, 1);
  fill_integers(problem.b, seed + 1, -largest, largest);
  for (float& value : problem.c) value = std::numeric_limits<float>::quiet_NaN();
  const GemmCall call{false, false, n, n, n, n, n, n};
  sgemm(call, 1.0F, problem.a.data(), problem.b.data(), 0.0F, problem.c.data());

  const float bound = static_cast<float>(largest) * static_cast<float>(n);
  for (const float value : problem.c) {
    if (!(std::abs(value) <= bound) || value != std::nearbyint(value)) {
      return failed("sgemm " + shape_text(call) + " on whole numbers gave " +
                    std::to_string(value));
    }
  }
  ValueStream stream(seed + 2);
  std::vector<std::int64_t> r(static_cast<std::size_t>(n));
  constexpr std::int64_t kRange = std::int64_t{1} << 20;
  for (std::int64_t& value : r) value = stream.integer(-kRange, kRange);
  const std::vector<std::int64_t> got = multiply(problem.c, r);
  const std::vector<std::int64_t> expected = multiply(problem.a, multiply(problem.b, r));
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i] != expected[i]) {
      return failed("sgemm " + shape_text(call) + ": row " + std::to_string(i) +
                    " of the product is wrong");
    }
  }
  return Verification{
      true, "the product of " + shape_text(call) + " is exact on whole numbers (Freivalds)"};
}

Verification verify_sgemm_entries(const SquareProblem& problem, std::uint64_t seed) {
  const int n = problem.n;
  constexpr int kProbes = 64;
  const double ku = static_cast<double>(n) * 0x1p-24;
  const double gamma = ku / (1.0 - ku);
  ValueStream stream(seed);
  double worst = 0.0;
  for (int probe = 0; probe < kProbes + 4; ++probe) {
    const bool corner = probe < 4;
    const int i = corner ? (probe % 2) * (n - 1) : static_cast<int>(stream.integer(0, n - 1));
    const int j = corner ? (probe / 2) * (n - 1) : static_cast<int>(stream.integer(0, n - 1));
    double sum = 0.0;
    double magnitude = 0.0;
    for (int p = 0; p < n; ++p) {
      const double product = static_cast<double>(problem.a[index(i, p, n)]) *
                             static_cast<double>(problem.b[index(p, j, n)]);
      sum += product;
      magnitude += std::abs(product);
    }
    const double error = std::abs(static_cast<double>(problem.c[index(i, j, n)]) - sum);
    const double allowed = gamma * magnitude;
    if (!(error <= allowed)) {
      return failed("element (" + std::to_string(i) + ", " + std::to_string(j) +
                    ") differs from the fp64 reference by " + std::to_string(error) +
                    ", the bound is " + std::to_string(allowed));
    }
    if (allowed > 0.0) worst = std::max(worst, error / allowed);
  }
  return Verification{true,
                      std::to_string(kProbes + 4) + " elements agree with fp64, the worst at " +
                          std::to_string(worst) + " of the error bound"};
}

}  // namespace perfbench
