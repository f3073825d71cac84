#include "kernels/lighthouse/workload_registry.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/core/units/error.hpp"
#include "kernels/gemm/openblas/openblas_linear.hpp"
#include "kernels/gemm/packed/packed_backend.hpp"
#include "kernels/lighthouse/model/model_workload.hpp"
#include "kernels/lighthouse/model_json.hpp"
#include "kernels/lighthouse/models/ladders.hpp"
#include "kernels/lighthouse/spin_workload.hpp"
#include "kernels/lighthouse/triad_workload.hpp"

namespace perfbench {
namespace {

constexpr Nanoseconds kFixedSpin{100'000};
constexpr int kLargestGemm = 16384;
constexpr std::size_t kMostBatch = 1024;
constexpr std::uint64_t kTriadSizes[] = {96, 384, 1536, 6144, 24576};  // MiB

Rung plain_rung(const std::string& description) {
  Rung rung;
  rung.name = "fixed";
  rung.description = description;
  rung.is_fixed = true;
  rung.max_batch = kMostBatch;
  return rung;
}

WorkloadListing triad_listing() {
  WorkloadListing listing{
      "triad", "STREAM's triad: bound by memory, no arithmetic to speak of", {}};
  for (const std::uint64_t size : kTriadSizes) {
    Rung rung;
    rung.name = std::to_string(size) + "MiB";
    rung.description = triad_description(mib(size));
    rung.is_fixed = mib(size) == kFixedTriad;
    rung.flops = triad_flops(mib(size));
    rung.weights = rung.working_set = triad_working_set(mib(size));
    rung.max_batch = kTriadMostBatch;
    listing.rungs.push_back(std::move(rung));
  }
  return listing;
}

std::vector<WorkloadListing> listings() {
  std::vector<WorkloadListing> all;
  for (const ModelLadder& ladder : model_ladders()) {
    WorkloadListing listing{ladder.name, ladder.description, {}};
    for (const ModelRung& rung : ladder.rungs) listing.rungs.push_back(rung.rung);
    all.push_back(std::move(listing));
  }
  all.push_back(triad_listing());
  all.push_back({"spin",
                 "busy for a given time by the steady clock: a known truth for the drivers",
                 {plain_rung("100 us a sample")}});
  all.push_back(
      {"null", "no work at all: the harness's own cost", {plain_rung("nothing a sample")}});
  return all;
}

template <class Range, class Name>
std::string names_of(const Range& range, const Name& name) {
  std::string text;
  for (const auto& item : range) text += (text.empty() ? "" : ", ") + name(item);
  return text;
}

std::size_t find_rung(const WorkloadListing& listing, const std::string& wanted) {
  for (std::size_t i = 0; i < listing.rungs.size(); ++i) {
    const Rung& rung = listing.rungs[i];
    if (rung.name == wanted || ((wanted == "fixed" || wanted.empty()) && rung.is_fixed)) return i;
  }
  throw UsageError(
      "the workload " + listing.name + " has no rung \"" + wanted + "\"",
      "its rungs: fixed, " + names_of(listing.rungs, [](const Rung& rung) { return rung.name; }));
}

ModelOptions model_options(const WorkloadSources& sources) {
  ModelOptions options;
  options.backends = linear_backends(sources);
  options.isas = sources.machine.isas;
  options.last_level_cache = last_level_cache(sources.machine);
  options.seed = sources.seed;
  return options;
}

WorkloadEntry model_entry_of(const WorkloadSources& sources,
                             const ModelLadder& ladder,
                             std::size_t index,
                             const WorkloadSizes& sizes) {
  ModelSpec spec = ladder.rungs[index].spec;
  if (sizes.context != 0) {
    if (ladder.name != "llm-decode" || sizes.context < 0) {
      throw UsageError(
          "a context of " + std::to_string(sizes.context) + " tokens is not for " + ladder.name,
          "only llm-decode has a KV cache, of 1 token or more");
    }
    spec = with_context(std::move(spec), sizes.context);
    spec.rung = ladder.rungs[index].rung.name + ", context " + std::to_string(sizes.context);
    spec.description += "; context of " + std::to_string(sizes.context) + " tokens as asked for";
  }
  const ModelPlan plan = plan_model(spec);
  std::optional<ModelPlan> smallest;
  if (plan.flops > kWholeReference) smallest = plan_model(ladder.rungs.front().spec);
  return model_entry(plan, model_options(sources), smallest);
}

WorkloadEntry gemm_entry_of_size(const WorkloadSources& sources, const WorkloadSizes& sizes) {
  if (sizes.gemm_size < 1 || sizes.gemm_size > kLargestGemm) {
    throw UsageError("gemm of size " + std::to_string(sizes.gemm_size) + " cannot be",
                     "choose 1 to " + std::to_string(kLargestGemm));
  }
  ModelSpec spec = gemm_model(sizes.gemm_size);
  const std::string size = std::to_string(sizes.gemm_size);
  spec.name = "gemm";
  spec.rung = size;
  spec.description = "Y = X W, " + size + " x " + size + " x " + size +
                     ", as asked for, one weight matrix, 16 input matrices; fp32, 1 thread";
  spec.max_batch = 16;
  return model_entry(
      plan_model(spec), model_options(sources), plan_model(model_ladders().back().rungs[0].spec));
}

}  // namespace

const std::vector<WorkloadListing>& workload_catalogue() {
  static const std::vector<WorkloadListing> catalogue = listings();
  return catalogue;
}

const WorkloadListing& find_workload(std::string_view name) {
  for (const WorkloadListing& listing : workload_catalogue()) {
    if (listing.name == name) return listing;
  }
  throw UsageError("there is no workload \"" + std::string(name) + "\"",
                   "workloads: " + names_of(workload_catalogue(),
                                            [](const WorkloadListing& item) { return item.name; }));
}

WorkloadEntry workload_entry(const WorkloadSources& sources, const WorkloadRequest& request) {
  const WorkloadListing& listing = find_workload(request.name);
  if (request.name == "gemm" && request.sizes.gemm_size != 0)
    return gemm_entry_of_size(sources, request.sizes);
  const std::size_t index = find_rung(listing, request.rung);
  for (const ModelLadder& ladder : model_ladders()) {
    if (ladder.name == request.name) return model_entry_of(sources, ladder, index, request.sizes);
  }
  if (request.name == "triad") {
    const Bytes chosen = request.sizes.triad;
    return triad_workload(triad_variant(sources.machine),
                          chosen.count() > 0 ? chosen : mib(kTriadSizes[index]));
  }
  if (request.name == "null") return null_workload();
  const Nanoseconds spin = request.sizes.spin;
  if (spin < Nanoseconds(0))
    throw UsageError("spin cannot take a negative time", "choose 1 ns or more");
  return spin_workload(spin > Nanoseconds(0) ? spin : kFixedSpin);
}

WorkloadEntry json_workload_entry(const WorkloadSources& sources,
                                  const std::string& file,
                                  std::string_view text) {
  const ModelSpec spec = read_model(file, text);
  const ModelPlan plan = plan_model_of_file(file, spec);
  check_model_memory(file, plan, sources.machine.memory_available);
  return model_entry(plan, model_options(sources));
}

Bytes last_level_cache(const MachineShape& machine) noexcept {
  int level = 0;
  Bytes size{0};
  for (const CacheShape& cache : machine.caches) {
    if (cache.level < level) continue;
    size = cache.level > level ? cache.size : std::max(size, cache.size);
    level = cache.level;
  }
  return size;
}

std::vector<std::shared_ptr<const LinearBackend>> linear_backends(const WorkloadSources& sources) {
  std::vector<std::shared_ptr<const LinearBackend>> backends{
      packed_backend(widest_packed_isa(sources.machine), panel_order(sources.machine.identity))};
  if (sources.openblas.available())
    backends.push_back(openblas_linear_backend(sources.openblas.value()));
  if (sources.onednn.available()) backends.push_back(sources.onednn.value().linear());
  return backends;
}

}  // namespace perfbench
