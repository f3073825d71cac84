#include "tools/cli/trace_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "harness/core/units/error.hpp"
#include "tools/cli/values.hpp"

namespace perfbench {
namespace {

/// An offset has some twenty characters; a comment may be longer.
constexpr std::size_t kLongestLine = 256;
constexpr Nanoseconds kLongestTrace = std::chrono::hours(12);

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

/// A stranger's bytes go into a sentence for a terminal.
std::string shown(std::string_view text) {
  std::string safe;
  for (const char c : text.substr(0, 40)) safe += c >= ' ' && c <= '~' ? c : '?';
  return safe;
}

[[noreturn]] void refuse(const std::string& name, std::size_t line, const std::string& what) {
  throw InputError("line " + std::to_string(line) + " of the trace " + shown(name) + " " + what,
                   "a trace has one offset from the start a line, ascending: 0.25 or 250ms");
}

}  // namespace

ArrivalTrace parse_trace(std::istream& text, const std::string& name, std::size_t most) {
  auto arrivals = std::make_shared<std::vector<Nanoseconds>>();
  std::array<char, kLongestLine> buffer{};
  std::size_t number = 0;
  while (text.getline(buffer.data(), buffer.size()) || text.gcount() > 0) {
    ++number;
    if (text.fail()) refuse(name, number, "is too long");
    // What was read includes the line's end, but for the last line that has none.
    const auto read = static_cast<std::size_t>(text.gcount()) - (text.eof() ? 0 : 1);
    const std::string_view line = trimmed({buffer.data(), read});
    if (line.find('\0') != std::string_view::npos)
      refuse(name, number, "is no offset: '" + shown(line) + "'");
    if (line.empty() || line.front() == '#') continue;
    const std::optional<Nanoseconds> offset = parse_offset(line);
    if (!offset) refuse(name, number, "is no offset: '" + shown(line) + "'");
    if (*offset > kLongestTrace) refuse(name, number, "is beyond 12 hours");
    if (!arrivals->empty() && *offset < arrivals->back())
      refuse(name, number, "is earlier than the line above it");
    if (arrivals->size() == most)
      refuse(name, number, "is arrival " + std::to_string(most + 1) + ", one too many");
    arrivals->push_back(*offset);
  }
  if (arrivals->size() < 2) {
    throw InputError(
        "the trace " + shown(name) + " has " + (arrivals->empty() ? "no arrival" : "one arrival"),
        "give it two or more");
  }
  return arrivals;
}

void check_regular_file(const std::string& path, const std::string& what) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  if (std::filesystem::is_directory(status))
    throw InputError(what + " is a directory", "name a file");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw InputError(what + " is no regular file", "save it to one first");
}

ArrivalTrace read_trace(const std::string& path) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  check_regular_file(path, "the trace " + shown(name));
  errno = 0;
  std::ifstream file(path);
  if (!file) {
    throw InputError("the trace " + shown(name) + " cannot be read: " + std::strerror(errno),
                     "check its name and its permissions");
  }
  return parse_trace(file, name);
}

}  // namespace perfbench
