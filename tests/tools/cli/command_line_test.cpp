#include "tools/cli/command_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

Command parse(const std::vector<std::string>& words) { return parse_command_line(words); }

std::string refusal(const std::vector<std::string>& words) {
  try {
    (void)parse(words);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "not refused";
}

TEST(CommandLine, RunTakesItsFlags) {
  const auto command = std::get<RunCommand>(parse({"run",
                                                   "--preset",
                                                   "standard",
                                                   "--threads",
                                                   "2",
                                                   "--seed=7",
                                                   "--label",
                                                   "lab",
                                                   "--max-time",
                                                   "8m",
                                                   "--json",
                                                   "-o",
                                                   "x.json",
                                                   "--print-plan"}));
  EXPECT_EQ(command.plan.preset, Preset::kStandard);
  EXPECT_EQ(command.plan.threads, 2);
  EXPECT_EQ(command.plan.seed, 7U);
  EXPECT_EQ(command.plan.label, "lab");
  EXPECT_EQ(command.plan.max_time, std::chrono::minutes(8));
  EXPECT_TRUE(command.common.json);
  EXPECT_TRUE(command.print_plan);
  EXPECT_EQ(command.output, "x.json");
}

TEST(CommandLine, DefaultsAreTheQuickPresetAndReportJson) {
  const auto command = std::get<RunCommand>(parse({"run"}));
  EXPECT_EQ(command.plan.preset, Preset::kQuick);
  EXPECT_EQ(command.output, "report.json");
  EXPECT_FALSE(command.plan.threads.has_value());
  EXPECT_FALSE(command.plan.label.has_value());
}

TEST(CommandLine, RooflineIsRunsPartWithItsKnobs) {
  const auto full = std::get<RunCommand>(parse({"roofline", "--threads", "1", "--refresh"}));
  EXPECT_TRUE(full.roofline_verb);
  EXPECT_FALSE(full.plan.scenarios);
  EXPECT_EQ(full.plan.roofline, RooflineDepth::kFull);
  EXPECT_EQ(full.plan.threads, 1);
  EXPECT_TRUE(full.plan.refresh_library_search);
  EXPECT_EQ(full.output, "report.json");
  const auto quick = std::get<RunCommand>(
      parse({"roofline", "--quick", "--only", "memory,latency", "--max-time=10s"}));
  EXPECT_EQ(quick.plan.roofline, RooflineDepth::kQuick);
  EXPECT_EQ(quick.plan.only, (std::vector<RoofKind>{RoofKind::kBandwidth, RoofKind::kLatency}));
  EXPECT_EQ(quick.plan.max_time, std::chrono::seconds(10));
  EXPECT_FALSE(std::get<RunCommand>(parse({"run"})).plan.roofline.has_value());
}

TEST(CommandLine, RooflineRefusesWhatItDoesNotMeasure) {
  EXPECT_EQ(refusal({"roofline", "--only", "disk"}),
            "--only takes compute, memory or latency, not 'disk'.");
  EXPECT_NE(refusal({"roofline", "--preset", "quick"}), "not refused");
  EXPECT_NE(refusal({"run", "--only", "memory"}), "not refused");
}

TEST(CommandLine, AMistypedVerbGetsASuggestion) {
  EXPECT_EQ(refusal({"rnu"}), "unknown verb 'rnu'; did you mean 'run'?");
  EXPECT_EQ(refusal({"benchmark"}), "unknown verb 'benchmark'.");
}

TEST(CommandLine, AMistypedFlagGetsASuggestion) {
  EXPECT_EQ(refusal({"run", "--treads", "2"}),
            "unknown flag '--treads'; did you mean '--threads'?");
  EXPECT_EQ(refusal({"run", "--prest=quick"}), "unknown flag '--prest'; did you mean '--preset'?");
}

TEST(CommandLine, BadValuesAreOneSentence) {
  EXPECT_EQ(refusal({"run", "--threads", "two"}), "--threads takes a whole number, not 'two'.");
  EXPECT_EQ(refusal({"run", "--threads", ""}), "--threads takes a whole number, not ''.");
  EXPECT_EQ(refusal({"run", "--threads="}), "--threads has no value");
  EXPECT_EQ(refusal({"run", "--threads=", "2"}), "--threads has no value");
  EXPECT_EQ(refusal({"run", "--max-time", "soon"}),
            "--max-time takes a positive time such as 30s, 8m or 1h30m, not 'soon'.");
  EXPECT_EQ(refusal({"run", "--triad-bytes", "lots"}),
            "--triad-bytes takes bytes such as 512M or 2G, not 'lots'.");
  EXPECT_NE(refusal({"run", "--preset", "fast"}), "not refused");
  EXPECT_EQ(refusal({"run", "--color", "blue"}),
            "--color takes auto, always or never, not 'blue'.");
  EXPECT_NE(refusal({"check"}), "not refused");
  EXPECT_EQ(refusal({"check", "a.json", "b.json"}),
            "'b.json' is one argument too many for 'check'.");
  EXPECT_EQ(refusal({}), "No verb was given.");
}

TEST(CommandLine, HelpOfEveryVerbHasAnExample) {
  for (const char* verb :
       {"run", "roofline", "scenario", "calibrate", "probe", "check", "render"}) {
    const auto shown = std::get<ShowText>(parse({verb, "--help"}));
    EXPECT_NE(shown.text.find("perfbench " + std::string(verb)), std::string::npos) << verb;
    EXPECT_NE(shown.text.find("Example"), std::string::npos) << verb;
  }
  const auto top = std::get<ShowText>(parse({"--help"}));
  EXPECT_NE(top.text.find("Exit codes"), std::string::npos);
  EXPECT_EQ(top.text.find("__child"), std::string::npos) << "the hidden verb stays hidden";
}

}  // namespace
}  // namespace perfbench
