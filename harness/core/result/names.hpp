#pragma once

#include <string_view>

#include "harness/core/result/roofline.hpp"
#include "harness/core/result/scenario.hpp"
#include "harness/core/result/track.hpp"
#include "harness/core/result/verdict.hpp"

namespace perfbench {

/// The words of the report document; every room spells them through these.
[[nodiscard]] constexpr std::string_view name_of(RoofKind kind) noexcept {
  switch (kind) {
    case RoofKind::kBandwidth:
      return "bandwidth";
    case RoofKind::kLatency:
      return "latency";
    case RoofKind::kCompute:
      break;
  }
  return "compute";
}

[[nodiscard]] constexpr std::string_view name_of(Precision precision) noexcept {
  switch (precision) {
    case Precision::kFp64:
      return "fp64";
    case Precision::kFp32:
      return "fp32";
    case Precision::kBf16:
      return "bf16";
    case Precision::kFp16:
      return "fp16";
    case Precision::kInt8:
      return "int8";
    case Precision::kNone:
      break;
  }
  return "none";
}

[[nodiscard]] constexpr std::string_view name_of(Isa isa) noexcept {
  switch (isa) {
    case Isa::kSse2:
      return "sse2";
    case Isa::kAvx2Fma:
      return "avx2";
    case Isa::kAvx512:
      return "avx512";
    case Isa::kAmx:
      return "amx";
    case Isa::kNeon:
      return "neon";
    case Isa::kSve:
      return "sve";
    case Isa::kScalar:
      break;
  }
  return "scalar";
}

[[nodiscard]] constexpr std::string_view name_of(MemoryLevel level) noexcept {
  switch (level) {
    case MemoryLevel::kL1:
      return "L1";
    case MemoryLevel::kL2:
      return "L2";
    case MemoryLevel::kL3:
      return "L3";
    case MemoryLevel::kDram:
      return "DRAM";
    case MemoryLevel::kNone:
      break;
  }
  return "none";
}

[[nodiscard]] constexpr std::string_view name_of(Scenario scenario) noexcept {
  switch (scenario) {
    case Scenario::kMultiStream:
      return "MultiStream";
    case Scenario::kServer:
      return "Server";
    case Scenario::kOffline:
      return "Offline";
    case Scenario::kSingleStream:
      break;
  }
  return "SingleStream";
}

[[nodiscard]] constexpr std::string_view name_of(Arrivals arrivals) noexcept {
  switch (arrivals) {
    case Arrivals::kPoisson:
      return "poisson";
    case Arrivals::kBursty:
      return "bursty";
    case Arrivals::kPeriodic:
      return "periodic";
    case Arrivals::kTrace:
      return "trace";
    case Arrivals::kClosedLoop:
      break;
  }
  return "closed-loop";
}

[[nodiscard]] constexpr std::string_view name_of(WaitPolicy wait) noexcept {
  switch (wait) {
    case WaitPolicy::kSpin:
      return "spin";
    case WaitPolicy::kSleep:
      return "sleep";
    case WaitPolicy::kHybrid:
      break;
  }
  return "hybrid";
}

[[nodiscard]] constexpr std::string_view name_of(Track track) noexcept {
  switch (track) {
    case Track::kEdge:
      return "edge";
    case Track::kMobile:
      return "mobile";
    case Track::kCloud:
      break;
  }
  return "cloud";
}

[[nodiscard]] constexpr std::string_view name_of(Validity validity) noexcept {
  switch (validity) {
    case Validity::kValid:
      return "VALID";
    case Validity::kInvalid:
      return "INVALID";
    case Validity::kInconclusive:
      break;
  }
  return "INCONCLUSIVE";
}

}  // namespace perfbench
