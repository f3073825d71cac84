#include "harness/host/machine/capture_topology.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "harness/host/machine/text.hpp"

namespace perfbench {
namespace {

constexpr std::size_t kMaxXmlBytes = std::size_t{4} << 20U;

constexpr std::array<std::string_view, 15> kInfos{"Architecture",
                                                  "Backend",
                                                  "CPUVendor",
                                                  "CPUFamilyNumber",
                                                  "CPUModelNumber",
                                                  "CPUModel",
                                                  "CPUStepping",
                                                  "CPUImplementer",
                                                  "CPUArchitecture",
                                                  "CPUVariant",
                                                  "CPUPart",
                                                  "CPURevision",
                                                  "LinuxCapacity",
                                                  "CoreType",
                                                  "FrequencyMaxMHz"};

constexpr std::array<std::string_view, 29> kAttributes{"type",
                                                       "os_index",
                                                       "cpuset",
                                                       "complete_cpuset",
                                                       "allowed_cpuset",
                                                       "nodeset",
                                                       "complete_nodeset",
                                                       "allowed_nodeset",
                                                       "gp_index",
                                                       "cache_size",
                                                       "depth",
                                                       "cache_linesize",
                                                       "cache_associativity",
                                                       "cache_type",
                                                       "local_memory",
                                                       "size",
                                                       "count",
                                                       "name",
                                                       "value",
                                                       "forced_efficiency",
                                                       "version",
                                                       "kind",
                                                       "subkind",
                                                       "dont_merge",
                                                       "nbobjs",
                                                       "indexing",
                                                       "length",
                                                       "flags",
                                                       "encoding"};

constexpr std::array<std::string_view, 8> kElements{
    "object", "info", "page_type", "topology", "cpukind", "distances2", "indexes", "u64values"};

struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
};

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view(" .,:;()@#+-_&/").find(c) != std::string_view::npos;
  });
}

/// `<name a="b" c="d">`, `<name .../>` or `</name>`, one a line as hwloc writes them.
std::optional<Element> parse_element(std::string_view line) {
  if (line.size() < 3 || line.front() != '<' || line.back() != '>') return std::nullopt;
  line = line.substr(1, line.size() - 2);
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.ends_with('/')) line.remove_suffix(1);
  Element element;
  const auto name_end = std::min(line.find(' '), line.size());
  element.name = line.substr(0, name_end);
  line = trim(line.substr(name_end));
  while (!line.empty()) {
    const auto equal = line.find("=\"");
    if (equal == std::string_view::npos) return std::nullopt;
    const auto end = line.find('"', equal + 2);
    if (end == std::string_view::npos) return std::nullopt;
    element.attributes.emplace_back(line.substr(0, equal), line.substr(equal + 2, end - equal - 2));
    line = trim(line.substr(end + 1));
  }
  return element;
}

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_known(const Element& element) {
  return has(kElements, element.name) &&
         std::all_of(element.attributes.begin(), element.attributes.end(), [](const auto& one) {
           return has(kAttributes, one.first) && is_plain(one.second);
         });
}

bool is_kept_info(const Element& element) {
  return element.name != "info" ||
         (!element.attributes.empty() && element.attributes.front().first == "name" &&
          has(kInfos, element.attributes.front().second));
}

/// `<indexes length="3">0 1 </indexes>`: numbers between a tag and its end.
bool is_number_element(std::string_view line) {
  const auto open_end = line.find('>');
  const auto close = line.rfind("</");
  if (open_end == std::string_view::npos || close == std::string_view::npos || close < open_end) {
    return false;
  }
  const auto open = parse_element(line.substr(0, open_end + 1));
  const auto numbers = line.substr(open_end + 1, close - open_end - 1);
  return open && is_known(*open) && line.substr(close) == "</" + open->name + '>' &&
         std::all_of(numbers.begin(), numbers.end(), [](char c) {
           return c == ' ' || std::isdigit(static_cast<unsigned char>(c)) != 0;
         });
}

bool is_heading(std::string_view line) {
  return line == R"(<?xml version="1.0" encoding="UTF-8"?>)" ||
         line == R"(<!DOCTYPE topology SYSTEM "hwloc2.dtd">)";
}

}  // namespace

Reading<std::string> anonymous_hwloc_xml(std::string_view xml) {
  const auto refuse = [](const std::string& why) {
    return Reading<std::string>::unavailable("left out of the capture: " + why);
  };
  if (xml.size() > kMaxXmlBytes) return refuse("the topology is too long");
  std::string kept;
  for (const std::string& line : split(xml, '\n')) {
    const std::string_view text = trim(line);
    if (text.empty() || text.starts_with("<support ")) continue;
    if (!is_heading(text) && !is_number_element(text)) {
      const auto element = parse_element(text);
      if (!element) return refuse("hwloc wrote a line of an unknown form");
      if (element->name == "info" && !is_kept_info(*element)) continue;
      if (!is_known(*element)) return refuse("hwloc wrote an unknown <" + element->name + '>');
    }
    kept += line + '\n';
  }
  return Reading<std::string>::of(std::move(kept), "hwloc");
}

}  // namespace perfbench
