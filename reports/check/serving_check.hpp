#pragma once

#include <string>

#include "harness/core/result/calibration.hpp"
#include "harness/core/result/serving.hpp"
#include "harness/core/result/track.hpp"
#include "reports/check/comparison.hpp"

namespace perfbench {

// Searches, sweeps, tracks and calibration: one checker each. Inside this room only.

void check_peak_rate(const PeakRate& peak, const std::string& path, Comparison& comparison);
void check_load_sweep(const LoadSweep& sweep, const std::string& path, Comparison& comparison);
void check_track(const TrackResult& result, const std::string& path, Comparison& comparison);
void check_calibration(const CalibrationSection& calibration, Comparison& comparison);

}  // namespace perfbench
