#include "kernels/gemm/openblas/core_search.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "harness/core/units/error.hpp"
#include "kernels/gemm/openblas/core_choice.hpp"
#include "kernels/gemm/openblas/openblas_environment.hpp"

namespace perfbench {
namespace {

/// Beside its timing budgets a child takes two seconds on the slowest machine known; this long is a
/// hang.
constexpr std::chrono::seconds kTrialWall{20};

/// A setting this close to the best is as good: then the library's own choice stands, since it
/// needs no setting, or the one that is chosen elsewhere, since it needs no second copy.
constexpr double kAsGood = 0.995;
/// The same where other processes shared the CPU.
constexpr double kAsGoodBlurred = 0.95;

/// A setting below this part of the best when the field is ranked does not win in the end.
constexpr double kFinalist = 0.88;

/// What is known of one contender in one cell.
struct CellRecord {
  bool tried = false;
  bool verified = false;
  std::string failure;
  double ranking_rate = 0.0;  ///< flop/s at the ranking shape.
  double final_rate = 0.0;    ///< flop/s at the final shape; 0: was not in the final.
};

struct Contender {
  std::string setting;
  EnvironmentChanges environment;
  bool ambient = false;
  bool plain = false;  ///< Runs in plain_openblas_environment() plus its core type: may be chosen.
  std::string core_name;
  std::vector<CellRecord> cells;  ///< As CoreSearchOptions::cells.
  [[nodiscard]] bool ran() const {
    return std::any_of(
        cells.begin(), cells.end(), [](const CellRecord& cell) { return cell.verified; });
  }
};

using CellIndices = std::vector<std::size_t>;

double rate_of(const MatrixShape& shape, Nanoseconds took) {
  return took.count() > 0 ? static_cast<double>(flops_of(shape).count()) / seconds(took) : 0.0;
}

class Search {
 public:
  Search(const ChildRunner& runner,
         const CoreSearchOptions& options,
         const Interruption& interruption)
      : runner_(runner), options_(options), interruption_(interruption) {
    for (std::size_t i = 0; i < options_.cells.size(); ++i) all_cells_.push_back(i);
  }

  [[nodiscard]] CoreSearch run() {
    rank();
    if (!stopped_) decide();
    return conclude();
  }

 private:
  enum class Stage { kRanking, kFinal };
  /// What became of one child.
  enum class Call { kAnswered, kSkipped, kLost, kInterrupted };

  void rank() {
    const Environment& ambient = runner_.options().environment;
    const auto core_type = ambient.find(std::string(kOpenBlasCoreType));
    const bool touched = changes_openblas_kernels(ambient);
    // What any program gets here: the environment as it is, but for one thread.
    Contender as_is;
    if (core_type != ambient.end()) as_is.setting = core_type->second;
    as_is.ambient = true;
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
    contender.setting = core_type;
    contender.environment = plain_openblas_environment(1);
    if (!core_type.empty()) contender.environment[std::string(kOpenBlasCoreType)] = core_type;
    contender.plain = true;
    return contender;
  }

  [[nodiscard]] bool late() const {
    return std::chrono::steady_clock::now() - begin_ > options_.at_most;
  }

  /// Ranks a contender in every cell and keeps it, unless it runs kernels that are known already.
  void enter(Contender contender) {
    contender.cells.resize(options_.cells.size());
    const Call call = ask(contender, all_cells_, Stage::kRanking);
    if (call == Call::kSkipped || call == Call::kInterrupted) return;
    if (call == Call::kLost && !retry_alone(contender)) return;
    if (contender.plain && contender.ran()) known_cores_.push_back(contender.core_name);
    contenders_.push_back(std::move(contender));
  }

  /// After a crash or a hang each cell in a child of its own, so that only the guilty ones are
  /// lost. False after an interruption.
  bool retry_alone(Contender& contender) {
    int hangs = 1;  // The child with all cells may have been one.
    for (const std::size_t cell : all_cells_) {
      if (hangs > 2) break;  // Each costs its whole wall time.
      timed_out_ = false;
      if (ask(contender, {cell}, Stage::kRanking) == Call::kInterrupted) return false;
      if (timed_out_) ++hangs;
    }
    return true;
  }

  [[nodiscard]] TrialCell trial_cell(const Contender& contender,
                                     std::size_t index,
                                     Stage stage) const {
    const SearchCell& cell = options_.cells[index];
    const bool final = stage == Stage::kFinal;
    // By an earlier child at this shape: kernels do not forget.
    const bool verified = final && (cell.one_shape() || contender.cells[index].final_rate > 0.0);
    return TrialCell{cell.cell, final ? cell.final : cell.ranking, !verified, options_.budget};
  }

