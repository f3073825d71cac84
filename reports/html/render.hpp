#pragma once

#include <string>
#include <string_view>

namespace perfbench {

/// The page of a saved report: one HTML file that opens from file:// and asks for nothing over the
/// network. `document_json` is a report document (reports/document/write.hpp) and is put into the
/// page as data, so that nothing in it can be taken for markup or script. A build without the page
/// (page_available() is false) returns a short notice that holds the same data and says how to get
/// the page. Throws InputError when `document_json` is empty.
[[nodiscard]] std::string render_html(std::string_view document_json);

/// Whether this build holds the page. Without it the JSON can be rendered later, by any build that
/// has it.
[[nodiscard]] bool page_available() noexcept;

/// Why this build has no page and how to get it, as one sentence for people; empty when it has one.
[[nodiscard]] std::string page_unavailable_reason();

/// `json` so that it may stand inside a <script> element: <, >, &, U+2028 and U+2029 become the
/// \u escapes that a JSON reader turns back into the same characters. These characters occur only
/// inside strings of a JSON document, so the document's meaning stays the same.
[[nodiscard]] std::string escape_for_script(std::string_view json);

}  // namespace perfbench
