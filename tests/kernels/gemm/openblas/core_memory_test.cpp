#include "kernels/gemm/openblas/core_memory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/write.hpp"
#include "kernels/gemm/openblas/core_choice.hpp"
#include "kernels/gemm/openblas/memory_file.hpp"

namespace perfbench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDate = "2026-11-24T20:05:31Z";

class CoreMemoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/core-memory-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    memory_.folder = root_ / "cache" / "perfbench";
    memory_.identity.vendor = "GenuineIntel";
    memory_.identity.family = 6;
    memory_.identity.model = 0x8F;
    memory_.identity.flags = {"avx2", "avx512f"};
    memory_.microcode = "0x2b000590";
    memory_.now_utc = kDate;
    options_.candidates = {"SkylakeX", "Zen"};
  }
  void TearDown() override { fs::remove_all(root_); }

  CoreSearch find(const Environment& environment = {}) {
    const ChildRunner runner(ChildRunnerOptions{PERFBENCH_SCRIPTED_CHILD, environment});
    return find_openblas_cores(runner, options_, memory_, none_);
  }

  [[nodiscard]] fs::path file() const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(memory_.folder)) found = entry.path();
    return found;
  }

  [[nodiscard]] std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(memory_.folder)) count += !entry.path().empty();
    return count;
  }

  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    out << std::ifstream(file()).rdbuf();
    return out.str();
  }

  void put(const std::string& content) { std::ofstream(file(), std::ios::trunc) << content; }

  fs::path root_;
  CoreMemory memory_;
  CoreSearchOptions options_;
  Interruption none_;
};

bool is_remembered(const CoreSearch& search) {
  return search.origin == "remembered from " + std::string(kDate);
}

TEST_F(CoreMemoryTest, RemembersWhatItFound) {
  const CoreSearch first = find();
  EXPECT_EQ(first.origin, "measured now");
  ASSERT_EQ(files(), 1U);
  // Another script would change what a search finds: nothing was searched.
  const CoreSearch second = find({{"SCRIPT_FAST", "Zen"}});
  EXPECT_TRUE(is_remembered(second)) << second.origin;
  EXPECT_EQ(second.version.value(), "9.9");
  EXPECT_EQ(second.ambient_core.value(), "Haswell");
  EXPECT_EQ(second.fitting_core.value(), "SkylakeX");
  EXPECT_EQ(second.file, first.file);
  ASSERT_EQ(second.trials.size(), first.trials.size());
  for (std::size_t i = 0; i < first.trials.size(); ++i) {
    EXPECT_EQ(second.trials[i].setting, first.trials[i].setting);
    EXPECT_EQ(second.trials[i].core_name, first.trials[i].core_name);
    EXPECT_EQ(second.trials[i].operation, first.trials[i].operation);
    EXPECT_EQ(second.trials[i].shape_class, first.trials[i].shape_class);
    EXPECT_EQ(second.trials[i].shape->n, first.trials[i].shape->n);
    EXPECT_EQ(second.trials[i].chosen, first.trials[i].chosen);
    EXPECT_EQ(second.trials[i].ambient, first.trials[i].ambient);
    EXPECT_EQ(second.trials[i].rate_flop_per_s, first.trials[i].rate_flop_per_s);
  }
}

TEST_F(CoreMemoryTest, SearchesAnewWhenAsked) {
  (void)find();
  memory_.refresh = true;
  const CoreSearch anew = find({{"SCRIPT_FAST", "Zen"}});
  EXPECT_EQ(anew.origin, "measured now");
  EXPECT_EQ(anew.fitting_core.value(), "Zen");
  memory_.refresh = false;
  EXPECT_EQ(find().fitting_core.value(), "Zen") << "the new search is what is remembered";
}

TEST_F(CoreMemoryTest, HoldsForOneCpuOneMicrocodeOneEnvironmentAndOneLibrary) {
  (void)find();
  EXPECT_FALSE(is_remembered(find({{"OPENBLAS_L2_SIZE", "512"}})));
  EXPECT_FALSE(is_remembered(find({{"OMP_NUM_THREADS", "3"}})));
  EXPECT_TRUE(is_remembered(find({{"HOME", "/elsewhere"}})));
  const CoreMemory right = memory_;
  memory_.microcode = "0x2b000591";
  EXPECT_FALSE(is_remembered(find()));
  memory_ = right;
  memory_.identity.flags = {"avx2"};
  EXPECT_FALSE(is_remembered(find()));
  memory_ = right;
  memory_.identity.stepping = 3;
  EXPECT_FALSE(is_remembered(find()));
  memory_ = right;
  EXPECT_TRUE(is_remembered(find()));
  EXPECT_FALSE(is_remembered(find({{"SCRIPT_VERSION", "9.10"}})));
  EXPECT_FALSE(is_remembered(find())) << "the memory now is of the other version";
}

TEST_F(CoreMemoryTest, ProvesTheChoiceAnew) {
  EXPECT_EQ(find().fitting_core.value(), "SkylakeX");
  const CoreSearch after = find({{"SCRIPT_WRONG", "SkylakeX"}});
  EXPECT_EQ(after.origin, "measured now");
  EXPECT_NE(after.fitting_core.value(), "SkylakeX");
}

