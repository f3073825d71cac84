#include "harness/core/stats/sample_series.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

constexpr std::uint32_t kHalfBits = 16;
constexpr std::size_t kHalves = std::size_t{1} << kHalfBits;

/// Codes of samples at or above an edge are those from this one on; 2^32 where none is.
std::uint64_t first_code_from(Nanoseconds edge) {
  if (edge.count() <= 0) return 0;
  const CompactTime code(edge);
  return std::uint64_t{code.code()} + (code.duration() < edge ? 1U : 0U);
}

/// Where part `slot` of a run begins. The product of 10^9 samples and some hundred slots fits.
std::size_t slot_begin(std::size_t slot, std::size_t slots, std::size_t samples) {
  return slot * samples / slots;
}

template <class Sample, class ValueOf>
std::vector<RankedSample> ranks_in(std::span<const Sample> sorted,
                                   std::span<const std::uint64_t> ranks,
                                   const ValueOf& value_of) {
  std::vector<RankedSample> found;
  found.reserve(ranks.size());
  for (const std::uint64_t rank : ranks) {
    CHECK(rank >= 1 && rank <= sorted.size(), "a rank outside the samples");
    const Sample sample = sorted[rank - 1];
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), sample);
    found.push_back({value_of(sample),
                     static_cast<std::uint64_t>(first - sorted.begin()),
                     static_cast<std::uint64_t>(last - sorted.begin())});
  }
  return found;
}

template <class Sample, class Edge, class IsFrom>
std::vector<std::vector<std::uint64_t>> count_slots(std::span<const Sample> samples,
                                                    std::span<const Edge> edges,
                                                    std::size_t slots,
                                                    const IsFrom& is_from) {
  std::vector<std::vector<std::uint64_t>> counts(edges.size(),
                                                 std::vector<std::uint64_t>(slots, 0));
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const std::size_t begin = slot_begin(slot, slots, samples.size());
    const auto part = samples.subspan(begin, slot_begin(slot + 1, slots, samples.size()) - begin);
    for (std::size_t e = 0; e < edges.size(); ++e) {
      const Edge edge = edges[e];
      std::uint64_t count = 0;
      for (const Sample sample : part) count += is_from(sample, edge) ? 1U : 0U;
      counts[e][slot] = count;
    }
  }
  return counts;
}

/// Sums of distances from a pivot, so that the squares of a long run of like durations keep their
/// digits.
class DistanceSums {
 public:
  explicit DistanceSums(Nanoseconds pivot) : pivot_(pivot) {}
  void add(Nanoseconds sample) {
    const auto distance = static_cast<double>((sample - pivot_).count());
    sum_ += distance;
    squares_ += distance * distance;
    max_ = std::max(max_, sample);
    ++count_;
  }
  [[nodiscard]] Moments moments() const {
    Moments result;
    if (count_ == 0) return result;
    const auto n = static_cast<double>(count_);
    result.mean_ns = static_cast<double>(pivot_.count()) + sum_ / n;
    if (count_ > 1) {
      result.standard_deviation_ns =
          std::sqrt(std::max(0.0, (squares_ - sum_ * sum_ / n) / (n - 1.0)));
    }
    result.max = max_;
    return result;
  }

 private:
  Nanoseconds pivot_;
  double sum_ = 0.0;
  double squares_ = 0.0;
  Nanoseconds max_ = Nanoseconds::min();
  std::uint64_t count_ = 0;
};

}  // namespace

NanosecondSeries::NanosecondSeries(std::span<const Nanoseconds> in_issue_order)
    : samples_(in_issue_order), sorted_(in_issue_order.begin(), in_issue_order.end()) {
  std::sort(sorted_.begin(), sorted_.end());
}

std::vector<RankedSample> NanosecondSeries::at_ranks(std::span<const std::uint64_t> ranks) const {
  return ranks_in(std::span<const Nanoseconds>(sorted_), ranks, [](Nanoseconds x) { return x; });
}

