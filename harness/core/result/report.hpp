#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result/calibration.hpp"
#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/machine.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/core/result/serving.hpp"
#include "harness/core/result/track.hpp"

namespace perfbench {

/// The program that measured, so that a figure can be traced to a build.
struct ToolInfo {
  std::string name = "perfbench";
  std::string version;
  std::string compiler;
  std::string flags;
  std::string git_revision;
};

/// The report's "quiet" for the whole run: the one definition applied to the run's windows, with
/// the evidence.
struct QuietSummary {
  QuietVerdict verdict;
  std::uint64_t windows = 0;  ///< Disturbance windows judged.
  std::uint64_t windows_quiet = 0;
  Disturbance disturbance;              ///< Over the whole run.
  std::vector<NoiseFloor> noise_floor;  ///< One a measured CPU.
};

/// Plan as it was carried out: every default written out. Names are stable, values text or numbers.
struct PlanEntry {
  std::string name;
  FactValue value;
};

struct PlanStepRecord {
  std::string id;
  std::string what;
  double estimated_s = 0.0;
  std::optional<double> took_s;  ///< Absent: did not run.
};

struct PlanRecord {
  std::string preset;
  std::uint64_t seed = 0;
  std::vector<PlanEntry> entries;
  std::vector<PlanStepRecord> steps;
};

/// One report, as reports/document/report.schema.json has it. Sections that a verb did not make are
/// absent.
struct Report {
  static constexpr const char* kSchema = "perfbench-report/1";
  int protocol = 1;  ///< Version of the way of measuring: two reports compare within one.
  ToolInfo tool;
  std::optional<std::string> label;
  std::string started_utc;  ///< ISO 8601, seconds, "Z".
  bool partial = false;
  std::string partial_reason;
  std::vector<std::string> command;
  PlanRecord plan;
  MachineFacts machine;
  QuietSummary quiet;
  std::optional<RooflineSection> roofline;
  std::vector<ScenarioResult> scenarios;
  std::vector<PeakRate> peak_rates;
  std::vector<LoadSweep> load_sweeps;
  std::vector<TrackResult> tracks;
  std::optional<CalibrationSection> calibration;
};

}  // namespace perfbench
