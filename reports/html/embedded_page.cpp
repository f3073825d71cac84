#include "reports/html/embedded_page.hpp"

#include <cstddef>

// The assembler takes the file in as it is: no generated source of a megabyte, the same for gcc and
// clang on every ELF machine. The names are hidden, so that nothing else can bind to them.
asm(".pushsection .rodata\n"
    ".global perfbench_page_begin\n"
    ".hidden perfbench_page_begin\n"
    ".global perfbench_page_end\n"
    ".hidden perfbench_page_end\n"
    "perfbench_page_begin:\n"
    ".incbin \"" PERFBENCH_PAGE_FILE
    "\"\n"
    "perfbench_page_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char perfbench_page_begin[];
extern const char perfbench_page_end[];
}

namespace perfbench {

std::string_view embedded_page() noexcept {
  return {perfbench_page_begin,
          static_cast<std::size_t>(perfbench_page_end - perfbench_page_begin)};
}

std::string_view embedded_page_reason() noexcept { return PERFBENCH_PAGE_REASON; }

}  // namespace perfbench
