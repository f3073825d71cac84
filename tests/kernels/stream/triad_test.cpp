#include "kernels/stream/triad.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "kernels/stream/stream_loop.hpp"
#include "tests/kernels/host_isas.hpp"

namespace perfbench {
namespace {

constexpr double kUntouched = -7.0;

struct Case {
  std::size_t n;
  std::size_t offset_a;
  std::size_t offset_b;
  std::size_t offset_c;
};

/// Whole numbers, so that fused and separate arithmetic agree exactly; a is watched on both sides
/// of the span.
void check(const Case& at, TriadVariant variant) {
  std::vector<double> a(at.n + 32, kUntouched);
  std::vector<double> b(at.n + 32);
  std::vector<double> c(at.n + 32);
  for (std::size_t i = 0; i < b.size(); ++i) {
    b[i] = static_cast<double>(1 + i % 13);
    c[i] = static_cast<double>(1 + i % 31);
  }
  triad(std::span(a).subspan(8 + at.offset_a, at.n),
        std::span<const double>(b).subspan(at.offset_b, at.n),
        std::span<const double>(c).subspan(at.offset_c, at.n),
        5.0,
        variant);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool inside = i >= 8 + at.offset_a && i < 8 + at.offset_a + at.n;
    const std::size_t k = i - 8 - at.offset_a;
    ASSERT_EQ(a[i], inside ? b[at.offset_b + k] + 5.0 * c[at.offset_c + k] : kUntouched)
        << "n " << at.n << ", offsets " << at.offset_a << " " << at.offset_b << " " << at.offset_c
        << ", element " << i;
  }
}

TEST(Triad, IsExactForEveryIsaSizeAndAlignment) {
  int variants = 0;
  for (const StreamLoops& loop : stream_loops()) {
    if (!test::host_has(loop.isa)) continue;
    for (const StoreKind store : {StoreKind::kRegular, StoreKind::kNonTemporal}) {
      ++variants;
      check({1024, 1, 2, 3}, {loop.isa, store, StreamForm::kFarStoresAhead});
      for (const std::size_t n :
           {0U, 1U, 2U, 7U, 8U, 15U, 16U, 17U, 31U, 33U, 63U, 64U, 65U, 100U, 511U, 1023U, 1024U}) {
        for (std::size_t a = 0; a < 8; ++a) check({n, a, 0, 0}, {loop.isa, store});
        check({n, 1, 1, 1}, {loop.isa, store});
        check({n, 0, 3, 5}, {loop.isa, store});
        check({n, 7, 2, 0}, {loop.isa, store});
      }
    }
  }
  EXPECT_GE(variants, 2) << "scalar code always runs";
}

TEST(Triad, OfferedIsasHaveLoops) {
  EXPECT_TRUE(has_stream_loop(Isa::kScalar));
  for (const StreamLoops& loop : stream_loops()) EXPECT_TRUE(has_stream_loop(loop.isa));
}

TEST(WidestStreamIsa, IsTheLastThatHasALoop) {
  MachineShape machine;
  EXPECT_EQ(widest_stream_isa(machine), Isa::kScalar);
  for (const StreamLoops& loop : stream_loops()) machine.isas.push_back(loop.isa);
  EXPECT_EQ(widest_stream_isa(machine), stream_loops().back().isa);
  machine.isas = {Isa::kScalar};
  EXPECT_EQ(widest_stream_isa(machine), Isa::kScalar);
}

}  // namespace
}  // namespace perfbench
