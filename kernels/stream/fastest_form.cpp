#include "kernels/stream/fastest_form.hpp"

#include <string_view>

namespace perfbench {
namespace {

constexpr std::string_view kAmd = "AuthenticAMD";
constexpr int kZen5Family = 0x1A;

StreamForm level_1_form(const MachineShape& machine,
                        const StreamLoops& loops,
                        StreamOperation operation) {
  constexpr StreamForm kUnfused = StreamForm::kPlainUnfused;
  const bool has = loops.find(operation, kUnfused, StoreKind::kRegular) != nullptr;
  const bool zen_5 = machine.identity.vendor == kAmd && machine.identity.family == kZen5Family;
  return has && zen_5 ? kUnfused : StreamForm::kPlain;
}

StreamForm far_form(const MachineShape& machine, MemoryLevel level, StreamOperation operation) {
  if (machine.identity.vendor != kAmd) return StreamForm::kFar;
  const bool one_array = level == MemoryLevel::kL3 && operation == StreamOperation::kRead;
  return one_array ? StreamForm::kNearAhead : StreamForm::kFarStoresAhead;
}

}  // namespace

StreamForm fastest_form(const MachineShape& machine,
                        const StreamLoops& loops,
                        MemoryLevel level,
                        StreamOperation operation) {
  switch (level) {
    case MemoryLevel::kL1:
      return level_1_form(machine, loops, operation);
    case MemoryLevel::kL2:
      return operation == StreamOperation::kRead ? StreamForm::kPlain : StreamForm::kNearAhead;
    case MemoryLevel::kNone:
    case MemoryLevel::kL3:
    case MemoryLevel::kDram:
      break;
  }
  return far_form(machine, level, operation);
}

}  // namespace perfbench
