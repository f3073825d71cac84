#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "harness/core/progress.hpp"
#include "harness/host/process/child_runner.hpp"
#include "reports/text/options.hpp"
#include "tools/cli/command_line.hpp"

namespace perfbench {

/// What the process has of the outside world; made once in main(), so that no other place reads the
/// environment.
struct Context {
  std::ostream& err;
  Environment environment;
  std::vector<std::string> command;  ///< As typed, for the report; of paths the last part alone.
  std::vector<std::string> words;    ///< As typed, behind the program's name.
  std::string program;               ///< How this program was called, for commands to type next.
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int columns = 80;
  Interruption& interruption;
  /// Sets or removes a variable of this process, for a library that reads its environment when it
  /// is loaded. Before any other thread of ours that could read it.
  void (*change_environment)(const EnvironmentChanges& changes) = nullptr;
};

/// Colour and width of text on stdout.
[[nodiscard]] TextOptions text_options(const Context& context, const CommonOptions& common);

/// Writes to stdout; throws ResourceError when it is closed or full.
void print(std::string_view text);

/// One line on stderr: "perfbench: " and the sentence.
void say(const Context& context, std::string_view sentence);

/// An error as the one line that a person reads: the sentence, then what to do about it.
[[nodiscard]] std::string error_line(std::string_view sentence, std::string_view remedy);

}  // namespace perfbench
