#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace perfbench {

/// An older file that was moved aside so that nothing is overwritten: report.json became
/// report.1.json.
struct KeptFile {
  std::filesystem::path was;
  std::filesystem::path now;
};

/// What became of a save: where the bytes are ("-" for standard output) and which older files were
/// kept.
struct SaveOutcome {
  std::filesystem::path written;
  std::vector<KeptFile> kept;
};

/// Saves `content` so that `target` is at any moment either the older file or the whole new one: a
/// temporary file in the same directory is written, synced and renamed, and the directory is
/// synced. An older `target` is kept under the lowest number that is free for it and for every one
/// of `companions` (report.json and report.html become report.1.json and report.1.html together); a
/// companion is moved only when the target itself exists. Devices and pipes are written to
/// directly; "-" and /dev/stdout are standard output, where SIGPIPE is held back. Throws
/// ResourceError with one sentence and a remedy: unwritable or missing directory, no space left,
/// target is a directory, standard output closed. Nothing half-written stays behind, and the older
/// file stays where it was.
SaveOutcome save_file(const std::filesystem::path& target,
                      std::string_view content,
                      std::span<const std::filesystem::path> companions = {});

/// Where the page of a report goes: report.json -> report.html, a name without .json gets .html
/// added; "-" has no page.
[[nodiscard]] std::optional<std::filesystem::path> page_path(const std::filesystem::path& report);

/// Throws what save_file would throw for a target that cannot be written: asked before a long
/// measurement starts. Writes and removes an empty temporary file.
void check_writable(const std::filesystem::path& target);

}  // namespace perfbench
