#include "kernels/lighthouse/workload_registry.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "kernels/lighthouse/checksum.hpp"
#include "kernels/stream/triad.hpp"

namespace perfbench {
namespace {

const Reading<OpenBlas>& the_library() {
  static const Reading<OpenBlas> loaded = load_openblas();
  return loaded;
}

/// The loaded and verified workload of this name; nullptr where the catalogue has none.
std::unique_ptr<Workload> make(const std::string& name, const WorkloadOptions& options) {
  for (const WorkloadEntry& entry : workload_catalogue(options)) {
    if (entry.name == name) return entry.make();
  }
  return nullptr;
}

std::uint64_t checksum_after(Workload& workload, const std::vector<SampleIndex>& samples) {
  workload.execute(samples);
  return workload.checksum();
}

/// What holds for every workload that computes: it verifies, tells its samples apart and repeats
/// its answers.
void expect_sound(Workload& workload) {
  workload.load();
  const Verification verification = workload.verify();
  ASSERT_TRUE(verification.passed) << workload.info().name << ": " << verification.detail;
  EXPECT_GE(workload.sample_count(), 8U);
  const std::uint64_t first = checksum_after(workload, {0});
  const std::uint64_t other = checksum_after(workload, {1});
  EXPECT_NE(first, other) << workload.info().name << " gives two samples one answer";
  EXPECT_EQ(checksum_after(workload, {0}), first);
  const std::uint64_t batch = checksum_after(workload, {0, 1, workload.sample_count() - 1});
  EXPECT_NE(batch, first);
  EXPECT_EQ(checksum_after(workload, {0, 1, workload.sample_count() - 1}), batch);
  EXPECT_NE(checksum_after(workload, {1, 0, workload.sample_count() - 1}), batch);
  EXPECT_EQ(workload.work(6).flops, 6 * workload.work(1).flops);
  EXPECT_EQ(workload.work(6).bytes, 6 * workload.work(1).bytes);
  EXPECT_GT(workload.work(1).flops.count(), 0U);
}

TEST(Catalogue, NamesEachWorkloadWithItsSize) {
  WorkloadOptions options;
  options.blas = the_library();
  std::vector<std::string> names;
  for (const WorkloadEntry& entry : workload_catalogue(options)) {
    names.push_back(entry.name);
    const std::unique_ptr<Workload> workload = entry.make();
    EXPECT_EQ(workload->info().name, entry.name);
    EXPECT_EQ(workload->info().description, entry.description);
    EXPECT_EQ(workload->info().threads, 1);
  }
  if (!the_library().available()) GTEST_SKIP() << the_library().reason();
  EXPECT_EQ(names, (std::vector<std::string>{"gemm", "triad", "spin", "null"}));
  EXPECT_TRUE(missing_workloads(options).empty());
}

TEST(Catalogue, SaysWhyGemmIsMissing) {
  WorkloadOptions options;
  options.blas = Reading<OpenBlas>::unavailable("not installed");
  EXPECT_EQ(make("gemm", options), nullptr);
  EXPECT_NE(make("triad", options), nullptr);
  const std::vector<MissingWorkload> missing = missing_workloads(options);
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing.front().name, "gemm");
  EXPECT_EQ(missing.front().reason, "not installed");
}

TEST(Gemm, IsSoundAndComputeBound) {
  if (!the_library().available()) GTEST_SKIP() << the_library().reason();
  WorkloadOptions options;
  options.blas = the_library();
  const std::unique_ptr<Workload> gemm = make("gemm", options);
  expect_sound(*gemm);
  EXPECT_EQ(gemm->info().bound_by, RoofKind::kCompute);
  EXPECT_EQ(gemm->work(1).flops, Flops(2ULL * 384 * 384 * 384));
  EXPECT_EQ(gemm->info().implementation, the_library().value().label());
}

TEST(Gemm, TheSeedMakesTheData) {
  if (!the_library().available()) GTEST_SKIP() << the_library().reason();
  const auto checksum = [](std::uint64_t seed) {
    WorkloadOptions options;
    options.blas = the_library();
    options.seed = seed;
    const std::unique_ptr<Workload> gemm = make("gemm", options);
    gemm->load();
    return checksum_after(*gemm, {3});
  };
  EXPECT_EQ(checksum(5), checksum(5));
  EXPECT_NE(checksum(5), checksum(6));
}

TEST(Triad, IsSoundAndBandwidthBound) {
  const std::unique_ptr<Workload> triad = make("triad", WorkloadOptions{});
  expect_sound(*triad);
  EXPECT_EQ(triad->info().bound_by, RoofKind::kBandwidth);
  // STREAM counts 24 bytes an element; plain C++ writes with regular stores, which move 8 more.
  EXPECT_EQ(triad->work(1).bytes, Bytes(24ULL << 19U));
  EXPECT_EQ(triad->work(1).moved_bytes, Bytes(32ULL << 19U));
}

TEST(Triad, WritesPastTheCachesWhereTheInstructionSetCan) {
  const Isa isa = has_stream_loop(Isa::kSse2) ? Isa::kSse2 : Isa::kNeon;
  if (!has_stream_loop(isa)) GTEST_SKIP() << "no streaming loops for this architecture";
  WorkloadOptions options;
  options.stream_isa = isa;
  const std::unique_ptr<Workload> vectors = make("triad", options);
  vectors->load();
  const Verification verification = vectors->verify();
  EXPECT_TRUE(verification.passed) << verification.detail;
  EXPECT_EQ(vectors->work(1).moved_bytes, vectors->work(1).bytes);
  const std::unique_ptr<Workload> plain = make("triad", WorkloadOptions{});
  plain->load();
  EXPECT_EQ(checksum_after(*vectors, {2, 3}), checksum_after(*plain, {2, 3}));
}

TEST(Spin, IsNeverShorterThanAsked) {
  WorkloadOptions options;
  options.spin_duration = std::chrono::microseconds(200);
  const std::unique_ptr<Workload> spin = make("spin", options);
  spin->load();
  ASSERT_TRUE(spin->verify().passed);
  for (const std::size_t batch : {std::size_t{1}, std::size_t{5}}) {
    const std::vector<SampleIndex> samples(batch, 0);
    const auto begin = std::chrono::steady_clock::now();
    spin->execute(samples);
    EXPECT_GE(std::chrono::steady_clock::now() - begin,
              options.spin_duration * static_cast<std::int64_t>(batch));
  }
  EXPECT_NE(spin->info().description.find("200000 ns"), std::string::npos)
      << spin->info().description;
  EXPECT_EQ(spin->work(3).flops, Flops(0));
}

TEST(Null, AnswersByItsSamplesAlone) {
  const std::unique_ptr<Workload> null = make("null", WorkloadOptions{});
  null->load();
  ASSERT_TRUE(null->verify().passed);
  EXPECT_NE(checksum_after(*null, {0}), checksum_after(*null, {1}));
  EXPECT_EQ(checksum_after(*null, {0}), checksum_after(*null, {0}));
}

TEST(Checksum, IsFnv1aOverWords) {
  const std::vector<float> none;
  EXPECT_EQ(checksum_of<float>(none), kChecksumStart);
  const std::vector<float> zero = {0.0F};
  EXPECT_EQ(checksum_of<float>(zero), kChecksumStart * 0x100000001B3U);
  const std::vector<float> one_two = {1.0F, 2.0F};
  const std::vector<float> two_one = {2.0F, 1.0F};
  EXPECT_NE(checksum_of<float>(one_two), checksum_of<float>(two_one));
}

}  // namespace
}  // namespace perfbench
