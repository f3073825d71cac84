#include "scenarios/sut/batch_executor.hpp"

#include <algorithm>
#include <exception>

#include "harness/core/units/check.hpp"

namespace perfbench::sut_detail {
namespace {

/// A check that took so long is followed by none for a hundred times as long.
constexpr std::int64_t kRestPerCheck = 100;
/// Where the clock is too coarse to see a check.
constexpr Nanoseconds kLeastCheck{200};

}  // namespace

BatchExecutor::BatchExecutor(const WorkloadEntry& entry,
                             Clock& clock,
                             std::size_t max_batch,
                             std::uint64_t seed)
    : workload_(entry.make()), clock_(clock), max_batch_(1), random_(seed) {
  CHECK(workload_ != nullptr, "a workload entry must make a workload");
  const std::size_t most = workload_->max_batch();
  CHECK(most > 0, "a workload takes at least one sample");
  max_batch_ = max_batch == 0 ? most : std::min(max_batch, most);
}

void BatchExecutor::loaded() {
  sample_count_ = workload_->sample_count();
  CHECK(sample_count_ > 0, "a workload lays out at least one sample");
  indices_.assign(max_batch_, 0);
  counts_.assign(max_batch_, 0);
}

void BatchExecutor::execute(std::span<const QuerySample> samples) {
  last_batch_ = 0;
  if (samples.size() == 1 && samples.front().count > 1) {
    SampleIndex index = samples.front().index;
    for (std::uint64_t left = samples.front().count; left > 0;) {
      const auto batch = static_cast<std::size_t>(std::min<std::uint64_t>(left, max_batch_));
      for (std::size_t i = 0; i < batch; ++i) {
        indices_[i] = index;
        if (++index == sample_count_) index = 0;
      }
      execute_batch(batch);
      left -= batch;
    }
    return;
  }
  for (std::size_t i = 0; i < samples.size(); ++i) indices_[i] = samples[i].index;
  execute_batch(samples.size());
}

void BatchExecutor::execute_batch(std::size_t batch) {
  workload_->execute(std::span<const SampleIndex>(indices_.data(), batch));
  ++counts_[batch - 1];
  last_batch_ = batch;
}

void BatchExecutor::executed(TimePoint started, TimePoint ended) noexcept {
  busy_ += ended - started;
  if (ended < next_check_ || last_batch_ == 0) return;
  const auto slot = static_cast<std::size_t>(random_.below(last_batch_));
  ++answers_.checked;
  if (!workload_->answer_holds(slot, indices_[slot])) ++answers_.wrong;
  last_batch_ = 0;
  const TimePoint now = clock_.now();
  const Nanoseconds took = std::max<Nanoseconds>(now - ended, kLeastCheck);
  // 1 to 2 times the rest, at random, so that no period of the load is met again and again.
  const Nanoseconds rest = took * kRestPerCheck;
  next_check_ = now + rest +
                Nanoseconds(static_cast<std::int64_t>(
                    random_.below(static_cast<std::uint64_t>(rest.count()))));
}

void BatchExecutor::restart_counts() noexcept {
  std::fill(counts_.begin(), counts_.end(), 0);
  busy_ = Nanoseconds(0);
  answers_ = AnswerCheck{};
  next_check_ = TimePoint{};
}

void add_counts(const std::vector<std::uint64_t>& counts, BatchRecord& into) {
  std::size_t used = counts.size();
  while (used > 0 && counts[used - 1] == 0) --used;
  if (into.counts.size() < used) into.counts.resize(used, 0);
  for (std::size_t i = 0; i < used; ++i) into.counts[i] += counts[i];
}

std::string sentence_of_thrown() {
  try {
    throw;
  } catch (const std::exception& thrown) {
    return thrown.what();
  } catch (...) {
    return "The workload threw something that is no exception.";
  }
}

}  // namespace perfbench::sut_detail
