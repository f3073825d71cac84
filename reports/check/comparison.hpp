#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/verdict.hpp"
#include "harness/core/units/quantity.hpp"
#include "reports/check/check.hpp"

namespace perfbench {

/// Compares stored figures with recomputed ones and collects what disagrees. Inside this room only.
class Comparison {
 public:
  void number(const std::string& path, double stored, double recomputed);
  void number(const std::string& path,
              const std::optional<double>& stored,
              const std::optional<double>& recomputed);
  void whole(const std::string& path, std::uint64_t stored, std::uint64_t recomputed);
  void whole(const std::string& path,
             const std::optional<std::uint64_t>& stored,
             const std::optional<std::uint64_t>& recomputed);
  void duration(const std::string& path, Nanoseconds stored, Nanoseconds recomputed);
  void duration(const std::string& path,
                const std::optional<Nanoseconds>& stored,
                const std::optional<Nanoseconds>& recomputed);
  void flag(const std::string& path, bool stored, bool recomputed);
  void word(const std::string& path, std::string_view stored, std::string_view recomputed);
  /// Verdict and reasons at `path`.verdict and `path`.reasons. The wording of a sentence may change
  /// between versions of this program, its figures may not: sentences of like wording must agree in
  /// every digit, and those of other wording may say no figure that the recomputed one does not.
  void verdict(const std::string& path, const Verdict& stored, const Verdict& recomputed);
  void reasons(const std::string& path,
               const std::vector<Reason>& stored,
               const std::vector<Reason>& recomputed);
  /// A sentence with figures, by the same rule; a sentence of other wording may bring no figure of
  /// its own.
  void text(const std::string& path, const std::string& stored, const std::string& recomputed);
  /// A stored figure that must hold, with what it breaks in words.
  void holds(const std::string& path,
             bool condition,
             const std::string& stored,
             const std::string& expected);

  /// Whether one more recomputation that takes milliseconds may be made: a stranger's file must not
  /// take hours. Not checkable, said once, when there were too many.
  [[nodiscard]] bool may_be_costly(const std::string& path);

  void not_checkable(std::string sentence) { result_.not_checkable.push_back(std::move(sentence)); }
  [[nodiscard]] CheckResult take() && { return std::move(result_); }

 private:
  CheckResult result_;
  std::size_t costly_ = 0;
};

/// Whether two doubles agree to the relative 1e-9 of check_report(); NaN agrees with nothing.
[[nodiscard]] bool agree(double a, double b) noexcept;

/// A double with all the digits that tell it from its neighbours.
[[nodiscard]] std::string exact_text(double value);

}  // namespace perfbench
