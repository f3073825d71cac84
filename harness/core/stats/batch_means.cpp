#include "harness/core/stats/batch_means.hpp"

#include <algorithm>
#include <cmath>

#include "harness/core/stats/student_t.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

/// Batches a run, and the number that correlated ones are merged into.
constexpr std::size_t kBatches = 32;
constexpr std::size_t kMergedBatches = 16;
/// A batch slides by so many steps over its own length.
constexpr std::size_t kMostSlotsPerBatch = 16;
/// One-sided 95 % of the normal distribution, times the scatter of an independent variance.
constexpr double kFalseAlarm = 1.645;
/// One-sided 99 %: von Neumann's ratio of neighbouring batches.
constexpr double kCorrelated = 2.326;
/// Overlapping batches tell as much as 1.5 times as many disjoint ones (Meketon and Schmeiser).
constexpr double kOverlapGain = 1.5;
/// Batches that stay correlated: a correlation above this, and a better variance, are not believed.
constexpr double kMostCorrelation = 0.9;
constexpr double kDegreesWhenCorrelated = 8.0;
/// Two-sided 95 %.
constexpr double kUpperTail = 0.975;

double degrees_of(std::size_t batches) { return kOverlapGain * static_cast<double>(batches - 1); }

/// One indicator along the run.
class Level {
 public:
  Level(const std::vector<std::uint64_t>& counts, std::uint64_t samples)
      : counts_(counts), samples_(samples) {
    std::uint64_t above = 0;
    for (const std::uint64_t count : counts) above += count;
    share_ = static_cast<double>(above) / static_cast<double>(samples);
  }

  /// All or nothing lies above: it says nothing about dependence.
  [[nodiscard]] bool constant() const { return share_ <= 0.0 || share_ >= 1.0; }

  /// Variance of the run's share over that of independent samples, by batches that slide slot by
  /// slot.
  [[nodiscard]] double inflation(std::size_t batches) const {
    const std::size_t length = counts_.size() / batches;
    const auto n = static_cast<double>(samples_);
    double squares = 0.0;
    const std::size_t windows = counts_.size() - length + 1;
    for (std::size_t first = 0; first < windows; ++first) {
      const double distance = batch_share(first, length) - share_;
      squares += distance * distance;
    }
    const double batch = n / static_cast<double>(batches);
    const double variance = squares / static_cast<double>(windows) / (1.0 - batch / n);
    return variance * batch / (share_ * (1.0 - share_));
  }

  /// Correlation of neighbouring batches, from von Neumann's ratio.
  [[nodiscard]] double correlation(std::size_t batches) const {
    const std::size_t length = counts_.size() / batches;
    double mean = 0.0;
    std::vector<double> shares;
    for (std::size_t batch = 0; batch < batches; ++batch) {
      shares.push_back(batch_share(batch * length, length));
      mean += shares.back() / static_cast<double>(batches);
    }
    double squares = 0.0;
    double steps = 0.0;
    for (std::size_t batch = 0; batch < batches; ++batch) {
      squares += (shares[batch] - mean) * (shares[batch] - mean);
      if (batch > 0)
        steps += (shares[batch] - shares[batch - 1]) * (shares[batch] - shares[batch - 1]);
    }
    if (squares <= 0.0) return 0.0;
    const auto b = static_cast<double>(batches);
    return 1.0 - 0.5 * (steps / squares) * b / (b - 1.0);
  }

  /// Relative standard deviation of the inflation when samples are independent: the variance's
  /// own, and the excess kurtosis of a binomial share.
  [[nodiscard]] double scatter(std::size_t batches) const {
    const double pq = share_ * (1.0 - share_);
    const double kurtosis = (1.0 - 6.0 * pq) / (static_cast<double>(samples_) * pq);
    return std::sqrt(std::max(0.0, 2.0 / degrees_of(batches) + kurtosis));
  }

 private:
  [[nodiscard]] double batch_share(std::size_t first, std::size_t length) const {
    std::uint64_t above = 0;
    for (std::size_t slot = first; slot < first + length; ++slot) above += counts_[slot];
    // Slots are as long as each other to within one sample.
    const std::uint64_t begin = first * samples_ / counts_.size();
    const std::uint64_t end = (first + length) * samples_ / counts_.size();
    return static_cast<double>(above) / static_cast<double>(end - begin);
  }

