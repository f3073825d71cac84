#include "harness/core/stats/batch_means.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace perfbench {
namespace {

constexpr std::size_t kBatches = 30;
/// With fewer samples a batch, or fewer batches, their variance says nothing.
constexpr std::size_t kMinSamplesPerBatch = 2;
constexpr std::size_t kMinBatches = 5;
/// One-sided 95 % of the normal distribution, times the scatter of a variance of independent
/// batches.
constexpr double kFalseAlarm = 1.645;

/// Two-sided 95 % of Student's t, 1 to 29 degrees of freedom.
double student_t(std::size_t degrees) {
  constexpr std::array<double, kBatches> kT{0,     12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365,
                                            2.306, 2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
                                            2.120, 2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069,
                                            2.064, 2.060,  2.056, 2.052, 2.048, 2.045};
  return kT[std::clamp<std::size_t>(degrees, 1, kBatches - 1)];
}

double variance(const std::vector<double>& values) {
  double mean = 0.0;
  for (const double value : values) mean += value;
  mean /= static_cast<double>(values.size());
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size() - 1);
}

double share_above(std::span<const Nanoseconds> samples, Nanoseconds quantile, bool with_ties) {
  const auto above = std::count_if(samples.begin(), samples.end(), [=](Nanoseconds x) {
    return with_ties ? x >= quantile : x > quantile;
  });
  return static_cast<double>(above) / static_cast<double>(samples.size());
}

/// A clock of coarse steps gives many samples equal to the quantile. They count with the side that
/// makes the share above come nearest to 1 - p.
bool count_ties_as_above(std::span<const Nanoseconds> samples, Nanoseconds quantile, Ppm ppm) {
  const double wanted = static_cast<double>(kOneMillion - ppm) / kOneMillion;
  return std::abs(share_above(samples, quantile, true) - wanted) <
         std::abs(share_above(samples, quantile, false) - wanted);
}

/// Relative standard deviation of the batches' variance when samples are independent: var(s^2) /
/// sigma^4 is 2 / (B - 1) plus the excess kurtosis of a binomial share over B.
double scatter_of_variance(std::size_t batches, double samples_per_batch, double p) {
  const double b = static_cast<double>(batches);
  const double kurtosis = (1.0 - 6.0 * p * (1.0 - p)) / (samples_per_batch * p * (1.0 - p));
  return std::sqrt(std::max(0.0, 2.0 / (b - 1.0) + kurtosis / b));
}

}  // namespace

BatchMeans batch_means(std::span<const Nanoseconds> in_issue_order, Nanoseconds quantile, Ppm ppm) {
  CHECK(ppm > 0 && ppm < kOneMillion, "an interval needs a percentile between 0 and 1");
  const std::size_t batches = std::min(kBatches, in_issue_order.size() / kMinSamplesPerBatch);
  if (batches < kMinBatches) return {};
  const std::size_t length = in_issue_order.size() / batches;
  const bool with_ties = count_ties_as_above(in_issue_order, quantile, ppm);
  std::vector<double> shares;
  shares.reserve(batches);
  double p = 0.0;
  for (std::size_t b = 0; b < batches; ++b) {
    const auto batch = in_issue_order.subspan(b * length, length);
    shares.push_back(share_above(batch, quantile, with_ties));
    p += shares.back() / static_cast<double>(batches);
  }
  if (p <= 0.0 || p >= 1.0) return {1.0, batches};
  const double independent = p * (1.0 - p) / static_cast<double>(length);
  const double ratio = variance(shares) / independent;
  const double alarm =
      1.0 + kFalseAlarm * scatter_of_variance(batches, static_cast<double>(length), p);
  return {ratio > alarm ? ratio : 1.0, batches};
}

std::optional<RankInterval> inflated_rank_interval(std::uint64_t n,
                                                   Ppm ppm,
                                                   const BatchMeans& dependence) {
  const std::optional<RankInterval> exact = rank_interval(n, ppm);
  if (!exact || dependence.inflation <= 1.0) return exact;
  const double p = static_cast<double>(ppm) / kOneMillion;
  const double center = static_cast<double>(n) * p;
  const double half =
      student_t(dependence.batches - 1) * std::sqrt(dependence.inflation * center * (1.0 - p));
  const double low = std::floor(center - half);
  const double high = std::ceil(center + half);
  if (low < 1.0 || high > static_cast<double>(n)) return std::nullopt;
  return RankInterval{std::min(exact->low, static_cast<std::uint64_t>(low)),
                      std::max(exact->high, static_cast<std::uint64_t>(high))};
}

std::uint64_t queries_needed(Ppm ppm, const BatchMeans& dependence) {
  const std::uint64_t independent = min_queries_for_interval(ppm);
  if (dependence.inflation <= 1.0) return independent;
  // center + half <= n and center - half >= 1: n (1 - p) >= t sqrt(infl n p (1 - p)), and the same
  // from below.
  const double p = static_cast<double>(ppm) / kOneMillion;
  const double t = student_t(dependence.batches - 1);
  const double odds = std::max(p / (1.0 - p), (1.0 - p) / p);
  auto n = std::max(independent, static_cast<std::uint64_t>(t * t * dependence.inflation * odds));
  // Rounding to whole ranks asks for a few more.
  while (!inflated_rank_interval(n, ppm, dependence)) n += 1 + n / 1000;
  return n;
}

}  // namespace perfbench
