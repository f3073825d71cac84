#include "kernels/gemm/openblas/core_memory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/json/cursor.hpp"
#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/gemm/openblas/core_choice.hpp"
#include "kernels/gemm/openblas/memory_file.hpp"
#include "kernels/gemm/openblas/openblas_environment.hpp"

namespace perfbench {
namespace {

constexpr const char* kSchema = "perfbench-openblas-cores/1";

/// Raised when cells, shapes or the way of timing change: older memories then no longer hold.
constexpr int kSearchMethod = 1;

/// A memory is some 30 KiB; what is longer is none of ours.
constexpr std::size_t kLongestFile = std::size_t{1} << 20U;
constexpr JsonLimits kLimits{kLongestFile, 8, std::size_t{1} << 13U, 50'000};
constexpr std::size_t kMostTrials = 2'000;
constexpr std::size_t kLongestName = 64;
constexpr std::int64_t kLargestSide = 16384;
/// No CPU reaches it: a rate beyond is damage.
constexpr double kHighestRate = 1e16;

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3U;
  }
  return hash;
}

std::string hex(std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; value >>= 4U) text[i] = kDigits[value & 15U];
  return text;
}

JsonValue texts(const std::vector<std::string>& values) {
  JsonValue array = JsonValue::array();
  for (const std::string& value : values) array.push_back(value);
  return array;
}

/// All that a memory depends on and that is known before a library is loaded. Nothing of the
/// operating system's kernel: it does not change which BLAS kernels win.
JsonValue key_of(const CoreMemory& memory,
                 const CoreSearchOptions& options,
                 const Environment& environment) {
  const CpuIdentity& cpu = memory.identity;
  std::string flags;
  for (const std::string& flag : cpu.flags) flags += flag + " ";
  JsonValue cells = JsonValue::array();
  for (const SearchCell& cell : options.cells) {
    cells.push_back(std::string(name_of(cell.cell.operation)) + " " +
                    std::string(name_of(cell.cell.shape_class)) + " " +
                    std::to_string(flops_of(cell.ranking).count()) + " " +
                    std::to_string(flops_of(cell.final).count()));
  }
  return JsonValue::object()
      .set("search_method", kSearchMethod)
      .set("vendor", cpu.vendor)
      .set("family", cpu.family)
      .set("model", cpu.model)
      .set("stepping", cpu.stepping)
      .set("hybrid_type", cpu.hybrid_type)
      .set("flags_hash", hex(fnv1a(flags)))
      .set("microcode", memory.microcode)
      .set("settings", texts(openblas_settings(environment)))
      .set("candidates", texts(options.candidates))
      .set("cells", std::move(cells))
      .set("file_names", texts(options.file_names));
}

JsonValue to_json(const LibraryTrial& trial) {
  const MatrixShape shape = trial.shape.value_or(MatrixShape{});
  return JsonValue::object()
      .set("setting", trial.setting)
      .set("core_name", trial.core_name)
      .set("operation", trial.operation)
      .set("shape_class", trial.shape_class)
      .set("m", shape.m)
      .set("n", shape.n)
      .set("k", shape.k)
      .set("verified", trial.verified)
      .set("failure", trial.failure)
      .set("rate_flop_per_s", trial.rate_flop_per_s)
      .set("ambient", trial.ambient)
      .set("chosen", trial.chosen);
}

std::int64_t side(const JsonCursor& at, std::string_view key) {
  const std::int64_t value = at.at(key).as_int64();
  if (value < 1 || value > kLargestSide) at.at(key).fail("no side of a matrix");
  return value;
}

std::string name(const JsonCursor& at) {
  const std::string& text = at.as_string();
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
  if (text.size() > kLongestName || !plain) at.fail("no name");
  return text;
}

