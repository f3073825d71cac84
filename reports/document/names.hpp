#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// The words of the document for each enumerator, as its schema spells them; "" for kNone, which is
/// null there.
[[nodiscard]] std::string_view name_of(RoofKind kind) noexcept;
[[nodiscard]] std::string_view name_of(Precision precision) noexcept;
[[nodiscard]] std::string_view name_of(Isa isa) noexcept;
[[nodiscard]] std::string_view name_of(MemoryLevel level) noexcept;
[[nodiscard]] std::string_view name_of(DotClass dot_class) noexcept;
[[nodiscard]] std::string_view name_of(Scenario scenario) noexcept;
[[nodiscard]] std::string_view name_of(Validity validity) noexcept;
[[nodiscard]] std::string_view name_of(Quietness quietness) noexcept;

/// The enumerator of a word, or nothing. Template over the enumerations above; defined for them
/// alone.
template <class Enum>
[[nodiscard]] std::optional<Enum> enumerator_of(std::string_view word) noexcept;

/// Every word of an enumeration, for a message: "compute, bandwidth, latency".
template <class Enum>
[[nodiscard]] std::string words_of();

/// 990000 -> "p99", 999000 -> "p99_9".
[[nodiscard]] std::string percentile_key(std::uint32_t ppm);
/// The reverse; nothing for a word that is no percentile between 0 and 100, both excluded.
[[nodiscard]] std::optional<std::uint32_t> percentile_of_key(std::string_view key) noexcept;

}  // namespace perfbench
