#include "kernels/stream/stream_loop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result/names.hpp"
#include "kernels/stream/stream_check.hpp"
#include "tests/kernels/host_isas.hpp"
#include "tests/support/disassembly.hpp"

namespace perfbench {
namespace {

/// Calls with every loop of every ISA that this CPU runs.
template <class Check>
int for_each_variant(const Check& check) {
  int variants = 0;
  for (const StreamLoops& loops : stream_loops()) {
    if (!test::host_has(loops.isa)) continue;
    for (const StreamOperation operation : kStreamOperations) {
      for (const StreamForm form : kStreamForms) {
        for (const StoreKind store : {StoreKind::kRegular, StoreKind::kNonTemporal}) {
          if (loops.find(operation, form, store) == nullptr) continue;
          SCOPED_TRACE(std::string(name_of(loops.isa)) + ", operation " +
                       std::to_string(static_cast<int>(operation)) + ", form " +
                       std::to_string(static_cast<int>(form)) +
                       (store == StoreKind::kNonTemporal ? ", non-temporal" : ""));
          check(loops, StreamVariant{operation, form, store});
          ++variants;
        }
      }
    }
  }
  return variants;
}

/// Three arrays of small whole numbers with room around each; b and c may stand off the alignment.
class Arrays {
 public:
  explicit Arrays(std::size_t elements, std::size_t b_off = 0, std::size_t c_off = 0)
      : each_(elements + 4 * kLine), memory_(3 * each_ + kLine) {
    for (std::size_t i = 0; i < memory_.size(); ++i) memory_[i] = static_cast<double>(1 + i % 31);
    const auto off = reinterpret_cast<std::uintptr_t>(memory_.data()) % kStreamAlignment;
    double* first = memory_.data() + (kStreamAlignment - off) % kStreamAlignment / sizeof(double);
    run_.a = first + kLine;
    run_.b = run_.a + each_ / kLine * kLine + b_off;
    run_.c = run_.a + 2 * (each_ / kLine * kLine) + c_off;
    run_.scalar = 5.0;
    run_.elements = elements;
  }
  [[nodiscard]] const StreamRun& run() const { return run_; }

