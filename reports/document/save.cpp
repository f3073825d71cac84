#include "reports/document/save.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <system_error>
#include <utility>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

namespace fs = std::filesystem;

/// Nobody keeps this many older reports in one folder; the search for a free number ends here.
constexpr int kMaxKeptNumber = 99999;

std::string quoted(const fs::path& path) { return "\"" + path.string() + "\""; }

[[noreturn]] void throw_errno(const fs::path& target, int error) {
  const std::string reason = std::generic_category().message(error);
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      throw ResourceError("No space is left to write " + quoted(target) + " (" + reason + ").",
                          "Free some space there, or choose another place with -o FILE.");
    case EACCES:
    case EPERM:
    case EROFS:
      throw ResourceError(
          "There is no permission to write " + quoted(target) + " (" + reason + ").",
          "Choose a place of yours with -o FILE.");
    case ENOENT:
    case ENOTDIR:
      throw ResourceError("The folder of " + quoted(target) + " does not exist (" + reason + ").",
                          "Make it with mkdir -p, or choose another place with -o FILE.");
    case EISDIR:
      throw ResourceError(quoted(target) + " is a directory, not a file.",
                          "Name a file in it, such as " + (target / "report.json").string() + ".");
    case ENXIO:
      throw ResourceError("Nothing reads from " + quoted(target) + " (" + reason + ").",
                          "Start the reader first, or choose another place with -o FILE.");
    case EPIPE:
    case EBADF:
      throw ResourceError("Standard output is closed (" + reason + ").",
                          "Write to a file with -o FILE.");
    default:
      throw ResourceError("Cannot write " + quoted(target) + " (" + reason + ").",
                          "Choose another place with -o FILE.");
  }
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  /// Closes now and tells what close() told: on network file systems the write fails only here.
  [[nodiscard]] int close_now() noexcept {
    return ::close(std::exchange(fd_, -1)) == 0 ? 0 : errno;
  }

 private:
  int fd_;
};

