// The verbs that read a saved report and measure nothing.
#include "harness/core/units/error.hpp"
#include "reports/check/check.hpp"
#include "reports/document/read.hpp"
#include "reports/document/save.hpp"
#include "reports/html/render.hpp"
#include "tools/cli/exit_code.hpp"
#include "tools/cli/output.hpp"
#include "tools/cli/verbs.hpp"

namespace perfbench {

int check_verb(const CheckCommand& command, Context& context) {
  const CheckResult result = check_document(read_file(command.report));
  if (!command.common.quiet) print(check_text(result, text_options(context, command.common)));
  return to_int(result.ok() ? ExitCode::kMeasured : ExitCode::kCheckFailed);
}

int render_verb(const RenderCommand& command, Context& context) {
  const std::string document = read_file(command.report);
  (void)read_document(document);  // What is no report gets a sentence here, not an empty page.
  if (!page_available()) throw ResourceError("this build has no page", page_unavailable_reason());
  std::string target = command.output.value_or("");
  if (target.empty()) {
    const auto page = page_path(command.report);
    if (!page)
      throw UsageError("a report from '-' has no name for its page", "give one with -o FILE");
    target = page->string();
  }
  const SaveOutcome saved = save_file(target, render_html(document));
  if (!command.common.quiet && saved.written != "-") {
    say(context, "the page is " + page_address(saved.written.string(), context.environment));
  }
  return to_int(ExitCode::kMeasured);
}

}  // namespace perfbench
