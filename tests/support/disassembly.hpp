#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace perfbench::test {

/// A loop as objdump prints it: one instruction an entry, mnemonic first, operands in the order of
/// AT&T on x86 ("vfmadd213ps %zmm31,%zmm30,%zmm0"), one blank between the two and none elsewhere.
/// Where objdump remarks on the encoding, that stands first: "{vex}vpdpbusd".
using InstructionList = std::vector<std::string>;

/// Why nothing can be disassembled here (no objdump of this program's architecture); empty where it
/// can.
[[nodiscard]] std::string why_no_disassembly();

/// The innermost loop of a function of this very program, from the branch's target to the branch:
/// the shortest of its backward branches. Empty when the function has none or objdump fails.
[[nodiscard]] InstructionList innermost_loop(const void* function);

/// The same for a function pointer.
template <class Result, class... Arguments>
[[nodiscard]] InstructionList innermost_loop(Result (*function)(Arguments...)) {
  return innermost_loop(reinterpret_cast<const void*>(function));
}
template <class Result, class... Arguments>
[[nodiscard]] InstructionList innermost_loop(Result (*function)(Arguments...) noexcept) {
  return innermost_loop(reinterpret_cast<const void*>(function));
}

/// The same for a symbol of an object file or a program, as objdump -C prints it.
[[nodiscard]] InstructionList innermost_loop(const std::string& binary, const std::string& symbol);

/// Reads the output of objdump -d --no-show-raw-insn: the innermost loop of its first function.
[[nodiscard]] InstructionList innermost_loop_in(std::string_view disassembly);

/// An operand in memory: "(...)" on x86, "[...]" on Arm. Address arithmetic (lea, prefetch) has
/// one too.
[[nodiscard]] bool has_memory_operand(std::string_view instruction);

/// An operand on the stack, or a push or pop: what a compiler that runs out of registers writes.
[[nodiscard]] bool touches_stack(std::string_view instruction);

/// Instructions with this mnemonic whose operands all hold `register_class` ("%zmm", "%ymm",
/// ".4s"); an empty class counts every one with the mnemonic.
[[nodiscard]] std::size_t count_of(const InstructionList& loop,
                                   std::string_view mnemonic,
                                   std::string_view register_class = {});

}  // namespace perfbench::test
