// Holds every include against the house of the README: includes point only right,
//   tools -> { kernels | scenarios } -> harness/host -> harness/core,   reports -> harness/core.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/source_tree.hpp"

namespace perfbench {
namespace {

using Layers = std::map<std::string, std::set<std::string>>;

// Layer -> what it may include besides itself.
const Layers& layers() {
  static const Layers table = {
      {"harness/core", {}},
      {"harness/host", {"harness/core"}},
      {"kernels", {"harness/core", "harness/host"}},
      {"scenarios", {"harness/core", "harness/host"}},
      {"reports", {"harness/core"}},
      {"tools", {"harness/core", "harness/host", "kernels", "scenarios", "reports"}},
  };
  return table;
}

// Rooms of harness/core -> the rooms they may include besides themselves. "" is the interfaces at
// its top.
const Layers& core_rooms() {
  static const Layers table = {
      {"units", {}},
      {"result", {"units"}},
      {"json", {"units"}},
      {"stats", {"units", "result"}},
      {"plan", {"units", "result"}},
      {"limits", {"units", "result", "plan"}},
      {"judge", {"units", "result", "plan", "stats", "limits"}},
      {"", {"units", "result", "plan"}},
  };
  return table;
}

// Packages with one room each: header prefix -> folder.
const std::map<std::string, std::string>& package_rooms() {
  static const std::map<std::string, std::string> table = {
      {"hwloc", "harness/host/machine"},
      {"nlohmann/", "harness/core/json"},
      {"CLI/", "tools/cli"},
      {"papi", "harness/host/counters"},
      {"cblas", "kernels/gemm"},
      {"dnnl", "kernels/gemm"},
      {"benchmark/", "tools/micro"},
  };
  return table;
}

std::string layer_of(const std::string& path) {
  for (const auto& [layer, allowed] : layers()) {
    if (path.rfind(layer + "/", 0) == 0) return layer;
  }
  return {};
}

std::string core_room_of(const std::string& path) {
  const std::string rest = path.substr(std::string("harness/core/").size());
  const auto slash = rest.find('/');
  return slash == std::string::npos ? std::string() : rest.substr(0, slash);
}

// What is wrong with `file` (a path from the root) including `header`; empty when nothing is.
std::string violation(const std::string& file, const std::string& header) {
  const std::string from = layer_of(file);
  for (const auto& [prefix, room] : package_rooms()) {
    if (header.rfind(prefix, 0) != 0) continue;
    if (file.rfind(room + "/", 0) != 0)
      return "only " + room + " may use the package of <" + header + ">";
    if (file.size() > 4 && file.substr(file.size() - 4) == ".hpp") {
      return "no foreign type in a header: <" + header + ">";
    }
  }
  const std::string to = layer_of(header);
  if (from.empty() || to.empty()) return {};
  if (from != to && layers().at(from).count(to) == 0) return from + " must not include " + header;
  if (from == "harness/core" && to == "harness/core") {
    const std::string a = core_room_of(file);
    const std::string b = core_room_of(header);
    const auto rooms = core_rooms().find(a);
    if (rooms == core_rooms().end()) return "harness/core/" + a + " has no rule here";
    if (a != b && rooms->second.count(b) == 0) return file + " must not include " + header;
  }
  return {};
}

std::vector<std::string> violations_of(const std::string& file, const std::string& text) {
  static const std::regex include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, include)) continue;
    const std::string what = violation(file, match[1].str());
    if (!what.empty()) found.push_back(file + ": " + what);
  }
  return found;
}

/// The first include of a source, as it is written between quotes; empty for one in angle brackets.
std::string first_include(const std::string& text) {
  static const std::regex include("#include \"([^\"]+)\"|#include <");
  std::smatch match;
  return std::regex_search(text, match, include) ? match[1].str() : "";
}

// So each such header is compiled alone, and the header set leaves it out (perf_library).
TEST(Layers, ASourceIncludesItsOwnHeaderFirst) {
  EXPECT_EQ(first_include("// A.\n#include \"kernels/a.hpp\"\n#include <b>\n"), "kernels/a.hpp");
  EXPECT_EQ(first_include("#include <b>\n#include \"kernels/a.hpp\"\n"), "");
  int pairs = 0;
  for (const auto& [layer, allowed] : layers()) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(test::source_root() / layer)) {
      std::filesystem::path header = entry.path();
      header.replace_extension(".hpp");
      if (entry.path().extension() != ".cpp" || !std::filesystem::exists(header)) continue;
      ++pairs;
      EXPECT_EQ(first_include(test::read_file(entry.path())),
                std::filesystem::relative(header, test::source_root()).string());
    }
  }
  EXPECT_GT(pairs, 100);
}

TEST(Layers, EveryIncludePointsRight) {
  int files = 0;
  std::vector<std::string> found;
  for (const auto& [layer, allowed] : layers()) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(test::source_root() / layer)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".hpp" && extension != ".cpp") continue;
      const std::string file =
          std::filesystem::relative(entry.path(), test::source_root()).string();
      ++files;
      const auto of_file = violations_of(file, test::read_file(entry.path()));
      found.insert(found.end(), of_file.begin(), of_file.end());
    }
  }
  EXPECT_GT(files, 50) << "the walk found almost nothing: is PERFBENCH_SOURCE_DIR right?";
  for (const std::string& line : found) ADD_FAILURE() << line;
}

TEST(Layers, AForbiddenIncludeIsFound) {
  EXPECT_EQ(
      violations_of("reports/text/a.cpp", "#include \"harness/host/clock/steady_clock.hpp\"\n")
          .size(),
      1U);
  EXPECT_EQ(
      violations_of("kernels/peak/a.cpp", "#include \"scenarios/sut/inline_sut.hpp\"\n").size(),
      1U);
  EXPECT_EQ(
      violations_of("harness/core/units/a.hpp", "# include \"harness/core/result/reading.hpp\"\n")
          .size(),
      1U);
  EXPECT_EQ(violations_of("harness/core/json/value.hpp", "#include <nlohmann/json.hpp>\n").size(),
            1U);
  EXPECT_EQ(violations_of("harness/host/clock/a.cpp", "#include <hwloc.h>\n").size(), 1U);
  EXPECT_TRUE(
      violations_of("harness/core/json/parse.cpp", "#include <nlohmann/json.hpp>\n").empty());
  EXPECT_TRUE(violations_of("tools/cli/a.cpp", "#include \"reports/text/summary.hpp\"\n").empty());
}

}  // namespace
}  // namespace perfbench
