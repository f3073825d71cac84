#include <array>
#include <cmath>
#include <cstdio>

#include "harness/core/limits/core_limits.hpp"
#include "harness/core/limits/limit_text.hpp"
#include "harness/core/result/names.hpp"

namespace perfbench {
namespace {

using limits::Cell;
using limits::Core;
using limits::CoreRow;
using limits::make_limit;
using limits::Recognition;

Reading<Limit> none(const std::string& reason) { return Reading<Limit>::unavailable(reason); }

/// What the measured zmm/ymm ratio says.
enum class Units { kOne, kTwo, kUnclear };

// A 512-bit unit more doubles the rate per cycle. A wide form that runs at a lower clock (Skylake's
// frequency classes cost up to a fifth between 256 and 512 bits) moves 2.0 down to 1.6 and 1.0 to
// 0.8; what lies between says nothing.
constexpr double kOneUnitBelow = 1.25;
constexpr double kTwoUnitsAbove = 1.5;
constexpr double kPlausibleFrom = 0.6;
constexpr double kPlausibleTo = 2.4;

Units units_of(double ratio) {
  if (ratio >= kPlausibleFrom && ratio < kOneUnitBelow) return Units::kOne;
  if (ratio > kTwoUnitsAbove && ratio <= kPlausibleTo) return Units::kTwo;
  return Units::kUnclear;
}

std::string hundredths(double value) {
  if (!std::isfinite(value) || std::abs(value) > 1e6) return "not a ratio";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

std::string unclear_ratio(const std::string& name, double ratio) {
  return "the zmm/ymm FMA ratio of " + hundredths(ratio) + " on " + name +
         " is near neither 1.0 (one 512-bit unit) nor 2.0 (two): measure it again on a quiet "
         "machine";
}

/// What is asked for: the operation in the words of the table and the cells of its widths.
struct Question {
  std::string operation;  ///< "FMA fp32"
  std::string_view unit = "flop/cycle";
  limits::Widths cells;
};

Cell half(const Cell& cell) { return {cell.value / 2, cell.evidence}; }
Cell twice(const Cell& cell) { return {cell.value * 2, cell.evidence}; }

limits::Widths halves(const limits::Widths& cells) {
  return {half(cells.xmm), half(cells.ymm), half(cells.zmm)};
}

std::string none_documented(const Question& question, const std::string& name) {
  return "no documented " + question.operation + " limit for " + name;
}

/// The 512-bit row that fits the measured ratio of FMA rates. The other operations run on the same
/// units.
Reading<Limit> zmm_limit(const Recognition& core,
                         const CoreRow& row,
                         const Question& question,
                         ZmmOverYmm measured) {
  const std::string what = question.operation + " zmm";
  const Cell cell = question.cells.zmm;
  const Cell narrow = question.cells.ymm;
  if (!cell.known()) return none(none_documented(question, core.name + " with AVX-512"));
  if (!measured) {
    if (core.zmm_units_vary) {
      return none(core.name +
                  " has one or two 512-bit FMA units and no CPUID bit says which; "
                  "the measured zmm/ymm ratio would");
    }
    return make_limit(core.name, what, question.unit, cell, row.source);
  }
  const Units units = units_of(*measured);
  if (units == Units::kUnclear) return none(unclear_ratio(core.name, *measured));
  const bool table_says_two = row.zmm.fp32.value > 1.5 * row.ymm.fp32.value;
  if (table_says_two == (units == Units::kTwo)) {
    const std::string name =
        core.zmm_units_vary ? core.name + " with two 512-bit FMA units" : core.name;
    return make_limit(name, what, question.unit, cell, row.source);
  }
  if (core.zmm_units_vary && narrow.known()) {
    const Cell one{narrow.value, Evidence::kUncertain};
    return make_limit(
        core.name + " with one 512-bit FMA unit", what, question.unit, one, row.source);
  }
  if (core.core == Core::kZen5 && narrow.known()) {
    // Firmware can put the full-width part into 256-bit mode while CPUID still claims FP512
    // (InstLatX64, 9950X).
    const Cell mode{narrow.value, Evidence::kThirdParty};
    return make_limit("Zen 5 in 256-bit mode", what, question.unit, mode, "InstLatX64");
  }
  return none("CPUID says " + core.name + ", behaviour says " +
              (units == Units::kTwo ? "two 512-bit FMA units" : "one 512-bit FMA unit") +
              " (zmm/ymm ratio " + hundredths(*measured) + ")");
}

/// SVE's cells hold for one vector length, which a hypervisor or prctl may shorten.
Reading<Limit> sve_limit(const Recognition& core,
                         const CoreRow& row,
                         const Question& question,
                         const Cell& cell,
                         int vector_bytes) {
  if (!cell.known()) return none(none_documented(question, core.name + " with SVE"));
  if (vector_bytes != row.sve.vector_bytes) {
    return none("the documented limit of " + question.operation + " for " + core.name +
                " is of SVE vectors of " + std::to_string(8 * row.sve.vector_bytes) +
                " bit, and here they have " +
                (vector_bytes > 0 ? std::to_string(8 * vector_bytes) : "an unknown number"));
  }
  return make_limit(core.name,
                    question.operation + " SVE of " + std::to_string(8 * vector_bytes) + " bit",
                    question.unit,
                    cell,
                    row.source);
}

/// The cells of a kernel and a precision, or the reason why the table has none.
Reading<Question> find_question(const CoreRow& row, Precision precision, std::string_view kernel) {
  const std::string number(name_of(precision));
  const auto found = [](Question question) {
    return Reading<Question>::of(std::move(question), "table");
  };
  const limits::Widths fp32{row.xmm.fp32, row.ymm.fp32, row.zmm.fp32};
  if (kernel == "fma" && precision == Precision::kFp32)
    return found({"FMA fp32", "flop/cycle", fp32});
  if (kernel == "fma" && precision == Precision::kFp64) {
    return found({"FMA fp64", "flop/cycle", {row.xmm.fp64, row.ymm.fp64, row.zmm.fp64}});
  }
  if (kernel == "fma" && precision == Precision::kFp16) {
    return found({"FMA fp16", "flop/cycle", row.fp16});
  }
  if (kernel == "fma_add" && precision == Precision::kFp32) {
    return found({"FMA+ADD fp32", "flop/cycle", row.mix});
  }
  if (kernel == "fma_add" && precision == Precision::kFp64) {
    return found({"FMA+ADD fp64", "flop/cycle", halves(row.mix)});
  }
  if (kernel == "dot" && precision == Precision::kBf16) {
    return found({"dot bf16", "flop/cycle", row.bf16});
  }
  if (kernel == "dot" && precision == Precision::kInt8) {
    return found({"dot int8", "operation/cycle", row.int8});
  }
  if (kernel == "mmla" && precision == Precision::kBf16) {
    return found({"MMLA bf16", "flop/cycle", {.xmm = row.bf16_mmla}});
  }
  if (kernel == "mmla" && precision == Precision::kInt8) {
    return found({"MMLA int8", "operation/cycle", {.xmm = row.int8_mmla}});
  }
  return Reading<Question>::unavailable("no limit is kept for the kernel " + std::string(kernel) +
                                        " in " + number);
}

Cell sve_cell(const CoreRow& row, Precision precision, std::string_view kernel) {
  const limits::Sve& sve = row.sve;
  if (kernel == "fma") {
    if (precision == Precision::kFp64) return half(sve.fp32);
    return precision == Precision::kFp16 ? twice(sve.fp32) : sve.fp32;
  }
  if (kernel == "dot") return precision == Precision::kBf16 ? sve.bf16 : sve.int8;
  if (kernel == "mmla") return precision == Precision::kBf16 ? sve.bf16_mmla : sve.int8_mmla;
  return {};
}

/// Separate multiplies and adds. The documents count FMA; a multiply runs on the pipes of FMA on
/// every core of the table, so as many multiplies and adds can go in pairs as FMAs and adds. That
/// is our reading and not the documents' word, so it never refuses a figure.
Reading<Limit> mul_add_limit(const Recognition& core,
                             const CoreRow& row,
                             Precision precision,
                             Isa isa) {
  const std::string what = "multiply and add " + std::string(name_of(precision));
  const bool known_form = (precision == Precision::kFp32 || precision == Precision::kFp64) &&
                          (isa == Isa::kScalar || isa == Isa::kSse2);
  const Cell mix = row.mix.xmm.known() ? row.mix.xmm : half(row.mix.ymm);
  if (!known_form || !mix.known()) return none("no documented " + what + " limit for " + core.name);
  constexpr double kLanes = 4.0;
  constexpr double kFlopOfFmaAndAdd = 3.0;
  constexpr double kFlopOfMultiplyAndAdd = 2.0;
  const double pairs = mix.value / (kLanes * kFlopOfFmaAndAdd);
  double lanes = 1.0;
  if (isa == Isa::kSse2) lanes = precision == Precision::kFp32 ? kLanes : kLanes / 2;
  const Cell cell{pairs * lanes * kFlopOfMultiplyAndAdd, Evidence::kUncertain};
  return make_limit(core.name,
                    what + " " + std::string(name_of(isa)),
                    "flop/cycle",
                    cell,
                    "derived from FMA+ADD, since a multiply takes the pipe of an FMA; " +
                        std::string(row.source));
}

/// AMX works on no vectors; its cells have no width.
Reading<Limit> tile_limit(const Recognition& core,
                          const CoreRow& row,
                          const Question& question,
                          Precision precision) {
  const Cell& cell = precision == Precision::kBf16 ? row.amx_bf16 : row.amx_int8;
  if (!cell.known()) return none(none_documented(question, core.name + " with AMX"));
  return make_limit(core.name, question.operation + " AMX", question.unit, cell, row.source);
}

Reading<Limit> vector_limit(const Recognition& core,
                            const CoreRow& row,
                            const Question& question,
                            Isa isa) {
  const bool neon = isa == Isa::kNeon;
  const Cell& cell = neon ? question.cells.xmm : question.cells.ymm;
  if (!cell.known()) return none(none_documented(question, core.name));
  return make_limit(
      core.name, question.operation + (neon ? " NEON" : " ymm"), question.unit, cell, row.source);
}

}  // namespace

Reading<Limit> compute_limit(const CpuIdentity& identity,
                             Precision precision,
                             Isa isa,
                             ZmmOverYmm measured) {
  return compute_limit(identity, precision, isa, "fma", measured);
}

Reading<Limit> compute_limit(const CpuIdentity& identity,
                             Precision precision,
                             Isa isa,
                             std::string_view kernel,
                             ZmmOverYmm measured) {
  const Recognition core = limits::recognise(identity);
  const CoreRow* row = limits::find_row(core.core);
  if (row == nullptr) return none(core.reason);
  const bool arm = identity.architecture == Architecture::kArm64;
  const bool arm_isa = isa == Isa::kNeon || isa == Isa::kSve;
  if (isa != Isa::kScalar && arm != arm_isa) {
    return none(core.name + " has no " + std::string(name_of(isa)));
  }
  if (kernel == "mul_add" && !arm) return mul_add_limit(core, *row, precision, isa);
  const Reading<Question> question = find_question(*row, precision, kernel);
  if (!question.available()) return none(question.reason());
  switch (isa) {
    case Isa::kScalar:
    case Isa::kSse2:
      return none("no documented " + question.value().operation + " limit on " +
                  std::string(name_of(isa)) + " registers for " + core.name);
    case Isa::kAvx512:
      return zmm_limit(core, *row, question.value(), measured);
    case Isa::kAmx:
      return tile_limit(core, *row, question.value(), precision);
    case Isa::kSve:
      return sve_limit(core,
                       *row,
                       question.value(),
                       sve_cell(*row, precision, kernel),
                       identity.sve_vector_bytes);
    case Isa::kAvx2Fma:
    case Isa::kNeon:
      break;
  }
  return vector_limit(core, *row, question.value(), isa);
}

}  // namespace perfbench