  /// One child for some cells of a contender.
  Call ask(Contender& contender, const CellIndices& cells, Stage stage) {
    CoreTrialRequest request;
    for (const std::size_t cell : cells)
      request.cells.push_back(trial_cell(contender, cell, stage));
    request.cpu = options_.cpu;
    request.file_names = options_.file_names;
    if (contender.plain && stage == Stage::kRanking) request.skip_cores = known_cores_;
    ChildCall child;
    child.task = kCoreTrialTask;
    child.request = to_json(request);
    child.environment = contender.environment;
    child.limits.wall = kTrialWall + 4 * static_cast<int>(cells.size()) * options_.budget;
    const ChildResult result = runner_.call(child, interruption_);
    if (result.outcome == ChildOutcome::kInterrupted) {
      stopped_ = interrupted_ = true;
      return Call::kInterrupted;
    }
    if (result.ok()) {
      try {
        return take(contender, core_trial_answer(result.answer), cells, stage);
      } catch (const InputError& error) {
        fail(
            contender, cells, std::string("its answer has not the form expected: ") + error.what());
        return Call::kAnswered;
      }
    }
    fail(contender, cells, result.sentence);
    timed_out_ = result.outcome == ChildOutcome::kTimedOut;
    const bool lost = result.outcome == ChildOutcome::kCrashed || timed_out_;
    crashed_ = crashed_ || lost;
    return lost ? Call::kLost : Call::kAnswered;
  }

  static void fail(Contender& contender, const CellIndices& cells, const std::string& why) {
    for (const std::size_t cell : cells) contender.cells[cell] = {true, false, why, 0.0, 0.0};
  }

  Call take(Contender& contender,
            const CoreTrialAnswer& answer,
            const CellIndices& cells,
            Stage stage) {
    if (version_.empty()) {
      version_ = answer.version;
      file_ = answer.file;
    }
    if (answer.skipped) return Call::kSkipped;
    if (answer.cells.size() != cells.size()) throw InputError("another number of cells");
    contender.core_name = answer.core_name;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      CellRecord& record = contender.cells[cells[i]];
      const SearchCell& cell = options_.cells[cells[i]];
      const bool final = stage == Stage::kFinal;
      cpu_ += answer.cells[i].cpu;
      wall_ += answer.cells[i].wall;
      const double rate = rate_of(final ? cell.final : cell.ranking, answer.cells[i].best);
      if (!answer.cells[i].verified || rate <= 0.0) {
        record = {true, false, "wrong answer: " + answer.cells[i].detail, 0.0, 0.0};
        continue;
      }
      record.tried = record.verified = true;
      double& kept = final ? record.final_rate : record.ranking_rate;
      kept = std::max(kept, rate);
      if (cell.one_shape()) record.ranking_rate = std::max(record.ranking_rate, rate);
    }
    return Call::kAnswered;
  }

  /// The best of the ranking in one cell: those whose kernels may be chosen.
  [[nodiscard]] std::vector<std::size_t> finalists_of(std::size_t cell) const {
    std::vector<std::size_t> field;
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      if (contenders_[i].plain && contenders_[i].cells[cell].verified) field.push_back(i);
    }
    const auto rate = [&](std::size_t i) { return contenders_[i].cells[cell].ranking_rate; };
    std::stable_sort(field.begin(), field.end(), [&](std::size_t a, std::size_t b) {
      return rate(a) > rate(b);
    });
    const auto most = static_cast<std::size_t>(std::max(1, options_.finalists));
    while (field.size() > most ||
           (!field.empty() && rate(field.back()) < kFinalist * rate(field.front()))) {
      field.pop_back();
    }
    // One alone has won, but its rate at the final shape is still to be told.
    if (field.size() == 1 && options_.cells[cell].one_shape()) field.clear();
    return field;
  }

  /// The best of each cell run in turn at the final shape; what disturbs one round disturbs all of
  /// them. The ambient setting runs once with them where shapes differ, for rates that compare.
  void decide() {
    std::vector<CellIndices> of_contender(contenders_.size());
    std::vector<CellIndices> once(contenders_.size());
    for (const std::size_t cell : all_cells_) {
      const std::vector<std::size_t> field = finalists_of(cell);
      for (const std::size_t i : field) of_contender[i].push_back(cell);
      for (std::size_t i = 0; i < contenders_.size(); ++i) {
        const bool in_field = std::find(field.begin(), field.end(), i) != field.end();
        if (contenders_[i].ambient && contenders_[i].cells[cell].verified && !in_field &&
            !field.empty() && !options_.cells[cell].one_shape())
          once[i].push_back(cell);
      }
    }
    for (int round = 0; round < options_.final_rounds && !late(); ++round) {
      for (std::size_t i = 0; i < contenders_.size(); ++i) {
        CellIndices cells;
        for (const std::size_t cell : of_contender[i]) {
          if (contenders_[i].cells[cell].verified) cells.push_back(cell);
        }
        if (round == 0) cells.insert(cells.end(), once[i].begin(), once[i].end());
        if (cells.empty()) continue;
        if (ask(contenders_[i], cells, Stage::kFinal) == Call::kInterrupted) return;
      }
      compared_ = true;
    }
  }

  /// Rates at two shapes do not compare, so where any contender was in the final only finals count.
  [[nodiscard]] bool had_final(std::size_t cell) const {
    return std::any_of(contenders_.begin(), contenders_.end(), [&](const Contender& contender) {
      return contender.plain && contender.cells[cell].final_rate > 0.0;
    });
  }

