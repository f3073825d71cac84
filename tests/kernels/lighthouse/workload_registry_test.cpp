#include "kernels/lighthouse/workload_registry.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "kernels/lighthouse/checksum.hpp"
#include "kernels/lighthouse/triad_workload.hpp"
#include "tests/kernels/lighthouse/model_support.hpp"

namespace perfbench {
namespace {

WorkloadSources sources_here() {
  WorkloadSources sources;
  sources.machine.isas = test::isas_of_host();
  return sources;
}

/// Every library that is here.
WorkloadSources all_sources() {
  WorkloadSources sources = sources_here();
  static const Reading<OpenBlas> blas = load_openblas();
  static const Reading<OneDnn> onednn = load_onednn();
  if (blas.available()) {
    std::vector<InstancePlan::Service> services;
    for (const GemmCell& cell : gemm_cells()) services.push_back({cell, 0, 0.0, 1.0});
    sources.openblas =
        Reading<OpenBlasSet>::of(OpenBlasSet({blas.value()}, services, {}), blas.source());
  }
  sources.onednn = onednn;
  return sources;
}

std::unique_ptr<Workload> make(const std::string& name,
                               const std::string& rung = "fixed",
                               const WorkloadSizes& sizes = {}) {
  return workload_entry(sources_here(), {name, rung, sizes}).make();
}

std::uint64_t checksum_after(Workload& workload, const std::vector<SampleIndex>& samples) {
  workload.execute(samples);
  return workload.checksum();
}

/// What holds for every workload that computes: it verifies, tells its samples apart, repeats its
/// answers and knows them again.
void expect_sound(Workload& workload) {
  workload.load();
  const Verification verification = workload.verify();
  ASSERT_TRUE(verification.passed) << workload.info().name << ": " << verification.detail;
  EXPECT_GE(workload.sample_count(), 8U);
  const std::uint64_t first = checksum_after(workload, {0});
  EXPECT_TRUE(workload.answer_holds(0, 0));
  EXPECT_FALSE(workload.answer_holds(0, 1));
  EXPECT_FALSE(workload.answer_holds(1, 0));
  const std::uint64_t other = checksum_after(workload, {1});
  EXPECT_NE(first, other) << workload.info().name << " gives two samples one answer";
  EXPECT_EQ(checksum_after(workload, {0}), first);
  const std::uint64_t batch = checksum_after(workload, {0, 1, workload.sample_count() - 1});
  EXPECT_TRUE(workload.answer_holds(2, workload.sample_count() - 1));
  EXPECT_NE(batch, first);
  EXPECT_EQ(checksum_after(workload, {0, 1, workload.sample_count() - 1}), batch);
  EXPECT_NE(checksum_after(workload, {1, 0, workload.sample_count() - 1}), batch);
  EXPECT_EQ(workload.work(3).flops, 3 * workload.work(1).flops);
  EXPECT_GT(workload.work(1).flops.count(), 0U);
}

TEST(Catalogue, NamesEachWorkloadOnce) {
  std::vector<std::string> names;
  for (const WorkloadListing& listing : workload_catalogue()) {
    names.push_back(listing.name);
    std::set<std::string> rungs;
    for (const Rung& rung : listing.rungs) EXPECT_TRUE(rungs.insert(rung.name).second);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"llm-decode",
                                      "llm-prefill",
                                      "detector",
                                      "mobilenet",
                                      "kws",
                                      "gemm",
                                      "triad",
                                      "spin",
                                      "null"}));
}

