#pragma once

// The library's C interface of either major version as one. Not a public header: nothing outside
// this room sees a type of oneDNN's.

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_version.h>

#include <array>
#include <memory>
#include <string>

namespace perfbench {

/// The functions that we use, as the headers declare them, found with dlsym.
struct OneDnnApi {
  decltype(&::dnnl_version) version = nullptr;
  decltype(&::dnnl_get_effective_cpu_isa) get_effective_cpu_isa = nullptr;
  decltype(&::dnnl_engine_create) engine_create = nullptr;
  decltype(&::dnnl_engine_destroy) engine_destroy = nullptr;
  decltype(&::dnnl_stream_create) stream_create = nullptr;
  decltype(&::dnnl_stream_destroy) stream_destroy = nullptr;
  decltype(&::dnnl_stream_wait) stream_wait = nullptr;
  decltype(&::dnnl_memory_create) memory_create = nullptr;
  decltype(&::dnnl_memory_destroy) memory_destroy = nullptr;
  decltype(&::dnnl_memory_set_data_handle) memory_set_data_handle = nullptr;
  decltype(&::dnnl_memory_desc_get_size) memory_desc_get_size = nullptr;
  decltype(&::dnnl_primitive_attr_create) attr_create = nullptr;
  decltype(&::dnnl_primitive_attr_destroy) attr_destroy = nullptr;
  decltype(&::dnnl_primitive_attr_set_scratchpad_mode) attr_set_scratchpad_mode = nullptr;
  decltype(&::dnnl_reorder_primitive_desc_create) reorder_desc_create = nullptr;
  decltype(&::dnnl_primitive_desc_destroy) desc_destroy = nullptr;
  decltype(&::dnnl_primitive_desc_query) desc_query = nullptr;
  decltype(&::dnnl_primitive_desc_query_md) desc_query_md = nullptr;
  decltype(&::dnnl_primitive_create) primitive_create = nullptr;
  decltype(&::dnnl_primitive_destroy) primitive_destroy = nullptr;
  decltype(&::dnnl_primitive_execute) primitive_execute = nullptr;
#if DNNL_VERSION_MAJOR >= 3
  decltype(&::dnnl_memory_desc_create_with_strides) memory_desc_with_strides = nullptr;
  decltype(&::dnnl_memory_desc_create_with_tag) memory_desc_with_tag = nullptr;
  decltype(&::dnnl_memory_desc_clone) memory_desc_clone = nullptr;
  decltype(&::dnnl_memory_desc_destroy) memory_desc_destroy = nullptr;
  decltype(&::dnnl_matmul_primitive_desc_create) matmul_desc_create = nullptr;
#else
  decltype(&::dnnl_memory_desc_init_by_strides) memory_desc_with_strides = nullptr;
  decltype(&::dnnl_memory_desc_init_by_tag) memory_desc_with_tag = nullptr;
  decltype(&::dnnl_matmul_desc_init) matmul_desc_init = nullptr;
  decltype(&::dnnl_primitive_desc_create) desc_create = nullptr;
#endif

  /// Looks every name up in `library`; the first that is missing, or "".
  [[nodiscard]] std::string resolve(void* library);
};

/// Throws ResourceError: "oneDNN cannot WHAT: out of memory".
void require_onednn(dnnl_status_t status, const std::string& what);

/// A handle of the library's and the function that destroys it.
template <class Object>
using OneDnnHandle = std::unique_ptr<Object, dnnl_status_t (*)(Object*)>;

/// Shape, type and layout of one matrix. A struct in version 2, a handle in version 3.
class OneDnnMemoryDesc {
 public:
#if DNNL_VERSION_MAJOR >= 3
  using Pointer = const_dnnl_memory_desc_t;
  [[nodiscard]] Pointer get() const noexcept { return desc_.get(); }
#else
  using Pointer = const dnnl_memory_desc_t*;
  [[nodiscard]] Pointer get() const noexcept { return &desc_; }
#endif

  /// rows x columns with the given strides, in elements.
  [[nodiscard]] static OneDnnMemoryDesc strided(const OneDnnApi& api,
                                                std::array<dnnl_dim_t, 2> size,
                                                std::array<dnnl_dim_t, 2> strides,
                                                dnnl_data_type_t type);
  /// rows x columns in whatever layout the primitive prefers.
  [[nodiscard]] static OneDnnMemoryDesc any(const OneDnnApi& api,
                                            std::array<dnnl_dim_t, 2> size,
                                            dnnl_data_type_t type);
  /// What a primitive wants for one of its arguments.
  [[nodiscard]] static OneDnnMemoryDesc of_primitive(const OneDnnApi& api,
                                                     const_dnnl_primitive_desc_t primitive,
                                                     dnnl_query_t what);

 private:
#if DNNL_VERSION_MAJOR >= 3
  std::shared_ptr<dnnl_memory_desc> desc_;
#else
  dnnl_memory_desc_t desc_{};
#endif
};

/// The primitive C = A B on three descriptions; with a scratchpad of the caller's. A null handle
/// where the library has no implementation of it.
[[nodiscard]] OneDnnHandle<dnnl_primitive_desc> make_matmul_desc(const OneDnnApi& api,
                                                                 dnnl_engine_t engine,
                                                                 const OneDnnMemoryDesc& a,
                                                                 const OneDnnMemoryDesc& b,
                                                                 const OneDnnMemoryDesc& c);

}  // namespace perfbench