  [[nodiscard]] double comparable_rate(const Contender& contender, std::size_t cell) const {
    const CellRecord& record = contender.cells[cell];
    if (!record.verified) return 0.0;
    return had_final(cell) && !options_.cells[cell].one_shape() ? record.final_rate
                                                                : record.ranking_rate;
  }

  /// The fastest that may be chosen in a cell; of those that are as good the library's own choice,
  /// then `preferred`.
  [[nodiscard]] const Contender* fitting(std::size_t cell, const Contender* preferred) const {
    const Contender* best = nullptr;
    for (const Contender& contender : contenders_) {
      const double rate = contender.plain ? comparable_rate(contender, cell) : 0.0;
      if (rate > 0.0 && (best == nullptr || rate > comparable_rate(*best, cell))) best = &contender;
    }
    if (best == nullptr) return nullptr;
    const double enough =
        (cpu_share() < kUnblurredShare ? kAsGoodBlurred : kAsGood) * comparable_rate(*best, cell);
    for (const Contender& contender : contenders_) {
      if (contender.plain && contender.setting.empty() &&
          comparable_rate(contender, cell) >= enough)
        return &contender;
    }
    return preferred != nullptr && comparable_rate(*preferred, cell) >= enough ? preferred : best;
  }

  [[nodiscard]] double cpu_share() const {
    return wall_.count() > 0 ? std::min(1.0, seconds(cpu_) / seconds(wall_)) : 0.0;
  }

  [[nodiscard]] LibraryTrial trial_of(const Contender& contender, std::size_t cell) const {
    const CellRecord& record = contender.cells[cell];
    const SearchCell& searched = options_.cells[cell];
    LibraryTrial trial;
    trial.library = "OpenBLAS";
    trial.setting = contender.setting;
    trial.core_name = contender.core_name;
    trial.operation = name_of(searched.cell.operation);
    trial.shape_class = name_of(searched.cell.shape_class);
    const bool at_final = record.final_rate > 0.0;
    trial.shape = at_final ? searched.final : searched.ranking;
    trial.verified = record.verified;
    trial.failure = record.failure;
    if (record.verified) {
      trial.rate_flop_per_s =
          at_final && !searched.one_shape() ? record.final_rate : record.ranking_rate;
    }
    trial.ambient = contender.ambient;
    return trial;
  }

  [[nodiscard]] CoreSearch conclude() {
    CoreSearch search;
    search.interrupted = interrupted_;
    search.untried = untried_;
    search.file = file_;
    search.complete = compared_ && untried_.empty() && !interrupted_;
    search.cpu_share = cpu_share();
    const Contender* first_chosen = nullptr;
    for (const std::size_t cell : all_cells_) {
      const Contender* chosen = fitting(cell, first_chosen);
      if (first_chosen == nullptr) first_chosen = chosen;
      for (const Contender& contender : contenders_) {
        const bool as_a_whole = !contender.ran() && cell > 0;
        if (!contender.cells[cell].tried || as_a_whole) continue;
        search.trials.push_back(trial_of(contender, cell));
        search.trials.back().chosen = &contender == chosen;
      }
    }
    const std::string absent = interrupted_          ? "the search was interrupted"
                               : contenders_.empty() ? "no core type was tried"
                                                     : contenders_.front().cells.front().failure;
    search.version = version_.empty() ? Reading<std::string>::unavailable(absent)
                                      : Reading<std::string>::of(version_, "openblas_get_config()");
    search.ambient_core = Reading<std::string>::unavailable(absent);
    for (const Contender& contender : contenders_) {
      if (contender.ambient && !contender.core_name.empty()) {
        search.ambient_core =
            Reading<std::string>::of(contender.core_name, "openblas_get_corename()");
      }
    }
    search.fitting_core =
        first_chosen != nullptr
            ? Reading<std::string>::of(first_chosen->core_name,
                                       "fastest verified of the trials in child processes")
            : Reading<std::string>::unavailable(version_.empty()
                                                    ? absent
                                                    : "no core type of OpenBLAS " + version_ +
                                                          " answers right on this CPU");
    return search;
  }

  const ChildRunner& runner_;
  const CoreSearchOptions& options_;
  const Interruption& interruption_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  CellIndices all_cells_;
  std::vector<std::string> untried_;
  std::vector<Contender> contenders_;
  std::vector<std::string> known_cores_;
  std::string version_;
  LibraryFile file_;
  Nanoseconds cpu_{0};
  Nanoseconds wall_{0};
  bool compared_ = false;
  bool crashed_ = false;
  bool timed_out_ = false;
  bool stopped_ = false;
  bool interrupted_ = false;
};

}  // namespace

std::vector<SearchCell> openblas_search_cells() {
  std::vector<SearchCell> cells;
  for (const GemmCell& cell : gemm_cells())
    cells.push_back({cell, ranking_shape(cell), final_shape(cell)});
  return cells;
}

CoreSearch search_openblas_cores(const ChildRunner& runner,
                                 const CoreSearchOptions& options,
                                 const Interruption& interruption) {
  return Search(runner, options, interruption).run();
}

}  // namespace perfbench
