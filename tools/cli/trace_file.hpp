#pragma once

#include <cstddef>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/units/quantity.hpp"

namespace perfbench {

using ArrivalTrace = std::shared_ptr<const std::vector<Nanoseconds>>;

/// More would take 400 MB.
inline constexpr std::size_t kMostTraceArrivals = 50'000'000;

/// Arrivals from a text of one offset a line, in seconds or with a unit (parse_offset()); empty
/// lines and lines that begin with # are passed over. Throws InputError that names `name` and the
/// line: no offset, a line that is too long, an offset before the one above it or beyond 12 hours,
/// fewer than two arrivals, more than `most`.
[[nodiscard]] ArrivalTrace parse_trace(std::istream& text,
                                       const std::string& name,
                                       std::size_t most = kMostTraceArrivals);

/// The same from a file. Throws InputError when it cannot be read or is no regular file.
[[nodiscard]] ArrivalTrace read_trace(const std::string& path);

/// Opening a pipe waits for a writer, deaf to signals: what is there and is no regular file is
/// refused before. Throws InputError that begins with `what`; says nothing of a file that is not
/// there.
void check_regular_file(const std::string& path, const std::string& what);

}  // namespace perfbench
