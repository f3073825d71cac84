#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "harness/core/result/names.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/packed/packed_backend.hpp"
#include "kernels/gemm/packed/panel_loops.hpp"
#include "tests/kernels/host_isas.hpp"
#include "tests/support/disassembly.hpp"

namespace perfbench {
namespace {

constexpr float kGuard = -12345.0F;
constexpr std::size_t kGuards = 64;

std::size_t size_of(int a, int b) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b);
}

std::vector<Isa> isas_here() {
  std::vector<Isa> isas;
  for (const PanelLoop& loop : panel_loops()) {
    if (test::host_has(loop.isa)) isas.push_back(loop.isa);
  }
  return isas;
}

/// A layer of whole numbers whose sums are exact in fp32, and its answer by 64-bit integers.
struct Problem {
  explicit Problem(const LinearShape& s)
      : shape(s), weights(size_of(s.n, s.k)), x(size_of(s.m, s.k)) {
    fill_integers(std::span<float>(weights), 1, -9, 9);
    fill_integers(std::span<float>(x), 2, -9, 9);
    for (int row = 0; row < s.m; ++row) {
      for (int output = 0; output < s.n; ++output) {
        std::int64_t sum = 0;
        for (int i = 0; i < s.k; ++i) {
          sum += static_cast<std::int64_t>(x[size_of(row, s.k) + static_cast<std::size_t>(i)]) *
                 static_cast<std::int64_t>(
                     weights[size_of(output, s.k) + static_cast<std::size_t>(i)]);
        }
        y.push_back(static_cast<float>(sum));
      }
    }
  }
  LinearShape shape;
  std::vector<float> weights;
  std::vector<float> x;
  std::vector<float> y;
};

std::string name_of_case(Isa isa, const LinearShape& s) {
  return std::string(name_of(isa)) + " m=" + std::to_string(s.m) + " n=" + std::to_string(s.n) +
         " k=" + std::to_string(s.k);
}

constexpr PanelOrder kOrders[]{PanelOrder::kSingle, PanelOrder::kPairs};

void expect_exact(const LinearBackend& backend, const Problem& problem) {
  SCOPED_TRACE(name_of_case(backend.isa(), problem.shape));
  ASSERT_TRUE(backend.supports(problem.shape));
  std::vector<float> weights = problem.weights;
  const std::unique_ptr<Linear> layer = backend.make(problem.shape, weights, {});
  weights.assign(weights.size(), kGuard);  // make() has copied them.

  std::vector<float> memory(problem.y.size() + 2 * kGuards, kGuard);
  float* y = memory.data() + kGuards;
  // A second run starts from nothing again; X and Y stand anywhere, at no alignment.
  for (int run = 0; run < 2; ++run) {
    layer->run(problem.x.data(), y);
    for (std::size_t i = 0; i < problem.y.size(); ++i) ASSERT_EQ(y[i], problem.y[i]) << i;
  }
  for (std::size_t i = 0; i < kGuards; ++i) {
    ASSERT_EQ(memory[i], kGuard) << "before Y";
    ASSERT_EQ(y[problem.y.size() + i], kGuard) << "beyond Y";
  }
}

TEST(Packed, EveryIsaIsExactForEveryNumberOfRowsAtOddSizes) {
  ASSERT_FALSE(isas_here().empty()) << "scalar code always runs";
  for (int m = 1; m <= kMostPackedRows; ++m) {
    for (const int n : {1, 15, 16, 17, 32, 51}) {
      for (const int k : {1, 2, 7, 64, 259}) {
        const Problem problem({m, n, k, Precision::kFp32});
        for (const Isa isa : isas_here()) {
          for (const PanelOrder order : kOrders) expect_exact(*packed_backend(isa, order), problem);
        }
        if (HasFatalFailure()) return;
      }
    }
  }
}

// A block of k holds 65536 values of X: two and three blocks of unequal length, and their sums. And
// parts of 256 steps within a block, where the rows need more than one pass.
TEST(Packed, LongInputsAreSummedOverBlocksAndParts) {
  for (const LinearShape& shape : {LinearShape{1, 33, 65537},
                                   LinearShape{5, 18, 13200},
                                   LinearShape{7, 49, 1171},
                                   LinearShape{15, 17, 771},
                                   LinearShape{16, 20, 8201}}) {
    const Problem problem(shape);
    for (const Isa isa : isas_here()) {
      for (const PanelOrder order : kOrders) expect_exact(*packed_backend(isa, order), problem);
    }
  }
}

