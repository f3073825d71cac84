#include "kernels/lighthouse/ladder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "kernels/lighthouse/models/ladders.hpp"
#include "kernels/lighthouse/models/models.hpp"

namespace perfbench {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

double mflop(const ModelSpec& spec) {
  return static_cast<double>(plan_model(spec).flops.count()) * 1e-6;
}

TEST(Ladders, EveryRungIsThePublishedFigureTimesItsFactor) {
  for (const ModelLadder& ladder : model_ladders()) {
    for (const ModelRung& entry : ladder.rungs) {
      if (entry.rung.published_flops == 0.0) continue;
      const double counted =
          static_cast<double>((entry.rung.flops - entry.rung.beyond_published).count());
      EXPECT_NEAR(counted / (entry.rung.published_flops * entry.rung.factor), 1.0, 0.01)
          << ladder.name << ' ' << entry.rung.name;
    }
  }
}

TEST(Ladders, TheWholeModelsAreThePublishedOnes) {
  // 300 M MACs and 3.5 M parameters; torchvision counts 3,504,872 with batch norm's scales, which
  // are folded here.
  const ModelPlan mobilenet = plan_model(mobilenet_model(224, 1.0));
  EXPECT_NEAR(static_cast<double>(mobilenet.flops.count()), 600e6, 6e6);
  EXPECT_EQ(mobilenet.weights, 3'487'816U);
  // "YOLOv8n summary (fused): 3151904 parameters, 8.7 GFLOPs"; 16 of them decode boxes.
  const ModelPlan detector = plan_model(detector_model(640));
  EXPECT_NEAR(static_cast<double>(detector.flops.count()), 8.7e9, 0.087e9);
  EXPECT_EQ(detector.weights, 3'151'888U);
  // Hello Edge: 5.4, 19.8 and 56.9 M operations, additions of biases counted too.
  EXPECT_NEAR(mflop(ds_cnn_model('S')), 5.31, 0.01);
  EXPECT_NEAR(mflop(ds_cnn_model('M')), 19.8, 0.198);
  EXPECT_NEAR(mflop(ds_cnn_model('L')), 56.9, 0.569);
  // Llama-3-8B: 32 blocks of 218,112,000 parameters are 6.98e9 of 8.03e9.
  EXPECT_EQ(plan_model(llama_model({4096, 1, 1, 0})).weights, 218'112'000U);
  EXPECT_NEAR(mflop(llama_model({4096, 32, 1, 0})) * 1e6 / 16.06e9, 0.8692, 0.001);
}

TEST(Ladders, RiseAndHaveOneFixedRung) {
  for (const ModelLadder& ladder : model_ladders()) {
    int fixed = 0;
    for (std::size_t i = 0; i < ladder.rungs.size(); ++i) {
      const Rung& rung = ladder.rungs[i].rung;
      fixed += rung.is_fixed ? 1 : 0;
      EXPECT_GE(rung.working_set, rung.shared) << ladder.name << ' ' << rung.name;
      EXPECT_GE(rung.shared, rung.weights) << ladder.name << ' ' << rung.name;
      EXPECT_FALSE(rung.description.empty());
      if (i == 0) continue;
      EXPECT_GT(rung.flops, ladder.rungs[i - 1].rung.flops) << ladder.name << ' ' << rung.name;
      EXPECT_GE(rung.weights, ladder.rungs[0].rung.weights) << ladder.name << ' ' << rung.name;
    }
    EXPECT_EQ(fixed, 1) << ladder.name;
  }
}

TEST(Ladders, SayWhatIsScaledDown) {
  const ModelRung& small = model_ladders()[3].rungs.front();
  EXPECT_NE(small.rung.description.find("96 x 96 (224 x 224 is published), width 0.35"),
            std::string::npos)
      << small.rung.description;
  EXPECT_NE(small.rung.description.find("0.0398 x the 600 Mflop published"), std::string::npos)
      << small.rung.description;
}

TEST(ChooseRung, TakesTheLargestWithinTheTarget) {
  const std::vector<RungTime> times{{"a", milliseconds(1)},
                                    {"b", milliseconds(4)},
                                    {"c", milliseconds(6)},
                                    {"d", milliseconds(20)}};
  const RungChoice choice = choose_rung(times, milliseconds(5));
  EXPECT_EQ(choice.rung, "b");
  EXPECT_TRUE(choice.reached);
  EXPECT_EQ(choice.sentence,
            "Rung b takes 4 ms a sample and is the largest within 5 ms; the next, c, takes 6 ms.");
  EXPECT_EQ(choose_rung(times, milliseconds(4)).rung, "b");
  EXPECT_EQ(choose_rung(times, milliseconds(100)).sentence,
            "Rung d takes 20 ms a sample and is the largest within 100 ms; it is the largest there "
            "is.");
  const RungChoice none = choose_rung(times, microseconds(300));
  EXPECT_EQ(none.rung, "a");
  EXPECT_FALSE(none.reached);
  EXPECT_EQ(none.sentence, "Rung a, the smallest, takes 1 ms a sample; none takes 0.3 ms or less.");
}

TEST(ChooseRung, SaysWhatWasMeasuredAndWhatFollowsByWork) {
  const RungTime fixed{"b", milliseconds(4)};
  const std::vector<RungTime> times{{"a", milliseconds(1)}, fixed, {"c", milliseconds(6)}};
  EXPECT_EQ(
      choose_rung(times, milliseconds(10), &fixed).sentence,
      "By its work, from the fixed rung's measured 4 ms, rung c should take 6 ms a sample and "
      "is the largest within 10 ms; it is the largest there is.");
  EXPECT_EQ(choose_rung(times, milliseconds(5), &fixed).sentence,
            "Rung b takes 4 ms a sample and is the largest within 5 ms; the next, c, should take "
            "6 ms.");
}

Rung rung_of(const char* name, Bytes weights) {
  Rung rung;
  rung.name = name;
  rung.weights = weights;
  rung.shared = weights;
  rung.working_set = weights + mib(10);
  return rung;
}

TEST(ChooseStreamingRung, IsFourTimesTheCacheAndWithinTheMemory) {
  const std::vector<Rung> ladder{
      rung_of("50", mib(50)), rung_of("200", mib(200)), rung_of("800", mib(800))};
  StreamingFit fit;
  fit.last_level_cache = mib(32);
  fit.memory_available = gib(4);
  fit.instances = 2;
  const RungChoice choice = choose_streaming_rung(ladder, fit);
  EXPECT_EQ(choice.rung, "200");
  EXPECT_TRUE(choice.reached);
  EXPECT_EQ(choice.sentence,
            "Rung 200 streams 200 MiB of weights and is the smallest with 4 x the last-level cache "
            "of 32 MiB; it takes 220 MiB of 3072 MiB (75 % of what is available).");
  fit.last_level_cache = mib(64);
  EXPECT_EQ(choose_streaming_rung(ladder, fit).rung, "800");
  fit.memory_available = mib(400);
  const RungChoice small = choose_streaming_rung(ladder, fit);
  EXPECT_EQ(small.rung, "200");
  EXPECT_FALSE(small.reached);
  EXPECT_NE(small.sentence.find("3.1 x the last-level cache of 64 MiB and not 4 x"),
            std::string::npos)
      << small.sentence;
  fit.memory_available = mib(20);
  EXPECT_NE(choose_streaming_rung(ladder, fit).sentence.find("more than 15 MiB"),
            std::string::npos);
  const RungChoice untold = choose_streaming_rung(ladder, StreamingFit{});
  EXPECT_EQ(untold.rung, "200");
  EXPECT_NE(untold.sentence.find("assumed"), std::string::npos);
}

TEST(PredictTimes, GoesByFlops) {
  const std::vector<ModelLadder>& ladders = model_ladders();
  std::vector<Rung> rungs;
  for (const ModelRung& entry : ladders[2].rungs) rungs.push_back(entry.rung);
  const std::vector<RungTime> times = predict_times(rungs, {"fixed", milliseconds(1)});
  ASSERT_EQ(times.size(), rungs.size());
  EXPECT_EQ(times.front().service, milliseconds(1));
  EXPECT_NEAR(static_cast<double>(times.back().service.count()), 100e6, 1e6);  // 640 over 64.
}

}  // namespace
}  // namespace perfbench
