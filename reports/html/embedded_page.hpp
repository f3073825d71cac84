#pragma once

#include <string_view>

namespace perfbench {

/// The page (or the stub) that this build embeds, with the marker where the report goes.
[[nodiscard]] std::string_view embedded_page() noexcept;

/// Why the build embeds the stub; empty when it embeds the page.
[[nodiscard]] std::string_view embedded_page_reason() noexcept;

}  // namespace perfbench
