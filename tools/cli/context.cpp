#include "tools/cli/context.hpp"

#include <algorithm>
#include <cctype>
#include <ostream>

#include "reports/document/save.hpp"

namespace perfbench {
namespace {

std::string as_sentence(std::string_view text) {
  std::string sentence(text);
  while (!sentence.empty() && (sentence.back() == '.' || sentence.back() == '\n'))
    sentence.pop_back();
  return sentence.empty() || sentence.back() == '?' || sentence.back() == '!' ? sentence
                                                                              : sentence + ".";
}

}  // namespace

TextOptions text_options(const Context& context, const CommonOptions& common) {
  TextOptions options;
  options.width = context.columns;
  const auto no_colour = context.environment.find("NO_COLOR");
  const bool refused = no_colour != context.environment.end() && !no_colour->second.empty();
  options.colour = common.colour == ColourChoice::kAlways ||
                   (common.colour == ColourChoice::kAuto && context.out_is_terminal && !refused);
  return options;
}

void print(std::string_view text) { save_file("-", text); }

void say(const Context& context, std::string_view sentence) {
  context.err << "perfbench: " << sentence << '\n' << std::flush;
}

std::string error_line(std::string_view sentence, std::string_view remedy) {
  std::string line = as_sentence(sentence);
  if (!remedy.empty()) {
    std::string advice = as_sentence(remedy);
    const auto first = static_cast<unsigned char>(advice.front());
    advice.front() = static_cast<char>(std::toupper(first));
    line += " " + advice;
  }
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace perfbench
