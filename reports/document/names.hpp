#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/result/disturbance.hpp"
#include "harness/core/result/names.hpp"
#include "harness/core/result/roofline.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/core/result/track.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// Words that the document alone uses; the others are harness/core/result/names.hpp's.
[[nodiscard]] std::string_view name_of(DotClass dot_class) noexcept;
[[nodiscard]] std::string_view name_of(Quietness quietness) noexcept;

/// The enumerator of a word, or nothing; kNone has no word, since it is null in the document.
/// Template over the enumerations above; defined for them alone.
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
