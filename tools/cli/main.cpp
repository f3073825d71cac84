// The only place that reads the process's environment, catches the error family and chooses the
// exit code.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/units/error.hpp"
#include "harness/host/process/child_tasks.hpp"
#include "tools/cli/context.hpp"
#include "tools/cli/exit_code.hpp"
#include "tools/cli/fresh_run.hpp"
#include "tools/cli/signals.hpp"
#include "tools/cli/verbs.hpp"

// The C library's own; declared here since no header of C++ does.
extern char** environ;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

namespace perfbench {
namespace {

Environment read_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

void change_environment(const EnvironmentChanges& changes) {
  for (const auto& [name, value] : changes) {
    if (value) {
      setenv(name.c_str(), value->c_str(), 1);
    } else {
      unsetenv(name.c_str());
    }
  }
}

// For the report: folders of a path can hold a user's name, so of a path only the last part is
// kept.
std::vector<std::string> anonymous_command(const std::vector<std::string>& words) {
  std::vector<std::string> command = {"perfbench"};
  for (const std::string& word : words) command.push_back(word.substr(word.find_last_of('/') + 1));
  return command;
}

int terminal_columns() {
  winsize size{};
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  }
  return 80;
}

int carry_out(const std::vector<std::string>& words, Context& context) {
  const Command command = parse_command_line(words);
  if (const auto* shown = std::get_if<ShowText>(&command)) {
    print(shown->text);
    return to_int(ExitCode::kMeasured);
  }
  if (const auto* run = std::get_if<RunCommand>(&command)) return run_verb(*run, context);
  if (const auto* probe = std::get_if<ProbeCommand>(&command)) return probe_verb(*probe, context);
  if (const auto* check = std::get_if<CheckCommand>(&command)) return check_verb(*check, context);
  return render_verb(std::get<RenderCommand>(command), context);
}

int guarded(const std::vector<std::string>& words, Context& context) {
  try {
    return carry_out(words, context);
  } catch (const Error& error) {
    say(context, error_line(error.what(), error.remedy()));
    return to_int(ExitCode::kUsage);
  } catch (const std::bad_alloc&) {
    say(context, "out of memory. Close other programs, raise `ulimit -v`, or give smaller sizes.");
    return to_int(ExitCode::kUsage);
  } catch (const std::exception& fault) {
    say(context,
        error_line("internal fault: " + std::string(fault.what()),
                   "please report it with the command line"));
    return to_int(ExitCode::kInternalFault);
  }
}

int run_main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  Interruption interruption;
  Context context{std::cerr,
                  read_environment(),
                  anonymous_command(words),
                  words,
                  std::string(argv[0]).find('/') == std::string::npos ? "perfbench" : argv[0],
                  isatty(STDOUT_FILENO) == 1,
                  isatty(STDERR_FILENO) == 1,
                  terminal_columns(),
                  interruption,
                  change_environment};
  if (words.size() == 2 && words.front() == kChildVerb)
    return run_child_task(child_tasks(context), words[1]);
  const SignalWatch watch(interruption);
  return guarded(words, context);
}

}  // namespace
}  // namespace perfbench

int main(int argc, char** argv) {
  try {
    return perfbench::run_main(argc, argv);
  } catch (const std::exception& fault) {
    // Before anything could run: not even the thread that waits for signals was to be had.
    std::cerr << "perfbench: "
              << perfbench::error_line("cannot start: " + std::string(fault.what()),
                                       "raise `ulimit -v` and `ulimit -u`")
              << '\n';
    return perfbench::to_int(perfbench::ExitCode::kUsage);
  }
}