 private:
  static constexpr std::size_t kLine = 8;
  std::size_t each_;
  std::vector<double> memory_;
  StreamRun run_;
};

TEST(StreamLoop, EveryVariantIsExactAndTouchesNoNeighbour) {
  const int variants = for_each_variant([](const StreamLoops& loops, const StreamVariant& variant) {
    for (const std::size_t blocks : {1U, 2U, 3U, 7U, 64U}) {
      const Arrays arrays(blocks * kStreamBlock);
      const Verification checked = check_stream(loops, variant, arrays.run());
      EXPECT_TRUE(checked.passed) << blocks << " blocks: " << checked.detail;
    }
  });
  EXPECT_GE(variants, 21) << "scalar code always runs";
}

TEST(StreamLoop, SourcesMayStandOffTheAlignment) {
  for_each_variant([](const StreamLoops& loops, const StreamVariant& variant) {
    // The far forms of write and update store to b and c.
    if (stream_stores(variant.operation, variant.form) > 1) return;
    for (std::size_t off = 1; off < 8; ++off) {
      const Arrays arrays(3 * kStreamBlock, off, 8 - off);
      const Verification checked = check_stream(loops, variant, arrays.run());
      EXPECT_TRUE(checked.passed) << "offset " << off << ": " << checked.detail;
    }
  });
}

TEST(StreamLoop, PassesAreMadeFromTheStartEachTime) {
  for_each_variant([](const StreamLoops& loops, const StreamVariant& variant) {
    const StreamFunction function = loops.find(variant.operation, variant.form, variant.store);
    const Arrays arrays(2 * kStreamBlock);
    StreamRun run = arrays.run();
    const std::vector<double> before(run.a, run.a + run.elements);
    StreamStep last;
    run.passes = 3;
    function(run, last);
    // An odd number of updates is one, an even number none; the others repeat themselves.
    if (variant.operation == StreamOperation::kUpdate) {
      for (std::size_t i = 0; i < run.elements; ++i) {
        ASSERT_EQ(run.a[i], before[i ^ loops.vector_elements]) << i;
      }
      run.passes = 1;
      function(run, last);
      EXPECT_TRUE(std::equal(before.begin(), before.end(), run.a));
    }
    run.passes = 1;
    const Verification checked = check_stream(loops, variant, run);
    EXPECT_TRUE(checked.passed) << checked.detail;
  });
}

TEST(StreamLoop, NothingToDoTouchesNothing) {
  for_each_variant([](const StreamLoops& loops, const StreamVariant& variant) {
    const StreamFunction function = loops.find(variant.operation, variant.form, variant.store);
    StreamStep last;
    StreamRun nothing;
    function(nothing, last);
    const Arrays arrays(kStreamBlock);
    StreamRun no_pass = arrays.run();
    const std::vector<double> before(no_pass.a, no_pass.a + no_pass.elements);
    no_pass.passes = 0;
    function(no_pass, last);
    EXPECT_TRUE(std::equal(before.begin(), before.end(), no_pass.a));
  });
}

/// What check_stream() must not let through: loops that leave out, add or move something.
void skip_last_element(const StreamRun& run, StreamStep&) noexcept {
  for (std::size_t i = 0; i + 1 < run.elements; ++i) run.a[i] = run.b[i];
}
void one_too_many(const StreamRun& run, StreamStep&) noexcept {
  for (std::size_t i = 0; i <= run.elements; ++i) run.a[i] = run.b[i] + 0.0;
  run.a[run.elements] = -3.0;
}
void load_one_block_again(const StreamRun& run, StreamStep& last) noexcept {
  std::copy_n(run.a, last.elements.size(), last.elements.begin());
}

TEST(CheckStream, FindsWhatIsWrong) {
  StreamLoops wrong;
  wrong.vector_elements = 8;
  auto& copy = wrong.regular[static_cast<std::size_t>(StreamOperation::kCopy)][0];
  const Arrays arrays(2 * kStreamBlock);
  StreamVariant variant;
  variant.operation = StreamOperation::kCopy;
  copy = skip_last_element;
  EXPECT_FALSE(check_stream(wrong, variant, arrays.run()).passed);
  copy = one_too_many;
  EXPECT_FALSE(check_stream(wrong, variant, arrays.run()).passed);

  variant.operation = StreamOperation::kRead;
  wrong.regular[static_cast<std::size_t>(StreamOperation::kRead)][0] = load_one_block_again;
  EXPECT_FALSE(check_stream(wrong, variant, arrays.run()).passed);
}

/// What the machine code of one step does.
struct Census {
  int loads = 0;  ///< Vectors.
  int stores = 0;
  int stores_past_caches = 0;
  int prefetches = 0;
  int branches = 0;
};

/// How the vectors of an ISA are written.
std::string_view registers_of(Isa isa) {
#if defined(__aarch64__)
  return isa == Isa::kNeon ? " q" : " d";
#else
  switch (isa) {
    case Isa::kAvx2Fma:
      return "%ymm";
    case Isa::kAvx512:
      return "%zmm";
    default:
      return "%xmm";
  }
#endif
}

/// On x86 the operand that is written stands last; an Arm pair is two vectors.
void count_access(const std::string& text, Census& found) {
#if defined(__aarch64__)
  const bool stores = text.starts_with("st");
  const int vectors =
      text.starts_with("ldp") || text.starts_with("stp") || text.starts_with("stnp") ? 2 : 1;
  const bool past = text.starts_with("stnp");
#else
  const bool stores = text.back() == ')';
  const int vectors = 1;
  const bool past = text.find("movntpd") != std::string::npos;
#endif
  (stores ? found.stores : found.loads) += vectors;
  if (past) found.stores_past_caches += vectors;
}

Census census(const test::InstructionList& loop, Isa isa) {
  Census found;
  for (const std::string& text : loop) {
    EXPECT_FALSE(test::touches_stack(text)) << text;
    if (text.starts_with("j") || text.starts_with("b.")) ++found.branches;
    if (!test::has_memory_operand(text) || text.starts_with("lea")) continue;
    if (text.starts_with("prefetch") || text.starts_with("prfm")) {
      ++found.prefetches;
      continue;
    }
    EXPECT_NE(text.find(registers_of(isa)), std::string::npos) << text;
    count_access(text, found);
  }
  return found;
}

/// Cache lines that a step asks for ahead.
int lines_ahead(const StreamLoops& loops, const StreamVariant& variant) {
  const int lines = static_cast<int>(loops.vector_elements * 8 * sizeof(double) / 64);
  const int loads = stream_loads(variant.operation, variant.form);
  const int stores = stream_stores(variant.operation, variant.form);
  const bool alone = variant.operation == StreamOperation::kUpdate;
  switch (variant.form) {
    case StreamForm::kPlain:
    case StreamForm::kPlainUnfused:
      return 0;
    case StreamForm::kNearAhead:
      return (stores > 0 ? stores : loads) * lines;
    case StreamForm::kFarStoresAhead:
      return variant.store == StoreKind::kNonTemporal ? 0 : stores * lines;
    case StreamForm::kFar:
      break;
  }
  // For level 2 and, nearer, for level 1.
  if (variant.operation == StreamOperation::kRead) return 2 * loads * lines;
  const bool past = variant.store == StoreKind::kNonTemporal;
  return ((alone ? 0 : loads) + (past ? 0 : stores)) * lines;
}

TEST(StreamLoop, IsTheMachineCodeThatItClaims) {
#if defined(PERFBENCH_SANITIZED)
  GTEST_SKIP() << "a sanitizer's checks have branches of their own beside the loop";
#endif
  if (const std::string why = test::why_no_disassembly(); !why.empty()) GTEST_SKIP() << why;
  for_each_variant([](const StreamLoops& loops, const StreamVariant& variant) {
    const test::InstructionList loop =
        test::innermost_loop(loops.find(variant.operation, variant.form, variant.store));
    ASSERT_FALSE(loop.empty());
    const Census found = census(loop, loops.isa);
    const int stores = 8 * stream_stores(variant.operation, variant.form);
    EXPECT_EQ(found.loads, 8 * stream_loads(variant.operation, variant.form));
    EXPECT_EQ(found.stores, stores);
    EXPECT_EQ(found.stores_past_caches, variant.store == StoreKind::kNonTemporal ? stores : 0);
    EXPECT_EQ(found.prefetches, lines_ahead(loops, variant));
    EXPECT_EQ(found.branches, 1);
  });
}

TEST(StreamLoop, AnUnfusedTriadMultipliesAndAddsApart) {
#if defined(PERFBENCH_SANITIZED)
  GTEST_SKIP() << "a sanitizer's checks have branches of their own beside the loop";
#endif
  if (const std::string why = test::why_no_disassembly(); !why.empty()) GTEST_SKIP() << why;
  constexpr auto kTriad = StreamOperation::kTriad;
  constexpr auto kRegular = StoreKind::kRegular;
  int checked = 0;
  for (const StreamLoops& loops : stream_loops()) {
    const StreamFunction unfused = loops.find(kTriad, StreamForm::kPlainUnfused, kRegular);
    if (unfused == nullptr || !test::host_has(loops.isa)) continue;
    SCOPED_TRACE(std::string(name_of(loops.isa)));
    const auto number_of = [](const test::InstructionList& loop, std::string_view mnemonic) {
      return std::count_if(loop.begin(), loop.end(), [mnemonic](const std::string& text) {
        return text.starts_with(mnemonic);
      });
    };
    const test::InstructionList apart = test::innermost_loop(unfused);
    EXPECT_EQ(number_of(apart, "vmulpd"), 8);
    EXPECT_EQ(number_of(apart, "vaddpd"), 8);
    EXPECT_EQ(number_of(apart, "vfmadd"), 0);
    const test::InstructionList fused =
        test::innermost_loop(loops.find(kTriad, StreamForm::kPlain, kRegular));
    EXPECT_EQ(number_of(fused, "vfmadd"), 8);
    ++checked;
  }
  if (checked == 0) GTEST_SKIP() << "no ISA of this CPU has an unfused triad of its own";
}

}  // namespace
}  // namespace perfbench
