#include "kernels/gemm/openblas/core_search.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "harness/core/units/error.hpp"
#include "kernels/gemm/openblas/core_trial.hpp"
#include "kernels/gemm/openblas/openblas_environment.hpp"

namespace perfbench {
namespace {

/// A trial takes a second at most besides its timing budget, on the slowest machine known; this
/// long is a hang.
constexpr std::chrono::seconds kTrialWall{20};

/// A setting this close to the best is as good: then the library's own choice stands, since it
/// needs no setting.
constexpr double kAsGood = 0.997;

/// A setting below this part of the best when the field is ranked does not win at the final size.
constexpr double kFinalist = 0.85;

/// A LibraryTrial with what the search needs beside it.
struct Contender {
  LibraryTrial trial;
  EnvironmentChanges environment;
  bool plain = false;  ///< Runs in plain_openblas_environment() plus its core type: may be chosen.
  double ranking_rate = 0.0;  ///< flop/s at the ranking size.
  double final_rate = 0.0;    ///< flop/s at the final size; 0: was no finalist.
  [[nodiscard]] double best_known_rate() const noexcept {
    return final_rate > 0.0 ? final_rate : ranking_rate;
  }
};

double rate_of(const CoreTrialAnswer& answer, int size) {
  if (!answer.verified || answer.best.count() <= 0) return 0.0;
  const auto n = static_cast<double>(size);
  return 2.0 * n * n * n / seconds(answer.best);
}

std::string operation_text(int size) {
  const std::string n = std::to_string(size);
  return "sgemm " + n + "x" + n + "x" + n + ", 1 thread, CPU time";
}

class Search {
 public:
  Search(const ChildRunner& runner,
         const CoreSearchOptions& options,
         const Interruption& interruption)
      : runner_(runner), options_(options), interruption_(interruption) {}

  [[nodiscard]] CoreSearch run() {
    rank();
    if (!stopped_) decide();
    return conclude();
  }

 private:
  void rank() {
    const Environment& ambient = runner_.options().environment;
    const auto core_type = ambient.find(std::string(kOpenBlasCoreType));
    const bool touched = changes_openblas_kernels(ambient);
    // What any program gets here: the environment as it is, but for one thread.
    Contender as_is;
    as_is.trial.setting = core_type != ambient.end() ? core_type->second : "";
    as_is.trial.ambient = true;
    as_is.environment[std::string(kOpenBlasThreads)] = std::to_string(1);
    as_is.plain = !touched;
    enter(std::move(as_is));
    if (touched && !stopped_) enter(plain_contender(""));
    // When even the library's own choice does not start, no core type will help.
    if (version_.empty() && !contenders_.empty() && !crashed_) stopped_ = true;
    for (const std::string& candidate : options_.candidates) {
      if (stopped_) return;
      if (late()) {
        untried_.push_back(candidate);
      } else {
        enter(plain_contender(candidate));
      }
    }
  }

  [[nodiscard]] static Contender plain_contender(const std::string& core_type) {
    Contender contender;
    contender.trial.setting = core_type;
    contender.environment = plain_openblas_environment(1);
    if (!core_type.empty()) contender.environment[std::string(kOpenBlasCoreType)] = core_type;
    contender.plain = true;
    return contender;
  }

  [[nodiscard]] bool late() const {
    return std::chrono::steady_clock::now() - begin_ > options_.at_most;
  }

  /// Ranks a contender and keeps it, unless it runs kernels that are known already.
  void enter(Contender contender) {
    contender.trial.library = "OpenBLAS";
    if (call(contender, options_.ranking_size, options_.ranking_budget)) {
      if (contender.plain && contender.trial.verified)
        known_cores_.push_back(contender.trial.core_name);
      contenders_.push_back(std::move(contender));
    }
  }

  /// One child. False when there is nothing to keep: known kernels, or an interruption.
  bool call(Contender& contender, int size, Nanoseconds budget) {
    CoreTrialRequest request;
    request.size = size;
    request.cpu = options_.cpu;
    request.budget = budget;
    request.file_names = options_.file_names;
    const bool ranking = contender.trial.operation.empty();
    if (contender.plain && ranking) request.skip_cores = known_cores_;
    ChildCall child;
    child.task = kCoreTrialTask;
    child.request = to_json(request);
    child.environment = contender.environment;
    child.limits.wall = kTrialWall + 4 * budget;
    const ChildResult result = runner_.call(child, interruption_);
    if (result.outcome == ChildOutcome::kInterrupted) {
      stopped_ = interrupted_ = true;
      return false;
    }
    contender.trial.operation = operation_text(size);
    if (!result.ok()) {
      crashed_ = crashed_ || result.outcome == ChildOutcome::kCrashed ||
                 result.outcome == ChildOutcome::kTimedOut;
      fail(contender, result.sentence);
      return true;
    }
    try {
      return take(contender, core_trial_answer(result.answer), size);
    } catch (const InputError& error) {
      fail(contender, std::string("its answer has not the form expected: ") + error.what());
      return true;
    }
  }

  static void fail(Contender& contender, std::string why) {
    contender.trial.verified = false;
    contender.trial.failure = std::move(why);
    contender.trial.rate_flop_per_s = 0.0;
    contender.ranking_rate = contender.final_rate = 0.0;
  }

