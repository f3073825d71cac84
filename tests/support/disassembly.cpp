#include "tests/support/disassembly.hpp"

#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace perfbench::test {
namespace {

struct Line {
  std::uint64_t address = 0;
  std::string text;
};

std::string run(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), n);
  }
  return pclose(pipe) == 0 ? output : std::string();
}

std::string quoted(const std::string& word) { return "'" + word + "'"; }

std::string objdump() { return PERFBENCH_OBJDUMP; }

std::string this_program() {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size() - 1);
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string();
}

/// Where the loader has put the program's address 0.
std::uint64_t load_address() {
  std::uint64_t address = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {
        *static_cast<std::uint64_t*>(result) = info->dlpi_addr;
        return 1;  // The first one is the program itself.
      },
      &address);
  return address;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// "jne    1130 <f+0x20>" -> "jne 1130 <f+0x20>"; a comment at the end goes. A remark on the
/// encoding becomes part of the mnemonic: "{vex}vpdpbusd".
std::string tidy(std::string_view raw) {
  std::string text;
  for (const char c : raw.substr(0, std::min(raw.find("  #"), raw.find("//")))) {
    if (!is_blank(c)) {
      text += c;
    } else if (!text.empty() && text.back() != ' ' && text.back() != ',' && text.back() != '}') {
      text += ' ';
    }
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

/// The lines of the first function; a blank line or the next symbol ends it.
std::vector<Line> first_function(std::string_view disassembly) {
  std::vector<Line> lines;
  while (!disassembly.empty()) {
    const std::size_t end = std::min(disassembly.find('\n'), disassembly.size());
    const std::string_view line = disassembly.substr(0, end);
    disassembly.remove_prefix(std::min(end + 1, disassembly.size()));
    const std::size_t colon = line.find(":\t");
    if (colon == std::string_view::npos) {
      if (!lines.empty() && line.ends_with(">:")) break;
      continue;
    }
    char* stop = nullptr;
    const std::string address(line.substr(0, colon));
    const std::uint64_t value = std::strtoull(address.c_str(), &stop, 16);
    if (*stop == '\0') lines.push_back({value, tidy(line.substr(colon + 2))});
  }
  return lines;
}

/// Where a jump goes: the number before " <symbol>". Calls are no jumps.
std::optional<std::uint64_t> jump_target(const std::string& text) {
  const bool jump = text.starts_with('j') || text.starts_with("b.") || text.starts_with("b ") ||
                    text.starts_with("cb") || text.starts_with("tb");
  const std::size_t symbol = text.find(" <");
  if (!jump || symbol == std::string::npos) return std::nullopt;
  const std::size_t begin = text.find_last_of(" ,", symbol - 1) + 1;
  char* stop = nullptr;
  const std::uint64_t target = std::strtoull(text.c_str() + begin, &stop, 16);
  if (stop != text.c_str() + symbol) return std::nullopt;
  return target;
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

std::string why_no_disassembly() {
  if (objdump().empty()) return "no objdump was found when this was built";
  return run(quoted(objdump()) + " --version 2>/dev/null").empty() ? objdump() + " does not run"
                                                                   : std::string();
}

InstructionList innermost_loop_in(std::string_view disassembly) {
  const std::vector<Line> lines = first_function(disassembly);
  std::size_t first = 0;
  std::size_t last = lines.size();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto target = jump_target(lines[i].text);
    if (!target || *target > lines[i].address) continue;
    const auto begin = std::find_if(
        lines.begin(), lines.end(), [&](const Line& line) { return line.address == *target; });
    if (begin == lines.end()) continue;
    const auto at = static_cast<std::size_t>(begin - lines.begin());
    if (last == lines.size() || i - at < last - first) {
      first = at;
      last = i;
    }
  }
  InstructionList loop;
  for (std::size_t i = first; last < lines.size() && i <= last; ++i) loop.push_back(lines[i].text);
  return loop;
}

InstructionList innermost_loop(const void* function) {
  // Longer than any hand-written loop; the next symbol ends it anyway.
  constexpr std::uint64_t kMostBytes = 32768;
  const std::uint64_t start = reinterpret_cast<std::uintptr_t>(function) - load_address();
  return innermost_loop_in(
      run(quoted(objdump()) + " -d --no-show-raw-insn -w --start-address=" + std::to_string(start) +
          " --stop-address=" + std::to_string(start + kMostBytes) + " " + quoted(this_program())));
}

InstructionList innermost_loop(const std::string& binary, const std::string& symbol) {
  return innermost_loop_in(run(quoted(objdump()) + " -d -C --no-show-raw-insn -w --disassemble=" +
                               quoted(symbol) + " " + quoted(binary)));
}

bool has_memory_operand(std::string_view instruction) {
  return holds(instruction, "(") || holds(instruction, "[");
}

bool touches_stack(std::string_view instruction) {
  return holds(instruction, "(%rsp") || holds(instruction, "(%rbp") || holds(instruction, "[sp") ||
         instruction.starts_with("push") || instruction.starts_with("pop ");
}

std::size_t count_of(const InstructionList& loop,
                     std::string_view mnemonic,
                     std::string_view register_class) {
  return static_cast<std::size_t>(std::count_if(loop.begin(), loop.end(), [&](const auto& text) {
    const std::size_t blank = text.find(' ');
    if (blank == std::string::npos || std::string_view(text).substr(0, blank) != mnemonic) {
      return false;
    }
    std::string_view operands = std::string_view(text).substr(blank + 1);
    while (!operands.empty()) {
      const std::size_t comma = std::min(operands.find(','), operands.size());
      if (!holds(operands.substr(0, comma), register_class)) return false;
      operands.remove_prefix(std::min(comma + 1, operands.size()));
    }
    return true;
  }));
}

}  // namespace perfbench::test
