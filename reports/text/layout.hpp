#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/result/verdict.hpp"
#include "reports/text/options.hpp"

namespace perfbench {

// Laying out of terminal text. Inside this room only, and for reports/check.

/// Columns of a line on the screen: UTF-8 counts by characters, our own colour sequences not at
/// all.
[[nodiscard]] std::size_t visible_width(std::string_view text);

/// Puts colour on words when the options ask for it. The words must say the same without it.
class Painter {
 public:
  explicit Painter(const TextOptions& options) : colour_(options.colour) {}
  [[nodiscard]] std::string heading(std::string_view text) const { return paint(text, "1"); }
  [[nodiscard]] std::string good(std::string_view text) const { return paint(text, "32"); }
  [[nodiscard]] std::string warn(std::string_view text) const { return paint(text, "33"); }
  [[nodiscard]] std::string bad(std::string_view text) const { return paint(text, "31"); }
  /// "VALID", "INVALID", "INCONCLUSIVE".
  [[nodiscard]] std::string verdict(Validity validity) const;

 private:
  [[nodiscard]] std::string paint(std::string_view text, std::string_view code) const;
  bool colour_;
};

/// Breaks lines between words so that they fit; the first line begins with `first`, the others with
/// as many spaces. A word that is longer than a line keeps a line of its own. Ends in a newline.
[[nodiscard]] std::string wrap(std::string_view text,
                               const TextOptions& options,
                               std::string_view first = "");

/// Items on lines that fit, with three spaces between them; an item is broken only when it alone
/// does not fit.
[[nodiscard]] std::string flow(const std::vector<std::string>& items,
                               const TextOptions& options,
                               std::string_view indent);

/// What stands in a cell that has no figure.
inline constexpr std::string_view kNoCell = "-";

/// A table whose first column is to the left and the others to the right. Where it does not fit,
/// each row becomes a block: the first cell on a line, then "header cell" items, without those that
/// have no figure.
class Table {
 public:
  explicit Table(std::vector<std::string> headers) : headers_(std::move(headers)) {}
  /// As many cells as headers.
  void add_row(std::vector<std::string> cells);
  /// A line of text between the rows, wrapped over the whole width and indented by `depth` columns
  /// beyond the table.
  void add_line(std::string text, std::size_t depth = 0);
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] std::string text(const TextOptions& options, std::string_view indent) const;

 private:
  /// One cell alone: a line of text.
  struct Row {
    std::vector<std::string> cells;
    std::size_t depth = 0;
    bool is_line = false;
  };
  [[nodiscard]] std::string blocks(const TextOptions& options, std::string_view indent) const;
  std::vector<std::string> headers_;
  std::vector<Row> rows_;
};

/// options.width, at least 40.
[[nodiscard]] std::size_t columns(const TextOptions& options);

/// "1 query", "2 queries".
[[nodiscard]] std::string counted(std::size_t count, std::string_view one, std::string_view many);

}  // namespace perfbench
