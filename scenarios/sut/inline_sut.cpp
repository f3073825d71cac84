#include "scenarios/sut/inline_sut.hpp"

#include <algorithm>
#include <array>

#include "harness/core/units/check.hpp"

namespace perfbench {

InlineSut::InlineSut(const WorkloadEntry& entry, int cpu) : cpu_(cpu), workload_(entry.make()) {
  CHECK(workload_ != nullptr, "a workload entry must make a workload");
}

InlineSut::~InlineSut() { stop(); }

const WorkloadInfo& InlineSut::info() const noexcept { return workload_->info(); }

SampleIndex InlineSut::sample_count() const noexcept { return workload_->sample_count(); }

std::size_t InlineSut::max_batch() const noexcept { return workload_->max_batch(); }

Work InlineSut::work(std::size_t batch) const noexcept { return workload_->work(batch); }

int InlineSut::worker_threads() const noexcept { return workload_->info().threads; }

Verification InlineSut::start(CompletionSink& sink) {
  CHECK(sink_ == nullptr, "start() of a system that is running");
  pin_.emplace(cpu_);
  placement_ = "cpu " + std::to_string(cpu_) + ", in the issuing thread";
  if (!pin_->pinned()) placement_ += ", not pinned: " + pin_->refusal();
  workload_->load();
  indices_.assign(workload_->max_batch(), 0);
  sink_ = &sink;
  return workload_->verify();
}

void InlineSut::issue(std::span<const QuerySample> samples) noexcept {
  CHECK(sink_ != nullptr, "issue() before start()");
  while (!samples.empty()) {
    const std::size_t batch = std::min(samples.size(), indices_.size());
    for (std::size_t i = 0; i < batch; ++i) indices_[i] = samples[i].index;
    workload_->execute(std::span<const SampleIndex>(indices_.data(), batch));
    sink_->complete(samples.first(batch));
    samples = samples.subspan(batch);
  }
}

void InlineSut::stop() noexcept {
  sink_ = nullptr;
  pin_.reset();
}

std::uint64_t InlineSut::checksum() const noexcept { return workload_->checksum(); }

}  // namespace perfbench