TEST(Catalogue, AnEntryIsWhatItsListingSays) {
  for (const WorkloadListing& listing : workload_catalogue()) {
    for (const Rung& rung : listing.rungs) {
      const WorkloadEntry entry = workload_entry(sources_here(), {listing.name, rung.name, {}});
      EXPECT_EQ(entry.name, listing.name);
      EXPECT_EQ(entry.working_set, rung.working_set) << listing.name << ' ' << rung.name;
      EXPECT_EQ(entry.shared, rung.shared);
      const std::unique_ptr<Workload> workload = entry.make();
      EXPECT_EQ(workload->info().name, entry.name);
      EXPECT_EQ(workload->info().description, entry.description);
      EXPECT_EQ(workload->info().threads, 1);
      EXPECT_EQ(workload->work(1).flops, rung.flops) << listing.name << ' ' << rung.name;
      EXPECT_EQ(workload->info().rung == "fixed", rung.is_fixed)
          << listing.name << ' ' << rung.name;
    }
  }
}

TEST(Catalogue, RefusesWhatItHasNot) {
  const auto refuse = [](const WorkloadRequest& request, const std::string& words) {
    try {
      (void)workload_entry(sources_here(), request);
      ADD_FAILURE() << request.name << ' ' << request.rung;
    } catch (const UsageError& error) {
      EXPECT_NE((error.what() + error.remedy()).find(words), std::string::npos)
          << error.what() << ' ' << error.remedy();
    }
  };
  refuse({"resnet", "fixed", {}}, "mobilenet");
  refuse({"detector", "63", {}}, "fixed, 64, 96");
  WorkloadSizes sizes;
  sizes.gemm_size = -4;
  refuse({"gemm", "fixed", sizes}, "-4");
  sizes = {};
  sizes.context = 100;
  refuse({"kws", "fixed", sizes}, "llm-decode");
  sizes = {};
  sizes.triad = Bytes(100);
  refuse({"triad", "fixed", sizes}, "1 MiB");
}

TEST(Catalogue, SizesAreTaken) {
  WorkloadSizes sizes;
  sizes.gemm_size = 40;
  const std::unique_ptr<Workload> gemm = make("gemm", "fixed", sizes);
  EXPECT_EQ(gemm->work(1).flops, Flops(2 * 40 * 40 * 40));
  EXPECT_EQ(gemm->info().rung, "40");
  expect_sound(*gemm);
  sizes = {};
  sizes.context = 64;
  const std::unique_ptr<Workload> decode = make("llm-decode", "52MiB", sizes);
  EXPECT_EQ(decode->info().rung, "52MiB, context 64");
  EXPECT_LT(decode->work(1).bytes, make("llm-decode", "52MiB")->work(1).bytes);
}

TEST(Models, FixedImagesWordsAndProductsAreSound) {
  for (const char* name : {"detector", "mobilenet", "kws", "gemm", "llm-prefill"}) {
    const std::unique_ptr<Workload> model = make(name);
    expect_sound(*model);
    EXPECT_EQ(model->info().bound_by, RoofKind::kCompute) << name;
  }
}

TEST(Models, DecodingIsSoundAndBandwidthBound) {
  const std::unique_ptr<Workload> decode = make("llm-decode", "52MiB");
  expect_sound(*decode);
  EXPECT_EQ(decode->info().bound_by, RoofKind::kBandwidth);
}

TEST(Models, EveryLibraryHereServes) {
  const WorkloadSources sources = all_sources();
  if (!sources.openblas.available() && !sources.onednn.available())
    GTEST_SKIP() << sources.openblas.reason() << "; " << sources.onednn.reason();
  // Each library alone, beside the packed layers that serve what it has no way to.
  for (const auto& backend : linear_backends(sources)) {
    ModelOptions options = test::packed_options();
    options.backends = {backend};
    ModelSpec spec = test::odd_model();
    const std::unique_ptr<Workload> model = model_entry(plan_model(spec), options).make();
    model->load();
    const Verification verification = model->verify();
    EXPECT_TRUE(verification.passed) << backend->label() << ": " << verification.detail;
    EXPECT_NE(model->info().implementation.find(backend->library()), std::string::npos);
  }
  const std::unique_ptr<Workload> kws = workload_entry(sources, {"kws", "fixed", {}}).make();
  expect_sound(*kws);
}

