#pragma once

#include <algorithm>

#include "harness/core/progress.hpp"
#include "harness/host/clock/clock.hpp"

namespace perfbench {

/// For a step that is made of many runs within a given time: tells the step's share of that time,
/// whatever share of its own a run tells. All references outlive it.
class TimedProgress final : public Progress {
 public:
  TimedProgress(Progress& whole, Clock& clock, Nanoseconds at_most)
      : whole_(whole), clock_(clock), at_most_(at_most), begin_(clock.now()) {}

  void step(std::string_view id, std::string_view what) override { whole_.step(id, what); }
  void advance(double) override {
    if (at_most_.count() <= 0) return;
    whole_.advance(std::clamp(seconds(clock_.now() - begin_) / seconds(at_most_), 0.0, 1.0));
  }

 private:
  Progress& whole_;
  Clock& clock_;
  Nanoseconds at_most_;
  TimePoint begin_;
};

}  // namespace perfbench
