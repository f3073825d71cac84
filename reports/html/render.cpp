#include "reports/html/render.hpp"

#include <cstddef>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"
#include "reports/html/embedded_page.hpp"

namespace perfbench {
namespace {

constexpr std::string_view kReportMarker = "@PERFBENCH_REPORT@";

// U+2028 and U+2029 in UTF-8 are E2 80 A8 and E2 80 A9.
constexpr std::string_view kSeparatorPrefix = "\xE2\x80";

bool is_line_separator(std::string_view at) {
  return at.size() >= 3 && at.substr(0, 2) == kSeparatorPrefix &&
         (at[2] == '\xA8' || at[2] == '\xA9');
}

}  // namespace

std::string escape_for_script(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 64);
  for (std::size_t i = 0; i < json.size(); ++i) {
    switch (json[i]) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      case '\xE2':
        if (is_line_separator(json.substr(i))) {
          out += json[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
          i += 2;
          break;
        }
        [[fallthrough]];
      default:
        out += json[i];
    }
  }
  return out;
}

std::string render_html(std::string_view document_json) {
  if (document_json.empty()) {
    throw InputError("there is no report to render: the document is empty");
  }
  const std::string_view page = embedded_page();
  const std::size_t marker = page.find(kReportMarker);
  CHECK(marker != std::string_view::npos, "the embedded page has no place for the report");
  const std::string data = escape_for_script(document_json);
  std::string html;
  html.reserve(page.size() + data.size());
  html += page.substr(0, marker);
  html += data;
  html += page.substr(marker + kReportMarker.size());
  return html;
}

bool page_available() noexcept { return embedded_page_reason().empty(); }

std::string page_unavailable_reason() {
  if (page_available()) return {};
  return "This build of perfbench has no report page: " + std::string(embedded_page_reason()) +
         ". Any build that has it draws a saved report: perfbench render report.json.";
}

}  // namespace perfbench
