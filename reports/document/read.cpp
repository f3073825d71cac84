#include "reports/document/read.hpp"

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "harness/core/json/parse.hpp"
#include "harness/core/units/error.hpp"
#include "reports/document/common_json.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

constexpr std::string_view kSchemaStem = "perfbench-report/";
constexpr int kSchemaVersion = 1;
static_assert(std::string_view(Report::kSchema) == "perfbench-report/1");

/// The version of "perfbench-report/2", or nothing when the word is another.
std::optional<int> version_of(std::string_view schema) {
  if (!schema.starts_with(kSchemaStem)) return std::nullopt;
  schema.remove_prefix(kSchemaStem.size());
  int version = 0;
  const auto [end, error] = std::from_chars(schema.data(), schema.data() + schema.size(), version);
  if (error != std::errc() || end != schema.data() + schema.size() || version < 1)
    return std::nullopt;
  return version;
}

void check_schema(const JsonValue& document) {
  const JsonValue* schema = document.find("schema");
  const std::optional<int> version =
      schema != nullptr && schema->is_string() ? version_of(schema->as_string()) : std::nullopt;
  if (!version) {
    throw InputError("This is no perfbench report: its \"schema\" is not \"" +
                         std::string(Report::kSchema) + "\".",
                     "Give a report.json that perfbench wrote.");
  }
  if (*version > kSchemaVersion) {
    throw InputError("This report is of format " + std::string(kSchemaStem) +
                         std::to_string(*version) + ", newer than " + Report::kSchema +
                         ", the newest that this perfbench reads.",
                     "Read it with the perfbench that wrote it, or a newer one.");
  }
}

ToolInfo read_tool(const JsonCursor& at) {
  return {at.at("name").as_string(),
          at.at("version").as_string(),
          at.at("compiler").as_string(),
          at.at("flags").as_string(),
          at.at("git_revision").as_string()};
}

/// More results of one kind than any plan makes.
constexpr std::size_t kMaxResults = 1000;

template <class Result, class ReadResult>
void read_section(const JsonCursor& sections,
                  std::string_view name,
                  ReadResult read_result,
                  std::vector<Result>& results) {
  const auto section = sections.find(name);
  if (!section) return;
  for (const JsonCursor& result : read_elements(*section, kMaxResults))
    results.push_back(read_result(result));
}

void read_sections(const JsonCursor& sections, Report& report) {
  if (!sections.value().is_object()) sections.fail("expected an object");
  if (const auto roofline = sections.find("roofline")) report.roofline = read_roofline(*roofline);
  read_section(sections, "scenarios", read_scenario, report.scenarios);
  read_section(sections, "peak_rates", read_peak_rate, report.peak_rates);
  read_section(sections, "load_sweeps", read_load_sweep, report.load_sweeps);
  read_section(sections, "tracks", read_track, report.tracks);
  if (const auto calibration = sections.find("calibration"))
    report.calibration = read_calibration(*calibration);
}

Report read_report(const JsonCursor& at) {
  Report report;
  report.protocol = read_int(at.at("protocol"), 1);
  report.tool = read_tool(at.at("tool"));
  if (const JsonCursor label = at.at("label"); !label.is_null()) report.label = label.as_string();
  report.started_utc = at.at("started_utc").as_string();
  report.partial = at.at("partial").as_bool();
  report.partial_reason = at.at("partial_reason").as_string();
  report.command = at.at("command").string_array();
  report.plan = read_plan(at.at("plan"));
  report.machine = read_machine(at.at("machine"));
  report.quiet = read_quiet(at.at("quiet"));
  read_sections(at.at("sections"), report);
  return report;
}

}  // namespace

Report read_document(std::string_view document) {
  JsonLimits limits;
  limits.bytes = kMaxDocumentBytes;
  try {
    const JsonValue json = parse_json(document, limits);
    if (!json.is_object()) throw InputError("This is no perfbench report: it is no JSON object.");
    check_schema(json);
    return read_report(JsonCursor(json));
  } catch (const InputError& error) {
    // The sentence may quote the file's own keys.
    throw InputError(sanitise(error.what()), error.remedy());
  }
}

std::string read_file(const std::string& path) {
  const std::string name = "\"" + sanitise(path) + "\"";
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw InputError("There is no file " + name + ".",
                     "Check the name; `perfbench run` writes report.json.");
  }
  if (std::filesystem::is_directory(status))
    throw InputError(name + " is a directory, not a report.");
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw InputError("Cannot read " + name + " (" + std::generic_category().message(errno) + ").");
  }
  std::string content;
  std::string chunk(std::size_t{1} << 16U, '\0');
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0) {
    content.append(chunk, 0, static_cast<std::size_t>(file.gcount()));
    if (content.size() > kMaxDocumentBytes) {
      throw InputError(name + " is larger than a report can be (" +
                       std::to_string(kMaxDocumentBytes >> 20U) + " MiB).");
    }
  }
  if (file.bad()) throw InputError("Cannot read all of " + name + ".");
  return content;
}

}  // namespace perfbench