  bool take(Contender& contender, const CoreTrialAnswer& answer, int size) {
    if (version_.empty()) version_ = answer.version;
    if (answer.skipped) return false;
    contender.trial.core_name = answer.core_name;
    const double rate = rate_of(answer, size);
    if (rate <= 0.0) {
      fail(contender, "wrong answer: " + answer.detail);
      return true;
    }
    contender.trial.verified = true;
    double& kept = size == options_.ranking_size ? contender.ranking_rate : contender.final_rate;
    kept = std::max(kept, rate);
    contender.trial.rate_flop_per_s = kept;
    return true;
  }

  /// The best of the ranking run in turn at the final size; what disturbs one round disturbs all of
  /// them.
  void decide() {
    std::vector<Contender*> field;
    for (Contender& contender : contenders_) {
      if (contender.plain && contender.trial.verified) field.push_back(&contender);
    }
    std::stable_sort(field.begin(), field.end(), [](const Contender* a, const Contender* b) {
      return a->ranking_rate > b->ranking_rate;
    });
    while (!field.empty() &&
           (field.back()->ranking_rate < kFinalist * field.front()->ranking_rate ||
            field.size() > static_cast<std::size_t>(std::max(1, options_.finalists)))) {
      field.pop_back();
    }
    if (field.size() < 2 || options_.final_size == options_.ranking_size) return;
    for (int round = 0; round < options_.final_rounds; ++round) {
      if (round > 0 && late()) return;  // One whole round compares them.
      for (Contender* contender : field) {
        if (!stopped_ && contender->trial.verified)
          call(*contender, options_.final_size, options_.final_budget);
      }
    }
  }

  /// The fastest that may be chosen; the library's own choice when that is as good.
  [[nodiscard]] Contender* fitting() {
    Contender* best = nullptr;
    for (Contender& contender : contenders_) {
      if (!contender.plain || !contender.trial.verified) continue;
      // Finalists are compared with finalists: rates at two sizes do not compare.
      const bool better =
          best == nullptr || contender.final_rate > best->final_rate ||
          (contender.final_rate == best->final_rate && contender.ranking_rate > best->ranking_rate);
      if (better) best = &contender;
    }
    for (Contender& contender : contenders_) {
      const bool own_choice = contender.plain && contender.trial.setting.empty();
      if (best == nullptr || !own_choice || !contender.trial.verified) continue;
      const bool at_final_size = best->final_rate > 0.0;
      const double own = at_final_size ? contender.final_rate : contender.ranking_rate;
      if (own >= kAsGood * best->best_known_rate()) return &contender;
    }
    return best;
  }

  [[nodiscard]] CoreSearch conclude() {
    CoreSearch search;
    search.interrupted = interrupted_;
    search.untried = untried_;
    const std::string absent = interrupted_          ? "the search was interrupted"
                               : contenders_.empty() ? "no core type was tried"
                                                     : contenders_.front().trial.failure;
    search.version = version_.empty() ? Reading<std::string>::unavailable(absent)
                                      : Reading<std::string>::of(version_, "openblas_get_config()");
    search.ambient_core = Reading<std::string>::unavailable(absent);
    search.fitting_core = Reading<std::string>::unavailable(
        version_.empty() ? absent
                         : "no core type of OpenBLAS " + version_ + " answers right on this CPU");
    Contender* chosen = fitting();
    if (chosen != nullptr) {
      chosen->trial.chosen = true;
      search.fitting_core = Reading<std::string>::of(
          chosen->trial.core_name, "fastest verified of the trials in child processes");
      search.fitting_setting = chosen->trial.setting;
    }
    for (const Contender& contender : contenders_) {
      if (contender.trial.ambient && !contender.trial.core_name.empty()) {
        search.ambient_core =
            Reading<std::string>::of(contender.trial.core_name, "openblas_get_corename()");
      }
      if (contender.trial.ambient && chosen != nullptr)
        search.ambient_over_fitting = ratio(contender, *chosen);
    }
    for (Contender& contender : contenders_) search.trials.push_back(std::move(contender.trial));
    return search;
  }

  /// At the final size where both ran there, else at the ranking size.
  static double ratio(const Contender& ambient, const Contender& chosen) {
    if (ambient.final_rate > 0.0 && chosen.final_rate > 0.0)
      return ambient.final_rate / chosen.final_rate;
    return chosen.ranking_rate > 0.0 ? ambient.ranking_rate / chosen.ranking_rate : 0.0;
  }

  const ChildRunner& runner_;
  const CoreSearchOptions& options_;
  const Interruption& interruption_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::vector<std::string> untried_;
  std::vector<Contender> contenders_;
  std::vector<std::string> known_cores_;
  std::string version_;
  bool crashed_ = false;
  bool stopped_ = false;
  bool interrupted_ = false;
};

}  // namespace

CoreSearch search_openblas_cores(const ChildRunner& runner,
                                 const CoreSearchOptions& options,
                                 const Interruption& interruption) {
  return Search(runner, options, interruption).run();
}

EnvironmentChanges openblas_load_environment(const CoreSearch& search, int threads) {
  EnvironmentChanges changes = plain_openblas_environment(threads);
  if (!search.fitting_setting.empty())
    changes[std::string(kOpenBlasCoreType)] = search.fitting_setting;
  // Its workers wait for the next call in a busy loop, 2^28 ticks (a tenth of a second) where the
  // build says nothing else, and would take the CPU from whatever is measured next; 2^16 ticks of
  // an x86 counter are some 25 us, still longer than a pause between two calls in a row.
  changes[std::string(kOpenBlasThreadTimeout)] = "16";
  return changes;
}

}  // namespace perfbench