TEST(Packed, AWeightThatIsNotANumberShowsInItsOwnOutputAlone) {
  for (const Isa isa : isas_here()) {
    Problem problem({3, 20, 40, Precision::kFp32});
    problem.weights[size_of(17, 40) + 39] = std::numeric_limits<float>::quiet_NaN();
    const std::unique_ptr<Linear> layer =
        packed_backend(isa)->make(problem.shape, problem.weights, {});
    std::vector<float> y(problem.y.size());
    layer->run(problem.x.data(), y.data());
    for (std::size_t i = 0; i < y.size(); ++i) {
      if (i % 20 == 17) {
        EXPECT_NE(y[i], y[i]) << name_of(isa) << " " << i;
      } else {
        EXPECT_EQ(y[i], problem.y[i]) << name_of(isa) << " " << i;
      }
    }
  }
}

TEST(Packed, SaysWhatItIsAndWhatItTakes) {
  const std::unique_ptr<LinearBackend> backend = packed_backend(Isa::kScalar);
  EXPECT_EQ(backend->label(), "packed scalar");
  EXPECT_EQ(backend->library(), "packed");
  EXPECT_FALSE(backend->has_pool());
  EXPECT_TRUE(backend->supports({16, 1, 1, Precision::kFp32}));
  EXPECT_FALSE(backend->supports({17, 1, 1, Precision::kFp32}));
  EXPECT_FALSE(backend->supports({0, 1, 1, Precision::kFp32}));
  EXPECT_FALSE(backend->supports({1, 0, 1, Precision::kFp32}));
  EXPECT_FALSE(backend->supports({1, 1, 0, Precision::kFp32}));
  EXPECT_FALSE(backend->supports({1, 1, 1, Precision::kBf16}));
  // 17 outputs are two panels of 16.
  const Problem problem({1, 17, 10, Precision::kFp32});
  EXPECT_EQ(backend->make(problem.shape, problem.weights, {})->weight_bytes(),
            Bytes(2 * 16 * 10 * 4));
}

TEST(Packed, TheWidestIsaIsTheMachinesLastThatHasKernels) {
  MachineShape machine;
  EXPECT_EQ(widest_packed_isa(machine), Isa::kScalar);
  machine.isas = {Isa::kScalar};
  for (const PanelLoop& loop : panel_loops()) machine.isas.push_back(loop.isa);
  const Isa widest = panel_loops().back().isa;
  machine.isas.push_back(Isa::kAmx);  // No kernel of ours.
  EXPECT_EQ(widest_packed_isa(machine), widest);
  EXPECT_FALSE(has_packed_kernels(Isa::kAmx));
}

TEST(Packed, PairsAreForCoresOfAmd) {
  CpuIdentity identity;
  identity.vendor = "AuthenticAMD";
  EXPECT_EQ(panel_order(identity), PanelOrder::kPairs);
  identity.vendor = "GenuineIntel";
  EXPECT_EQ(panel_order(identity), PanelOrder::kSingle);
}

// A compiler that keeps the sums in memory measures something else.
void expect_sums_in_registers(const PanelLoop& loop,
                              std::span<const PanelFunction> functions,
                              std::size_t panels,
                              std::size_t rows) {
  SCOPED_TRACE(std::string(name_of(loop.isa)) + ", panels " + std::to_string(panels) + ", rows " +
               std::to_string(rows));
  const test::InstructionList body = test::innermost_loop(functions[rows - 1]);
  const std::size_t registers_of_panel = loop.isa == Isa::kAvx512 ? 1
                                         : loop.isa == Isa::kNeon ? 4
                                                                  : 2;
  std::size_t products = 0;
  for (const std::string& instruction : body) {
    EXPECT_FALSE(test::touches_stack(instruction)) << instruction;
    if (instruction.rfind("vfmadd", 0) == 0 || instruction.rfind("fmla", 0) == 0) ++products;
  }
  EXPECT_EQ(products, rows * panels * registers_of_panel);
}

TEST(Packed, TheLoopsKeepTheirSumsInRegisters) {
#if defined(PERFBENCH_SANITIZED) || !defined(NDEBUG)
  GTEST_SKIP() << "this build does not optimise the loops";
#endif
  if (const std::string why = test::why_no_disassembly(); !why.empty()) GTEST_SKIP() << why;
  for (const PanelLoop& loop : panel_loops()) {
    if (loop.isa == Isa::kScalar) continue;  // The reference claims nothing.
    struct Family {
      std::span<const PanelFunction> functions;
      std::size_t panels;
    };
    for (const Family& family : {Family{loop.one_panel, 1},
                                 Family{loop.two_panels, 2},
                                 Family{loop.pair, 2},
                                 Family{loop.two_pairs, 4}}) {
      for (std::size_t i = 1; i <= family.functions.size(); ++i) {
        expect_sums_in_registers(loop, family.functions, family.panels, i);
      }
    }
  }
}

}  // namespace
}  // namespace perfbench
