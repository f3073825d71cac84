// perfbench_micro as its user has it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

#include "harness/core/json/parse.hpp"

namespace perfbench {
namespace {

struct Outcome {
  int exit_code = -1;
  std::string out;
};

/// Standard error is dropped.
Outcome run_micro(const std::string& flags) {
  Outcome outcome;
  std::string command = PERFBENCH_MICRO;
  command.append(" ").append(flags).append(" 2>/dev/null");
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) {
    outcome.out.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

TEST(PerfbenchMicro, HelpSaysHowToUseIt) {
  const Outcome outcome = run_micro("--help");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.out.find("Example: perfbench_micro"), std::string::npos);
  EXPECT_NE(outcome.out.find("--benchmark_filter"), std::string::npos);
}

TEST(PerfbenchMicro, AnUnknownFlagIsUsage) {
  EXPECT_EQ(run_micro("--no_such_flag").exit_code, 2);
  EXPECT_EQ(run_micro("--l1_kib=many").exit_code, 2);
  EXPECT_EQ(run_micro("--cpu=60000").exit_code, 2);
}

TEST(PerfbenchMicro, TwoKernelsGiveFiguresInJson) {
  const Outcome outcome = run_micro(
      "--no_libraries --l1_kib=16 --benchmark_min_time=0.001 --benchmark_format=json "
      "--benchmark_filter='^(fma|mul_add)/fp32/scalar$|^read/L1/scalar$'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.out;
  const JsonValue document = parse_json(outcome.out);
  ASSERT_EQ(document.at("benchmarks").size(), 2U) << outcome.out;
  for (const JsonValue& benchmark : document.at("benchmarks").as_array()) {
    EXPECT_EQ(benchmark.find("error_message"), nullptr);
    const bool stream = benchmark.get_string("name").find("read") == 0;
    const JsonValue* rate = benchmark.find(stream ? "GB/s" : "GFLOP/s");
    ASSERT_NE(rate, nullptr) << outcome.out;
    EXPECT_GT(rate->as_double(), 0.0);
    EXPECT_NE(benchmark.get_string("label").find("limit: "), std::string::npos);
  }
}

}  // namespace
}  // namespace perfbench
