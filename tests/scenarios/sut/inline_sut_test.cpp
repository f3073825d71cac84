#include "scenarios/sut/inline_sut.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "harness/core/units/error.hpp"
#include "tests/support/scripted_workload.hpp"

namespace perfbench {
namespace {

class CountingSink final : public CompletionSink {
 public:
  void complete(std::span<const QuerySample> samples) noexcept override {
    for (const QuerySample& sample : samples) ids.push_back(sample.id);
    ++calls;
  }
  std::vector<std::uint64_t> ids;
  int calls = 0;
};

std::vector<QuerySample> samples_from(std::uint64_t count) {
  std::vector<QuerySample> samples;
  for (std::uint64_t i = 0; i < count; ++i) samples.push_back({100 + i, i});
  return samples;
}

TEST(InlineSut, ExecutesEverySampleInPartsOfTheLargestBatch) {
  std::vector<std::size_t> batches;
  std::vector<SampleIndex> indices;
  WorkloadScript script;
  script.max_batch = 4;
  script.execute = [&](std::span<const SampleIndex> samples) {
    batches.push_back(samples.size());
    indices.insert(indices.end(), samples.begin(), samples.end());
  };
  InlineSut sut(scripted_workload_entry(script), allowed_cpus().front());
  CountingSink sink;
  ASSERT_TRUE(sut.start(sink).passed);
  const std::vector<QuerySample> samples = samples_from(10);
  sut.issue(samples);
  EXPECT_EQ(batches, (std::vector<std::size_t>{4, 4, 2}));
  EXPECT_EQ(indices, (std::vector<SampleIndex>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(sink.ids.size(), 10U);
  EXPECT_EQ(sink.ids.back(), 109U);
  EXPECT_EQ(sut.checksum(), 8U + 9U);
  sut.stop();
}

TEST(InlineSut, RunsPinnedInTheCallersThreadAndGivesTheMaskBack) {
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
    InlineSut sut(scripted_workload_entry(script), before.back());
    ASSERT_TRUE(sut.start(sink).passed);
    if (sut.placement().find("not pinned") != std::string::npos) {
      GTEST_SKIP() << "pinning is not permitted here: " << sut.placement();
    }
    sut.issue(samples_from(1));
    EXPECT_EQ(while_loading, std::vector<int>{before.back()});
    EXPECT_EQ(while_executing, std::vector<int>{before.back()});
    EXPECT_EQ(thread, std::this_thread::get_id());
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(InlineSut, HandsBackAWrongAnswerAndLetsALackOfMemoryThrough) {
  const std::vector<int> before = allowed_cpus();
  CountingSink sink;
  WorkloadScript wrong;
  wrong.verify = [] { return Verification{false, "7 instead of 8"}; };
  InlineSut sut(scripted_workload_entry(wrong), allowed_cpus().front());
  const Verification verification = sut.start(sink);
  EXPECT_FALSE(verification.passed);
  EXPECT_EQ(verification.detail, "7 instead of 8");

  sut.stop();
  WorkloadScript hungry;
  hungry.load = [] { throw ResourceError("no memory"); };
  {
    InlineSut starved(scripted_workload_entry(hungry), before.front());
    EXPECT_THROW(static_cast<void>(starved.start(sink)), ResourceError);
  }
  EXPECT_EQ(allowed_cpus(), before);
}

}  // namespace
}  // namespace perfbench
