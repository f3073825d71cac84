#include "kernels/stream/triad.hpp"

#include <algorithm>
#include <cstdint>

#include "harness/core/units/check.hpp"
#include "kernels/stream/stream_loop.hpp"
#include "kernels/stream/stream_loop_scalar.hpp"

namespace perfbench {
namespace {

std::size_t misalignment(const double* p) noexcept {
  return static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(p) % kStreamAlignment);
}

}  // namespace

const StreamLoop* find_stream_loop(Isa isa) noexcept {
  for (const StreamLoop& loop : stream_loops()) {
    if (loop.isa == isa) return &loop;
  }
  return nullptr;
}

bool has_stream_loop(Isa isa) noexcept { return find_stream_loop(isa) != nullptr; }

Isa widest_stream_isa(const MachineShape& machine) noexcept {
  Isa widest = Isa::kScalar;
  for (const Isa isa : machine.isas) {
    if (has_stream_loop(isa)) widest = isa;
  }
  return widest;
}

void triad(std::span<double> a,
           std::span<const double> b,
           std::span<const double> c,
           double scalar,
           TriadVariant variant) noexcept {
  CHECK(a.size() == b.size() && a.size() == c.size(), "triad's spans are of one length");
  const StreamLoop* loop = find_stream_loop(variant.isa);
  CHECK(loop != nullptr, "this build has no streaming loop for that ISA");
  const std::size_t n = a.size();
  // The vector loops write whole aligned blocks of a; what is before and after is done
  // element-wise.
  const std::size_t off = misalignment(a.data());
  const std::size_t head =
      std::min(n, (kStreamAlignment - off) % kStreamAlignment / sizeof(double));
  constexpr std::size_t kBlock = kStreamBlockBytes / sizeof(double);
  const std::size_t body = (n - head) / kBlock * kBlock;
  scalar_triad(a.data(), b.data(), c.data(), scalar, head);
  const bool past_caches = variant.store == StoreKind::kNonTemporal && loop->triad_nt != nullptr;
  (past_caches ? loop->triad_nt : loop->triad)(
      a.data() + head, b.data() + head, c.data() + head, scalar, body);
  const std::size_t tail = head + body;
  scalar_triad(a.data() + tail, b.data() + tail, c.data() + tail, scalar, n - tail);
}

}  // namespace perfbench
