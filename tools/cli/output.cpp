#include "tools/cli/output.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "harness/core/units/error.hpp"
#include "reports/document/save.hpp"
#include "reports/document/write.hpp"
#include "reports/html/render.hpp"

namespace perfbench {
namespace {

namespace fs = std::filesystem;

std::string temporary_folder(const Environment& environment) {
  const auto set = environment.find("TMPDIR");
  return set != environment.end() && !set->second.empty() ? set->second : "/tmp";
}

void save_page(const std::string& document, SavedReport& saved, const Context& context) {
  const auto page = page_path(saved.report);
  if (!page || !page_available()) return;
  try {
    save_file(*page, render_html(document));
    saved.page = page->string();
  } catch (const Error& error) {
    say(context,
        error_line("the page was not written: " + std::string(error.what()), error.remedy()));
  }
}

// As RFC 8089 has it: everything but unreserved characters and the slash is percent-encoded.
std::string percent_encoded(const std::string& path) {
  std::string encoded;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || c == '/' || c == '-' || c == '.' ||
                       c == '_' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      std::array<char, 4> code{};
      std::snprintf(code.data(), code.size(), "%%%02X", static_cast<unsigned>(byte));
      encoded += code.data();
    }
  }
  return encoded;
}

}  // namespace

SavedReport save_report(const Report& report, const std::string& target, const Context& context) {
  const std::string document = write_document(report);
  SavedReport saved;
  std::vector<std::string> places = {target};
  if (target != "report.json") places.emplace_back("report.json");
  places.push_back(
      (fs::path(temporary_folder(context.environment)) / "perfbench-report.json").string());
  for (const std::string& place : places) {
    try {
      const auto page = page_path(place);
      const std::vector<fs::path> companions =
          page ? std::vector<fs::path>{*page} : std::vector<fs::path>{};
      saved.report = save_file(place, document, companions).written.string();
      break;
    } catch (const Error& error) {
      if (saved.trouble.empty()) saved.trouble = error.what();
    }
  }
  if (!saved.report.empty()) save_page(document, saved, context);
  return saved;
}

std::string page_address(const std::string& page, const Environment& environment) {
  std::error_code ignored;
  const fs::path absolute = fs::absolute(page, ignored);
  const std::string path = percent_encoded(absolute.lexically_normal().string());
  std::string address = "file://" + path;
  const auto distribution = environment.find("WSL_DISTRO_NAME");
  if (distribution != environment.end() && !distribution->second.empty()) {
    address += "\nOn Windows: file://wsl.localhost/" + percent_encoded(distribution->second) + path;
  }
  return address;
}

}  // namespace perfbench
