#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "harness/core/units/quantity.hpp"
#include "harness/host/affinity/affinity.hpp"
#include "harness/host/measure/measure.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/scripted_kernel.hpp"

namespace perfbench::testing {

/// One thread and a scripted clock: a core of 4 GHz, kernels of known time.
class MeasureTest : public ::testing::Test {
 protected:
  MeasureTest() {
    request_.cpus = {allowed_cpus().front()};
    request_.options.windows = 40;
    request_.options.pool_settle = Nanoseconds(0);
    request_.options.chain.chain = [this](std::uint64_t loops) {
      clock_.advance(Nanoseconds(static_cast<std::int64_t>(25 * loops)));
    };
  }

  /// An iteration of 1000 flop and 64 counted bytes takes `ns`.
  KernelScript script(const char* name, std::int64_t ns) {
    KernelScript s;
    s.info.name = name;
    s.work = {Flops(1000), Bytes(64), Bytes(96)};
    s.run = [this, ns](std::uint64_t iterations) {
      clock_.advance(Nanoseconds(ns * static_cast<std::int64_t>(iterations)));
    };
    return s;
  }

  std::vector<MeasuredSeries> measure() { return measure_kernels(request_, clock_, interruption_); }

  FakeClock clock_{Nanoseconds(20)};
  Interruption interruption_;
  MeasureRequest request_;
};

}  // namespace perfbench::testing
