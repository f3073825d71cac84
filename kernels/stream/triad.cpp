#include "kernels/stream/triad.hpp"

#include <algorithm>
#include <cstdint>

#include "harness/core/units/check.hpp"
#include "kernels/stream/fastest_form.hpp"

namespace perfbench {
namespace {

std::size_t misalignment(const double* p) noexcept {
  return static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(p) % kStreamAlignment);
}

void scalar_triad(double* a, const double* b, const double* c, double scalar, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) a[i] = b[i] + scalar * c[i];
}

}  // namespace

const StreamLoops* find_stream_loops(Isa isa) noexcept {
  for (const StreamLoops& loops : stream_loops()) {
    if (loops.isa == isa) return &loops;
  }
  return nullptr;
}

bool has_stream_loop(Isa isa) noexcept { return find_stream_loops(isa) != nullptr; }

Isa widest_stream_isa(const MachineShape& machine) noexcept {
  Isa widest = Isa::kScalar;
  for (const Isa isa : machine.isas) {
    if (has_stream_loop(isa)) widest = isa;
  }
  return widest;
}

TriadVariant triad_variant(const MachineShape& machine) noexcept {
  const Isa isa = widest_stream_isa(machine);
  return {
      isa,
      isa == Isa::kScalar ? StoreKind::kRegular : StoreKind::kNonTemporal,
      fastest_form(machine, *find_stream_loops(isa), MemoryLevel::kDram, StreamOperation::kTriad)};
}

void triad(std::span<double> a,
           std::span<const double> b,
           std::span<const double> c,
           double scalar,
           TriadVariant variant) noexcept {
  CHECK(a.size() == b.size() && a.size() == c.size(), "triad's spans are of one length");
  const StreamLoops* loops = find_stream_loops(variant.isa);
  CHECK(loops != nullptr, "this build has no streaming loop for that ISA");
  CHECK(is_far(variant.form), "the triad is of memory");
  const std::size_t n = a.size();
  // The vector loops write whole aligned blocks of a; what is before and after is done
  // element-wise.
  const std::size_t off = misalignment(a.data());
  const std::size_t head =
      std::min(n, (kStreamAlignment - off) % kStreamAlignment / sizeof(double));
  const std::size_t body = (n - head) / kStreamBlock * kStreamBlock;
  scalar_triad(a.data(), b.data(), c.data(), scalar, head);
  StreamFunction function = loops->find(StreamOperation::kTriad, variant.form, variant.store);
  if (function == nullptr) {
    function = loops->find(StreamOperation::kTriad, variant.form, StoreKind::kRegular);
  }
  CHECK(function != nullptr, "every ISA has the far forms");
  StreamStep unused;
  StreamRun run;
  run.a = a.data() + head;
  // StreamRun's b and c can be written, by other operations: the triad reads them.
  run.b = const_cast<double*>(b.data()) + head;
  run.c = const_cast<double*>(c.data()) + head;
  run.scalar = scalar;
  run.elements = body;
  function(run, unused);
  const std::size_t tail = head + body;
  scalar_triad(a.data() + tail, b.data() + tail, c.data() + tail, scalar, n - tail);
}

}  // namespace perfbench
