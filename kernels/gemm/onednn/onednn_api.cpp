#include "kernels/gemm/onednn/onednn_api.hpp"

#include <dlfcn.h>

#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

constexpr int kMatrix = 2;  // Dimensions.

std::string words(dnnl_status_t status) {
  switch (status) {
    case dnnl_out_of_memory:
      return "out of memory";
    case dnnl_invalid_arguments:
      return "invalid arguments";
    case dnnl_unimplemented:
      return "not implemented for this CPU";
    default:
      return "status " + std::to_string(static_cast<int>(status));
  }
}

/// Looks names up until one is missing.
class Resolver {
 public:
  explicit Resolver(void* library) : library_(library) {}

  template <class Function>
  void find(const char* name, Function& function) {
    if (!missing_.empty()) return;
    // POSIX demands that a data pointer can hold a function's address; only this cast says so in
    // C++.
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (function == nullptr) missing_ = name;
  }

  [[nodiscard]] const std::string& missing() const noexcept { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

}  // namespace

std::string OneDnnApi::resolve(void* library) {
  Resolver resolver(library);
  resolver.find("dnnl_version", version);
  resolver.find("dnnl_get_effective_cpu_isa", get_effective_cpu_isa);
  resolver.find("dnnl_engine_create", engine_create);
  resolver.find("dnnl_engine_destroy", engine_destroy);
  resolver.find("dnnl_stream_create", stream_create);
  resolver.find("dnnl_stream_destroy", stream_destroy);
  resolver.find("dnnl_stream_wait", stream_wait);
  resolver.find("dnnl_memory_create", memory_create);
  resolver.find("dnnl_memory_destroy", memory_destroy);
  resolver.find("dnnl_memory_set_data_handle", memory_set_data_handle);
  resolver.find("dnnl_memory_desc_get_size", memory_desc_get_size);
  resolver.find("dnnl_primitive_attr_create", attr_create);
  resolver.find("dnnl_primitive_attr_destroy", attr_destroy);
  resolver.find("dnnl_primitive_attr_set_scratchpad_mode", attr_set_scratchpad_mode);
  resolver.find("dnnl_reorder_primitive_desc_create", reorder_desc_create);
  resolver.find("dnnl_primitive_desc_destroy", desc_destroy);
  resolver.find("dnnl_primitive_desc_query", desc_query);
  resolver.find("dnnl_primitive_desc_query_md", desc_query_md);
  resolver.find("dnnl_primitive_create", primitive_create);
  resolver.find("dnnl_primitive_destroy", primitive_destroy);
  resolver.find("dnnl_primitive_execute", primitive_execute);
#if DNNL_VERSION_MAJOR >= 3
  resolver.find("dnnl_memory_desc_create_with_strides", memory_desc_with_strides);
  resolver.find("dnnl_memory_desc_create_with_tag", memory_desc_with_tag);
  resolver.find("dnnl_memory_desc_clone", memory_desc_clone);
  resolver.find("dnnl_memory_desc_destroy", memory_desc_destroy);
  resolver.find("dnnl_matmul_primitive_desc_create", matmul_desc_create);
#else
  resolver.find("dnnl_memory_desc_init_by_strides", memory_desc_with_strides);
  resolver.find("dnnl_memory_desc_init_by_tag", memory_desc_with_tag);
  resolver.find("dnnl_matmul_desc_init", matmul_desc_init);
  resolver.find("dnnl_primitive_desc_create", desc_create);
#endif
  return resolver.missing();
}

void require_onednn(dnnl_status_t status, const std::string& what) {
  if (status != dnnl_success) throw ResourceError("oneDNN cannot " + what + ": " + words(status));
}

#if DNNL_VERSION_MAJOR >= 3

OneDnnMemoryDesc OneDnnMemoryDesc::strided(const OneDnnApi& api,
                                           std::array<dnnl_dim_t, 2> size,
                                           std::array<dnnl_dim_t, 2> strides,
                                           dnnl_data_type_t type) {
  dnnl_memory_desc_t raw = nullptr;
  require_onednn(api.memory_desc_with_strides(&raw, kMatrix, size.data(), type, strides.data()),
                 "describe a matrix");
  OneDnnMemoryDesc desc;
  desc.desc_.reset(raw, api.memory_desc_destroy);
  return desc;
}

OneDnnMemoryDesc OneDnnMemoryDesc::any(const OneDnnApi& api,
                                       std::array<dnnl_dim_t, 2> size,
                                       dnnl_data_type_t type) {
  dnnl_memory_desc_t raw = nullptr;
  require_onednn(api.memory_desc_with_tag(&raw, kMatrix, size.data(), type, dnnl_format_tag_any),
                 "describe a matrix");
  OneDnnMemoryDesc desc;
  desc.desc_.reset(raw, api.memory_desc_destroy);
  return desc;
}

OneDnnMemoryDesc OneDnnMemoryDesc::of_primitive(const OneDnnApi& api,
                                                const_dnnl_primitive_desc_t primitive,
                                                dnnl_query_t what) {
  dnnl_memory_desc_t raw = nullptr;
  require_onednn(api.memory_desc_clone(&raw, api.desc_query_md(primitive, what, 0)),
                 "describe a matrix");
  OneDnnMemoryDesc desc;
  desc.desc_.reset(raw, api.memory_desc_destroy);
  return desc;
}

#else

OneDnnMemoryDesc OneDnnMemoryDesc::strided(const OneDnnApi& api,
                                           std::array<dnnl_dim_t, 2> size,
                                           std::array<dnnl_dim_t, 2> strides,
                                           dnnl_data_type_t type) {
  OneDnnMemoryDesc desc;
  require_onednn(
      api.memory_desc_with_strides(&desc.desc_, kMatrix, size.data(), type, strides.data()),
      "describe a matrix");
  return desc;
}

OneDnnMemoryDesc OneDnnMemoryDesc::any(const OneDnnApi& api,
                                       std::array<dnnl_dim_t, 2> size,
                                       dnnl_data_type_t type) {
  OneDnnMemoryDesc desc;
  require_onednn(
      api.memory_desc_with_tag(&desc.desc_, kMatrix, size.data(), type, dnnl_format_tag_any),
      "describe a matrix");
  return desc;
}

OneDnnMemoryDesc OneDnnMemoryDesc::of_primitive(const OneDnnApi& api,
                                                const_dnnl_primitive_desc_t primitive,
                                                dnnl_query_t what) {
  OneDnnMemoryDesc desc;
  if (const dnnl_memory_desc_t* wanted = api.desc_query_md(primitive, what, 0)) {
    desc.desc_ = *wanted;
  }
  return desc;
}

#endif

OneDnnHandle<dnnl_primitive_desc> make_matmul_desc(const OneDnnApi& api,
                                                   dnnl_engine_t engine,
                                                   const OneDnnMemoryDesc& a,
                                                   const OneDnnMemoryDesc& b,
                                                   const OneDnnMemoryDesc& c) {
  dnnl_primitive_attr_t raw_attributes = nullptr;
  require_onednn(api.attr_create(&raw_attributes), "make attributes");
  const OneDnnHandle<dnnl_primitive_attr> attributes(raw_attributes, api.attr_destroy);
  require_onednn(api.attr_set_scratchpad_mode(attributes.get(), dnnl_scratchpad_mode_user),
                 "take a scratchpad");
  dnnl_primitive_desc_t raw = nullptr;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl_status_t status =
      api.matmul_desc_create(&raw, engine, a.get(), b.get(), nullptr, c.get(), attributes.get());
#else
  dnnl_matmul_desc_t operation{};
  require_onednn(api.matmul_desc_init(&operation, a.get(), b.get(), nullptr, c.get()),
                 "describe a product");
  const dnnl_status_t status = api.desc_create(&raw, &operation, attributes.get(), engine, nullptr);
#endif
  if (status != dnnl_unimplemented) require_onednn(status, "describe a product");
  return {status == dnnl_success ? raw : nullptr, api.desc_destroy};
}

}  // namespace perfbench