LibraryTrial trial_of(const JsonCursor& at) {
  LibraryTrial trial;
  trial.library = "OpenBLAS";
  trial.setting = name(at.at("setting"));
  trial.core_name = name(at.at("core_name"));
  trial.operation = at.at("operation").as_string();
  trial.shape_class = at.at("shape_class").as_string();
  if (!gemm_cell_of(trial.operation, trial.shape_class)) at.fail("no cell of the search");
  trial.shape = MatrixShape{side(at, "m"), side(at, "n"), side(at, "k")};
  trial.verified = at.at("verified").as_bool();
  trial.failure = at.at("failure").as_string();
  trial.rate_flop_per_s = at.at("rate_flop_per_s").as_double();
  trial.ambient = at.at("ambient").as_bool();
  trial.chosen = at.at("chosen").as_bool();
  const double rate = trial.rate_flop_per_s;
  if (!(rate >= 0.0 && rate < kHighestRate) || trial.verified != (rate > 0.0) ||
      trial.verified != trial.failure.empty())
    at.fail("a rate that cannot be");
  if (trial.chosen && !trial.verified) at.fail("a choice that is not verified");
  return trial;
}

/// A setting is handed to the library in our own process: only one that the search itself would
/// try.
void check_choices(const std::vector<LibraryTrial>& trials, const CoreSearchOptions& options) {
  const std::vector<std::string>& known = options.candidates;
  std::vector<std::string> cells;
  for (const LibraryTrial& trial : trials) {
    if (!trial.chosen) continue;
    const bool may = trial.setting.empty() ||
                     std::find(known.begin(), known.end(), trial.setting) != known.end();
    std::string cell = trial.operation + " " + trial.shape_class;
    if (!may || std::find(cells.begin(), cells.end(), cell) != cells.end())
      throw InputError("a choice that the search would not make");
    cells.push_back(std::move(cell));
  }
  if (cells.empty()) throw InputError("no choice");
}

std::string date_of(const JsonCursor& at) {
  const std::string& text = at.as_string();
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || std::string_view("-:TZ").find(c) != std::string_view::npos;
  });
  if (!plain || text.size() < 10 || text.size() > 20) at.fail("no date");
  return text;
}

Reading<std::string> remembered(const std::string& text) {
  return text.empty() ? Reading<std::string>::unavailable("it failed in the remembered search")
                      : Reading<std::string>::of(text, "remembered search");
}

/// Throws InputError on anything that a search of these options could not have written.
CoreSearch search_of(const JsonValue& document,
                     const JsonValue& key,
                     const CoreSearchOptions& options) {
  const JsonCursor at(document);
  if (at.at("schema").as_string() != kSchema ||
      write_json(at.at("key").value(), 0) != write_json(key, 0))
    at.fail("the memory of another search");
  CoreSearch search;
  const JsonCursor library = at.at("library");
  search.version = remembered(name(library.at("version")));
  search.file = library_file(library.at("file").value());
  search.origin = "remembered from " + date_of(at.at("measured_utc"));
  search.complete = true;
  search.cpu_share = at.at("cpu_share").as_double();
  if (!(search.cpu_share >= kUnblurredShare)) at.at("cpu_share").fail("a search not worth keeping");
  const std::vector<JsonCursor> trials = at.at("trials").elements();
  if (trials.size() > kMostTrials) at.fail("more trials than a search makes");
  for (const JsonCursor& trial : trials) search.trials.push_back(trial_of(trial));
  check_choices(search.trials, options);
  std::string ambient;
  for (const LibraryTrial& trial : search.trials) {
    if (trial.ambient && !trial.core_name.empty()) ambient = trial.core_name;
  }
  search.ambient_core = remembered(ambient);
  search.fitting_core = remembered(core_choices(search.trials).front().chosen.core_name);
  return search;
}

JsonValue document_of(const CoreSearch& search, const JsonValue& key, const std::string& now_utc) {
  JsonValue trials = JsonValue::array();
  for (const LibraryTrial& trial : search.trials) trials.push_back(to_json(trial));
  return JsonValue::object()
      .set("schema", kSchema)
      .set("key", key)
      .set("library",
           JsonValue::object()
               .set("version", search.version.value())
               .set("file", to_json(search.file)))
      .set("measured_utc", now_utc)
      .set("cpu_share", search.cpu_share)
      .set("trials", std::move(trials));
}

enum class Proof { kHolds, kFails, kInterrupted };

