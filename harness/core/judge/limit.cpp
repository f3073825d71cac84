#include "harness/core/judge/limit.hpp"

#include <cmath>

#include "harness/core/judge/verdict_builder.hpp"
#include "harness/core/judge/wording.hpp"

namespace perfbench {
namespace {

using judge::number;
using judge::percent;

LimitQuestion question_of(const Roof& roof) {
  return {roof.per_core_cycle,
          roof.limit_per_core_cycle,
          roof.limit_may_refuse,
          roof.clock.relative_uncertainty};
}

/// measured / limit, when both are there and the limit is one. A stored file may hold anything.
std::optional<double> ratio(const LimitQuestion& question) {
  if (!question.per_core_cycle || !question.limit_per_core_cycle.available()) return std::nullopt;
  const double limit = question.limit_per_core_cycle.value();
  if (!(limit > 0.0) || !std::isfinite(limit) || !std::isfinite(*question.per_core_cycle))
    return std::nullopt;
  return *question.per_core_cycle / limit;
}

/// A negative or missing uncertainty would refuse good figures.
double uncertainty(const LimitQuestion& question) {
  return question.clock_uncertainty > 0.0 ? question.clock_uncertainty : 0.0;
}

std::string above(const LimitQuestion& question, double r) {
  return number(*question.per_core_cycle, 4) + " per core and cycle is " + number(r) + "x " +
         (question.limit_may_refuse ? "above the documented limit of "
                                    : "the uncertain limit of ") +
         question.limit_per_core_cycle.source();
}

}  // namespace

Verdict judge_limit(const LimitQuestion& question) {
  VerdictBuilder verdict;
  if (!question.limit_per_core_cycle.available()) {
    verdict.note(
        {"limit-unknown", "no limit known: " + question.limit_per_core_cycle.reason(), ""});
    return std::move(verdict).build();
  }
  const std::optional<double> r = ratio(question);
  if (!r) {
    verdict.inconclusive({"limit-unchecked",
                          "the core clock was not measured, so the rate cannot be held against the "
                          "documented limit (" +
                              question.limit_per_core_cycle.source() + ")",
                          "Repeat on a quieter machine, where the clock can be read."});
    return std::move(verdict).build();
  }
  const double u = uncertainty(question);
  if (*r <= 1.0 + u) {
    if (*r > 1.0) {
      verdict.note({"limit-within-clock",
                    "at " + percent(*r) + " of the limit, within clock uncertainty",
                    ""});
    }
    return std::move(verdict).build();
  }
  if (question.limit_may_refuse) {
    verdict.invalid(
        {"above-limit",
         above(question, *r) + ": the limit row is wrong for this CPU or the clock is wrong",
         "If every kernel is high by one factor, the clock is wrong: repeat. If one is, report it "
         "with the "
         "output of perfbench probe: its row or its work count is wrong."});
  } else {
    verdict.note({"above-uncertain-limit",
                  above(question, *r) + ": no fraction is given, since that limit is not certain",
                  ""});
  }
  return std::move(verdict).build();
}

Verdict judge_limit(const Roof& roof) { return judge_limit(question_of(roof)); }

std::optional<double> fraction_of_limit(const LimitQuestion& question) {
  const std::optional<double> r = ratio(question);
  if (!r || *r > 1.0 + uncertainty(question)) return std::nullopt;
  return r;
}

std::optional<double> fraction_of_limit(const Roof& roof) {
  return fraction_of_limit(question_of(roof));
}

std::optional<double> per_core_cycle(double rate_per_s, int cores, const ClockReading& clock) {
  if (cores <= 0 || !clock.hz.available() || !(clock.hz.value() > 0.0)) return std::nullopt;
  return rate_per_s / (clock.hz.value() * cores);
}

}  // namespace perfbench
