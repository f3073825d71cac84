#include "kernels/stream/far_form.hpp"

namespace perfbench {

StreamForm far_form(const MachineShape& machine, MemoryLevel level, StreamOperation operation) {
  if (machine.identity.vendor != "AuthenticAMD") return StreamForm::kFar;
  const bool one_array = level == MemoryLevel::kL3 && operation == StreamOperation::kRead;
  return one_array ? StreamForm::kNearAhead : StreamForm::kFarStoresAhead;
}

}  // namespace perfbench
