#include "reports/text/layout.hpp"

#include <algorithm>

#include "harness/core/units/check.hpp"
#include "reports/document/names.hpp"
#include "reports/text/format.hpp"

namespace perfbench {
namespace {

constexpr std::string_view kColumnGap = "  ";

void trim_right(std::string& text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
}

}  // namespace

std::size_t visible_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      while (i < text.size() && text[i] != 'm') ++i;
      continue;
    }
    const bool continues = (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
    if (!continues) ++width;
  }
  return width;
}

std::string Painter::verdict(Validity validity) const {
  const std::string_view word = name_of(validity);
  switch (validity) {
    case Validity::kValid:
      return good(word);
    case Validity::kInvalid:
      return bad(word);
    case Validity::kInconclusive:
      break;
  }
  return warn(word);
}

std::string Painter::paint(std::string_view text, std::string_view code) const {
  if (!colour_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::size_t columns(const TextOptions& options) {
  constexpr int kNarrowest = 40;
  return static_cast<std::size_t>(std::max(options.width, kNarrowest));
}

std::string wrap(std::string_view text, const TextOptions& options, std::string_view first) {
  const std::string indent(visible_width(first), ' ');
  std::string result;
  std::string line(first);
  bool line_has_word = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (line_has_word && visible_width(line) + 1 + visible_width(word) > columns(options)) {
      result += line + "\n";
      line = indent;
      line_has_word = false;
    }
    if (line_has_word) line += ' ';
    line += word;
    line_has_word = true;
  }
  trim_right(line);
  return result + line + "\n";
}

std::string flow(const std::vector<std::string>& items,
                 const TextOptions& options,
                 std::string_view indent) {
  constexpr std::string_view kGap = "   ";
  std::string result;
  std::string line;
  const auto flush = [&] {
    if (line.empty()) return;
    // A line that fits is kept as it is: wrap() would join its spaces.
    const bool fits = indent.size() + visible_width(line) <= columns(options);
    result += fits ? std::string(indent) + line + "\n" : wrap(line, options, indent);
    line.clear();
  };
  for (const std::string& item : items) {
    const std::size_t width =
        indent.size() + visible_width(line) + kGap.size() + visible_width(item);
    if (width > columns(options)) flush();
    if (!line.empty()) line += kGap;
    line += item;
  }
  flush();
  return result;
}

void Table::add_row(std::vector<std::string> cells) {
  CHECK(cells.size() == headers_.size(), "a table row needs a cell for each header");
  rows_.push_back({std::move(cells), 0, false});
}

void Table::add_line(std::string text, std::size_t depth) {
  rows_.push_back({{std::move(text)}, depth, true});
}

std::string Table::text(const TextOptions& options, std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (const std::string& header : headers_) widths.push_back(visible_width(header));
  for (const Row& row : rows_) {
    if (row.is_line) continue;
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      widths[i] = std::max(widths[i], visible_width(row.cells[i]));
  }
  std::size_t total = indent.size() + kColumnGap.size() * (widths.size() - 1);
  for (const std::size_t width : widths) total += width;
  if (total > columns(options)) return blocks(options, indent);

  const auto line_of = [&](const std::vector<std::string>& cells) {
    std::string line(indent);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string padding(widths[i] - visible_width(cells[i]), ' ');
      if (i > 0) line += kColumnGap;
      line += i == 0 ? cells[i] + padding : padding + cells[i];
    }
    trim_right(line);
    return line + "\n";
  };
  std::string result = line_of(headers_);
  for (const Row& row : rows_) {
    result +=
        row.is_line
            ? wrap(row.cells.front(), options, std::string(indent) + std::string(row.depth, ' '))
            : line_of(row.cells);
  }
  return result;
}

std::string Table::blocks(const TextOptions& options, std::string_view indent) const {
  std::string result;
  for (const Row& row : rows_) {
    const std::size_t own =
        std::min(row.cells.front().find_first_not_of(' '), row.cells.front().size());
    const std::string deeper = std::string(indent) + std::string(row.depth + own, ' ');
    result += wrap(row.cells.front(), options, deeper);
    if (row.is_line) continue;
    std::vector<std::string> items;
    for (std::size_t i = 1; i < row.cells.size(); ++i) {
      if (!row.cells[i].empty() && row.cells[i] != kNoCell)
        items.push_back(headers_[i] + " " + row.cells[i]);
    }
    result += flow(items, options, deeper + "  ");
  }
  return result;
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return format_count(count) + " " + std::string(count == 1 ? one : many);
}

}  // namespace perfbench
