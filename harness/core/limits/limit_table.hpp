#pragma once

#include "harness/core/limits/evidence.hpp"
#include "harness/core/limits/recognition.hpp"

namespace perfbench::limits {

/// A limit per core and cycle with the weight it carries. 0: none is documented, or the core has no
/// such instruction.
struct Cell {
  double value = 0.0;
  Evidence evidence = Evidence::kUncertain;
  [[nodiscard]] constexpr bool known() const noexcept { return value > 0.0; }
};

/// FMA of one vector width, flop per cycle. fp64 is its own cell: Apple's M4 has one documented
/// precision.
struct Fma {
  Cell fp64{};
  Cell fp32{};
};

/// Bytes per cycle between registers and L1.
struct L1Width {
  Cell load{};
  Cell store{};
  Cell both{};
};

/// One kind of operation by register width, per cycle; NEON in the 128-bit cell.
struct Widths {
  Cell xmm{};
  Cell ymm{};
  Cell zmm{};
};

/// SVE, of the vector length that the document speaks of. fp64 is half of fp32, fp16 twice.
struct Sve {
  int vector_bytes = 0;
  Cell fp32{};
  Cell int8{};       ///< SDOT
  Cell bf16{};       ///< BFDOT
  Cell bf16_mmla{};  ///< BFMMLA
  Cell int8_mmla{};  ///< SMMLA
};

/// One core of the table. A new column is a new member with an empty default: rows need no edit.
struct CoreRow {
  Core core = Core::kUnknown;
  const char* source = "";
  Fma xmm{};  ///< 128-bit FMA; NEON on Arm.
  Fma ymm{};
  Fma zmm{};  ///< Of two units where the part may have one or two.
  /// fp32 flop of FMA and independent ADD, one of each; fp64 is half. No 128-bit cell: half of the
  /// 256-bit one.
  Widths mix{};
  Widths bf16{};  ///< Dot products: a multiply and an add are two operations.
  Widths int8{};
  Widths fp16{};  ///< FMA.
  Cell amx_bf16{};
  Cell amx_int8{};
  Cell bf16_mmla{};  ///< NEON BFMMLA
  Cell int8_mmla{};  ///< NEON SMMLA
  Sve sve{};
  /// Bytes per cycle with 256-bit vectors (NEON on Arm): loads, stores, and what one cycle can load
  /// plus store.
  L1Width l1{};
  /// The same with 512-bit vectors; empty where the core has none.
  L1Width l1_zmm{};
  L1Width l1_sve{};  ///< With SVE of the length in `sve`.
  Cell l2_fill{};    ///< Into L1, per core.
  Cell l2_write{};   ///< Out of L1, per core.
  Cell l3{};         ///< Per direction and core.
};

/// The row, or nullptr for Core::kUnknown.
[[nodiscard]] const CoreRow* find_row(Core core) noexcept;

}  // namespace perfbench::limits
