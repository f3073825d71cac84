#include "tools/cli/providers.hpp"

#include <algorithm>

#include "harness/host/machine/facts.hpp"
#include "kernels/gemm/openblas/core_memory.hpp"
#include "kernels/latency/chase_entries.hpp"
#include "tools/cli/fresh_run.hpp"
#include "tools/cli/kernel_sets.hpp"

namespace perfbench {
namespace {

/// What OpenBLAS maps for each thread of an instance where it was built with BUFFERSIZE=22, as
/// distributions do. Where the system refuses it, the library asks again for ever: it must not get
/// there.
constexpr Bytes kBlasBuffer = mib(128);
constexpr const char* kTooLittleAddressSpace =
    "the limit of the address space (ulimit -v) leaves less than 256 MiB for each of its threads: "
    "a buffer of 128 MiB, and as much for everything else";

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
                     std::string started_utc,
                     std::optional<WorkloadFile> file)
    : machine_(machine),
      shape_(machine.shape),
      plan_(plan),
      context_(context),
      started_utc_(std::move(started_utc)),
      file_(std::move(file)),
      blas_(Reading<OpenBlasSet>::unavailable("the library search has not run")),
      onednn_(Reading<OneDnn>::unavailable("the library search has not run")) {}

AuditProviders Providers::audit_providers() {
  AuditProviders providers;
  providers.library = [this](const LibrarySearchStep& step, const Interruption& interruption) {
    return search_library(step, interruption);
  };
  providers.kernels = [this](const KernelRequest& request) { return kernels(request); };
  providers.sweep = [this] { return sweep(); };
  providers.workload = [this](const std::string& name, const std::string& rung) {
    return choose_workload(workload_sources(), file_, name, rung, plan_.threads());
  };
  providers.ladder = [this](const std::string& name) { return fit_ladder(file_, name); };
  providers.fresh_run = [this](const ScenarioSettings& settings, const Interruption& interruption) {
    return run_fresh(settings, context_, interruption);
  };
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

std::size_t Providers::blas_instances_that_fit(int threads) const {
  constexpr std::size_t kUnbounded = 16;
  const Reading<Bytes>& memory = shape_.memory_available;
  // Pages that are mapped and not touched cost nothing but where the address space is limited.
  if (!memory.available() || !memory.source().starts_with("RLIMIT_AS")) return kUnbounded;
  // Half of what is left: the library itself and the kernels' data come besides.
  const std::uint64_t each = kBlasBuffer.count() * static_cast<std::uint64_t>(threads);
  return static_cast<std::size_t>(memory.value().count() / 2 / each);
}

void Providers::load_libraries(const CoreSearch& search, MachineFacts& facts) {
  OpenBlasSetOptions options;
  options.threads = plan_.threads().threads();
  options.most = std::min(options.most, blas_instances_that_fit(options.threads));
  options.change_environment = context_.change_environment;
  blas_ = options.most == 0 ? Reading<OpenBlasSet>::unavailable(kTooLittleAddressSpace)
                            : load_openblas_set(search, options);
  add_fact(facts, "openblas_cores_loaded", cores_of(blas_));
  add_fact(facts, "openblas_version", text_of(blas_, &OpenBlasFacts::version));
  add_fact(facts, "openblas_threading", text_of(blas_, &OpenBlasFacts::threading));
  context_.change_environment(onednn_load_environment());
  onednn_ = load_onednn();
  add_fact(facts, "onednn_version", text_of(onednn_, &OneDnnFacts::version));
  add_fact(facts, "onednn_isa", text_of(onednn_, &OneDnnFacts::effective_isa));
}

LibraryOutcome Providers::search_library(const LibrarySearchStep& step,
                                         const Interruption& interruption) {
  LibraryOutcome outcome;
  MachineFacts facts;
  CoreSearch search;
  // The children of the search run one thread each, and would hang in the same way.
  if (blas_instances_that_fit(1) > 0) {
    search = search_cores(step, interruption);
    outcome.trials = search.trials;
    add_fact(facts, "openblas_search", Reading<std::string>::of(search.origin, "perfbench"));
    add_fact(facts, "openblas_core_ambient", search.ambient_core);
    add_fact(facts, "openblas_core_fitting", search.fitting_core);
  } else {
    add_fact(facts, "openblas_search", Reading<std::string>::unavailable(kTooLittleAddressSpace));
  }
  if (!search.untried.empty()) {
    add_fact(facts,
             "openblas_cores_untried",
             Reading<std::vector<std::string>>::of(search.untried, "no time was left"));
  }
  if (auto warning = ambient_core_warning(search, context_.environment)) {
    outcome.warnings.push_back(std::move(*warning));
  }
  load_libraries(search, facts);
  outcome.facts = std::move(facts.facts);
  return outcome;
}

KernelSet Providers::kernels(const KernelRequest& request) const {
  return kernels_for(request, {shape_, plan_.sizes(), blas_, onednn_});
}

std::vector<KernelEntry> Providers::sweep() const { return sweep_entries(shape_, {}); }

WorkloadSources Providers::workload_sources() const {
  WorkloadSources sources;
  sources.machine = shape_;
  sources.openblas = blas_;
  sources.onednn = onednn_;
  sources.seed = plan_.seed();
  return sources;
}

}  // namespace perfbench
