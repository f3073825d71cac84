#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "harness/core/result/roofline.hpp"

namespace perfbench {

/// Finds roofs by the ids that dots and scenarios name them by. Keeps pointers into the section.
/// Inside this room only.
class RoofIndex {
 public:
  explicit RoofIndex(const RooflineSection& roofline);
  /// nullptr where there is none. Of several (reports of before teams had one for each instruction
  /// set) the widest, which is the one that figures were held against.
  [[nodiscard]] const Roof* find(const std::string& id) const;
  /// How many roofs have that id.
  [[nodiscard]] std::size_t count(const std::string& id) const;

 private:
  struct Entry {
    const Roof* widest = nullptr;
    std::size_t count = 0;
  };
  void add(const std::string& id, const Roof& roof);
  std::unordered_map<std::string, Entry> roofs_;
};

/// Whether the report that the roof is of was written before roofs had teams.
[[nodiscard]] bool is_of_before_teams(const Roof& roof) noexcept;

/// The id that such a report names the roof by: "compute-fp32-1t", "bandwidth-dram-read-2t".
[[nodiscard]] std::string id_of_before_teams(const Roof& roof);

}  // namespace perfbench
