#pragma once

#include <stdexcept>
#include <string>

namespace perfbench {

/// What the program ends with; the README lists the exit codes. The mapping from errors stands in
/// tools/cli/exit_code.hpp. The family of "cannot go on". what() is one sentence; remedy() says
/// what to do about it and may be empty. Thrown outside timed regions only, caught once in
/// tools/cli.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& sentence, std::string remedy = {})
      : std::runtime_error(sentence), remedy_(std::move(remedy)) {}
  [[nodiscard]] const std::string& remedy() const noexcept { return remedy_; }

 private:
  std::string remedy_;
};

/// The user asked for something that cannot be: a bad flag value, a size of 0, a thread count
/// beyond the machine. Exit 2.
class UsageError : public Error {
  using Error::Error;
};

/// A file that cannot be read, is no report, or breaks a limit of the bounded reader. Exit 2.
class InputError : public Error {
  using Error::Error;
};

/// The machine refused: out of memory, no space left, no permission to write. Exit 2.
class ResourceError : public Error {
  using Error::Error;
};

}  // namespace perfbench
