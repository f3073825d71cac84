#include "kernels/gemm/openblas/verify_gemm.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/openblas/verify_gemv.hpp"

namespace perfbench {
namespace {

std::size_t at(int row, int column, int leading) {
  return static_cast<std::size_t>(column) * static_cast<std::size_t>(leading) +
         static_cast<std::size_t>(row);
}

/// Textbook GEMM with a rounding of its inputs: `rounded` is the identity for an honest one.
template <class Rounded>
void textbook(const GemmCall& call,
              float alpha,
              const float* a,
              const float* b,
              float beta,
              float* c,
              Rounded rounded) {
  for (int j = 0; j < call.n; ++j) {
    for (int i = 0; i < call.m; ++i) {
      float sum = 0.0F;
      for (int p = 0; p < call.k; ++p) {
        sum += rounded(a[call.transpose_a ? at(p, i, call.lda) : at(i, p, call.lda)]) *
               rounded(b[call.transpose_b ? at(j, p, call.ldb) : at(p, j, call.ldb)]);
      }
      float& element = c[at(i, j, call.ldc)];
      element = alpha * sum + (beta == 0.0F ? 0.0F : beta * element);
    }
  }
}

void honest(
    const GemmCall& call, float alpha, const float* a, const float* b, float beta, float* c) {
  textbook(call, alpha, a, b, beta, c, [](float value) { return value; });
}

/// As a matrix unit that works in bf16 does: the upper 16 bits of each input.
void in_bf16(
    const GemmCall& call, float alpha, const float* a, const float* b, float beta, float* c) {
  textbook(call, alpha, a, b, beta, c, [](float value) {
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xFFFF0000U);
  });
}

struct Problem {
  explicit Problem(int size) : n(size), a(elements()), b(elements()), c(elements()) {}
  [[nodiscard]] std::size_t elements() const {
    return static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
  }
  [[nodiscard]] GemmProblem<float> view() {
    return square_problem<float>(n, a.span(), b.span(), c.span());
  }
  int n;
  FloatBuffer a, b, c;
};

TEST(VerifyGemmShapes, AcceptsTheTextbook) {
  const Verification verification = verify_gemm_shapes<float>(honest);
  EXPECT_TRUE(verification.passed) << verification.detail;
}

TEST(VerifyGemmShapes, RejectsEachKindOfMistake) {
  const std::vector<std::pair<const char*, GemmFunction<float>>> mistakes = {
      {"forgets transpose",
       [](const GemmCall& call, float alpha, const float* a, const float* b, float beta, float* c) {
         GemmCall other = call;
         other.transpose_b = false;
         if (call.transpose_b) other.ldb = std::max(call.ldb, call.k);
         if (call.n == call.k || !call.transpose_b) honest(other, alpha, a, b, beta, c);
       }},
      {"keeps NaN under beta 0",
       [](const GemmCall& call, float alpha, const float* a, const float* b, float beta, float* c) {
         std::vector<float> before(c, c + at(0, call.n, call.ldc));
         honest(call, alpha, a, b, beta, c);
         for (int j = 0; j < call.n; ++j) {
           for (int i = 0; i < call.m; ++i)
             c[at(i, j, call.ldc)] += 0.0F * before[at(i, j, call.ldc)];
         }
       }},
      {"ignores alpha",
       [](const GemmCall& call, float, const float* a, const float* b, float beta, float* c) {
         honest(call, 1.0F, a, b, beta, c);
       }},
      {"ignores beta",
       [](const GemmCall& call, float alpha, const float* a, const float* b, float beta, float* c) {
         honest(call, alpha, a, b, beta == 0.0F ? 0.0F : 1.0F, c);
       }},
      {"writes beside C",
       [](const GemmCall& call, float alpha, const float* a, const float* b, float beta, float* c) {
         honest(call, alpha, a, b, beta, c);
         c[call.m] = 0.0F;
       }},
      {"drops the last of a long k",
       [](const GemmCall& call, float alpha, const float* a, const float* b, float beta, float* c) {
         GemmCall other = call;
         if (other.k > 200) --other.k;
         honest(other, alpha, a, b, beta, c);
       }},
  };
  for (const auto& [name, sgemm] : mistakes) {
    const Verification verification = verify_gemm_shapes<float>(sgemm);
    EXPECT_FALSE(verification.passed) << name;
    EXPECT_NE(verification.detail.find("element"), std::string::npos) << verification.detail;
  }
}

TEST(VerifyGemmProduct, AcceptsTheTextbookAtOddSizes) {
  for (const int n : {1, 2, 63, 130}) {
    Problem problem(n);
    const Verification verification = verify_gemm_product<float>(honest, problem.view(), 7);
    EXPECT_TRUE(verification.passed) << n << ": " << verification.detail;
  }
}

TEST(VerifyGemmProduct, FindsOneWrongElementWhereverItIs) {
  for (const std::size_t place : {std::size_t{0}, std::size_t{64}, std::size_t{100 * 100 - 1}}) {
    Problem problem(100);
    const auto off_by_one = [place](const GemmCall& call,
                                    float alpha,
                                    const float* a,
                                    const float* b,
                                    float beta,
                                    float* c) {
      honest(call, alpha, a, b, beta, c);
      c[place] += 1.0F;
    };
    const Verification verification = verify_gemm_product<float>(off_by_one, problem.view(), 7);
    EXPECT_FALSE(verification.passed);
    EXPECT_NE(verification.detail.find("row " + std::to_string(place % 100)), std::string::npos)
        << verification.detail;
  }
}

TEST(VerifyGemmProduct, FindsReducedPrecisionAndAnAbsentResult) {
  Problem problem(64);
  EXPECT_FALSE(verify_gemm_product<float>(in_bf16, problem.view(), 7).passed);
  const auto nothing = [](const GemmCall&, float, const float*, const float*, float, float*) {};
  EXPECT_FALSE(verify_gemm_product<float>(nothing, problem.view(), 7).passed);
}

TEST(VerifyGemmEntries, HoldsTheBoundOfAnySummationOrder) {
  Problem problem(96);
  fill_unit(problem.a.span(), 1);
  fill_unit(problem.b.span(), 2);
  const GemmCall call{false, false, 96, 96, 96, 96, 96, 96};
  honest(call, 1.0F, problem.a.data(), problem.b.data(), 0.0F, problem.c.data());
  const Verification right = verify_gemm_entries(problem.view(), 3);
  EXPECT_TRUE(right.passed) << right.detail;
  in_bf16(call, 1.0F, problem.a.data(), problem.b.data(), 0.0F, problem.c.data());
  EXPECT_FALSE(verify_gemm_entries(problem.view(), 3).passed);
}

/// op(A) B of any precision, sums kept in `Sum`.
template <class Real, class Sum>
void textbook_product(
    const GemmCall& call, Real alpha, const Real* a, const Real* b, Real beta, Real* c) {
  for (int j = 0; j < call.n; ++j) {
    for (int i = 0; i < call.m; ++i) {
      Sum sum = 0;
      for (int p = 0; p < call.k; ++p) {
        const std::size_t at_a = call.transpose_a ? at(p, i, call.lda) : at(i, p, call.lda);
        const std::size_t at_b = call.transpose_b ? at(j, p, call.ldb) : at(p, j, call.ldb);
        sum += static_cast<Sum>(a[at_a]) * static_cast<Sum>(b[at_b]);
      }
      Real& element = c[at(i, j, call.ldc)];
      element = alpha * static_cast<Real>(sum) + (beta == Real{0} ? Real{0} : beta * element);
    }
  }
}

TEST(VerifyGemmProduct, TakesThinAndTransposedShapesInBothPrecisions) {
  for (const bool transposed : {false, true}) {
    const GemmCall call = tight_gemm_call(transposed, 70, 3, 41);
    std::vector<double> a(70 * 41);
    std::vector<double> b(41 * 3);
    std::vector<double> c(70 * 3);
    const GemmProblem<double> problem{call, a, b, c};
    const Verification right =
        verify_gemm_product<double>(textbook_product<double, double>, problem, 7);
    EXPECT_TRUE(right.passed) << right.detail;
    EXPECT_TRUE(verify_gemm_entries(problem, 3).passed);
    const Verification narrow =
        verify_gemm_product<double>(textbook_product<double, float>, problem, 7);
    EXPECT_FALSE(narrow.passed) << "dgemm in fp32 arithmetic";
  }
}

TEST(VerifyGemmEntries, FindFp32ArithmeticInDgemm) {
  constexpr int kSize = 60;
  std::vector<double> a(kSize * kSize);
  std::vector<double> b(a.size());
  std::vector<double> c(a.size());
  fill_unit(std::span<double>(a), 1);
  fill_unit(std::span<double>(b), 2);
  const auto problem = square_problem<double>(kSize, a, b, c);
  textbook_product<double, double>(problem.call, 1.0, a.data(), b.data(), 0.0, c.data());
  EXPECT_TRUE(verify_gemm_entries(problem, 3).passed);
  textbook_product<double, float>(problem.call, 1.0, a.data(), b.data(), 0.0, c.data());
  EXPECT_FALSE(verify_gemm_entries(problem, 3).passed);
}

template <class Real>
void textbook_gemv(
    const GemvCall& call, Real alpha, const Real* a, const Real* x, Real beta, Real* y) {
  for (int i = 0; i < (call.transpose_a ? call.n : call.m); ++i) {
    Real sum = 0;
    for (int p = 0; p < (call.transpose_a ? call.m : call.n); ++p)
      sum += a[call.transpose_a ? at(p, i, call.lda) : at(i, p, call.lda)] * x[p];
    y[i] = alpha * sum + (beta == Real{0} ? Real{0} : beta * y[i]);
  }
}

TEST(VerifyGemv, AcceptsTheTextbookAndRejectsEachKindOfMistake) {
  EXPECT_TRUE(verify_gemv_shapes<float>(textbook_gemv<float>).passed);
  EXPECT_TRUE(verify_gemv_shapes<double>(textbook_gemv<double>).passed);
  using Gemv = GemvFunction<float>;
  const std::vector<std::pair<const char*, Gemv>> mistakes = {
      {"forgets transpose",
       [](const GemvCall& call, float alpha, const float* a, const float* x, float beta, float* y) {
         GemvCall other = call;
         other.transpose_a = call.transpose_a && call.m != call.n;
         textbook_gemv<float>(other, alpha, a, x, beta, y);
       }},
      {"takes m for lda",
       [](const GemvCall& call, float alpha, const float* a, const float* x, float beta, float* y) {
         textbook_gemv<float>({call.transpose_a, call.m, call.n, call.m}, alpha, a, x, beta, y);
       }},
      {"ignores beta",
       [](const GemvCall& call, float alpha, const float* a, const float* x, float, float* y) {
         textbook_gemv<float>(call, alpha, a, x, 0.0F, y);
       }},
      {"writes after y",
       [](const GemvCall& call, float alpha, const float* a, const float* x, float beta, float* y) {
         textbook_gemv<float>(call, alpha, a, x, beta, y);
         y[call.transpose_a ? call.n : call.m] = 0.0F;
       }}};
  for (const auto& [name, gemv] : mistakes)
    EXPECT_FALSE(verify_gemv_shapes<float>(gemv).passed) << name;
}

TEST(VerifyGemv, FindsOneWrongElementAtFullSize) {
  std::vector<float> a(50 * 70);
  std::vector<float> x(50);
  std::vector<float> y(70);
  const GemvProblem<float> problem{{true, 50, 70, 50}, a, x, y};
  EXPECT_TRUE(verify_gemv_product<float>(textbook_gemv<float>, problem, 1).passed);
  const GemvFunction<float> off_by_one =
      [](const GemvCall& call, float alpha, const float* m, const float* v, float beta, float* r) {
        textbook_gemv<float>(call, alpha, m, v, beta, r);
        r[69] += 1.0F;
      };
  const Verification wrong = verify_gemv_product<float>(off_by_one, problem, 1);
  EXPECT_FALSE(wrong.passed);
  EXPECT_NE(wrong.detail.find("element 69"), std::string::npos) << wrong.detail;
}

TEST(ValueStream, IsTheSameEverywhereAndInRange) {
  ValueStream stream(0);
  EXPECT_EQ(
      stream.next(),
      0xE220A8397B1DCDAFU);  // First output of SplitMix64 for seed 0 (Vigna's reference code).
  bool low = false;
  bool high = false;
  for (int i = 0; i < 10'000; ++i) {
    const float unit = stream.unit();
    EXPECT_TRUE(unit > -1.0F && unit < 1.0F && unit != 0.0F) << unit;
    const std::int64_t integer = stream.integer(-1, 1);
    ASSERT_TRUE(integer >= -1 && integer <= 1);
    low = low || integer == -1;
    high = high || integer == 1;
  }
  EXPECT_TRUE(low && high);
}

}  // namespace
}  // namespace perfbench
