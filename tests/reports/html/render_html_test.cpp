#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "harness/core/json/parse.hpp"
#include "harness/core/json/value.hpp"
#include "harness/core/units/error.hpp"
#include "reports/html/render.hpp"

namespace perfbench {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

// What stands in the page's data element, between the tags.
std::string data_of(const std::string& html) {
  const std::string open = "<script type=\"application/json\" id=\"report\">";
  const auto begin = html.find(open);
  if (begin == std::string::npos) return {};
  const auto end = html.find("</script>", begin);
  return html.substr(begin + open.size(), end - begin - open.size());
}

TEST(EscapeForScript, ReplacesWhatAnHtmlOrScriptReaderWouldTakeForItsOwn) {
  EXPECT_EQ(escape_for_script("</script>&<!--"), "\\u003c/script\\u003e\\u0026\\u003c!--");
  EXPECT_EQ(escape_for_script("a\xE2\x80\xA8"
                              "b\xE2\x80\xA9"
                              "c"),
            "a\\u2028b\\u2029c");
}

TEST(EscapeForScript, LeavesEverythingElse) {
  // U+2027 and U+202A are the neighbours of the two separators; the euro sign begins with E2 too.
  const std::string kept = "{\"a\": [1, \"\\u0041 \xE2\x80\xA7 \xE2\x80\xAA \xE2\x82\xAC '\\\"\"]}";
  EXPECT_EQ(escape_for_script(kept), kept);
  EXPECT_EQ(escape_for_script(""), "");
}

TEST(EscapeForScript, TakesTextThatEndsInsideACharacter) {
  EXPECT_EQ(escape_for_script("x\xE2"), "x\xE2");
  EXPECT_EQ(escape_for_script("x\xE2\x80"), "x\xE2\x80");
}

TEST(RenderHtml, AnEmptyDocumentIsAnInputError) {
  EXPECT_THROW(static_cast<void>(render_html("")), InputError);
}

TEST(RenderHtml, TheDocumentComesBackOutOfThePageUnchanged) {
  const std::string json =
      read_file(std::filesystem::path(PERFBENCH_SOURCE_DIR) / "tests/golden/report.json");
  ASSERT_FALSE(json.empty());
  const std::string data = data_of(render_html(json));
  ASSERT_FALSE(data.empty());
  EXPECT_EQ(parse_json(data), parse_json(json));
}

TEST(RenderHtml, NoStringOfADocumentEndsTheDataElementOrAddsAnother) {
  const std::string plain = render_html("{}");
  const std::string hostile =
      render_html(R"({"a": "</script><script>alert(1)</script><!-- @PERFBENCH_REPORT@ ]]>"})");
  for (const std::string_view part : {"<script", "</script", "<!--"}) {
    EXPECT_EQ(count(hostile, part), count(plain, part)) << part;
  }
  EXPECT_EQ(data_of(plain), "{}");
  EXPECT_EQ(count(data_of(hostile), "alert(1)"), 1U);
}

TEST(RenderHtml, ThePageHasAPolicyAndNamesNoOtherFile) {
  const std::string html = render_html("{}");
  EXPECT_EQ(count(html, "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'"), 1U);
  for (const std::string_view part : {" src=\"", "<link", "@import", "@PAGE_", "@STUB_"}) {
    EXPECT_EQ(count(html, part), 0U) << part;
  }
}

TEST(RenderHtml, ABuildWithoutThePageSaysSo) {
  const std::string html = render_html("{}");
  if (page_available()) {
    EXPECT_EQ(page_unavailable_reason(), "");
    EXPECT_EQ(count(html, "perfbench-page perfbench-report/1"), 1U);
    EXPECT_GE(count(html, "Mike Bostock"), 1U);
  } else {
    EXPECT_NE(page_unavailable_reason().find("perfbench render report.json"), std::string::npos);
    EXPECT_EQ(count(html, "perfbench-stub perfbench-report/1"), 1U);
    EXPECT_NE(html.find("apt-get install"), std::string::npos);
  }
}

// A source that the build does not know of would change the page without a rebuild.
TEST(PageSources, EveryFileIsListed) {
  const auto web = std::filesystem::path(PERFBENCH_SOURCE_DIR) / "reports/web";
  const std::string listed = read_file(web / "page.cmake");
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(web / "src")) {
    if (entry.path().extension() != ".ts") continue;
    ++files;
    const std::string name = std::filesystem::relative(entry.path(), web).generic_string();
    EXPECT_NE(listed.find("  " + name), std::string::npos) << name << " is not in page.cmake";
  }
  EXPECT_GT(files, 10);
}

}  // namespace
}  // namespace perfbench
