#include <cstdint>
#include <cstdio>
#include <string>

#include "harness/core/plan/plan_draft.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench::plan_detail {
namespace {

/// Square fp32 A, B and C, and a fourth matrix for the reference that the answer is checked
/// against.
constexpr long double kGemmBytesPerElement = 4.0L * 4.0L;
/// 12 GiB of matrices. BLAS as Debian builds it takes 32-bit sizes, and the sums that the answer is
/// checked by stay exact far beyond this.
constexpr std::uint64_t kLargestGemm = 32'768;
/// A triad needs a line of each of its three arrays.
constexpr std::uint64_t kLeastTriadBytes = std::uint64_t{3} * 64;
/// The rest of the machine needs some memory too: a run that fills it is killed, not refused.
constexpr long double kUsableShare = 0.9L;

std::string megabytes(long double bytes) {
  char text[48];
  if (bytes >= 1e9L) {
    std::snprintf(text, sizeof text, "%.3Lg GB", bytes / 1e9L);
  } else {
    std::snprintf(text, sizeof text, "%.3Lg MB", bytes / 1e6L);
  }
  return text;
}

void check_memory(const MachineShape& shape,
                  const std::string& what,
                  long double bytes,
                  const std::string& remedy) {
  if (!shape.memory_available.available()) return;
  const auto available = static_cast<long double>(shape.memory_available.value().count());
  if (bytes <= available * kUsableShare) return;
  throw UsageError(what + " needs " + megabytes(bytes) + ", and of the " + megabytes(available) +
                       " of available memory at most nine tenths may be used",
                   remedy);
}

std::uint64_t largest_gemm(const MachineShape& shape) {
  if (!shape.memory_available.available()) return kLargestGemm;
  const auto usable =
      static_cast<long double>(shape.memory_available.value().count()) * kUsableShare;
  std::uint64_t n = 1;
  while (n <= kLargestGemm / 2 &&
         static_cast<long double>(n * 2) * static_cast<long double>(n * 2) * kGemmBytesPerElement <=
             usable) {
    n *= 2;
  }
  return n;
}

void check_gemm(const MachineShape& shape, std::uint64_t n) {
  if (n == 0) {
    throw UsageError("a gemm of size 0 has nothing to measure", "give --gemm-n 1 or more");
  }
  const std::string remedy = "give --gemm-n at most " + std::to_string(largest_gemm(shape));
  if (n > kLargestGemm) {
    throw UsageError(
        "a gemm of size " + std::to_string(n) + " is beyond the largest that is measured", remedy);
  }
  const auto side = static_cast<long double>(n);
  check_memory(
      shape, "a gemm of size " + std::to_string(n), side * side * kGemmBytesPerElement, remedy);
}

void check_triad(const MachineShape& shape, Bytes bytes) {
  if (bytes.count() == 0) {
    throw UsageError("a triad of 0 bytes has nothing to measure",
                     "give --triad-bytes a size, or leave it out");
  }
  if (bytes.count() < kLeastTriadBytes) {
    throw UsageError("a triad of " + std::to_string(bytes.count()) +
                         " bytes is smaller than a cache line of each of its arrays",
                     "give --triad-bytes " + std::to_string(kLeastTriadBytes) + " or more");
  }
  check_memory(shape,
               "the triad",
               static_cast<long double>(bytes.count()),
               "give --triad-bytes a smaller size, or leave it out");
}

}  // namespace

KernelSizes check_sizes(const MachineShape& shape,
                        const PlanOptions& options,
                        std::vector<std::string>& notes) {
  KernelSizes sizes;
  if (options.gemm_n) {
    check_gemm(shape, *options.gemm_n);
    sizes.gemm_n = *options.gemm_n;
  }
  if (options.triad_bytes) {
    check_triad(shape, *options.triad_bytes);
    sizes.dram_at_most = *options.triad_bytes;
  }
  if (!shape.memory_available.available()) {
    notes.push_back("Sizes were not held against the memory: available memory is not available (" +
                    shape.memory_available.reason() + ").");
  }
  return sizes;
}

}  // namespace perfbench::plan_detail
