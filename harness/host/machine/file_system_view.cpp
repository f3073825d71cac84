#include "harness/host/machine/file_system_view.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

/// strerror's words, but the two that are met daily in the words that the report promises.
std::string reason_of(int error) {
  if (error == ENOENT || error == ENOTDIR) return "no such file";
  if (error == EACCES || error == EPERM) return "permission denied";
  return std::strerror(error);  // NOLINT(concurrency-mt-unsafe): the probe runs in one thread
}

struct Descriptor {
  explicit Descriptor(int value) : fd(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  int fd;
};

}  // namespace

RootedFiles::RootedFiles(std::string root) : root_(std::move(root)) {
  while (!root_.empty() && root_.back() == '/') root_.pop_back();
}

Reading<std::string> RootedFiles::read(const std::string& path) {
  const auto fail = [&path](int error) {
    return Reading<std::string>::unavailable(path + ": " + reason_of(error));
  };
  // O_NONBLOCK: a FIFO in somebody's copied tree must not hang the probe.
  const Descriptor file(::open((root_ + path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd < 0) return fail(errno);
  std::string text;
  std::array<char, 16384> chunk;
  while (text.size() < kFileBytes) {
    const auto got = ::read(file.fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno);
    if (got == 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  while (!text.empty() && trim(std::string_view(text).substr(text.size() - 1)).empty()) {
    text.pop_back();
  }
  return Reading<std::string>::of(std::move(text), path);
}

Reading<std::vector<std::string>> RootedFiles::list(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir((root_ + path).c_str()), ::closedir);
  if (!folder) {
    return Reading<std::vector<std::string>>::unavailable(path + ": " + reason_of(errno));
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return Reading<std::vector<std::string>>::of(std::move(names), path);
}

Reading<std::string> SnapshotFiles::read(const std::string& path) {
  const auto known = snapshot_->files.find(path);
  if (known != snapshot_->files.end()) return known->second;
  return Reading<std::string>::unavailable(path + ": no such file");
}

Reading<std::vector<std::string>> SnapshotFiles::list(const std::string& path) {
  const auto known = snapshot_->folders.find(path);
  if (known != snapshot_->folders.end()) return known->second;
  std::vector<std::string> names;
  const std::string prefix = path + '/';
  for (auto at = snapshot_->files.lower_bound(prefix);
       at != snapshot_->files.end() && at->first.starts_with(prefix);
       ++at) {
    const std::string name =
        at->first.substr(prefix.size(), at->first.find('/', prefix.size()) - prefix.size());
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  if (names.empty()) {
    return Reading<std::vector<std::string>>::unavailable(path + ": no such file");
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return Reading<std::vector<std::string>>::of(std::move(names), path);
}

Reading<std::string> RecordingFiles::read(const std::string& path) {
  auto reading = inner_->read(path);
  into_->files.insert_or_assign(path, reading);
  return reading;
}

Reading<std::vector<std::string>> RecordingFiles::list(const std::string& path) {
  auto reading = inner_->list(path);
  into_->folders.insert_or_assign(path, reading);
  return reading;
}

}  // namespace perfbench
