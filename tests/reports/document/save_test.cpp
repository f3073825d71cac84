#include "reports/document/save.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "harness/core/units/error.hpp"
#include "reports/document/read.hpp"

namespace perfbench {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test, removed at the end.
class SaveTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "perfbench-save-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path in(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder_))
      result.insert(entry.path().filename().string());
    return result;
  }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  fs::path folder_;
};

using Names = std::set<std::string>;

/// The sentence of the ResourceError, with its remedy behind " | ".
template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const ResourceError& error) {
    return std::string(error.what()) + " | " + error.remedy();
  }
  return "";
}

TEST_F(SaveTest, WritesTheWholeFileAndNothingElse) {
  const SaveOutcome outcome = save_file(in("report.json"), "{}\n");
  EXPECT_EQ(content(in("report.json")), "{}\n");
  EXPECT_EQ(outcome.written, in("report.json"));
  EXPECT_TRUE(outcome.kept.empty());
  EXPECT_EQ(names(), Names({"report.json"}));
}

TEST_F(SaveTest, KeepsOlderFilesUnderRisingNumbers) {
  for (const char* text : {"first", "second", "third"}) save_file(in("report.json"), text);
  EXPECT_EQ(content(in("report.json")), "third");
  EXPECT_EQ(content(in("report.1.json")), "first");
  EXPECT_EQ(content(in("report.2.json")), "second");
  EXPECT_EQ(names(), Names({"report.json", "report.1.json", "report.2.json"}));
}

TEST_F(SaveTest, MovesThePageOfTheOlderReportWithIt) {
  const fs::path page = *page_path(in("report.json"));
  const fs::path companions[] = {page};
  save_file(in("report.json"), "old", companions);
  save_file(page, "old page");
  const SaveOutcome outcome = save_file(in("report.json"), "new", companions);
  EXPECT_EQ(names(), Names({"report.json", "report.1.json", "report.1.html"}));
  ASSERT_EQ(outcome.kept.size(), 2U);
  EXPECT_EQ(outcome.kept[0].was, in("report.json"));
  EXPECT_EQ(outcome.kept[0].now, in("report.1.json"));
  EXPECT_EQ(outcome.kept[1].now, in("report.1.html"));
  save_file(page, "new page");
  EXPECT_EQ(content(in("report.1.html")), "old page");
  EXPECT_EQ(content(page), "new page");
}

TEST_F(SaveTest, TakesANumberThatIsFreeForBoth) {
  const fs::path companions[] = {in("report.html")};
  save_file(in("report.1.html"), "somebody's");
  save_file(in("report.json"), "old", companions);
  save_file(in("report.json"), "new", companions);
  EXPECT_EQ(content(in("report.2.json")), "old");
  EXPECT_EQ(content(in("report.1.html")), "somebody's");
}

TEST_F(SaveTest, DoesNotTouchAPageWithoutAnOlderReport) {
  const fs::path companions[] = {in("report.html")};
  save_file(in("report.html"), "of another");
  save_file(in("report.json"), "new", companions);
  EXPECT_EQ(content(in("report.html")), "of another");
}

TEST_F(SaveTest, ALinkStaysALink) {
  save_file(in("real.json"), "old");
  fs::create_symlink("real.json", in("link.json"));
  save_file(in("link.json"), "new");
  EXPECT_TRUE(fs::is_symlink(in("link.json")));
  EXPECT_EQ(content(in("real.json")), "new");
  EXPECT_EQ(content(in("real.1.json")), "old");
}

TEST_F(SaveTest, ADirectoryIsRefused) {
  fs::create_directory(in("report.json"));
  EXPECT_NE(refusal([&] { save_file(in("report.json"), "x"); }).find("is a directory"),
            std::string::npos);
  EXPECT_NE(refusal([&] { save_file(in("report.json/"), "x"); }).find("is a directory"),
            std::string::npos);
  EXPECT_EQ(names(), Names({"report.json"}));
}

TEST_F(SaveTest, AMissingFolderIsRefusedWithARemedy) {
  const std::string sentence = refusal([&] { save_file(in("none/report.json"), "x"); });
  EXPECT_NE(sentence.find("does not exist"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("mkdir -p"), std::string::npos) << sentence;
  save_file(in("file"), "x");
  EXPECT_NE(refusal([&] { save_file(in("file/report.json"), "x"); }), "");
  EXPECT_NE(refusal([&] { save_file("", "x"); }), "");
}

TEST_F(SaveTest, AFolderWithoutPermissionIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  const std::string sentence = refusal([&] { save_file(in("report.json"), "x"); });
  const std::string asked = refusal([&] { check_writable(in("report.json")); });
  fs::permissions(folder_, fs::perms::owner_all);
  EXPECT_NE(sentence.find("permission"), std::string::npos) << sentence;
  EXPECT_EQ(sentence, asked);
}

/// Restores the limit and the signal's handling on every way out.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

TEST_F(SaveTest, AWriteThatFailsHalfWayLeavesTheOlderFileAndNothingElse) {
  save_file(in("report.json"), "old");
  std::string sentence;
  {
    const FileSizeLimit limit(1000);
    sentence = refusal([&] { save_file(in("report.json"), std::string(5000, 'x')); });
  }
  EXPECT_NE(sentence.find("Cannot write"), std::string::npos) << sentence;
  EXPECT_EQ(content(in("report.json")), "old");
  EXPECT_EQ(names(), Names({"report.json"}));
  // Positive control: without the limit the same content is saved.
  save_file(in("report.json"), std::string(5000, 'x'));
  EXPECT_EQ(content(in("report.json")).size(), 5000U);
}

TEST_F(SaveTest, AFullDeviceSaysSo) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const std::string sentence = refusal([] { save_file("/dev/full", "x"); });
  EXPECT_NE(sentence.find("No space is left"), std::string::npos) << sentence;
  EXPECT_TRUE(fs::is_character_file("/dev/full")) << "a device must not be renamed over";
}

