#pragma once

#include <string>
#include <string_view>

#include "harness/core/result/reading.hpp"
#include "kernels/lighthouse/model/model_spec.hpp"

namespace perfbench {

/// A user's model from the text of a JSON file; kernels/README.md has the format. Only its form is
/// checked here. `file`: its name in messages. Throws UsageError with one sentence.
[[nodiscard]] ModelSpec read_model(const std::string& file, std::string_view text);

/// plan_model(), with the file's name in its messages.
[[nodiscard]] ModelPlan plan_model_of_file(const std::string& file, const ModelSpec& spec);

/// Throws UsageError where one instance would take more than 75 % of the available memory, or, not
/// knowing that, more than 64 GiB.
void check_model_memory(const std::string& file,
                        const ModelPlan& plan,
                        const Reading<Bytes>& available);

}  // namespace perfbench
