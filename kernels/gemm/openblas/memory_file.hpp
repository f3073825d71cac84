#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace perfbench {

/// The whole of a regular file of at most `most` bytes; nothing for anything else (a pipe, a
/// longer file, no permission).
[[nodiscard]] std::optional<std::string> read_small_file(const std::filesystem::path& path,
                                                         std::size_t most);

/// Writes beside and renames, so that a reader sees the old file or the new one and never a part;
/// makes the folders that are missing, for this user alone. False, and nothing left behind, where
/// the system refuses.
bool replace_file(const std::filesystem::path& path, std::string_view text) noexcept;

}  // namespace perfbench
