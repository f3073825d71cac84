#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "harness/core/workload.hpp"

namespace perfbench {

/// What a ScriptedWorkload does; empty functions do nothing, verification passes.
struct WorkloadScript {
  WorkloadInfo info{
      "scripted", "a test's work", "a test", "fixed", Precision::kFp32, RoofKind::kCompute, 1};
  SampleIndex sample_count = 16;
  std::size_t max_batch = 4;
  Work work_per_sample{Flops(1000), Bytes(64), Bytes(64)};
  std::function<void()> load;
  std::function<Verification()> verify;
  std::function<void(std::span<const SampleIndex>)> execute;
  std::function<bool(std::size_t, SampleIndex)> answer_holds;
};

/// A workload whose every step is a test's function. Its checksum is the sum of the indices of the
/// last execute().
class ScriptedWorkload final : public Workload {
 public:
  explicit ScriptedWorkload(WorkloadScript script) : script_(std::move(script)) {}
  [[nodiscard]] const WorkloadInfo& info() const noexcept override { return script_.info; }
  void load() override {
    if (script_.load) script_.load();
  }
  [[nodiscard]] SampleIndex sample_count() const noexcept override { return script_.sample_count; }
  [[nodiscard]] std::size_t max_batch() const noexcept override { return script_.max_batch; }
  [[nodiscard]] Work work(std::size_t batch) const noexcept override {
    const auto n = static_cast<std::uint64_t>(batch);
    return {script_.work_per_sample.flops * n,
            script_.work_per_sample.bytes * n,
            script_.work_per_sample.moved_bytes * n};
  }
  [[nodiscard]] Verification verify() override {
    return script_.verify ? script_.verify() : Verification{true, "scripted"};
  }
  void execute(std::span<const SampleIndex> samples) override {
    checksum_ = 0;
    for (const SampleIndex index : samples) checksum_ += index;
    if (script_.execute) script_.execute(samples);
  }
  [[nodiscard]] bool answer_holds(std::size_t slot, SampleIndex sample) const noexcept override {
    return !script_.answer_holds || script_.answer_holds(slot, sample);
  }
  [[nodiscard]] std::uint64_t checksum() const noexcept override { return checksum_; }

 private:
  WorkloadScript script_;
  std::uint64_t checksum_ = 0;
};

/// A registry entry that makes such workloads.
[[nodiscard]] inline WorkloadEntry scripted_workload_entry(WorkloadScript script) {
  WorkloadEntry entry;
  entry.name = script.info.name;
  entry.description = script.info.description;
  entry.make = [script] { return std::make_unique<ScriptedWorkload>(script); };
  return entry;
}

}  // namespace perfbench
