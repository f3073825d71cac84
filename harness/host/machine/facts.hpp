#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result/machine.hpp"
#include "harness/core/result/reading.hpp"
#include "harness/core/units/quantity.hpp"

namespace perfbench {

/// Adds a fact to the report's machine.facts, or replaces the one of this name. `name` is
/// snake_case and a raw number's name ends in its unit ("timer_cost_ns"); `unit` is "" for text,
/// flags and counts. Other rooms (clock, OpenBLAS) add what they measured through these.
void add_fact(MachineFacts& facts,
              std::string_view name,
              std::string_view unit,
              Reading<FactValue> reading);
void add_fact(MachineFacts& facts, std::string_view name, const Reading<bool>& reading);
void add_fact(MachineFacts& facts, std::string_view name, const Reading<std::string>& reading);
void add_fact(MachineFacts& facts,
              std::string_view name,
              const Reading<std::vector<std::string>>& reading);
/// In bytes; the name ends in "_bytes".
void add_fact(MachineFacts& facts, std::string_view name, const Reading<Bytes>& reading);
/// In nanoseconds; the name ends in "_ns".
void add_fact(MachineFacts& facts, std::string_view name, const Reading<Nanoseconds>& reading);
void add_fact(MachineFacts& facts,
              std::string_view name,
              std::string_view unit,
              const Reading<double>& reading);
void add_fact(MachineFacts& facts,
              std::string_view name,
              std::string_view unit,
              const Reading<std::int64_t>& reading);

/// The fact of this name, or nullptr.
[[nodiscard]] const Fact* find_fact(const MachineFacts& facts, std::string_view name) noexcept;

/// The fact's value when there is such a fact, it is available and of this type; else unavailable
/// with the reason.
[[nodiscard]] Reading<bool> bool_fact(const MachineFacts& facts, std::string_view name);
[[nodiscard]] Reading<std::int64_t> integer_fact(const MachineFacts& facts, std::string_view name);
[[nodiscard]] Reading<double> number_fact(const MachineFacts& facts, std::string_view name);
[[nodiscard]] Reading<std::string> text_fact(const MachineFacts& facts, std::string_view name);
[[nodiscard]] Reading<std::vector<std::string>> list_fact(const MachineFacts& facts,
                                                          std::string_view name);

}  // namespace perfbench
