#include "scenarios/roofline/layer_trials.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace perfbench {
namespace {

Dot layer(const std::string& kernel,
          std::int64_t m,
          const std::string& implementation,
          double rate) {
  Dot dot;
  dot.kernel = kernel;
  dot.implementation = implementation;
  dot.team = "1c";
  dot.shape = MatrixShape{m, 4096, 4096};
  dot.rate.best = rate;
  return dot;
}

TEST(LayerTrials, TheFastestOfEachShapeIsChosen) {
  const std::vector<Dot> dots{layer("linear m=1", 1, "packed avx512", 9.0),
                              layer("linear m=1", 1, "OpenBLAS 0.3.21, core SkylakeX", 7.0),
                              layer("linear m=4", 4, "packed avx512", 20.0),
                              layer("linear m=4", 4, "oneDNN 2.6.3", 21.0)};
  const std::vector<LibraryTrial> trials = layer_trials(dots);
  ASSERT_EQ(trials.size(), 4U);
  for (const LibraryTrial& trial : trials) {
    EXPECT_TRUE(trial.verified);
    EXPECT_EQ(trial.chosen, trial.rate_flop_per_s == 9.0 || trial.rate_flop_per_s == 21.0);
    EXPECT_EQ(trial.shape_class, trial.shape->m == 1 ? "vector" : "skinny");
  }
  EXPECT_EQ(trials.front().operation, "linear m=1 on 1c");
  EXPECT_TRUE(std::any_of(trials.begin(), trials.end(), [](const LibraryTrial& trial) {
    return trial.library == "OpenBLAS" && trial.core_name == "OpenBLAS 0.3.21, core SkylakeX";
  }));
}

TEST(LayerTrials, WhatLeavesNoChoiceIsLeftOut) {
  Dot other = layer("sgemm 2048", 2048, "OpenBLAS", 3.0);
  Dot moved = layer("linear m=1", 1, "oneDNN", 3.0);
  moved.epoch = 1;
  EXPECT_TRUE(layer_trials({}).empty());
  EXPECT_TRUE(
      layer_trials(std::vector<Dot>{layer("linear m=1", 1, "packed", 1.0), other, moved}).empty());
}

}  // namespace
}  // namespace perfbench
