// A parent that is killed leaves no child behind, and a parent without standard descriptors still
// gets its answer.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace perfbench {
namespace {

/// A FIFO in a directory of its own; both go with it.
class Fifo {
 public:
  Fifo() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "perfbench-orphan-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    ::mkfifo(path().c_str(), 0600);
    fd_ = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;
  ~Fifo() {
    ::close(fd_);
    std::filesystem::remove_all(directory_);
  }
  [[nodiscard]] std::string path() const { return directory_ + "/fifo"; }
  /// Waits for a byte or for the end; poll's events, 0 after half a minute.
  [[nodiscard]] short wait(short events) const {
    pollfd watched{fd_, events, 0};
    return ::poll(&watched, 1, 30'000) == 1 ? watched.revents : static_cast<short>(0);
  }
  [[nodiscard]] char read_byte() const {
    char byte = 0;
    return ::read(fd_, &byte, 1) == 1 ? byte : '\0';
  }

 private:
  std::string directory_;
  int fd_ = -1;
};

pid_t start_parent(std::string mode, std::string task, std::string fifo) {
  std::string program = PERFBENCH_TEST_CHILD;
  char* arguments[] = {program.data(), mode.data(), task.data(), fifo.data(), nullptr};
  char* environment[] = {nullptr};
  pid_t pid = -1;
  return ::posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environment) == 0 ? pid
                                                                                             : -1;
}

class Orphan : public ::testing::TestWithParam<const char*> {};

TEST_P(Orphan, EndsWhenItsParentIsKilled) {
  const Fifo fifo;
  const pid_t parent = start_parent("open", GetParam(), fifo.path());
  ASSERT_GT(parent, 0);
  ASSERT_NE(fifo.wait(POLLIN) & POLLIN, 0) << "the child never came up";
  ASSERT_EQ(fifo.read_byte(), 'r');
  // The child holds the only writing end: it is open while the child lives ..
  pollfd still{-1, 0, 0};
  still.fd = ::open(fifo.path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_EQ(::poll(&still, 1, 0), 0) << "the child ended before its parent did";
  ::close(still.fd);
  ASSERT_EQ(::kill(parent, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(parent, &status, 0), parent);
  // .. and closed by the kernel when it ends.
  EXPECT_NE(fifo.wait(0) & POLLHUP, 0) << "the child outlived its parent";
}

INSTANTIATE_TEST_SUITE_P(ByDeathSignalAndByEndOfFile,
                         Orphan,
                         ::testing::Values("hang", "hang-without-death-signal"));

TEST(ParentWithoutStandardDescriptors, StillGetsItsAnswer) {
  const Fifo fifo;
  for (const auto& [mode, task, expected] :
       {std::tuple{"closed", "echo", 0}, std::tuple{"closed", "refuse", 1}}) {
    const pid_t parent = start_parent(mode, task, fifo.path());
    ASSERT_GT(parent, 0);
    int status = 0;
    ASSERT_EQ(::waitpid(parent, &status, 0), parent);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), expected) << task;
  }
}

}  // namespace
}  // namespace perfbench
