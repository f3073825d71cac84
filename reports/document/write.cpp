#include "reports/document/write.hpp"

#include <utility>
#include <vector>

#include "harness/core/json/write.hpp"
#include "reports/document/common_json.hpp"
#include "reports/document/sections_json.hpp"

namespace perfbench {
namespace {

JsonValue to_json(const ToolInfo& tool) {
  JsonValue json = JsonValue::object();
  json.set("name", tool.name)
      .set("version", tool.version)
      .set("compiler", tool.compiler)
      .set("flags", tool.flags)
      .set("git_revision", tool.git_revision);
  return json;
}

/// An array of what there is; a section that was not made has no key.
template <class Result>
void add_section(JsonValue& sections, const char* name, const std::vector<Result>& results) {
  if (results.empty()) return;
  JsonValue array = JsonValue::array();
  for (const Result& result : results) array.push_back(to_json(result));
  sections.set(name, std::move(array));
}

JsonValue sections_of(const Report& report) {
  JsonValue sections = JsonValue::object();
  if (report.roofline) sections.set("roofline", to_json(*report.roofline));
  add_section(sections, "scenarios", report.scenarios);
  add_section(sections, "peak_rates", report.peak_rates);
  add_section(sections, "load_sweeps", report.load_sweeps);
  add_section(sections, "tracks", report.tracks);
  if (report.calibration) sections.set("calibration", to_json(*report.calibration));
  return sections;
}

}  // namespace

std::string write_document(const Report& report) {
  JsonValue json = JsonValue::object();
  json.set("schema", Report::kSchema)
      .set("protocol", report.protocol)
      .set("flop_convention", kFlopConvention)
      .set("tool", to_json(report.tool))
      .set("label", report.label ? JsonValue(*report.label) : JsonValue(nullptr))
      .set("started_utc", report.started_utc)
      .set("partial", report.partial)
      .set("partial_reason", report.partial_reason)
      .set("command", strings_to_json(report.command))
      .set("plan", to_json(report.plan))
      .set("machine", to_json(report.machine))
      .set("quiet", to_json(report.quiet))
      .set("sections", sections_of(report));
  return write_json(json, 1) + "\n";
}

}  // namespace perfbench
