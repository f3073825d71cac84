#include <algorithm>

#include "harness/core/units/error.hpp"
#include "kernels/gemm/openblas/core_trial.hpp"

namespace perfbench {
namespace {

constexpr std::int64_t kLargestSide = 16384;
constexpr std::int64_t kMostCpus = 1 << 20;

JsonValue texts(const std::vector<std::string>& values) {
  JsonValue array = JsonValue::array();
  for (const std::string& value : values) array.push_back(value);
  return array;
}

std::vector<std::string> texts(const JsonValue& array) {
  std::vector<std::string> values;
  for (const JsonValue& value : array.as_array()) values.push_back(value.as_string());
  return values;
}

std::int64_t side(const JsonValue& document, std::string_view key) {
  return std::clamp<std::int64_t>(document.get_int64(key), 1, kLargestSide);
}

JsonValue to_json(const TrialCell& cell) {
  return JsonValue::object()
      .set("operation", name_of(cell.cell.operation))
      .set("shape_class", name_of(cell.cell.shape_class))
      .set("m", cell.shape.m)
      .set("n", cell.shape.n)
      .set("k", cell.shape.k)
      .set("verify", cell.verify)
      .set("budget_ns", cell.budget.count());
}

TrialCell trial_cell(const JsonValue& document) {
  const auto cell =
      gemm_cell_of(document.get_string("operation"), document.get_string("shape_class"));
  if (!cell) throw InputError("a trial of an operation or shape class that is none");
  return TrialCell{*cell,
                   {side(document, "m"), side(document, "n"), side(document, "k")},
                   document.get_bool("verify"),
                   Nanoseconds(document.get_int64("budget_ns"))};
}

JsonValue to_json(const CellAnswer& answer) {
  return JsonValue::object()
      .set("verified", answer.verified)
      .set("detail", answer.detail)
      .set("best_ns", answer.best.count())
      .set("cpu_ns", answer.cpu.count())
      .set("wall_ns", answer.wall.count());
}

CellAnswer cell_answer(const JsonValue& document) {
  return CellAnswer{document.get_bool("verified"),
                    document.get_string("detail"),
                    Nanoseconds(document.get_int64("best_ns")),
                    Nanoseconds(document.get_int64("cpu_ns")),
                    Nanoseconds(document.get_int64("wall_ns"))};
}

}  // namespace

JsonValue to_json(const LibraryFile& file) {
  return JsonValue::object()
      .set("path", file.path)
      .set("bytes", file.bytes)
      .set("modified_ns", file.modified_ns);
}

LibraryFile library_file(const JsonValue& document) {
  return LibraryFile{
      document.get_string("path"), document.get_uint64("bytes"), document.get_int64("modified_ns")};
}

JsonValue to_json(const CoreTrialRequest& request) {
  JsonValue cells = JsonValue::array();
  for (const TrialCell& cell : request.cells) cells.push_back(to_json(cell));
  return JsonValue::object()
      .set("cells", std::move(cells))
      .set("cpu", request.cpu)
      .set("skip_cores", texts(request.skip_cores))
      .set("file_names", texts(request.file_names));
}

JsonValue to_json(const CoreTrialAnswer& answer) {
  JsonValue cells = JsonValue::array();
  for (const CellAnswer& cell : answer.cells) cells.push_back(to_json(cell));
  return JsonValue::object()
      .set("version", answer.version)
      .set("core_name", answer.core_name)
      .set("file", to_json(answer.file))
      .set("skipped", answer.skipped)
      .set("cells", std::move(cells));
}

CoreTrialRequest core_trial_request(const JsonValue& document) {
  CoreTrialRequest request;
  for (const JsonValue& cell : document.at("cells").as_array())
    request.cells.push_back(trial_cell(cell));
  request.cpu =
      static_cast<int>(std::clamp<std::int64_t>(document.get_int64("cpu"), -1, kMostCpus));
  request.skip_cores = texts(document.at("skip_cores"));
  request.file_names = texts(document.at("file_names"));
  return request;
}

CoreTrialAnswer core_trial_answer(const JsonValue& document) {
  CoreTrialAnswer answer;
  answer.version = document.get_string("version");
  answer.core_name = document.get_string("core_name");
  answer.file = library_file(document.at("file"));
  answer.skipped = document.get_bool("skipped");
  for (const JsonValue& cell : document.at("cells").as_array())
    answer.cells.push_back(cell_answer(cell));
  return answer;
}

}  // namespace perfbench