TEST_F(SaveTest, AFullDiskSaysSoAndKeepsTheOlderFile) {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "a small tmpfs cannot be mounted here (no root, or a container)";
  }
  save_file(in("report.json"), "old");
  const std::string sentence =
      refusal([&] { save_file(in("report.json"), std::string(200'000, 'x')); });
  EXPECT_NE(sentence.find("No space is left"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("Free some space"), std::string::npos) << sentence;
  EXPECT_EQ(content(in("report.json")), "old");
  EXPECT_EQ(names(), Names({"report.json"}));
  ::umount(folder_.c_str());
}

TEST_F(SaveTest, DevicesAndPipesAreWrittenTo) {
  EXPECT_EQ(refusal([] { save_file("/dev/null", "x"); }), "");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  ASSERT_EQ(::mkfifo(in("pipe").c_str(), 0600), 0);
  const int reader = ::open(in("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  save_file(in("pipe"), "through");
  char buffer[16]{};
  EXPECT_EQ(::read(reader, buffer, sizeof buffer), 7);
  ::close(reader);
  EXPECT_EQ(names(), Names({"pipe"}));
  EXPECT_FALSE(page_path(in("pipe")));
}

TEST_F(SaveTest, APipeThatNobodyReadsIsASentenceAndNoWait) {
  ASSERT_EQ(::mkfifo(in("pipe").c_str(), 0600), 0);
  EXPECT_NE(refusal([&] { save_file(in("pipe"), "x"); }).find("Nothing reads from"),
            std::string::npos);
}

/// Puts another file in the place of standard output and puts it back.
class StdoutAs {
 public:
  explicit StdoutAs(int fd) {
    std::fflush(stdout);
    saved_ = ::dup(STDOUT_FILENO);
    if (fd >= 0) {
      ::dup2(fd, STDOUT_FILENO);
    } else {
      ::close(STDOUT_FILENO);
    }
  }
  StdoutAs(const StdoutAs&) = delete;
  StdoutAs& operator=(const StdoutAs&) = delete;
  ~StdoutAs() {
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
  }

 private:
  int saved_ = -1;
};

TEST_F(SaveTest, ADashIsStandardOutput) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  {
    const StdoutAs redirected(ends[1]);
    save_file("-", "to stdout");
  }
  char buffer[32]{};
  EXPECT_EQ(::read(ends[0], buffer, sizeof buffer), 9);
  EXPECT_EQ(std::string(buffer), "to stdout");
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_FALSE(page_path("-"));
}

TEST_F(SaveTest, AReaderThatIsGoneIsASentenceAndNoSignal) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  std::string sentence;
  {
    const StdoutAs redirected(ends[1]);
    sentence = refusal([] { save_file("-", "nobody reads"); });
  }
  ::close(ends[1]);
  EXPECT_NE(sentence.find("Standard output is closed"), std::string::npos) << sentence;
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0) << "the held signal must not come later";
}

TEST_F(SaveTest, ClosedStandardOutputIsASentence) {
  std::string sentence;
  std::string asked;
  {
    const StdoutAs closed(-1);
    sentence = refusal([] { save_file("-", "x"); });
    asked = refusal([] { check_writable("-"); });
  }
  EXPECT_NE(sentence.find("Standard output is closed"), std::string::npos) << sentence;
  EXPECT_EQ(sentence, asked);
}

TEST_F(SaveTest, CheckWritableLeavesNothingBehind) {
  check_writable(in("report.json"));
  EXPECT_TRUE(names().empty());
  EXPECT_NE(refusal([&] { check_writable(in("none/report.json")); }), "");
  EXPECT_NE(refusal([&] { check_writable(folder_); }), "");
}

TEST_F(SaveTest, ThePageStandsBesideTheReport) {
  EXPECT_EQ(page_path("report.json"), fs::path("report.html"));
  EXPECT_EQ(page_path("a.b/x.y.json"), fs::path("a.b/x.y.html"));
  EXPECT_EQ(page_path("a/result"), fs::path("a/result.html"));
  EXPECT_FALSE(page_path("/dev/stdout"));
}

TEST_F(SaveTest, ReadFileGivesTheBytesOrASentence) {
  save_file(in("report.json"), std::string("a\0b", 3));
  EXPECT_EQ(read_file(in("report.json")), std::string("a\0b", 3));
  EXPECT_THROW((void)read_file(in("none.json")), InputError);
  EXPECT_THROW((void)read_file(folder_), InputError);
}

TEST_F(SaveTest, ReadFileEndsAtTheLimit) { EXPECT_THROW((void)read_file("/dev/zero"), InputError); }

}  // namespace
}  // namespace perfbench