/// Holds SIGPIPE back in this thread while it lives, and takes away the one that a write raised, so
/// that a closed pipe is an error code and not the end of the program.
class SigpipeHeldBack {
 public:
  SigpipeHeldBack() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  SigpipeHeldBack(const SigpipeHeldBack&) = delete;
  SigpipeHeldBack& operator=(const SigpipeHeldBack&) = delete;
  ~SigpipeHeldBack() {
    if (!was_pending_) {
      const timespec at_once{};
      while (sigtimedwait(&pipe_, nullptr, &at_once) == -1 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

/// 0, or the errno of the write that failed.
[[nodiscard]] int write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

void write_to_stdout(std::string_view content) {
  const SigpipeHeldBack held;
  if (const int error = write_all(STDOUT_FILENO, content); error != 0) {
    throw_errno("standard output", error);
  }
}

void write_to_device(const fs::path& target, std::string_view content) {
  const SigpipeHeldBack held;
  // Without O_NONBLOCK a pipe that nobody reads would hold the report back for ever.
  FileDescriptor file(::open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.get() < 0) throw_errno(target, errno);
  if (::fcntl(file.get(), F_SETFL, 0) != 0) throw_errno(target, errno);
  if (const int error = write_all(file.get(), content); error != 0) throw_errno(target, error);
  if (const int error = file.close_now(); error != 0) throw_errno(target, error);
}

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

/// A file beside the target that takes its name at the end; removed when that does not come to
/// pass.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target) {
    for (int attempt = 0; attempt < 100; ++attempt) {
      path_ = folder_of(target) / ("." + target.filename().string() + ".tmp-" +
                                   std::to_string(::getpid()) + "-" + std::to_string(attempt));
      fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (fd_ >= 0) return;
      if (errno != EEXIST) {
        const int error = errno;
        path_.clear();
        throw_errno(target, error);
      }
    }
    path_.clear();
    throw_errno(target, EEXIST);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

  void write_and_sync(const fs::path& target, std::string_view content) {
    int error = write_all(fd_, content);
    if (error == 0 && ::fsync(fd_) != 0) error = errno;
    if (::close(std::exchange(fd_, -1)) != 0 && error == 0) error = errno;
    if (error != 0) throw_errno(target, error);
  }
  void rename_to(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) throw_errno(target, errno);
    path_.clear();
  }

 private:
  fs::path path_;
  int fd_ = -1;
};

/// The rename itself is on the disk only after this. A folder that cannot be opened or synced (some
/// network and FUSE file systems) is no failure: the file is there.
void sync_folder(const fs::path& target) {
  const FileDescriptor folder(
      ::open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) (void)::fsync(folder.get());
}

fs::path numbered(const fs::path& path, int number) {
  const fs::path name =
      path.stem().string() + "." + std::to_string(number) + path.extension().string();
  return path.has_parent_path() ? path.parent_path() / name : name;
}

bool is_there(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

/// Gives `from` the name `to` too, and fails when that name is taken; the old name goes only when
/// `move` says so. Where hard links are not to be had (FAT, some mounts of WSL), the file is
/// renamed, the old name with it.
bool give_name(const fs::path& from, const fs::path& to, bool move) {
  if (::link(from.c_str(), to.c_str()) == 0) {
    if (move) ::unlink(from.c_str());
    return true;
  }
  if (errno == EEXIST) return false;
  if (is_there(to)) return false;
  if (::rename(from.c_str(), to.c_str()) != 0) throw_errno(to, errno);
  return true;
}

std::vector<KeptFile> keep_older(const fs::path& target, std::span<const fs::path> companions) {
  std::vector<KeptFile> kept;
  if (!is_there(target)) return kept;
  for (int number = 1; number <= kMaxKeptNumber; ++number) {
    const bool taken =
        std::any_of(companions.begin(), companions.end(), [number](const fs::path& path) {
          return is_there(numbered(path, number));
        });
    if (taken || is_there(numbered(target, number))) continue;
    if (!give_name(target, numbered(target, number), false)) continue;
    kept.push_back({target, numbered(target, number)});
    for (const fs::path& companion : companions) {
      if (!is_there(companion)) continue;
      if (give_name(companion, numbered(companion, number), true)) {
        kept.push_back({companion, numbered(companion, number)});
      }
    }
    return kept;
  }
  throw ResourceError("Every number up to " + std::to_string(kMaxKeptNumber) +
                          " is taken by an older " + quoted(target) + ".",
                      "Clear the folder, or choose another place with -o FILE.");
}

bool is_stdout(const fs::path& target) { return target == "-" || target == "/dev/stdout"; }

enum class TargetKind { kFile, kDevice };

/// Throws for a directory. Follows symbolic links: what is meant is the file they point to.
TargetKind kind_of(const fs::path& target) {
  struct stat status {};
  if (::stat(target.c_str(), &status) != 0) {
    if (errno == ENOENT) return TargetKind::kFile;
    throw_errno(target, errno);
  }
  if (S_ISDIR(status.st_mode)) throw_errno(target, EISDIR);
  return S_ISREG(status.st_mode) ? TargetKind::kFile : TargetKind::kDevice;
}

/// The file behind a symbolic link, so that the link stays one.
fs::path behind_links(const fs::path& target) {
  std::error_code error;
  if (!fs::is_symlink(target, error)) return target;
  const fs::path resolved = fs::weakly_canonical(target, error);
  return error ? target : resolved;
}

void check_name(const fs::path& target) {
  if (target.empty())
    throw ResourceError("The name of the file to write is empty.", "Give one with -o FILE.");
  if (!target.has_filename()) throw_errno(target, EISDIR);
}

}  // namespace

SaveOutcome save_file(const fs::path& target,
                      std::string_view content,
                      std::span<const fs::path> companions) {
  SaveOutcome outcome{target, {}};
  if (is_stdout(target)) {
    write_to_stdout(content);
    outcome.written = "-";
    return outcome;
  }
  check_name(target);
  if (kind_of(target) == TargetKind::kDevice) {
    write_to_device(target, content);
    return outcome;
  }
  const fs::path file = behind_links(target);
  TemporaryFile temporary(file);
  temporary.write_and_sync(file, content);
  // Only now, with every byte of the new file on the disk, is the older one touched.
  outcome.kept = keep_older(file, companions);
  temporary.rename_to(file);
  sync_folder(file);
  return outcome;
}

std::optional<fs::path> page_path(const fs::path& report) {
  std::error_code error;
  if (is_stdout(report) || report.empty()) return std::nullopt;
  if (fs::exists(report, error) && !fs::is_regular_file(report, error)) return std::nullopt;
  if (report.extension() == ".json") return fs::path(report).replace_extension(".html");
  return fs::path(report.string() + ".html");
}

void check_writable(const fs::path& target) {
  if (is_stdout(target)) {
    if (::fcntl(STDOUT_FILENO, F_GETFD) == -1) throw_errno("standard output", EBADF);
    return;
  }
  check_name(target);
  if (kind_of(target) == TargetKind::kDevice) {
    if (::access(target.c_str(), W_OK) != 0) throw_errno(target, errno);
    return;
  }
  const TemporaryFile probe(behind_links(target));
}

}  // namespace perfbench
