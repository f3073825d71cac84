#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace perfbench {

/// The candidate nearest to a mistyped word (Damerau-Levenshtein distance, at most a third of the
/// word's length, at least 1), or nothing when none is near enough to be meant.
[[nodiscard]] std::optional<std::string> closest_word(std::string_view word,
                                                      std::span<const std::string> candidates);

}  // namespace perfbench
