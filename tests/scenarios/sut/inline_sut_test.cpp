#include "scenarios/sut/inline_sut.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

#include "harness/core/units/error.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/scripted_workload.hpp"
#include "tests/support/sut_settings.hpp"

namespace perfbench {
namespace {

class CountingSink final : public CompletionSink {
 public:
  void complete(std::span<const QuerySample> samples,
                std::optional<TimePoint> started) noexcept override {
    EXPECT_FALSE(started.has_value());
    for (const QuerySample& sample : samples) ids.push_back(sample.id);
    ++calls;
  }
  std::vector<std::uint64_t> ids;
  int calls = 0;
};

std::vector<QuerySample> samples_from(std::uint64_t count) {
  std::vector<QuerySample> samples;
  for (std::uint64_t i = 0; i < count; ++i) samples.push_back({100 + i, i, TimePoint{}, 1});
  return samples;
}

TEST(InlineSut, ExecutesEverySampleInPartsOfTheLargestBatch) {
  FakeClock clock;
  std::vector<std::size_t> batches;
  std::vector<SampleIndex> indices;
  WorkloadScript script;
  script.max_batch = 4;
  script.execute = [&](std::span<const SampleIndex> samples) {
    batches.push_back(samples.size());
    indices.insert(indices.end(), samples.begin(), samples.end());
  };
  InlineSut sut(scripted_workload_entry(script), inline_settings(clock));
  CountingSink sink;
  ASSERT_TRUE(sut.start(sink).passed);
  const std::vector<QuerySample> samples = samples_from(10);
  EXPECT_EQ(sut.issue(samples, TimePoint{}), 10U);
  EXPECT_EQ(batches, (std::vector<std::size_t>{4, 4, 2}));
  EXPECT_EQ(indices, (std::vector<SampleIndex>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(sink.ids.size(), 10U);
  EXPECT_EQ(sink.ids.back(), 109U);
  EXPECT_EQ(sut.checksum(), 8U + 9U);
  sut.stop();
}

TEST(InlineSut, RunsPinnedInTheCallersThreadAndGivesTheMaskBack) {
  FakeClock clock;
  const std::vector<int> before = allowed_cpus();
  if (before.size() < 2) GTEST_SKIP() << "only one CPU is allowed: a pin changes nothing";
  std::vector<int> while_loading;
  std::vector<int> while_executing;
  std::thread::id thread;
  WorkloadScript script;
  script.load = [&] { while_loading = allowed_cpus(); };
  script.execute = [&](std::span<const SampleIndex>) {
    while_executing = allowed_cpus();
    thread = std::this_thread::get_id();
  };
  CountingSink sink;
  {
    SutSettings settings = inline_settings(clock);
    settings.layout.worker_cpus = {before.back()};
    InlineSut sut(scripted_workload_entry(script), settings);
    ASSERT_TRUE(sut.start(sink).passed);
    if (sut.placement().find("not pinned") != std::string::npos) {
      GTEST_SKIP() << "pinning is not permitted here: " << sut.placement();
    }
    EXPECT_EQ(sut.issue(samples_from(1), TimePoint{}), 1U);
    EXPECT_EQ(while_loading, std::vector<int>{before.back()});
    EXPECT_EQ(while_executing, std::vector<int>{before.back()});
    EXPECT_EQ(thread, std::this_thread::get_id());
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(InlineSut, HandsBackAWrongAnswerAndLetsALackOfMemoryThrough) {
  FakeClock clock;
  const std::vector<int> before = allowed_cpus();
  CountingSink sink;
  WorkloadScript wrong;
  wrong.verify = [] { return Verification{false, "7 instead of 8"}; };
  InlineSut sut(scripted_workload_entry(wrong), inline_settings(clock));
  const Verification verification = sut.start(sink);
  EXPECT_FALSE(verification.passed);
  EXPECT_EQ(verification.detail, "7 instead of 8");

  sut.stop();
  WorkloadScript hungry;
  hungry.load = [] { throw ResourceError("no memory"); };
  {
    InlineSut starved(scripted_workload_entry(hungry), inline_settings(clock));
    EXPECT_THROW(static_cast<void>(starved.start(sink)), ResourceError);
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(InlineSut, CountsBatchesAndTheTimeThatTheyTake) {
  FakeClock clock;
  WorkloadScript script;
  script.execute = [&](auto) { clock.advance(std::chrono::milliseconds(2)); };
  InlineSut sut(scripted_workload_entry(script), inline_settings(clock));
  CountingSink sink;
  ASSERT_TRUE(sut.start(sink).passed);
  EXPECT_EQ(sut.issue(samples_from(10), clock.now()), 10U);
  EXPECT_EQ(sut.batches().counts, (std::vector<std::uint64_t>{0, 1, 0, 2}));
  EXPECT_EQ(sut.batches().max_batch, 4U);
  EXPECT_EQ(sut.busy(), std::chrono::milliseconds(6));
  sut.restart_counts();
  EXPECT_TRUE(sut.batches().counts.empty());
  EXPECT_EQ(sut.busy(), Nanoseconds(0));
}

TEST(InlineSut, ARunOfSamplesIsExecutedInBatchesAndCompletesOnce) {
  FakeClock clock;
  std::vector<SampleIndex> indices;
  WorkloadScript script;
  script.sample_count = 5;
  script.execute = [&](std::span<const SampleIndex> samples) {
    indices.insert(indices.end(), samples.begin(), samples.end());
  };
  InlineSut sut(scripted_workload_entry(script), inline_settings(clock));
  CountingSink sink;
  ASSERT_TRUE(sut.start(sink).passed);
  const QuerySample run{7, 3, TimePoint{}, 9};
  EXPECT_EQ(sut.issue(std::span<const QuerySample>(&run, 1), TimePoint{}), 1U);
  EXPECT_EQ(indices, (std::vector<SampleIndex>{3, 4, 0, 1, 2, 3, 4, 0, 1}));
  EXPECT_EQ(sink.ids, std::vector<std::uint64_t>{7});
}

TEST(InlineSut, ChecksAFewAnswersAndCountsTheWrongOnes) {
  FakeClock clock;
  WorkloadScript script;
  script.max_batch = 1;
  script.execute = [&](auto) { clock.advance(std::chrono::microseconds(10)); };
  script.answer_holds = [&](std::size_t slot, SampleIndex sample) {
    EXPECT_EQ(slot, 0U);
    clock.advance(std::chrono::microseconds(50));
    return sample != 3;
  };
  InlineSut sut(scripted_workload_entry(script), inline_settings(clock));
  CountingSink sink;
  ASSERT_TRUE(sut.start(sink).passed);
  const TimePoint start = clock.now();
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(sut.issue(samples_from(4), clock.now()), 4U);
  }
  const AnswerCheck answers = sut.answers();
  EXPECT_GT(answers.checked, 40U);
  EXPECT_GT(answers.wrong, 0U);
  EXPECT_LT(answers.wrong, answers.checked);
  // Less than a hundredth of the time.
  EXPECT_LT(static_cast<double>(answers.checked) * 50'000.0,
            0.01 * static_cast<double>((clock.now() - start).count()));
}

TEST(InlineSut, AWorkloadThatThrowsIsExecutedNoMore) {
  FakeClock clock;
  int executed = 0;
  WorkloadScript script;
  script.execute = [&](auto) {
    if (++executed == 2) throw ResourceError("no more pages");
  };
  InlineSut sut(scripted_workload_entry(script), inline_settings(clock));
  CountingSink sink;
  ASSERT_TRUE(sut.start(sink).passed);
  EXPECT_FALSE(sut.failed());
  EXPECT_EQ(sut.issue(samples_from(12), TimePoint{}), 12U);
  EXPECT_TRUE(sut.failed());
  EXPECT_EQ(sut.failure(), "no more pages");
  EXPECT_EQ(executed, 2);
  EXPECT_EQ(sink.ids.size(), 12U);  // Nobody waits for them.
}

}  // namespace
}  // namespace perfbench
