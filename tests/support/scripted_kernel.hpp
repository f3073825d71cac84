#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "harness/core/kernel.hpp"

namespace perfbench {

/// What a ScriptedKernel does; empty functions do nothing, verification passes.
struct KernelScript {
  KernelInfo info;
  Work work{Flops(1000), Bytes(0), Bytes(0)};
  Bytes working_set{0};
  std::function<void()> prepare;
  std::function<Verification()> verify;
  std::function<void(std::uint64_t)> run;
};

/// A kernel whose every step is a test's function.
class ScriptedKernel final : public Kernel {
 public:
  explicit ScriptedKernel(KernelScript script) : script_(std::move(script)) {}
  [[nodiscard]] const KernelInfo& info() const noexcept override { return script_.info; }
  [[nodiscard]] Work work() const noexcept override { return script_.work; }
  [[nodiscard]] Bytes working_set() const noexcept override { return script_.working_set; }
  void prepare() override {
    if (script_.prepare) script_.prepare();
  }
  [[nodiscard]] Verification verify() override {
    return script_.verify ? script_.verify() : Verification{true, "scripted"};
  }
  void run(std::uint64_t iterations) noexcept override {
    if (script_.run) script_.run(iterations);
  }

 private:
  KernelScript script_;
};

/// A registry entry that makes such kernels.
[[nodiscard]] inline KernelEntry scripted_entry(KernelScript script) {
  KernelEntry entry;
  entry.info = script.info;
  entry.working_set = script.working_set;
  entry.make = [script] { return std::make_unique<ScriptedKernel>(script); };
  return entry;
}

}  // namespace perfbench