std::uint64_t NanosecondSeries::count_from(Nanoseconds edge) const {
  const auto first = std::lower_bound(sorted_.begin(), sorted_.end(), edge);
  return static_cast<std::uint64_t>(sorted_.end() - first);
}

std::vector<std::vector<std::uint64_t>> NanosecondSeries::slot_counts(
    std::span<const Nanoseconds> edges, std::size_t slots) const {
  return count_slots(
      samples_, edges, slots, [](Nanoseconds sample, Nanoseconds edge) { return sample >= edge; });
}

Moments NanosecondSeries::moments() const {
  if (sorted_.empty()) return {};
  DistanceSums sums(sorted_[sorted_.size() / 2]);
  for (const Nanoseconds sample : sorted_) sums.add(sample);
  return sums.moments();
}

std::vector<RankedSample> CompactSeries::at_ranks(std::span<const std::uint64_t> ranks) const {
  if (ranks.empty()) return {};
  if (samples_.size() < kHalves) {
    // A copy is smaller than the counts would be.
    std::vector<CompactTime> sorted(samples_.begin(), samples_.end());
    std::sort(sorted.begin(), sorted.end());
    return ranks_in(
        std::span<const CompactTime>(sorted), ranks, [](CompactTime x) { return x.duration(); });
  }
  std::vector<std::uint64_t> upper(kHalves, 0);
  for (const CompactTime sample : samples_) ++upper[sample.code() >> kHalfBits];
  struct Bucket {
    std::uint64_t below = 0;
    std::vector<std::uint64_t> counts;
  };
  std::map<std::uint32_t, Bucket> buckets;  // By upper half; only those that a rank falls into.
  std::vector<std::uint32_t> bucket_of_rank;
  for (const std::uint64_t rank : ranks) {
    CHECK(rank >= 1 && rank <= samples_.size(), "a rank outside the samples");
    std::uint64_t below = 0;
    std::uint32_t half = 0;
    while (below + upper[half] < rank) below += upper[half++];
    bucket_of_rank.push_back(half);
    buckets[half].below = below;
  }
  std::vector<std::uint64_t*> counts_of(kHalves, nullptr);
  for (auto& [half, bucket] : buckets) {
    bucket.counts.assign(kHalves, 0);
    counts_of[half] = bucket.counts.data();
  }
  for (const CompactTime sample : samples_) {
    std::uint64_t* counts = counts_of[sample.code() >> kHalfBits];
    if (counts != nullptr) ++counts[sample.code() & (kHalves - 1)];
  }
  std::vector<RankedSample> found;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const Bucket& bucket = buckets[bucket_of_rank[i]];
    std::uint64_t below = bucket.below;
    std::uint32_t low = 0;
    while (below + bucket.counts[low] < ranks[i]) below += bucket.counts[low++];
    const std::uint32_t code = (bucket_of_rank[i] << kHalfBits) | low;
    found.push_back({CompactTime::from_code(code).duration(), below, below + bucket.counts[low]});
  }
  return found;
}

std::uint64_t CompactSeries::count_from(Nanoseconds edge) const {
  const std::uint64_t first = first_code_from(edge);
  std::uint64_t count = 0;
  for (const CompactTime sample : samples_) count += sample.code() >= first ? 1U : 0U;
  return count;
}

std::vector<std::vector<std::uint64_t>> CompactSeries::slot_counts(
    std::span<const Nanoseconds> edges, std::size_t slots) const {
  std::vector<std::uint64_t> codes;
  codes.reserve(edges.size());
  for (const Nanoseconds edge : edges) codes.push_back(first_code_from(edge));
  return count_slots(
      samples_,
      std::span<const std::uint64_t>(codes),
      slots,
      [](CompactTime sample, std::uint64_t first) { return sample.code() >= first; });
}

Moments CompactSeries::moments() const {
  if (samples_.empty()) return {};
  // Any typical sample does for a pivot.
  DistanceSums sums(samples_[samples_.size() / 2].duration());
  for (const CompactTime sample : samples_) sums.add(sample.duration());
  return sums.moments();
}

}  // namespace perfbench
