#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/units/error.hpp"
#include "tools/cli/command_line.hpp"

namespace perfbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

RunCommand parse(std::vector<std::string> words) {
  words.insert(words.begin(), "scenario");
  return std::get<RunCommand>(parse_command_line(words));
}

ScenarioSettings settings_of(const std::vector<std::string>& words) {
  return parse(words).plan.serving.value().scenario.value();
}

std::string refusal(const std::vector<std::string>& words) {
  try {
    (void)parse(words);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "not refused";
}

TEST(ServingOptions, ScenariosInAnyCaseByPositionOrFlag) {
  EXPECT_EQ(settings_of({"SingleStream"}).scenario, Scenario::kSingleStream);
  EXPECT_EQ(settings_of({"--scenario", "MULTISTREAM"}).scenario, Scenario::kMultiStream);
  EXPECT_EQ(settings_of({"server"}).scenario, Scenario::kServer);
  EXPECT_EQ(settings_of({"--scenario=offline"}).scenario, Scenario::kOffline);
  EXPECT_EQ(refusal({"sever"}),
            "--scenario takes singlestream, multistream, server or offline, not 'sever'; did you "
            "mean 'server'?");
  EXPECT_EQ(refusal({}), "Which scenario was not said");
}

TEST(ServingOptions, DefaultsOfEachScenario) {
  const ScenarioSettings server = settings_of({"server"});
  EXPECT_EQ(server.workload, "mobilenet");
  EXPECT_EQ(server.rung, "fixed");
  EXPECT_EQ(server.arrivals.kind, Arrivals::kPoisson);
  EXPECT_EQ(server.arrivals.target_qps, 0.0);
  EXPECT_EQ(server.samples_per_query, 1U);
  EXPECT_EQ(server.batcher.max_batch, 1U);
  EXPECT_EQ(server.stop.min_duration, seconds(10));
  EXPECT_EQ(server.stop.max_duration, seconds(30));
  EXPECT_FALSE(server.bound.has_value());
  const ScenarioSettings multi = settings_of({"multistream"});
  EXPECT_EQ(multi.arrivals.kind, Arrivals::kClosedLoop);
  EXPECT_EQ(multi.samples_per_query, 8U);
  EXPECT_FALSE(multi.deadline.has_value());
  EXPECT_GT(settings_of({"offline"}).batcher.max_batch, 1U);
}

TEST(ServingOptions, ServerTakesItsFlags) {
  const RunCommand command =
      parse({"server", "--qps",           "250.5", "--arrivals",    "bursty", "--burst-duty",
             "0.25",   "--burst-period",  "1s",    "--max-batch",   "8",      "--max-delay",
             "2ms",    "--latency-bound", "2.5ms", "--percentile",  "99.9",   "--wait",
             "spin",   "--min-duration",  "3s",    "--min-queries", "5000",   "--workers",
             "2",      "--runs",          "3",     "--seed",        "7",      "--workload",
             "kws",    "--rung",          "fitted"});
  const ServingRequest& request = command.plan.serving.value();
  const ScenarioSettings& settings = request.scenario.value();
  EXPECT_EQ(settings.arrivals.target_qps, 250.5);
  EXPECT_EQ(settings.arrivals.kind, Arrivals::kBursty);
  EXPECT_EQ(settings.arrivals.burst_duty, 0.25);
  EXPECT_EQ(settings.arrivals.burst_period, seconds(1));
  EXPECT_EQ(settings.batcher.max_batch, 8U);
  EXPECT_EQ(settings.batcher.max_delay, milliseconds(2));
  EXPECT_EQ(settings.bound.value().bound, Nanoseconds(2'500'000));
  EXPECT_EQ(settings.bound.value().ppm, 999'000U);
  EXPECT_EQ(settings.wait, WaitPolicy::kSpin);
  EXPECT_EQ(settings.stop.min_duration, seconds(3));
  EXPECT_EQ(settings.stop.min_queries, 5000U);
  EXPECT_FALSE(settings.stop.max_duration.has_value()) << "so many were asked for";
  EXPECT_EQ(settings.workers, 2);
  EXPECT_EQ(settings.seed, 7U);
  EXPECT_EQ(settings.rung, "fitted");
  EXPECT_EQ(request.runs, 3);
  EXPECT_TRUE(request.needs_library);
  EXPECT_FALSE(command.plan.scenarios);
  EXPECT_EQ(command.plan.roofline, RooflineDepth::kNone);
}

TEST(ServingOptions, ADelayIsOfABatchAndBelowTheBound) {
  EXPECT_EQ(settings_of({"server", "--max-batch", "8", "--max-delay", "0"}).batcher.max_delay,
            milliseconds(0));
  EXPECT_EQ(settings_of({"server", "--max-delay", "0ms"}).batcher.max_batch, 1U);
  EXPECT_EQ(settings_of({"server", "--max-batch", "8", "--max-delay", "10s"}).batcher.max_delay,
            seconds(10));
  EXPECT_EQ(refusal({"server", "--max-batch", "8", "--max-delay", "11s"}),
            "--max-delay takes a time from 0 to 10s, not '11s'.");
  EXPECT_EQ(refusal({"server", "--max-batch", "8", "--max-delay", "5ms", "--latency-bound", "5ms"}),
            "--max-delay is not below --latency-bound: whoever waits so long has missed it");
  EXPECT_NE(refusal({"server", "--max-batch", "1", "--max-delay", "5ms"}), "not refused");
  EXPECT_NE(refusal({"server", "--max-delay", "5ms"}), "not refused");
  EXPECT_NE(refusal({"singlestream", "--max-batch", "2"}), "not refused");
  EXPECT_NE(refusal({"singlestream", "--max-delay", "0"}), "not refused");
}

TEST(ServingOptions, FramesAreMultiStreamAtAPeriod) {
  const ScenarioSettings settings =
      settings_of({"multistream", "--frame-period", "10ms", "--samples-per-query", "4"});
  EXPECT_EQ(settings.arrivals.kind, Arrivals::kPeriodic);
  EXPECT_DOUBLE_EQ(settings.arrivals.target_qps, 100.0);
  EXPECT_EQ(settings.deadline, milliseconds(10));
  EXPECT_EQ(settings.samples_per_query, 4U);
  EXPECT_EQ(settings_of({"multistream", "--frame-period", "10ms", "--deadline", "8ms"}).deadline,
            milliseconds(8));
}

TEST(ServingOptions, ATraceIsNamedWithoutItsFolder) {
  const RunCommand command = parse({"server", "--trace", "/home/someone/t.txt"});
  EXPECT_EQ(command.trace, "/home/someone/t.txt");
  const ArrivalSettings& arrivals = command.plan.serving.value().scenario.value().arrivals;
  EXPECT_EQ(arrivals.kind, Arrivals::kTrace);
  EXPECT_EQ(arrivals.trace_name, "t.txt");
}

TEST(ServingOptions, SearchesAreOfServer) {
  const auto request =
      parse({"--find-peak", "--latency-bound", "10ms", "--sweep"}).plan.serving.value();
  EXPECT_TRUE(request.find_peak);
  EXPECT_TRUE(request.sweep);
  EXPECT_EQ(request.scenario.value().scenario, Scenario::kServer);
  EXPECT_NE(refusal({"--find-peak"}).find("--latency-bound 10ms"), std::string::npos);
  EXPECT_EQ(refusal({"offline", "--sweep"}), "--sweep needs the scenario server.");
}

TEST(ServingOptions, TracksChooseForThemselves) {
  const auto request = parse({"--track", "Cloud", "--seed", "3"}).plan.serving.value();
  EXPECT_EQ(request.track, Track::kCloud);
  EXPECT_EQ(request.scenario.value().seed, 3U);
  EXPECT_EQ(refusal({"--track", "tiny"}),
            "The track tiny is about accuracy beside speed, and its accuracy scenario is not there "
            "yet");
  EXPECT_EQ(refusal({"--track", "edge", "--qps", "5"}), "--qps does not go with --track");
  EXPECT_NE(refusal({"--track", "clod"}).find("did you mean 'cloud'?"), std::string::npos);
}

TEST(ServingOptions, WhatDoesNotGoTogetherIsRefused) {
  EXPECT_EQ(refusal({"offline", "--qps", "5"}), "--qps needs the scenario server.");
  EXPECT_EQ(refusal({"server", "--frame-period", "5ms"}),
            "--frame-period needs the scenario multistream.");
  EXPECT_EQ(refusal({"multistream", "--deadline", "5ms"}), "--deadline needs --frame-period.");
  EXPECT_EQ(refusal({"server", "--burst-duty", "0.5"}), "--burst-duty needs --arrivals bursty.");
  EXPECT_EQ(refusal({"server", "--arrivals", "trace"}), "--arrivals trace needs --trace FILE.");
  EXPECT_EQ(refusal({"server", "--percentile", "99"}), "--percentile needs --latency-bound.");
  EXPECT_NE(refusal({"offline", "--latency-bound", "5ms"}), "not refused");
  EXPECT_NE(refusal({"singlestream", "--workers", "2"}), "not refused");
  EXPECT_NE(refusal({"server", "--workload", "kws", "--workload-file", "x.json"}), "not refused");
}

TEST(ServingOptions, BadRatesAndNumbersAreOneSentence) {
  for (const char* rate : {"0", "-5", "nan", "inf", "many", "1e300", "5x"}) {
    EXPECT_EQ(refusal({"server", std::string("--qps=") + rate}),
              std::string("--qps takes a number above 0 and at most 1e+09, not '") + rate + "'.");
  }
  EXPECT_NE(refusal({"server", "--arrivals", "bursty", "--burst-duty", "1.5"}), "not refused");
  EXPECT_NE(refusal({"server", "--latency-bound", "0ms"}), "not refused");
  EXPECT_NE(refusal({"server", "--latency-bound", "1ms", "--percentile", "100"}), "not refused");
  EXPECT_NE(refusal({"server", "--max-batch", "0"}), "not refused");
  EXPECT_NE(refusal({"server", "--runs", "0"}), "not refused");
  EXPECT_NE(refusal({"server", "--wait", "lazily"}), "not refused");
  EXPECT_EQ(refusal({"server", "--qsp", "5"}), "unknown flag '--qsp'; did you mean '--qps'?");
}

TEST(ServingOptions, WorkWithoutProductsNeedsNoLibrary) {
  const auto null = parse({"server", "--workload", "null"}).plan.serving.value();
  EXPECT_FALSE(null.needs_library);
  EXPECT_FALSE(null.needs_roofs);
  const auto triad = parse({"offline", "--workload", "triad"}).plan.serving.value();
  EXPECT_FALSE(triad.needs_library);
  EXPECT_TRUE(triad.needs_roofs);
}

TEST(ServingOptions, CalibrateIsAMeasurementOfTheHarness) {
  const std::vector<std::string> words{"calibrate", "--wait", "spin", "-o", "c.json"};
  const auto command = std::get<RunCommand>(parse_command_line(words));
  EXPECT_TRUE(command.plan.serving.value().calibrate);
  EXPECT_EQ(command.plan.serving.value().scenario.value().wait, WaitPolicy::kSpin);
  EXPECT_EQ(command.output, "c.json");
}

}  // namespace
}  // namespace perfbench
