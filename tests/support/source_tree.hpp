#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace perfbench::test {

/// Root of the sources that this test was built from.
inline std::filesystem::path source_root() { return PERFBENCH_SOURCE_DIR; }

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace perfbench::test
