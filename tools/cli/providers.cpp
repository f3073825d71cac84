#include "tools/cli/providers.hpp"

#include <algorithm>

#include "harness/host/machine/facts.hpp"
#include "kernels/gemm/openblas/core_memory.hpp"
#include "kernels/latency/chase_entries.hpp"
#include "kernels/lighthouse/workload_registry.hpp"
#include "kernels/stream/triad.hpp"
#include "tools/cli/kernel_sets.hpp"

namespace perfbench {
namespace {

constexpr const char* kBlasRemedy = "apt-get install libopenblas-dev";

Reading<std::string> text_of(const Reading<OpenBlasSet>& blas, std::string OpenBlasFacts::*field) {
  if (!blas.available()) return Reading<std::string>::unavailable(blas.reason());
  return Reading<std::string>::of(blas.value().instances().front().facts().*field,
                                  "the loaded library");
}

Reading<std::string> text_of(const Reading<OneDnn>& onednn, std::string OneDnnFacts::*field) {
  if (!onednn.available()) return Reading<std::string>::unavailable(onednn.reason());
  return Reading<std::string>::of(onednn.value().facts().*field, "the loaded library");
}

/// The kernels that this process holds, the most important first.
Reading<std::vector<std::string>> cores_of(const Reading<OpenBlasSet>& blas) {
  if (!blas.available()) return Reading<std::vector<std::string>>::unavailable(blas.reason());
  std::vector<std::string> names;
  for (const OpenBlas& instance : blas.value().instances())
    names.push_back(instance.facts().core_name);
  return Reading<std::vector<std::string>>::of(std::move(names), "openblas_get_corename()");
}

}  // namespace

Providers::Providers(const Machine& machine,
                     const RunPlan& plan,
                     const Context& context,
                     std::string started_utc)
    : machine_(machine),
      shape_(machine.shape),
      plan_(plan),
      context_(context),
      started_utc_(std::move(started_utc)),
      blas_(Reading<OpenBlasSet>::unavailable("the library search has not run")),
      onednn_(Reading<OneDnn>::unavailable("the library search has not run")) {}

AuditProviders Providers::audit_providers() {
  AuditProviders providers;
  providers.library = [this](const LibrarySearchStep& step, const Interruption& interruption) {
    return search_library(step, interruption);
  };
  providers.kernels = [this](const KernelRequest& request) { return kernels(request); };
  providers.sweep = [this] { return sweep(); };
  providers.workloads = [this] { return workloads(); };
  return providers;
}

CoreSearch Providers::search_cores(const LibrarySearchStep& step,
                                   const Interruption& interruption) const {
  ChildRunnerOptions runner_options;
  runner_options.environment = context_.environment;
  const ChildRunner runner(runner_options);
  CoreSearchOptions options;
  options.candidates = openblas_core_candidates(shape_.identity.architecture, shape_.isas);
  options.cpu = plan_.threads().one_core_cpu;
  options.at_most = step.at_most;
  CoreMemory memory;
  memory.folder = openblas_memory_folder(context_.environment);
  memory.identity = shape_.identity;
  memory.microcode = text_fact(machine_.facts, "microcode").value_or("");
  memory.now_utc = started_utc_;
  memory.refresh = step.refresh;
  return find_openblas_cores(runner, options, memory, interruption);
}

/// OpenBLAS maps a buffer of 128 MiB (its BUFFER_SIZE on x86-64) for each thread of each instance,
/// and where the system refuses one it asks again for ever: it must not get there.
std::size_t Providers::blas_instances_that_fit() const {
  constexpr Bytes kBuffer = mib(128);
  constexpr std::size_t kMany = 16;
  if (!shape_.memory_available.available()) return kMany;
  const std::uint64_t each =
      kBuffer.count() * static_cast<std::uint64_t>(plan_.threads().threads());
  // Half of what is there: the kernels' own data come besides.
  return static_cast<std::size_t>(shape_.memory_available.value().count() / 2 / each);
}

LibraryOutcome Providers::search_library(const LibrarySearchStep& step,
                                         const Interruption& interruption) {
  const CoreSearch search = search_cores(step, interruption);
  LibraryOutcome outcome;
  outcome.trials = search.trials;
  MachineFacts facts;
  add_fact(facts, "openblas_search", Reading<std::string>::of(search.origin, "perfbench"));
  add_fact(facts, "openblas_core_ambient", search.ambient_core);
  add_fact(facts, "openblas_core_fitting", search.fitting_core);
  if (!search.untried.empty()) {
    add_fact(facts,
             "openblas_cores_untried",
             Reading<std::vector<std::string>>::of(search.untried, "no time was left"));
  }
  if (auto warning = ambient_core_warning(search, context_.environment)) {
    outcome.warnings.push_back(std::move(*warning));
  }
  OpenBlasSetOptions set_options;
  set_options.threads = plan_.threads().threads();
  set_options.most = std::min(set_options.most, blas_instances_that_fit());
  set_options.change_environment = context_.change_environment;
  if (set_options.most == 0) {
    blas_ = Reading<OpenBlasSet>::unavailable(
        "OpenBLAS needs 256 MiB of memory or address space for each thread, and there is less");
  } else {
    blas_ = load_openblas_set(search, set_options);
  }
  add_fact(facts, "openblas_cores_loaded", cores_of(blas_));
  add_fact(facts, "openblas_version", text_of(blas_, &OpenBlasFacts::version));
  add_fact(facts, "openblas_threading", text_of(blas_, &OpenBlasFacts::threading));
  if (set_options.most >= 2) {
    context_.change_environment(onednn_load_environment());
    onednn_ = load_onednn();
  } else {
    onednn_ = Reading<OneDnn>::unavailable("there is too little memory for a second library");
  }
  add_fact(facts, "onednn_version", text_of(onednn_, &OneDnnFacts::version));
  add_fact(facts, "onednn_isa", text_of(onednn_, &OneDnnFacts::effective_isa));
  outcome.facts = std::move(facts.facts);
  return outcome;
}

KernelSet Providers::kernels(const KernelRequest& request) const {
  return kernels_for(request, {shape_, plan_.sizes(), blas_, onednn_});
}

std::vector<KernelEntry> Providers::sweep() const { return sweep_entries(shape_, {}); }

/// The workload `gemm` is a small product.
Reading<OpenBlas> Providers::workload_blas() const {
  if (!blas_.available()) return Reading<OpenBlas>::unavailable(blas_.reason());
  const OpenBlas* small = blas_.value().best_for(BlasOperation::kSgemm, GemmClass::kSmall);
  if (small == nullptr)
    return Reading<OpenBlas>::unavailable("no core type of OpenBLAS answers right in small sgemm");
  return Reading<OpenBlas>::of(*small, blas_.source());
}

WorkloadSet Providers::workloads() const {
  WorkloadOptions options;
  options.blas = workload_blas();
  options.seed = plan_.seed();
  options.stream_isa = widest_stream_isa(shape_);
  WorkloadSet set;
  set.entries = workload_catalogue(options);
  for (const MissingWorkload& missing : missing_workloads(options)) {
    set.left_out.push_back({missing.name, missing.reason, kBlasRemedy});
  }
  return set;
}

std::vector<ChildTask> child_tasks() { return {openblas_trial_task()}; }

}  // namespace perfbench
