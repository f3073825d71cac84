#include "reports/check/check.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/value.hpp"
#include "harness/core/json/write.hpp"
#include "harness/core/judge/quiet.hpp"
#include "reports/check/comparison.hpp"
#include "reports/check/sections_check.hpp"
#include "reports/check/serving_check.hpp"
#include "reports/document/names.hpp"
#include "reports/document/read.hpp"
#include "reports/document/sanitise.hpp"
#include "reports/document/write.hpp"

namespace perfbench {
namespace {

std::string leaf_text(const JsonValue& value) {
  constexpr std::size_t kLongest = 100;
  return sanitise(write_json(value, 0), kLongest);
}

/// Walks what the writer made of the report along what was stored; keys of the stored document
/// alone are a later tool's.
class Rewritten {
 public:
  explicit Rewritten(CheckResult& result) : result_(result) {
    for (const Disagreement& found : result.disagreements) known_.insert(found.path);
  }

  /// A path that differs for a reason that is known.
  void leave_out(const std::string& path) { known_.insert(path); }

  void compare(const std::string& path, const JsonValue& stored, const JsonValue& written) {
    if (written.is_object() && stored.is_object()) {
      for (const auto& [key, value] : written.as_object()) {
        const JsonValue* other = stored.find(key);
        std::string here = path;
        if (!here.empty()) here += '.';
        here += key;
        if (other != nullptr) compare(here, *other, value);
      }
      return;
    }
    if (written.is_array() && stored.is_array() && written.size() == stored.size()) {
      for (std::size_t i = 0; i < written.size(); ++i) {
        compare(path + "[" + std::to_string(i) + "]", stored.as_array()[i], written.as_array()[i]);
      }
      return;
    }
    const bool same = stored.is_number() && written.is_number()
                          ? agree(stored.as_double(), written.as_double())
                          : stored == written;
    if (same || known_.count(path) > 0) return;
    result_.disagreements.push_back({path, leaf_text(stored), leaf_text(written)});
  }

 private:
  CheckResult& result_;
  std::unordered_set<std::string> known_;
};

/// Before roofs had teams, their ids were others; those that follow from the roofs are right.
void leave_out_former_ids(const Report& report, const JsonValue& stored, Rewritten& rewritten) {
  if (!report.roofline) return;
  const JsonValue& roofs = stored.at("sections.roofline.roofs");
  for (std::size_t i = 0; i < report.roofline->roofs.size(); ++i) {
    const Roof& roof = report.roofline->roofs[i];
    const JsonValue* id = roofs.as_array()[i].find("id");
    if (!is_of_before_teams(roof) || id == nullptr || !id->is_string()) continue;
    if (id->as_string() == id_of_before_teams(roof))
      rewritten.leave_out(roofline_element("roofs", i) + ".id");
  }
}

}  // namespace

void check_quiet(const QuietSummary& quiet, Comparison& comparison) {
  const QuietVerdict recomputed = judge_quiet(quiet.disturbance);
  comparison.word("quiet.verdict", name_of(quiet.verdict.quietness), name_of(recomputed.quietness));
  comparison.reasons("quiet.reasons", quiet.verdict.reasons, recomputed.reasons);
  comparison.holds("quiet.windows_quiet",
                   quiet.windows_quiet <= quiet.windows,
                   std::to_string(quiet.windows_quiet),
                   "at most quiet.windows, " + std::to_string(quiet.windows));
  for (std::size_t i = 0; i < quiet.noise_floor.size(); ++i) {
    const NoiseFloor& floor = quiet.noise_floor[i];
    if (floor.watched.count() <= 0) continue;
    comparison.number("quiet.noise_floor[" + std::to_string(i) + "].gaps_per_s",
                      floor.gaps_per_second,
                      static_cast<double>(floor.gaps) / seconds(floor.watched));
  }
}

CheckResult check_report(const Report& report) {
  Comparison comparison;
  check_plan(report, comparison);
  check_quiet(report.quiet, comparison);
  std::optional<RoofIndex> roofs;
  if (report.roofline) {
    roofs.emplace(*report.roofline);
    check_roofline(*report.roofline, *roofs, comparison);
  }
  const auto element = [](const char* section, std::size_t index) {
    return "sections." + std::string(section) + "[" + std::to_string(index) + "]";
  };
  for (std::size_t i = 0; i < report.scenarios.size(); ++i) {
    check_scenario(
        report.scenarios[i], roofs ? &*roofs : nullptr, element("scenarios", i), comparison);
  }
  for (std::size_t i = 0; i < report.peak_rates.size(); ++i)
    check_peak_rate(report.peak_rates[i], element("peak_rates", i), comparison);
  for (std::size_t i = 0; i < report.load_sweeps.size(); ++i)
    check_load_sweep(report.load_sweeps[i], element("load_sweeps", i), comparison);
  for (std::size_t i = 0; i < report.tracks.size(); ++i)
    check_track(report.tracks[i], element("tracks", i), comparison);
  if (report.calibration) check_calibration(*report.calibration, comparison);
  return std::move(comparison).take();
}

CheckResult check_document(std::string_view document) {
  const Report report = read_document(document);
  CheckResult result = check_report(report);
  JsonLimits limits;
  limits.bytes = kMaxDocumentBytes;
  const JsonValue stored = parse_json(document, limits);
  limits.bytes = 4 * kMaxDocumentBytes;  // Our own layout may take more room than a stranger's.
  Rewritten rewritten(result);
  leave_out_former_ids(report, stored, rewritten);
  rewritten.compare("", stored, parse_json(write_document(report), limits));
  return result;
}

}  // namespace perfbench
