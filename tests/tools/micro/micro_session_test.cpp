#include "tools/micro/micro_session.hpp"

#include <gtest/gtest.h>

#include "harness/core/units/error.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/machine_shapes.hpp"
#include "tests/support/scripted_kernel.hpp"

namespace perfbench {
namespace {

/// A Zen 4, whose FMA limit in fp32 is 32 flop a cycle on 256 bits, at 2 GHz of fake time.
class MicroSessionTest : public ::testing::Test {
 protected:
  MicroSessionTest() : machine_(machine_of(2)) {
    machine_.identity.architecture = Architecture::kX86;
    machine_.identity.vendor = "AuthenticAMD";
    machine_.identity.family = 0x19;
    machine_.identity.model = 0x11;
    script_.info.name = "fma";
    script_.info.precision = Precision::kFp32;
    script_.info.isa = Isa::kAvx2Fma;
    script_.work = Work{Flops(16000), Bytes(0), Bytes(0)};
    script_.prepare = [this] { ++prepared_; };
    script_.run = [this](std::uint64_t iterations) {
      clock_.advance(Nanoseconds(1000 * static_cast<std::int64_t>(iterations)));
    };
  }

  [[nodiscard]] MicroKernel kernel(const std::string& name) {
    MicroKernel made{name, scripted_entry(script_)};
    made.entry.loaded_clock_chain = [this](std::uint64_t loops) {
      clock_.advance(Nanoseconds(50 * static_cast<std::int64_t>(loops)));
    };
    return made;
  }

  FakeClock clock_;
  MachineShape machine_;
  KernelScript script_;
  int prepared_ = 0;
};

TEST_F(MicroSessionTest, ARunStandsBesideItsLimit) {
  MicroSession session(machine_, clock_);
  const MicroKernel fma = kernel("fma/fp32/avx2");
  ASSERT_EQ(session.take(fma), "");
  session.before_run();
  session.run(500);
  const MicroRun run = session.after_run();
  EXPECT_EQ(run.time, Nanoseconds(500'000));
  EXPECT_EQ(run.iterations, 500U);
  // 16 flop/ns at 2 cycles/ns.
  ASSERT_TRUE(run.per_cycle.has_value());
  EXPECT_NEAR(*run.per_cycle, 8.0, 1e-6);
  ASSERT_TRUE(run.share.has_value());
  EXPECT_NEAR(*run.share, 0.25, 1e-6);
  EXPECT_EQ(run.label.find("limit: "), 0U) << run.label;
}

TEST_F(MicroSessionTest, AFigureAboveItsLimitHasNoShare) {
  script_.work.flops = Flops(80000);
  MicroSession session(machine_, clock_);
  const MicroKernel fma = kernel("fma/fp32/avx2");
  ASSERT_EQ(session.take(fma), "");
  session.before_run();
  session.run(10);
  const MicroRun run = session.after_run();
  EXPECT_FALSE(run.share.has_value());
  EXPECT_NE(run.label.find("above it"), std::string::npos) << run.label;
}

TEST_F(MicroSessionTest, NoKnownLimitIsSaid) {
  machine_.identity.model = 0;
  machine_.identity.family = 1;
  MicroSession session(machine_, clock_);
  const MicroKernel fma = kernel("fma/fp32/avx2");
  ASSERT_EQ(session.take(fma), "");
  session.before_run();
  session.run(10);
  EXPECT_EQ(session.after_run().label.find("limit: not available"), 0U);
}

TEST_F(MicroSessionTest, ADisturbedRunIsLabelled) {
  script_.run = [this](std::uint64_t) {
    clock_.advance(Nanoseconds(600));
    clock_.advance_preempted(Nanoseconds(400));
  };
  MicroSession session(machine_, clock_);
  const MicroKernel fma = kernel("fma/fp32/avx2");
  ASSERT_EQ(session.take(fma), "");
  session.before_run();
  session.run(1);
  EXPECT_EQ(session.after_run().label.find("contended, 60 %"), 0U);
}

TEST_F(MicroSessionTest, TheKernelAtHandIsKept) {
  MicroSession session(machine_, clock_);
  const MicroKernel first = kernel("first");
  const MicroKernel second = kernel("second");
  EXPECT_EQ(session.take(first), "");
  EXPECT_EQ(session.take(first), "");
  EXPECT_EQ(prepared_, 1);
  EXPECT_EQ(session.take(second), "");
  EXPECT_EQ(prepared_, 2);
}

TEST_F(MicroSessionTest, AWrongAnswerIsNeverTimed) {
  script_.verify = [] { return Verification{false, "1 and 1 gave 3"}; };
  MicroSession session(machine_, clock_);
  EXPECT_EQ(session.take(kernel("wrong")), "wrong answer: 1 and 1 gave 3");
  EXPECT_TRUE(session.wrong_answers());
}

TEST_F(MicroSessionTest, MemoryThatIsNotToBeHadIsAReason) {
  script_.prepare = [] { throw ResourceError("no memory for it"); };
  MicroSession session(machine_, clock_);
  EXPECT_EQ(session.take(kernel("large")), "no memory for it");
  EXPECT_FALSE(session.wrong_answers());
}

}  // namespace
}  // namespace perfbench
