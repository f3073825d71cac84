#pragma once

#include <atomic>
#include <string_view>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Told where a long job stands; drawn by tools/cli, ignored in tests. Called between timed regions
/// only.
class Progress {
 public:
  virtual ~Progress() = default;
  /// `id` is a step of the plan.
  virtual void step(std::string_view id, std::string_view what) = 0;
  /// Fraction 0 to 1 of the present step.
  virtual void advance(double fraction) = 0;
};

class NullProgress final : public Progress {
 public:
  void step(std::string_view, std::string_view) override {}
  void advance(double) override {}
};

/// Cooperative stop: set by a signal or by a deadline, asked between windows and between queries.
class Interruption {
 public:
  void request(int signal) noexcept { signal_.store(signal, std::memory_order_relaxed); }
  [[nodiscard]] bool requested() const noexcept {
    return signal_.load(std::memory_order_relaxed) != 0;
  }
  /// The signal's number, 0 while none came.
  [[nodiscard]] int signal() const noexcept { return signal_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int> signal_{0};
};

}  // namespace perfbench
