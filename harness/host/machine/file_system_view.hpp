#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result/reading.hpp"
#include "harness/host/machine/machine_snapshot.hpp"

namespace perfbench {

/// Where facts are read from: this machine's files, a copy of another machine's, or an archive.
/// Paths are absolute, as on the machine. Never throws on a file that is not there: the reading
/// says "no such file", "permission denied" or what else the system said.
class FileSystemView {
 public:
  FileSystemView() = default;
  FileSystemView(const FileSystemView&) = delete;
  FileSystemView& operator=(const FileSystemView&) = delete;
  virtual ~FileSystemView() = default;

  /// The whole text without white space at its end. The source of the reading is the path.
  [[nodiscard]] virtual Reading<std::string> read(const std::string& path) = 0;
  /// Names in a folder, sorted, without "." and "..".
  [[nodiscard]] virtual Reading<std::vector<std::string>> list(const std::string& path) = 0;
};

/// Files below a root folder ("/" for this machine). Reads at most kFileBytes of a file.
class RootedFiles final : public FileSystemView {
 public:
  static constexpr std::size_t kFileBytes = std::size_t{8} << 20U;
  explicit RootedFiles(std::string root);
  [[nodiscard]] Reading<std::string> read(const std::string& path) override;
  [[nodiscard]] Reading<std::vector<std::string>> list(const std::string& path) override;

 private:
  std::string root_;
};

/// Files of a snapshot, which must outlive it.
class SnapshotFiles final : public FileSystemView {
 public:
  explicit SnapshotFiles(const MachineSnapshot& snapshot) : snapshot_(&snapshot) {}
  [[nodiscard]] Reading<std::string> read(const std::string& path) override;
  [[nodiscard]] Reading<std::vector<std::string>> list(const std::string& path) override;

 private:
  const MachineSnapshot* snapshot_;
};

/// Passes through and notes everything in a snapshot, what was missing included. Neither is owned.
class RecordingFiles final : public FileSystemView {
 public:
  RecordingFiles(FileSystemView& inner, MachineSnapshot& into) : inner_(&inner), into_(&into) {}
  [[nodiscard]] Reading<std::string> read(const std::string& path) override;
  [[nodiscard]] Reading<std::vector<std::string>> list(const std::string& path) override;

 private:
  FileSystemView* inner_;
  MachineSnapshot* into_;
};

}  // namespace perfbench
