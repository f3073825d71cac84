#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "harness/core/result/reading.hpp"

namespace perfbench {

using FactValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// One named fact of the report's machine.facts. `name` is snake_case and ends in its unit where it
/// is a raw number; `unit` is "" for text and flags.
struct Fact {
  std::string name;
  std::string unit;
  Reading<FactValue> reading;
};

/// A condition that makes figures fragile. `remedy` is a command to type, or a sentence where no
/// command can help.
struct Warning {
  std::string id;    ///< Stable, for scripts: "openblas-coretype-ambient".
  std::string what;  ///< What was found, with its value.
  std::string why;   ///< Why it matters for the figures.
  std::string remedy;
};

/// The report's "machine": what was measured on, and what is wrong with it.
struct MachineFacts {
  std::vector<Fact> facts;
  std::vector<Warning> warnings;
};

}  // namespace perfbench