TEST(Models, TheSeedMakesTheData) {
  const auto checksum = [](std::uint64_t seed) {
    WorkloadSources sources = sources_here();
    sources.seed = seed;
    const std::unique_ptr<Workload> kws = workload_entry(sources, {"kws", "fixed", {}}).make();
    kws->load();
    return checksum_after(*kws, {3});
  };
  EXPECT_EQ(checksum(5), checksum(5));
  EXPECT_NE(checksum(5), checksum(6));
}

TEST(Triad, IsSoundAndBandwidthBound) {
  const std::unique_ptr<Workload> triad = triad_workload({Isa::kScalar}).make();
  expect_sound(*triad);
  EXPECT_EQ(triad->info().bound_by, RoofKind::kBandwidth);
  // STREAM counts 24 bytes an element; plain C++ writes with regular stores, which move 8 more.
  EXPECT_EQ(triad->work(1).bytes, Bytes(24ULL << 19U));
  EXPECT_EQ(triad->work(1).moved_bytes, Bytes(32ULL << 19U));
  const std::unique_ptr<Workload> small = triad_workload({Isa::kScalar}, mib(2)).make();
  expect_sound(*small);
  EXPECT_EQ(small->sample_count(), 8U);
}

TEST(Triad, WritesPastTheCachesWhereTheInstructionSetCan) {
  const Isa isa = has_stream_loop(Isa::kSse2) ? Isa::kSse2 : Isa::kNeon;
  if (!has_stream_loop(isa)) GTEST_SKIP() << "no streaming loops for this architecture";
  MachineShape machine;
  machine.isas = {Isa::kScalar, isa};
  const std::unique_ptr<Workload> vectors = triad_workload(triad_variant(machine), mib(24)).make();
  vectors->load();
  const Verification verification = vectors->verify();
  EXPECT_TRUE(verification.passed) << verification.detail;
  EXPECT_EQ(vectors->work(1).moved_bytes, vectors->work(1).bytes);
  const std::unique_ptr<Workload> plain = triad_workload({Isa::kScalar}, mib(24)).make();
  plain->load();
  EXPECT_EQ(checksum_after(*vectors, {2, 3}), checksum_after(*plain, {2, 3}));
}

TEST(Spin, IsNeverShorterThanAsked) {
  WorkloadSizes sizes;
  sizes.spin = std::chrono::microseconds(200);
  const std::unique_ptr<Workload> spin = make("spin", "fixed", sizes);
  spin->load();
  ASSERT_TRUE(spin->verify().passed);
  for (const std::size_t batch : {std::size_t{1}, std::size_t{5}}) {
    const std::vector<SampleIndex> samples(batch, 0);
    const auto begin = std::chrono::steady_clock::now();
    spin->execute(samples);
    EXPECT_GE(std::chrono::steady_clock::now() - begin,
              sizes.spin * static_cast<std::int64_t>(batch));
  }
  EXPECT_NE(spin->info().description.find("200000 ns"), std::string::npos)
      << spin->info().description;
  EXPECT_EQ(spin->work(3).flops, Flops(0));
}

TEST(Null, AnswersByItsSamplesAlone) {
  const std::unique_ptr<Workload> null = make("null");
  null->load();
  ASSERT_TRUE(null->verify().passed);
  EXPECT_NE(checksum_after(*null, {0}), checksum_after(*null, {1}));
  EXPECT_EQ(checksum_after(*null, {0}), checksum_after(*null, {0}));
  EXPECT_TRUE(null->answer_holds(0, 0));
  EXPECT_FALSE(null->answer_holds(0, 1));
}

TEST(Caches, TheLastLevelIsTheLargestOfTheHighest) {
  MachineShape machine;
  EXPECT_EQ(last_level_cache(machine), Bytes(0));
  machine.caches = {{1, kib(32)}, {3, mib(16)}, {3, mib(96)}, {2, mib(512)}};
  EXPECT_EQ(last_level_cache(machine), mib(96));
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
