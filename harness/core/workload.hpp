#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "harness/core/kernel.hpp"

namespace perfbench {

/// Index into the workload's performance sample set (LoadGen's QuerySampleIndex).
using SampleIndex = std::uint64_t;

struct WorkloadInfo {
  std::string name;            ///< "gemm", "triad", "spin"
  std::string description;     ///< Sizes in words.
  std::string implementation;  ///< What executes it.
  std::string rung;  ///< "fixed", or the size of its ladder; what was scaled is described.
  Precision precision = Precision::kNone;
  RoofKind bound_by =
      RoofKind::kCompute;  ///< Which kind of roof judges it by its modelled intensity.
  int threads = 1;         ///< Threads one execute() uses itself.
};

/// Model-shaped work that answers samples. One instance per worker; not thread safe.
class Workload {
 public:
  Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  virtual ~Workload() = default;

  [[nodiscard]] virtual const WorkloadInfo& info() const noexcept = 0;
  /// Allocates and fills, untimed, on the worker's own thread. Throws ResourceError.
  virtual void load() = 0;
  /// Number of distinct samples that load() laid out; execute() takes indices below it.
  [[nodiscard]] virtual SampleIndex sample_count() const noexcept = 0;
  [[nodiscard]] virtual std::size_t max_batch() const noexcept = 0;
  /// Work of one execute() of `batch` samples.
  [[nodiscard]] virtual Work work(std::size_t batch) const noexcept = 0;
  /// Compares answers with a reference, before timing.
  [[nodiscard]] virtual Verification verify() = 0;
  /// The timed region. samples.size() is 1 to max_batch(). Does not allocate or lock. What it
  /// throws (an Error) ends the scenario; what was measured is kept.
  virtual void execute(std::span<const SampleIndex> samples) = 0;
  /// Whether the last execute()'s answer in `slot`, of this sample, is what verify() found, within
  /// the workload's error bound. Called on a random share of the samples, after their completion.
  [[nodiscard]] virtual bool answer_holds(std::size_t slot, SampleIndex sample) const noexcept = 0;
  /// Of the last execute()'s output; equal inputs give equal checksums on one machine and library.
  [[nodiscard]] virtual std::uint64_t checksum() const noexcept = 0;
};

struct WorkloadEntry {
  std::string name;
  std::string description;
  Bytes working_set{0};  ///< Of one instance, what is shared included.
  Bytes shared{0};       ///< The part of it that all instances of a process share: weights.
  std::function<std::unique_ptr<Workload>()> make;
};

}  // namespace perfbench
