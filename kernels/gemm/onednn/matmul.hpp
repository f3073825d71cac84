#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/units/quantity.hpp"
#include "kernels/gemm/matrix/matrix.hpp"
#include "kernels/gemm/onednn/onednn_library.hpp"

namespace perfbench {

/// C (m x n) = A (m x k) B (k x n), row-major.
struct MatmulSpec {
  int m = 0;
  int n = 0;
  int k = 0;
  dnnl_data_type_t a = dnnl_f32;
  dnnl_data_type_t b = dnnl_f32;
  dnnl_data_type_t c = dnnl_f32;
  bool b_transposed = false;  ///< B is given as n x k: one row a column of the product.
  std::vector<int> cpus{};    ///< One thread per entry; empty: 1.
};

/// Bytes of one element.
[[nodiscard]] std::size_t size_of(dnnl_data_type_t type) noexcept;

/// The implementation that the library would take ("brg:avx512_core_amx"), or "" where it has none.
/// Throws ResourceError.
[[nodiscard]] std::string matmul_implementation(const OneDnnLibrary& library,
                                                const MatmulSpec& spec);

/// One product with B packed in the library's preferred layout. Belongs to the thread that makes
/// it. Not a public header.
class Matmul {
 public:
  /// `b`: the matrix as it comes, of `given` type (fp32, or already of the spec's type); converted
  /// and packed, not needed after. Throws ResourceError.
  Matmul(std::shared_ptr<const OneDnnLibrary> library,
         const MatmulSpec& spec,
         dnnl_data_type_t given,
         const void* b);
  /// The product of m rows with the B of another, in memory that both share. Null where the library
  /// has no optimised one for that layout. Throws ResourceError.
  [[nodiscard]] static std::unique_ptr<Matmul> for_rows(const Matmul& other, int m);
  Matmul(const Matmul&) = delete;
  Matmul& operator=(const Matmul&) = delete;
  ~Matmul() = default;

  [[nodiscard]] Bytes packed_bytes() const noexcept { return Bytes(packed_bytes_); }
  [[nodiscard]] const MatmulSpec& spec() const noexcept { return spec_; }
  /// Packs another B in the same place, of all that share it.
  void pack(dnnl_data_type_t given, const void* b);
  /// a: m * k elements, c: m * n.
  void run(const void* a, void* c) noexcept;

 private:
  using Memory = OneDnnHandle<dnnl_memory>;
  Matmul(const Matmul& other, const MatmulSpec& spec, dnnl_primitive_desc_t desc);
  void take(dnnl_primitive_desc_t desc);
  [[nodiscard]] Memory memory(const OneDnnMemoryDesc& desc, void* data) const;

  std::shared_ptr<const OneDnnLibrary> library_;
  MatmulSpec spec_;
  std::shared_ptr<const ScopedThreadPins> pins_;
  OneDnnMemoryDesc packed_desc_;
  std::size_t packed_bytes_ = 0;
  std::shared_ptr<FloatBuffer> packed_;
  FloatBuffer scratchpad_;
  Memory a_;
  Memory b_;
  Memory c_;
  Memory scratch_;
  OneDnnHandle<dnnl_stream> stream_;
  OneDnnHandle<dnnl_primitive> primitive_;
};

}  // namespace perfbench
