#include "kernels/gemm/openblas/verify_sgemm.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/gemm/matrix/matrix.hpp"

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
  [[nodiscard]] SquareProblem view() { return SquareProblem{n, a.span(), b.span(), c.span()}; }
  int n;
  FloatBuffer a, b, c;
};

TEST(VerifySgemmShapes, AcceptsTheTextbook) {
  const Verification verification = verify_sgemm_shapes(honest);
  EXPECT_TRUE(verification.passed) << verification.detail;
}

TEST(VerifySgemmShapes, RejectsEachKindOfMistake) {
  const std::vector<std::pair<const char*, SgemmFunction>> mistakes = {
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
    const Verification verification = verify_sgemm_shapes(sgemm);
    EXPECT_FALSE(verification.passed) << name;
    EXPECT_NE(verification.detail.find("element"), std::string::npos) << verification.detail;
  }
}

TEST(VerifySgemmProduct, AcceptsTheTextbookAtOddSizes) {
  for (const int n : {1, 2, 63, 130}) {
    Problem problem(n);
    const Verification verification = verify_sgemm_product(honest, problem.view(), 7);
    EXPECT_TRUE(verification.passed) << n << ": " << verification.detail;
  }
}

TEST(VerifySgemmProduct, FindsOneWrongElementWhereverItIs) {
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
    const Verification verification = verify_sgemm_product(off_by_one, problem.view(), 7);
    EXPECT_FALSE(verification.passed);
    EXPECT_NE(verification.detail.find("row " + std::to_string(place % 100)), std::string::npos)
        << verification.detail;
  }
}

TEST(VerifySgemmProduct, FindsReducedPrecisionAndAnAbsentResult) {
  Problem problem(64);
  EXPECT_FALSE(verify_sgemm_product(in_bf16, problem.view(), 7).passed);
  const auto nothing = [](const GemmCall&, float, const float*, const float*, float, float*) {};
  EXPECT_FALSE(verify_sgemm_product(nothing, problem.view(), 7).passed);
}

TEST(VerifySgemmEntries, HoldsTheBoundOfAnySummationOrder) {
  Problem problem(96);
  fill_unit(problem.a.span(), 1);
  fill_unit(problem.b.span(), 2);
  const GemmCall call{false, false, 96, 96, 96, 96, 96, 96};
  honest(call, 1.0F, problem.a.data(), problem.b.data(), 0.0F, problem.c.data());
  const Verification right = verify_sgemm_entries(problem.view(), 3);
  EXPECT_TRUE(right.passed) << right.detail;
  in_bf16(call, 1.0F, problem.a.data(), problem.b.data(), 0.0F, problem.c.data());
  EXPECT_FALSE(verify_sgemm_entries(problem.view(), 3).passed);
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
