#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "harness/core/result/names.hpp"
#include "harness/core/units/error.hpp"
#include "kernels/gemm/onednn/conversion.hpp"
#include "kernels/gemm/onednn/matmul.hpp"
#include "kernels/gemm/onednn/onednn.hpp"

namespace perfbench {
namespace {

constexpr int kLargestSize = 16384;

std::size_t elements_of(const OneDnnGemmOptions& options) {
  const auto n = static_cast<std::size_t>(options.size);
  return n * n;
}

MatmulSpec spec_of(const OneDnnGemmOptions& options) {
  MatmulSpec spec;
  spec.m = spec.n = spec.k = options.size;
  spec.cpus = options.cpus;
  if (options.precision == Precision::kBf16) spec.a = spec.b = dnnl_bf16;
  if (options.precision == Precision::kInt8) {
    spec.a = dnnl_u8;
    spec.b = dnnl_s8;
    spec.c = dnnl_s32;
  }
  return spec;
}

std::string name_of_product(Precision precision) {
  switch (precision) {
    case Precision::kBf16:
      return "gemm_bf16 ";
    case Precision::kInt8:
      return "gemm_int8 ";
    default:
      return "sgemm ";
  }
}

std::string types_of(Precision precision) {
  switch (precision) {
    case Precision::kBf16:
      return "bf16 to fp32";
    case Precision::kInt8:
      return "u8 and s8 to s32";
    default:
      return "fp32";
  }
}

KernelInfo describe(const OneDnn& onednn, const OneDnnGemmOptions& options) {
  const std::string n = std::to_string(options.size);
  const std::string implementation = matmul_implementation(*onednn.library(), spec_of(options));
  KernelInfo info;
  info.name = name_of_product(options.precision) + n;
  info.variant = "oneDNN " + onednn.facts().version + ", " + implementation;
  info.is_roof = false;
  info.precision = options.precision;
  info.isa = implementation.find("amx") != std::string::npos ? Isa::kAmx : onednn.facts().isa;
  info.shape = MatrixShape{options.size, options.size, options.size};
  info.threads = std::max(1, static_cast<int>(options.cpus.size()));
  info.description = "C = A B, " + n + " x " + n + " x " + n + ", " + types_of(options.precision) +
                     ", row-major, B packed once by the library";
  return info;
}

/// The values of A and B: whole numbers for a check, any others for timing.
struct Values {
  std::vector<float> a;
  std::vector<float> b;
};

/// What keeps every partial sum a whole number that the result's type holds, and fills the
/// operands' types: for fp32 B has so many bits that a product in bf16 or tf32
/// (ONEDNN_DEFAULT_FPMATH_MODE) shows; for int8 both reach their ends, so that saturating pairs
/// show.
Values whole_numbers(const OneDnnGemmOptions& options) {
  Values values{std::vector<float>(elements_of(options)), std::vector<float>(elements_of(options))};
  const std::int64_t exact = (std::int64_t{1} << 24) / options.size;
  switch (options.precision) {
    case Precision::kInt8:
      fill_integers(values.a, options.seed, 0, 255);
      fill_integers(values.b, options.seed + 1, -127, 127);
      break;
    case Precision::kBf16: {
      const std::int64_t largest = std::min<std::int64_t>(255, exact / 4);
      fill_integers(values.a, options.seed, -4, 4);
      fill_integers(values.b, options.seed + 1, -largest, largest);
      break;
    }
    default: {
      const std::int64_t largest = std::min<std::int64_t>(8191, exact);
      fill_integers(values.a, options.seed, -1, 1);
      fill_integers(values.b, options.seed + 1, -largest, largest);
    }
  }
  return values;
}

Values timing_numbers(const OneDnnGemmOptions& options) {
  if (options.precision == Precision::kInt8) return whole_numbers(options);
  Values values{std::vector<float>(elements_of(options)), std::vector<float>(elements_of(options))};
  fill_unit(values.a, options.seed);
  fill_unit(values.b, options.seed + 1);
  return values;
}

/// y = M x, M row-major n x n of whole numbers.
std::vector<std::int64_t> multiply(const std::vector<float>& matrix,
                                   const std::vector<std::int64_t>& x) {
  std::vector<std::int64_t> y(x.size(), 0);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const float* row = matrix.data() + i * x.size();
    for (std::size_t j = 0; j < x.size(); ++j) y[i] += static_cast<std::int64_t>(row[j]) * x[j];
  }
  return y;
}

class OneDnnGemm final : public Kernel {
 public:
  OneDnnGemm(const OneDnn& onednn, OneDnnGemmOptions options, KernelInfo info)
      : onednn_(onednn), options_(std::move(options)), info_(std::move(info)) {}

  [[nodiscard]] const KernelInfo& info() const noexcept override { return info_; }

  [[nodiscard]] Work work() const noexcept override {
    const std::uint64_t elements = elements_of(options_);
    const MatmulSpec spec = spec_of(options_);
    // The least that any implementation must move: A and B read, C read and written.
    const Bytes bytes(elements * (size_of(spec.a) + size_of(spec.b) + 2 * size_of(spec.c)));
    return Work{Flops(2 * elements * static_cast<std::uint64_t>(options_.size)), bytes, bytes};
  }

