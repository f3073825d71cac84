#pragma once

#include <cstddef>
#include <string_view>

namespace perfbench::wire {

/// What parent and child say to each other. The parent writes to the child's standard input one
/// decimal line, the length of the request in bytes, and the request; then it keeps the descriptor
/// open, since its end tells the child that the parent is gone. The child writes one document and
/// ends.
inline constexpr std::string_view kParentPid = "parent_pid";
inline constexpr std::string_view kAddressSpace = "address_space_bytes";
inline constexpr std::string_view kCpuSeconds = "cpu_s";
inline constexpr std::string_view kRequest = "request";
inline constexpr std::string_view kAnswer = "answer";
inline constexpr std::string_view kRefused = "refused";

/// Longest request; ours are a few hundred bytes.
inline constexpr std::size_t kLongestRequest = std::size_t{16} << 20U;

/// Exit codes of a child beside 0. The first two are those of the program itself.
inline constexpr int kExitRefused = 2;
inline constexpr int kExitFault = 4;
inline constexpr int kExitParentGone = 5;

}  // namespace perfbench::wire
