#include "kernels/gemm/openblas/memory_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "harness/host/process/spawn.hpp"

namespace perfbench {
namespace {

bool write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::optional<std::string> read_small_file(const std::filesystem::path& path, std::size_t most) {
  // Not blocking: somebody may have put a pipe there.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file.open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return std::nullopt;
  std::string text(most + 1, '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + have, text.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  if (have > most) return std::nullopt;
  text.resize(have);
  return text;
}

bool replace_file(const std::filesystem::path& path, std::string_view text) noexcept {
  try {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path().parent_path(), error);
    if (::mkdir(path.parent_path().c_str(), S_IRWXU) != 0 && errno != EEXIST) return false;
    const std::string beside = path.string() + "." + std::to_string(::getpid());
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const UniqueFd file(::open(beside.c_str(), kFlags, S_IRUSR | S_IWUSR));
    if (!file.open()) return false;
    const bool written = write_all(file.get(), text) && ::fsync(file.get()) == 0 &&
                         ::rename(beside.c_str(), path.c_str()) == 0;
    if (!written) ::unlink(beside.c_str());
    return written;
  } catch (const std::exception&) {
    return false;  // No memory for a path.
  }
}

}  // namespace perfbench