  [[nodiscard]] Bytes working_set() const noexcept override { return working_set_of(options_); }

  [[nodiscard]] static Bytes working_set_of(const OneDnnGemmOptions& options) {
    const MatmulSpec spec = spec_of(options);
    return Bytes(elements_of(options) * (size_of(spec.a) + size_of(spec.b) + size_of(spec.c)));
  }

  void prepare() override {
    a_ = FloatBuffer(elements_of(options_));
    c_ = FloatBuffer(elements_of(options_));
    take(timing_numbers(options_));
  }

  [[nodiscard]] Verification verify() override {
    const Values values = whole_numbers(options_);
    take(values);
    std::fill(c_.span().begin(), c_.span().end(), std::numeric_limits<float>::quiet_NaN());
    run(1);
    Verification verification = check_product(values);
    take(timing_numbers(options_));
    return verification;
  }

  void run(std::uint64_t iterations) noexcept override {
    for (std::uint64_t i = 0; i < iterations; ++i) matmul_->run(a_.data(), c_.data());
  }

 private:
  /// Converts A into its type, packs B.
  void take(const Values& values) {
    const std::size_t elements = values.a.size();
    if (options_.precision == Precision::kBf16) {
      to_bf16(values.a, {reinterpret_cast<std::uint16_t*>(a_.data()), elements});
    } else if (options_.precision == Precision::kInt8) {
      auto* bytes = reinterpret_cast<std::uint8_t*>(a_.data());
      for (std::size_t i = 0; i < elements; ++i) bytes[i] = static_cast<std::uint8_t>(values.a[i]);
    } else {
      std::copy(values.a.begin(), values.a.end(), a_.data());
    }
    if (options_.precision != Precision::kInt8) {
      pack(dnnl_f32, values.b.data());
      return;
    }
    std::vector<std::int8_t> b(elements);
    to_s8(values.b, 1.0F, b);
    pack(dnnl_s8, b.data());
  }

  void pack(dnnl_data_type_t given, const void* b) {
    if (matmul_ != nullptr) {
      matmul_->pack(given, b);
    } else {
      matmul_ = std::make_unique<Matmul>(onednn_.library(), spec_of(options_), given, b);
    }
  }

  [[nodiscard]] std::int64_t result(std::size_t index) const {
    if (options_.precision != Precision::kInt8) return static_cast<std::int64_t>(c_.data()[index]);
    return reinterpret_cast<const std::int32_t*>(c_.data())[index];
  }

  /// Freivalds' check (1979) in whole numbers, as verify_sgemm's: C r = A (B r), every row of C
  /// wrong with a chance below 2^-20.
  [[nodiscard]] Verification check_product(const Values& values) const {
    const auto n = static_cast<std::size_t>(options_.size);
    if (options_.precision != Precision::kInt8) {
      for (const float value : c_.span()) {
        // 2^24: beyond it, or with a fraction, it is no sum of these whole numbers.
        if (!(std::abs(value) <= 0x1p24F) || value != std::nearbyint(value)) {
          return {false, info_.name + " on whole numbers gave " + std::to_string(value)};
        }
      }
    }
    ValueStream stream(options_.seed + 2);
    std::vector<std::int64_t> r(n);
    constexpr std::int64_t kRange = std::int64_t{1} << 20;
    for (std::int64_t& value : r) value = stream.integer(-kRange, kRange);
    const std::vector<std::int64_t> expected = multiply(values.a, multiply(values.b, r));
    for (std::size_t i = 0; i < n; ++i) {
      std::int64_t got = 0;
      for (std::size_t j = 0; j < n; ++j) got += result(i * n + j) * r[j];
      if (got != expected[i]) {
        return {false, info_.name + ": row " + std::to_string(i) + " of the product is wrong"};
      }
    }
    return {true, "the product is exact on whole numbers (Freivalds)"};
  }

  OneDnn onednn_;
  OneDnnGemmOptions options_;
  KernelInfo info_;
  FloatBuffer a_;  ///< Room for fp32, whatever the type in it.
  FloatBuffer c_;
  std::unique_ptr<Matmul> matmul_;
};

}  // namespace

KernelEntry onednn_gemm_entry(const OneDnn& onednn, const OneDnnGemmOptions& options) {
  if (options.size < 1 || options.size > kLargestSize) {
    throw UsageError("the size of a product through oneDNN must be 1 to " +
                     std::to_string(kLargestSize) + ", not " + std::to_string(options.size));
  }
  if (!onednn_has(onednn, options.precision)) {
    throw UsageError(onednn.label() + " has no exact product in " +
                     std::string(name_of(options.precision)) + " on this CPU");
  }
  KernelEntry entry;
  entry.info = describe(onednn, options);
  entry.working_set = OneDnnGemm::working_set_of(options);
  entry.make = [onednn, options, info = entry.info]() -> std::unique_ptr<Kernel> {
    return std::make_unique<OneDnnGemm>(onednn, options, info);
  };
  return entry;
}

}  // namespace perfbench