/// One child for one chosen setting: the same file, the same kernels, and right answers in every
/// cell that it was chosen for.
Proof prove(const ChildRunner& runner,
            const CoreSearchOptions& options,
            const CoreSearch& search,
            const LibraryTrial& chosen,
            const Interruption& interruption) {
  CoreTrialRequest request;
  request.cpu = options.cpu;
  request.file_names = options.file_names;
  for (const CoreChoice& choice : core_choices(search.trials)) {
    if (choice.chosen.setting != chosen.setting) continue;
    for (const SearchCell& cell : options.cells) {
      if (cell.cell == choice.cell) request.cells.push_back({cell.cell, cell.ranking, true, {}});
    }
  }
  ChildCall call{kCoreTrialTask, to_json(request), plain_openblas_environment(1), {}};
  if (!chosen.setting.empty()) call.environment[std::string(kOpenBlasCoreType)] = chosen.setting;
  const ChildResult result = runner.call(call, interruption);
  if (result.outcome == ChildOutcome::kInterrupted) return Proof::kInterrupted;
  if (!result.ok()) return Proof::kFails;
  const CoreTrialAnswer answer = core_trial_answer(result.answer);
  const bool right = std::all_of(answer.cells.begin(),
                                 answer.cells.end(),
                                 [](const CellAnswer& cell) { return cell.verified; });
  const bool same = answer.version == search.version.value() && answer.file == search.file &&
                    answer.core_name == chosen.core_name;
  return right && same && answer.cells.size() == request.cells.size() ? Proof::kHolds
                                                                      : Proof::kFails;
}

/// What the file holds, proved anew; nothing where it does not hold.
std::optional<CoreSearch> recall(const ChildRunner& runner,
                                 const CoreSearchOptions& options,
                                 const std::filesystem::path& path,
                                 const JsonValue& key,
                                 const Interruption& interruption) {
  const std::optional<std::string> text = read_small_file(path, kLongestFile);
  if (!text) return std::nullopt;
  try {
    CoreSearch search = search_of(parse_json(*text, kLimits), key, options);
    std::vector<std::string> proved;
    for (const CoreChoice& choice : core_choices(search.trials)) {
      const std::string& setting = choice.chosen.setting;
      if (std::find(proved.begin(), proved.end(), setting) != proved.end()) continue;
      proved.push_back(setting);
      const Proof proof = prove(runner, options, search, choice.chosen, interruption);
      if (proof == Proof::kFails) return std::nullopt;
      if (proof == Proof::kInterrupted) {
        search.interrupted = true;
        return search;
      }
    }
    return search;
  } catch (const InputError&) {
    return std::nullopt;  // A memory is never needed: whatever is wrong with it, search again.
  }
}

}  // namespace

std::filesystem::path openblas_memory_folder(const Environment& environment) {
  const auto absolute = [&environment](const char* variable) {
    const auto found = environment.find(variable);
    const std::filesystem::path path = found != environment.end() ? found->second : "";
    return path.is_absolute() ? path : std::filesystem::path();
  };
  const std::filesystem::path cache = absolute("XDG_CACHE_HOME");
  if (!cache.empty()) return cache / "perfbench";
  const std::filesystem::path home = absolute("HOME");
  return home.empty() ? home : home / ".cache" / "perfbench";
}

CoreSearch find_openblas_cores(const ChildRunner& runner,
                               const CoreSearchOptions& options,
                               const CoreMemory& memory,
                               const Interruption& interruption) {
  const JsonValue key = key_of(memory, options, runner.options().environment);
  const std::filesystem::path path =
      memory.folder / ("openblas-cores-" + hex(fnv1a(write_json(key, 0))) + ".json");
  const bool keeps = !memory.folder.empty();
  if (keeps && !memory.refresh) {
    if (auto known = recall(runner, options, path, key, interruption)) return *std::move(known);
  }
  CoreSearch search = search_openblas_cores(runner, options, interruption);
  const bool worth_keeping =
      !search.blurred() && search.version.available() && search.fitting_core.available();
  if (keeps && worth_keeping)
    replace_file(path, write_json(document_of(search, key, memory.now_utc)));
  return search;
}

}  // namespace perfbench