  const std::vector<std::uint64_t>& counts_;
  std::uint64_t samples_;
  double share_ = 0.0;
};

bool neighbours_correlated(std::span<const Level> levels, std::size_t batches) {
  const auto b = static_cast<double>(batches);
  const double deviation = std::sqrt((b - 2.0) / (b * b - 1.0));
  return std::any_of(levels.begin(), levels.end(), [=](const Level& level) {
    return level.correlation(batches) > kCorrelated * deviation;
  });
}

}  // namespace

std::size_t batch_slots(std::uint64_t samples) {
  if (samples < kFewestForBatchMeans) return 0;
  return kBatches * std::min<std::size_t>(kMostSlotsPerBatch, samples / kBatches);
}

std::vector<Ppm> dependence_levels(Ppm ppm) {
  CHECK(ppm > 0 && ppm < kOneMillion, "a percentile lies between 0 and 1");
  std::vector<Ppm> levels{ppm};
  for (const std::uint64_t times : {5U, 10U}) {
    const std::uint64_t above = times * (kOneMillion - ppm);
    if (above <= kOneMillion / 2) levels.push_back(kOneMillion - static_cast<Ppm>(above));
  }
  return levels;
}

Nanoseconds upper_edge(const RankedSample& quantile, std::uint64_t samples, Ppm ppm) {
  const double wanted = static_cast<double>(kOneMillion - ppm) / kOneMillion;
  const auto n = static_cast<double>(samples);
  const double with_ties = static_cast<double>(samples - quantile.below) / n;
  const double without = static_cast<double>(samples - quantile.at_most) / n;
  const bool ties_above = std::abs(with_ties - wanted) < std::abs(without - wanted);
  return ties_above ? quantile.value : quantile.value + Nanoseconds(1);
}

BatchMeans batch_means(std::span<const std::vector<std::uint64_t>> levels, std::uint64_t samples) {
  const std::size_t slots = batch_slots(samples);
  if (slots == 0) return {};
  std::vector<Level> telling;
  for (const std::vector<std::uint64_t>& counts : levels) {
    CHECK(counts.size() == slots, "batch_slots() says how many slots a level has");
    const Level level(counts, samples);
    if (!level.constant()) telling.push_back(level);
  }
  BatchMeans result;
  result.batches = kBatches;
  const bool merge = neighbours_correlated(telling, kBatches);
  if (merge) result.batches = kMergedBatches;
  result.correlated = merge && neighbours_correlated(telling, kMergedBatches);
  result.degrees_of_freedom =
      result.correlated ? kDegreesWhenCorrelated : degrees_of(result.batches);
  for (const Level& level : telling) {
    double inflation = level.inflation(result.batches);
    if (inflation > 1.0 + kFalseAlarm * level.scatter(result.batches)) result.significant = true;
    if (result.correlated) {
      // The variance of a mean of autoregressive batches.
      const double r = std::clamp(level.correlation(result.batches), 0.0, kMostCorrelation);
      inflation *= (1.0 + r) / (1.0 - r);
    }
    result.inflation = std::max(result.inflation, inflation);
  }
  result.significant = result.significant || result.correlated;
  return result;
}

BatchMeans independent_unless_significant(const BatchMeans& dependence) {
  BatchMeans result = dependence;
  if (!dependence.significant) result.inflation = 1.0;
  return result;
}

std::optional<RankInterval> inflated_rank_interval(std::uint64_t n,
                                                   Ppm ppm,
                                                   const BatchMeans& dependence) {
  const std::optional<RankInterval> exact = rank_interval(n, ppm);
  if (!exact || dependence.inflation <= 1.0) return exact;
  const double p = static_cast<double>(ppm) / kOneMillion;
  const double center = static_cast<double>(n) * p;
  const double half = student_t_quantile(kUpperTail, dependence.degrees_of_freedom) *
                      std::sqrt(dependence.inflation * center * (1.0 - p));
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
  const double t = student_t_quantile(kUpperTail, dependence.degrees_of_freedom);
  const double odds = std::max(p / (1.0 - p), (1.0 - p) / p);
  auto n = std::max(independent, static_cast<std::uint64_t>(t * t * dependence.inflation * odds));
  // Rounding to whole ranks asks for a few more.
  while (!inflated_rank_interval(n, ppm, dependence)) n += 1 + n / 1000;
  return n;
}

}  // namespace perfbench
