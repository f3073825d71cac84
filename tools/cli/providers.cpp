#include "tools/cli/providers.hpp"

#include "harness/host/machine/facts.hpp"
#include "kernels/gemm/openblas/sgemm_kernel.hpp"
#include "kernels/lighthouse/workload_registry.hpp"
#include "kernels/registry/kernel_registry.hpp"
#include "kernels/stream/triad.hpp"

namespace perfbench {
namespace {

constexpr const char* kBlasRemedy = "apt-get install libopenblas-dev";

/// A build without threads, or for fewer than this machine has, must not cost the roofs that are
/// measured beside it, nor be reported as so many threads.
std::optional<LeftOut> too_few_threads(const OpenBlas& blas, std::size_t wanted) {
  blas.set_threads(static_cast<int>(wanted));
  const int most = blas.threads();
  if (most >= static_cast<int>(wanted)) return std::nullopt;
  return LeftOut{"sgemm on " + std::to_string(wanted) + " cores",
                 "this OpenBLAS (" + blas.facts().threading + ") runs at most " +
                     std::to_string(most) + (most == 1 ? " thread" : " threads"),
                 "apt-get install libopenblas0-pthread, or give --threads no more than that"};
}

Reading<std::string> text_of(const Reading<OpenBlas>& blas, std::string OpenBlasFacts::*field) {
  if (!blas.available()) return Reading<std::string>::unavailable(blas.reason());
  return Reading<std::string>::of(blas.value().facts().*field, "the loaded library");
}

}  // namespace

Providers::Providers(const MachineShape& shape, const RunPlan& plan, const Context& context)
    : shape_(shape),
      plan_(plan),
      context_(context),
      blas_(Reading<OpenBlas>::unavailable("the library search has not run")) {}

AuditProviders Providers::audit_providers() {
  AuditProviders providers;
  providers.library = [this](const LibrarySearchStep& step, const Interruption& interruption) {
    return search_library(step, interruption);
  };
  providers.kernels = [this](const KernelRequest& request) { return kernels(request); };
  providers.workloads = [this] { return workloads(); };
  return providers;
}

LibraryOutcome Providers::search_library(const LibrarySearchStep& step,
                                         const Interruption& interruption) {
  ChildRunnerOptions runner_options;
  runner_options.environment = context_.environment;
  const ChildRunner runner(runner_options);
  CoreSearchOptions options;
  options.candidates = openblas_core_candidates(shape_.identity.architecture, shape_.isas);
  options.cpu = plan_.threads().one_core_cpu;
  options.at_most = step.at_most;
  const CoreSearch search = search_openblas_cores(runner, options, interruption);

  LibraryOutcome outcome;
  outcome.trials = search.trials;
  MachineFacts facts;
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
  if (!search.fitting_core.available()) {
    blas_ = Reading<OpenBlas>::unavailable(search.fitting_core.reason());
  } else {
    // Read by the library while it is loaded, in this process too.
    context_.change_environment(openblas_load_environment(search, plan_.threads().threads()));
    blas_ = load_openblas();
  }
  add_fact(facts, "openblas_version", text_of(blas_, &OpenBlasFacts::version));
  add_fact(facts, "openblas_threading", text_of(blas_, &OpenBlasFacts::threading));
  outcome.facts = std::move(facts.facts);
  return outcome;
}

std::vector<LeftOut> Providers::missing_library(const std::string& what) const {
  if (blas_.available()) return {};
  return {{what, blas_.reason(), kBlasRemedy}};
}

KernelSet Providers::kernels(const KernelRequest& request) const {
  const std::vector<int>& cpus = request.team.cpus;
  CatalogueOptions options;
  options.stream.sizing.team = static_cast<int>(cpus.size());
  options.stream.sizing.at_most = plan_.sizes().dram_at_most;
  KernelSet set;
  set.entries = kernel_catalogue(shape_, options);
  set.notes.push_back(dram_working_set(shape_, options.stream.sizing).note);
  set.left_out = missing_library("sgemm");
  if (!blas_.available()) return set;
  if (auto few = too_few_threads(blas_.value(), cpus.size())) {
    set.left_out.push_back(std::move(*few));
  } else {
    SgemmOptions sgemm;
    sgemm.size = static_cast<int>(plan_.sizes().gemm_n);
    sgemm.cpus = cpus;
    set.entries.push_back(sgemm_entry(blas_.value(), sgemm));
  }
  return set;
}

WorkloadSet Providers::workloads() const {
  WorkloadOptions options;
  options.blas = blas_;
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
