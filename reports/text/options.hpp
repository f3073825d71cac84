#pragma once

namespace perfbench {

/// How text for a terminal is laid out. Colour is never the only sign: the words say the same
/// without it.
struct TextOptions {
  int width = 80;       ///< Columns; below 40 counts as 40.
  bool colour = false;  ///< ANSI colours; tools/cli decides (NO_COLOR, --color, a terminal).
};

}  // namespace perfbench
