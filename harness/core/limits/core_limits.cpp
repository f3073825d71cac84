#include "harness/core/limits/core_limits.hpp"

#include "harness/core/limits/limit_table.hpp"
#include "harness/core/limits/microarchitecture.hpp"

namespace perfbench {
namespace {

using limits::Cell;
using limits::CoreRow;
using limits::Fma;
using limits::Recognition;

void add(std::vector<LimitRow>& rows, std::string name, std::string_view unit, const Cell& cell) {
  if (cell.known()) rows.push_back({std::move(name), std::string(unit), cell.value, cell.evidence});
}

void add_fma(std::vector<LimitRow>& rows, const std::string& width, const Fma& fma) {
  add(rows, "FMA fp64 " + width, "flop/cycle", fma.fp64);
  add(rows, "FMA fp32 " + width, "flop/cycle", fma.fp32);
}

void add_widths(std::vector<LimitRow>& rows,
                const std::string& what,
                std::string_view unit,
                const std::string& narrow,
                const limits::Widths& widths) {
  add(rows, what + " " + narrow, unit, widths.xmm);
  add(rows, what + " ymm", unit, widths.ymm);
  add(rows, what + " zmm", unit, widths.zmm);
}

/// What is not an FMA in fp32 or fp64.
void add_narrow_numbers(std::vector<LimitRow>& rows,
                        const std::string& narrow,
                        const CoreRow& row) {
  add_widths(rows, "FMA+ADD fp32", "flop/cycle", narrow, row.mix);
  add_widths(rows, "FMA fp16", "flop/cycle", narrow, row.fp16);
  add_widths(rows, "dot bf16", "flop/cycle", narrow, row.bf16);
  add_widths(rows, "dot int8", "operation/cycle", narrow, row.int8);
  add(rows, "AMX bf16", "flop/cycle", row.amx_bf16);
  add(rows, "AMX int8", "operation/cycle", row.amx_int8);
  add(rows, "MMLA bf16", "flop/cycle", row.bf16_mmla);
  add(rows, "MMLA int8", "operation/cycle", row.int8_mmla);
  const std::string sve = "SVE of " + std::to_string(8 * row.sve.vector_bytes) + " bit";
  add(rows, "FMA fp32 " + sve, "flop/cycle", row.sve.fp32);
  add(rows, "dot int8 " + sve, "operation/cycle", row.sve.int8);
  add(rows, "dot bf16 " + sve, "flop/cycle", row.sve.bf16);
}

void add_l1(std::vector<LimitRow>& rows, const std::string& width, const limits::L1Width& l1) {
  add(rows, "L1 load " + width, "B/cycle", l1.load);
  add(rows, "L1 store " + width, "B/cycle", l1.store);
  add(rows, "L1 load and store " + width, "B/cycle", l1.both);
}

}  // namespace

Reading<CoreLimits> find_core_limits(const CpuIdentity& identity) {
  const Recognition core = limits::recognise(identity);
  const CoreRow* row = limits::find_row(core.core);
  if (row == nullptr) return Reading<CoreLimits>::unavailable(core.reason);
  CoreLimits result{core.name, row->source, {}};
  const bool arm = identity.architecture == Architecture::kArm64;
  add_fma(result.rows, arm ? "NEON" : "xmm", row->xmm);
  add_fma(result.rows, "ymm", row->ymm);
  add_fma(result.rows, core.zmm_units_vary ? "zmm with two units" : "zmm", row->zmm);
  add_narrow_numbers(result.rows, arm ? "NEON" : "xmm", *row);
  add_l1(result.rows, arm ? "NEON" : "ymm", row->l1);
  add_l1(result.rows, "zmm", row->l1_zmm);
  add_l1(result.rows, "SVE", row->l1_sve);
  add(result.rows, "L2 to L1", "B/cycle", row->l2_fill);
  add(result.rows, "L1 to L2", "B/cycle", row->l2_write);
  add(result.rows, "L3 per direction", "B/cycle", row->l3);
  return Reading<CoreLimits>::of(std::move(result), describe_identity(identity));
}

}  // namespace perfbench
