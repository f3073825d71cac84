#pragma once

#include <cstdint>

namespace perfbench {

/// Loads of one turn of the loop.
inline constexpr std::uint64_t kChaseUnroll = 64;

/// Follows a chain of pointers: each load's address is what the load before it brought. Makes
/// `turns` x kChaseUnroll loads and returns where it stands. The chain has no end.
[[nodiscard]] void* chase(void* from, std::uint64_t turns) noexcept;

}  // namespace perfbench
