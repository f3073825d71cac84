#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "harness/core/plan/run_plan.hpp"

namespace perfbench {

enum class ColourChoice { kAuto, kAlways, kNever };

/// Flags that every verb has.
struct CommonOptions {
  bool json = false;   ///< The report document on stdout instead of text.
  bool quiet = false;  ///< No progress and no text; errors are still said.
  ColourChoice colour = ColourChoice::kAuto;
};

/// `run`, and `roofline`, `scenario` and `calibrate`, which are parts of it.
struct RunCommand {
  CommonOptions common;
  bool roofline_verb = false;        ///< The summary shows every roof.
  bool list_workloads = false;       ///< Of `scenario`: name them, and stop.
  std::optional<std::string> trace;  ///< File of arrivals, read by read_trace().
  std::optional<std::string> workload_file;
  std::optional<StopRule> stop;  ///< Of a fresh run: the rule that its parent's plan came to.
  PlanOptions plan;
  std::string output = "report.json";
  bool print_plan = false;
};

struct ProbeCommand {
  CommonOptions common;
  std::optional<std::string> capture;  ///< File for the anonymised snapshot.
  std::optional<std::string> output;
};

struct CheckCommand {
  CommonOptions common;
  std::string report;
};

struct RenderCommand {
  CommonOptions common;
  std::string report;
  std::optional<std::string> output;
};

/// Help or version: `text` goes to stdout.
struct ShowText {
  std::string text;
};

using Command = std::variant<RunCommand, ProbeCommand, CheckCommand, RenderCommand, ShowText>;

/// Parses the words after the program's name. Throws UsageError with one sentence and a remedy: an
/// unknown verb or flag (with the nearest known one), a value that is none.
[[nodiscard]] Command parse_command_line(std::span<const std::string> words);

}  // namespace perfbench
