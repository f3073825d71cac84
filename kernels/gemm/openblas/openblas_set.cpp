#include "kernels/gemm/openblas/openblas_set.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/core/units/check.hpp"
#include "kernels/gemm/openblas/openblas_environment.hpp"

namespace perfbench {
namespace {

/// kWorthACopy where the search's figures may be wrong by so much.
constexpr double kWorthACopyBlurred = 1.15;

std::string cell_text(const GemmCell& cell) {
  return std::string(name_of(cell.operation)) + " " + std::string(name_of(cell.shape_class));
}

/// Loads the planned core types one after the other.
class Loader {
 public:
  Loader(const CoreSearch& search, const OpenBlasSetOptions& options)
      : search_(search), options_(options) {}

  [[nodiscard]] Reading<OpenBlasSet> load() {
    const double worth = search_.blurred() ? kWorthACopyBlurred : kWorthACopy;
    InstancePlan plan = plan_instances(search_.trials, options_.most, worth);
    if (plan.instances.empty())
      return Reading<OpenBlasSet>::unavailable(search_.fitting_core.reason());
    change_environment(plan.instances.front());
    Reading<OpenBlas> first = load_openblas(options_.file_names);
    if (!first.available()) return Reading<OpenBlasSet>::unavailable(first.reason());
    if (first.value().facts().core_name != plan.instances.front().core_name) {
      return Reading<OpenBlasSet>::unavailable(
          "OpenBLAS runs kernels for " + first.value().facts().core_name +
          " in this process, not " + plan.instances.front().core_name + " as in the trials");
    }
    loaded_.push_back(first.value());
    for (std::size_t i = 1; i < plan.instances.size(); ++i) {
      if (add(plan.instances[i])) continue;
      // A system that refuses one copy refuses the next; the plan picks in the same order again.
      plan = plan_instances(search_.trials, loaded_.size(), worth);
      break;
    }
    change_environment(plan.instances.front());
    tell(plan);
    return Reading<OpenBlasSet>::of(
        OpenBlasSet(std::move(loaded_), std::move(plan.services), std::move(notes_)),
        first.source());
  }

 private:
  void change_environment(const InstancePlan::Instance& instance) const {
    options_.change_environment(openblas_load_environment(instance.setting, options_.threads));
  }

  bool add(const InstancePlan::Instance& instance) {
    change_environment(instance);
    const Reading<OpenBlas> copy = load_openblas_copy(loaded_.front());
    if (!copy.available()) {
      notes_.push_back(copy.reason() + ".");
      return false;
    }
    if (copy.value().facts().core_name != instance.core_name) {
      notes_.push_back("A second OpenBLAS in one process runs kernels for " +
                       copy.value().facts().core_name + ", not for " + instance.core_name + ".");
      return false;
    }
    loaded_.push_back(copy.value());
    return true;
  }

  void tell(const InstancePlan& plan) {
    for (const InstancePlan::Service& service : plan.services) {
      if (service.share_of_chosen * kWorthACopy >= 1.0) continue;
      notes_.push_back("OpenBLAS " + cell_text(service.cell) +
                       " runs in this process with kernels for " +
                       loaded_[service.instance].facts().core_name + ", at " +
                       std::to_string(std::lround(100.0 * service.share_of_chosen)) +
                       " % of the best core type's rate.");
    }
  }

  const CoreSearch& search_;
  const OpenBlasSetOptions& options_;
  std::vector<OpenBlas> loaded_;
  std::vector<std::string> notes_;
};

}  // namespace

OpenBlasSet::OpenBlasSet(std::vector<OpenBlas> instances,
                         std::vector<InstancePlan::Service> services,
                         std::vector<std::string> notes)
    : instances_(std::move(instances)), services_(std::move(services)), notes_(std::move(notes)) {
  CHECK(!instances_.empty(), "a set without a library");
}

const InstancePlan::Service* OpenBlasSet::service_of(BlasOperation operation,
                                                     GemmClass shape_class) const noexcept {
  const GemmCell cell{operation, shape_class};
  const auto found = std::find_if(services_.begin(), services_.end(), [&](const auto& service) {
    return service.cell == cell && service.instance < instances_.size();
  });
  return found == services_.end() ? nullptr : &*found;
}

const OpenBlas* OpenBlasSet::best_for(BlasOperation operation,
                                      GemmClass shape_class) const noexcept {
  const InstancePlan::Service* service = service_of(operation, shape_class);
  return service != nullptr ? &instances_[service->instance] : nullptr;
}

double OpenBlasSet::rate_for(BlasOperation operation, GemmClass shape_class) const noexcept {
  const InstancePlan::Service* service = service_of(operation, shape_class);
  return service != nullptr ? service->rate_flop_per_s : 0.0;
}

bool OpenBlasSet::prefers_transposed(BlasOperation operation) const noexcept {
  const bool vector = is_gemv(operation);
  return rate_for(operation, vector ? GemmClass::kVectorTransposed : GemmClass::kSkinnyTransposed) >
         rate_for(operation, vector ? GemmClass::kVector : GemmClass::kSkinny);
}

std::string OpenBlasSet::label() const {
  std::string cores;
  for (const OpenBlas& instance : instances_)
    cores += (cores.empty() ? "" : ", ") + instance.facts().core_name;
  return "OpenBLAS " + instances_.front().facts().version +
         (instances_.size() > 1 ? ", cores " : ", core ") + cores;
}

Reading<OpenBlasSet> load_openblas_set(const CoreSearch& search,
                                       const OpenBlasSetOptions& options) {
  CHECK(options.change_environment != nullptr, "the environment must be changeable");
  return Loader(search, options).load();
}

}  // namespace perfbench
