#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include "harness/core/progress.hpp"
#include "harness/core/system_under_test.hpp"

namespace perfbench {

struct ProgressStep {
  std::string id;
  double estimated_s = 0.0;
};

/// Progress on stderr: a bar with the time left on a terminal, redrawn at most ten times a second;
/// plain lines elsewhere, one a step and one every ten seconds. Draws only when told, so nothing is
/// written inside a timed region.
class TerminalProgress final : public Progress {
 public:
  struct Options {
    bool terminal = false;
    std::size_t columns = 80;
    std::vector<ProgressStep> steps;  ///< Of the plan, in order.
  };
  TerminalProgress(std::ostream& out, Options options);
  ~TerminalProgress() override;
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  void step(std::string_view id, std::string_view what) override;
  void advance(double fraction) override;

  /// Estimated time left when `fraction` of the present step is done and the steps before it took
  /// `elapsed_s`: what is left of the plan, scaled by how the time taken compares with the plan so
  /// far.
  [[nodiscard]] static double seconds_left(double elapsed_s,
                                           double planned_done_s,
                                           double planned_total_s);

 private:
  void draw(bool now);
  [[nodiscard]] double planned_done() const;

  std::ostream& out_;
  Options options_;
  double planned_total_ = 0.0;
  std::size_t present_ = 0;
  bool started_ = false;
  double fraction_ = 0.0;
  std::string what_;
  TimePoint begin_;
  TimePoint drawn_;
};

}  // namespace perfbench
