#include "scenarios/sut/inline_sut.hpp"

#include <algorithm>

#include "harness/core/plan/random.hpp"
#include "harness/core/units/check.hpp"

namespace perfbench {
namespace {

int first_worker(const ServingLayout& layout) {
  CHECK(!layout.worker_cpus.empty(), "a layout without a CPU");
  return layout.worker_cpus.front();
}

}  // namespace

InlineSut::InlineSut(const WorkloadEntry& entry, const SutSettings& settings)
    : clock_(settings.clock),
      cpu_(first_worker(settings.layout)),
      executor_(entry, settings.clock, settings.max_batch, derive_seed(settings.seed, 0)) {}

InlineSut::~InlineSut() { stop(); }

const WorkloadInfo& InlineSut::info() const noexcept { return executor_.workload().info(); }

SampleIndex InlineSut::sample_count() const noexcept { return executor_.workload().sample_count(); }

std::size_t InlineSut::max_batch() const noexcept { return executor_.max_batch(); }

Work InlineSut::work(std::size_t batch) const noexcept { return executor_.workload().work(batch); }

int InlineSut::worker_threads() const noexcept { return info().threads; }

Verification InlineSut::start(CompletionSink& sink) {
  CHECK(sink_ == nullptr, "start() of a system that is running");
  pin_.emplace(cpu_);
  placement_ = "cpu " + std::to_string(cpu_) + ", in the issuing thread";
  if (!pin_->pinned()) placement_ += ", not pinned: " + pin_->refusal();
  executor_.workload().load();
  executor_.loaded();
  failed_ = false;
  failure_.clear();
  sink_ = &sink;
  return executor_.workload().verify();
}

std::size_t InlineSut::issue(std::span<const QuerySample> samples, TimePoint issued) noexcept {
  CHECK(sink_ != nullptr, "issue() before start()");
  TimePoint started = issued;
  for (std::size_t done = 0; done < samples.size();) {
    std::size_t batch = 1;
    if (samples[done].count == 1) {
      const std::size_t most = std::min(samples.size() - done, executor_.max_batch());
      while (batch < most && samples[done + batch].count == 1) ++batch;
    }
    const std::span<const QuerySample> part = samples.subspan(done, batch);
    try {
      if (!failed_) executor_.execute(part);
    } catch (...) {
      failed_ = true;
      failure_ = sut_detail::sentence_of_thrown();
    }
    sink_->complete(part, std::nullopt);
    const TimePoint ended = clock_.now();
    executor_.executed(started, ended);
    started = ended;
    done += batch;
  }
  return samples.size();
}

void InlineSut::stop() noexcept {
  sink_ = nullptr;
  pin_.reset();
}

std::uint64_t InlineSut::checksum() const noexcept { return executor_.workload().checksum(); }

BatchRecord InlineSut::batches() const {
  BatchRecord record;
  record.max_batch = executor_.max_batch();
  sut_detail::add_counts(executor_.counts(), record);
  return record;
}

}  // namespace perfbench
