#include "harness/core/judge/roof_fraction.hpp"

#include <algorithm>
#include <cmath>

#include "harness/core/judge/roof_id.hpp"
#include "harness/core/judge/verdict_builder.hpp"
#include "harness/core/judge/wording.hpp"

namespace perfbench {

using judge::percent;

Verdict judge_roof_fraction(const RoofQuestion& question) {
  VerdictBuilder verdict;
  if (!question.fraction || !std::isfinite(*question.fraction)) {
    verdict.inconclusive(
        {"no-roof",
         "its roof " + question.roof + " was not measured, so nothing bounds this figure",
         "Measure the roofs as well: perfbench run."});
    return std::move(verdict).build();
  }
  const double fraction = *question.fraction;
  if (fraction <= 1.0 + kRoofTolerance) return std::move(verdict).build();
  const std::string figure = percent(fraction) + " of its roof " + question.roof;
  if (question.roof_is_lower_bound) {
    verdict.note({"above-lower-bound",
                  figure + ", which is a lower bound: " + question.lower_bound_reason,
                  ""});
    return std::move(verdict).build();
  }
  if (question.partly_cached) {
    verdict.note({"above-roof-by-caches",
                  figure + ": it rotates through less data than the roof's kernel, and caches may "
                           "hold a part of them",
                  ""});
    return std::move(verdict).build();
  }
  if (question.contended) {
    verdict.inconclusive(
        {"roof-contended",
         figure + ", but one of the two was contended, so the roof may have been measured too low",
         "Repeat on a quiet machine."});
    return std::move(verdict).build();
  }
  verdict.invalid(
      {"above-roof",
       figure + ": a bug in one of the two, the roof kernel or the work counted for this one",
       "Repeat; if it stays, report both figures with the output of perfbench probe."});
  return std::move(verdict).build();
}

std::optional<double> attainable_flop_per_s(const Roof& roof, double intensity_flop_per_byte) {
  switch (roof.kind) {
    case RoofKind::kCompute:
      return roof.rate.best;
    case RoofKind::kBandwidth:
      if (!(intensity_flop_per_byte > 0.0)) return std::nullopt;
      return roof.rate.best * intensity_flop_per_byte;
    case RoofKind::kLatency:
      break;
  }
  return std::nullopt;
}

std::optional<double> roof_fraction(const Dot& dot, const Roof* roof) {
  if (roof == nullptr) return std::nullopt;
  const std::optional<double> attainable =
      attainable_flop_per_s(*roof, dot.intensity_flop_per_byte);
  if (!attainable || !(*attainable > 0.0)) return std::nullopt;
  return dot.rate.best / *attainable;
}

Verdict judge_dot(const Dot& dot, const Roof* roof) {
  RoofQuestion question;
  question.fraction = roof_fraction(dot, roof);
  question.roof = roof == nullptr ? dot.roof : roof_id(*roof);
  question.contended = dot.contended;
  if (roof != nullptr) {
    question.roof_is_lower_bound = roof->lower_bound;
    question.lower_bound_reason = roof->lower_bound_reason;
    question.contended = dot.contended || roof->contended;
    const Bytes of_roof =
        static_cast<std::uint64_t>(std::max(1, roof->threads)) * roof->working_set;
    question.partly_cached = roof->kind == RoofKind::kBandwidth &&
                             roof->level == MemoryLevel::kDram && dot.working_set.count() > 0 &&
                             dot.working_set < of_roof;
  }
  return judge_roof_fraction(question);
}

}  // namespace perfbench
