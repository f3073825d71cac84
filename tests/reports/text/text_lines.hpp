#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "reports/text/summary.hpp"

namespace perfbench::testing {

inline const SummaryPaths kPaths{"report.json", "report.html"};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Lines joined and runs of spaces made one, so that a sentence is found wherever it was broken.
inline std::string joined(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const char d = c == '\n' ? ' ' : c;
    if (d != ' ' || result.empty() || result.back() != ' ') result += d;
  }
  return result;
}

}  // namespace perfbench::testing
