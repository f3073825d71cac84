// Renders a report document for the whole-page test: render_page_tool REPORT.json PAGE.html
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "harness/core/units/error.hpp"
#include "reports/html/render.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: render_page_tool REPORT.json PAGE.html\n";
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::string json{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  try {
    std::ofstream out(argv[2], std::ios::binary);
    out << perfbench::render_html(json);
    out.close();
    return out ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const perfbench::Error& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