TEST_F(CoreMemoryTest, TrustsNoFileThatASearchCouldNotHaveWritten) {
  (void)find();
  const std::string good = text();
  const std::vector<std::pair<std::string, std::string>> edits = {
      {"perfbench-openblas-cores/1", "perfbench-openblas-cores/2"},
      {"\"setting\": \"SkylakeX\"", "\"setting\": \"../../evil\""},
      {"\"setting\": \"SkylakeX\"", "\"setting\": \"Nehalem\""},
      {"\"rate_flop_per_s\": ", "\"rate_flop_per_s\": -"},
      {"\"rate_flop_per_s\": ", "\"rate_flop_per_s\": 1e300, \"old\": "},
      {"\"verified\": true", "\"verified\": false"},
      {"\"operation\": \"sgemm\"", "\"operation\": \"strmm\""},
      {"\"measured_utc\": \"2026", "\"measured_utc\": \"<b>26"},
      {"\"m\": 2048", "\"m\": 0"},
      {"0x2b000590", "0x2b000599"},
      {"\"chosen\": true", "\"chosen\": false"},
      {"\"chosen\": false", "\"chosen\": true"},
      {"{", "["},
      {"}", ""}};
  for (const auto& [from, to] : edits) {
    std::string broken = good;
    std::size_t replaced = 0;
    for (std::size_t at = broken.find(from); at != std::string::npos;
         at = broken.find(from, at + to.size())) {
      broken.replace(at, from.size(), to);
      ++replaced;
    }
    ASSERT_GT(replaced, 0U) << from;
    put(broken);
    EXPECT_FALSE(is_remembered(find())) << from << " -> " << to;
    EXPECT_EQ(text(), good) << "rewritten after " << from << " -> " << to;
  }
  for (const std::string& garbage :
       {std::string(), std::string("\0\xff{", 3), std::string(2U << 20U, ' '), good + good}) {
    put(garbage);
    EXPECT_FALSE(is_remembered(find()));
    EXPECT_EQ(text(), good);
  }
}

TEST_F(CoreMemoryTest, APipeOrAFolderInItsPlaceHoldsNothingUp) {
  (void)find();
  const fs::path place = file();
  fs::remove(place);
  ASSERT_EQ(::mkfifo(place.c_str(), 0600), 0);
  EXPECT_FALSE(is_remembered(find()));
  EXPECT_TRUE(is_remembered(find())) << "the pipe was replaced";
  fs::remove(place);
  fs::create_directory(place);
  EXPECT_FALSE(is_remembered(find()));
  EXPECT_EQ(files(), 1U) << "nothing is left beside it";
}

TEST_F(CoreMemoryTest, AFolderThatCannotBeMadeIsNoError) {
  std::ofstream(root_ / "file") << "x";
  memory_.folder = root_ / "file" / "perfbench";
  EXPECT_TRUE(find().fitting_core.available());
  EXPECT_EQ(find().origin, "measured now");
  memory_.folder = "";
  EXPECT_TRUE(find().fitting_core.available());
}

TEST_F(CoreMemoryTest, KeepsNoSearchThatWasCutShort) {
  options_.at_most = Nanoseconds(0);
  (void)find();
  EXPECT_FALSE(fs::exists(memory_.folder));
  options_.at_most = Nanoseconds::max();
  (void)find({{"SCRIPT_ABSENT", "1"}});
  EXPECT_FALSE(fs::exists(memory_.folder));
}

TEST_F(CoreMemoryTest, KeepsNoSearchThatSharedItsCpu) {
  const CoreSearch busy = find({{"SCRIPT_BUSY", "1"}});
  EXPECT_TRUE(busy.complete);
  EXPECT_NEAR(busy.cpu_share, 0.5, 1e-6);
  EXPECT_FALSE(fs::exists(memory_.folder));
  EXPECT_EQ(find().cpu_share, 1.0);
  EXPECT_EQ(files(), 1U);
}

TEST_F(CoreMemoryTest, ItsFolderIsForThisUserAlone) {
  (void)find();
  struct stat status {};
  ASSERT_EQ(::stat(memory_.folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(OpenBlasMemoryFolder, FollowsTheXdgSpecification) {
  EXPECT_EQ(openblas_memory_folder({{"XDG_CACHE_HOME", "/c"}, {"HOME", "/h"}}), "/c/perfbench");
  EXPECT_EQ(openblas_memory_folder({{"XDG_CACHE_HOME", "c"}, {"HOME", "/h"}}),
            "/h/.cache/perfbench");
  EXPECT_EQ(openblas_memory_folder({{"XDG_CACHE_HOME", ""}, {"HOME", "/h"}}),
            "/h/.cache/perfbench");
  EXPECT_EQ(openblas_memory_folder({{"HOME", "h"}}), "");
  EXPECT_EQ(openblas_memory_folder({}), "");
}

}  // namespace
}  // namespace perfbench
