#include "reports/document/sanitise.hpp"

#include <cstdint>

namespace perfbench {
namespace {

/// One code point of UTF-8 text; bytes is 0 for a byte that begins none.
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;
};

CodePoint decode(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  std::uint32_t value = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    value = value << 6U | (byte(i) & 0x3FU);
  }
  const std::uint32_t least = bytes == 4 ? 0x10000 : bytes == 3 ? 0x800 : 0x80;
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least || value > 0x10FFFF || surrogate) return {};
  return {value, bytes};
}

/// Controls, and the marks that turn the order of what follows on a screen or take no room there.
bool is_unsafe(std::uint32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
  const bool reorders = (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
                        (c >= 0x2060 && c <= 0x206F) || c == 0x061C || c == 0xFEFF;
  return control || reorders || (c >= 0xE0000 && c <= 0xE007F);
}

std::string hex(std::uint32_t value, int digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    text += kDigits[(value >> static_cast<unsigned>(shift)) & 0xFU];
  return text;
}

}  // namespace

std::string sanitise(std::string_view untrusted, std::size_t max_bytes) {
  std::string safe;
  while (!untrusted.empty()) {
    const CodePoint point = decode(untrusted);
    std::string next;
    if (point.bytes == 0) {
      next = "\\x" + hex(static_cast<unsigned char>(untrusted.front()), 2);
    } else if (is_unsafe(point.value)) {
      next = point.value < 0x100 ? "\\x" + hex(point.value, 2)
                                 : "\\u" + hex(point.value, point.value > 0xFFFF ? 6 : 4);
    } else {
      next = untrusted.substr(0, point.bytes);
    }
    if (safe.size() + next.size() > max_bytes) return safe + "...";
    safe += next;
    untrusted.remove_prefix(point.bytes == 0 ? 1 : point.bytes);
  }
  return safe;
}

}  // namespace perfbench
