#include "kernels/gemm/onednn/matmul.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "harness/core/units/check.hpp"
#include "harness/core/units/error.hpp"

namespace perfbench {
namespace {

int threads_of(const MatmulSpec& spec) { return std::max(1, static_cast<int>(spec.cpus.size())); }

OneDnnHandle<dnnl_primitive_desc> describe(const OneDnnLibrary& library,
                                           const MatmulSpec& spec,
                                           const OneDnnMemoryDesc& b) {
  // A primitive is planned for the number of threads at this moment.
  library.set_threads(threads_of(spec));
  const OneDnnApi& api = library.api();
  return make_matmul_desc(api,
                          library.engine(),
                          OneDnnMemoryDesc::strided(api, {spec.m, spec.k}, {spec.k, 1}, spec.a),
                          b,
                          OneDnnMemoryDesc::strided(api, {spec.m, spec.n}, {spec.n, 1}, spec.c));
}

/// B in whatever layout the library prefers.
OneDnnHandle<dnnl_primitive_desc> describe(const OneDnnLibrary& library, const MatmulSpec& spec) {
  return describe(library, spec, OneDnnMemoryDesc::any(library.api(), {spec.k, spec.n}, spec.b));
}

std::string implementation_of(const OneDnnApi& api, const_dnnl_primitive_desc_t desc) {
  const char* name = nullptr;
  api.desc_query(desc, dnnl_query_impl_info_str, 0, &name);
  return name == nullptr ? std::string("unnamed") : std::string(name);
}

FloatBuffer buffer_of(std::size_t bytes) {
  return FloatBuffer((bytes + sizeof(float) - 1) / sizeof(float));
}

OneDnnHandle<dnnl_stream> make_stream(const OneDnnLibrary& library) {
  dnnl_stream_t raw = nullptr;
  require_onednn(library.api().stream_create(&raw, library.engine(), dnnl_stream_default_flags),
                 "make a stream");
  return {raw, library.api().stream_destroy};
}

OneDnnHandle<dnnl_primitive> make_primitive(const OneDnnApi& api, dnnl_primitive_desc_t desc) {
  dnnl_primitive_t raw = nullptr;
  require_onednn(api.primitive_create(&raw, desc), "make a product");
  return {raw, api.primitive_destroy};
}

}  // namespace

std::size_t size_of(dnnl_data_type_t type) noexcept {
  switch (type) {
    case dnnl_f32:
    case dnnl_s32:
      return 4;
    case dnnl_bf16:
      return 2;
    default:
      return 1;
  }
}

std::string matmul_implementation(const OneDnnLibrary& library, const MatmulSpec& spec) {
  const OneDnnHandle<dnnl_primitive_desc> desc = describe(library, spec);
  if (desc == nullptr) return {};
  return implementation_of(library.api(), desc.get());
}

Matmul::Matmul(std::shared_ptr<const OneDnnLibrary> library,
               const MatmulSpec& spec,
               dnnl_data_type_t given,
               const void* b)
    : library_(std::move(library)),
      spec_(spec),
      pins_(library_->pin_pool(spec.cpus)),
      a_(nullptr, nullptr),
      b_(nullptr, nullptr),
      c_(nullptr, nullptr),
      scratch_(nullptr, nullptr),
      stream_(make_stream(*library_)),
      primitive_(nullptr, nullptr) {
  const OneDnnApi& api = library_->api();
  const OneDnnHandle<dnnl_primitive_desc> desc = describe(*library_, spec_);
  if (desc == nullptr) require_onednn(dnnl_unimplemented, "multiply these matrices");
  packed_desc_ = OneDnnMemoryDesc::of_primitive(api, desc.get(), dnnl_query_weights_md);
  packed_bytes_ = api.memory_desc_get_size(packed_desc_.get());
  packed_ = std::make_shared<FloatBuffer>(buffer_of(packed_bytes_));
  take(desc.get());
  pack(given, b);
}

Matmul::Matmul(const Matmul& other, const MatmulSpec& spec, dnnl_primitive_desc_t desc)
    : library_(other.library_),
      spec_(spec),
      pins_(other.pins_),
      packed_desc_(other.packed_desc_),
      packed_bytes_(other.packed_bytes_),
      packed_(other.packed_),
      a_(nullptr, nullptr),
      b_(nullptr, nullptr),
      c_(nullptr, nullptr),
      scratch_(nullptr, nullptr),
      stream_(make_stream(*library_)),
      primitive_(nullptr, nullptr) {
  take(desc);
}

std::unique_ptr<Matmul> Matmul::for_rows(const Matmul& other, int m) {
  // The library hands what one thread made to the next that asks for its like. It orders them by
  // atomics of its own, which a sanitizer does not see; so they are made one after another.
  static std::mutex making;
  const std::lock_guard<std::mutex> alone(making);
  MatmulSpec spec = other.spec_;
  spec.m = m;
  const OneDnnHandle<dnnl_primitive_desc> desc =
      describe(*other.library_, spec, other.packed_desc_);
  // Plain loops of the library answer for layouts that its own kernels do not take: a hundred times
  // slower, never worth it.
  if (desc == nullptr || implementation_of(other.library_->api(), desc.get()).find("ref") == 0) {
    return nullptr;
  }
  return std::unique_ptr<Matmul>(new Matmul(other, spec, desc.get()));
}

/// Everything but B.
void Matmul::take(dnnl_primitive_desc_t desc) {
  const OneDnnApi& api = library_->api();
  const auto scratch_desc = OneDnnMemoryDesc::of_primitive(api, desc, dnnl_query_scratchpad_md);
  scratchpad_ = buffer_of(std::max<std::size_t>(1, api.memory_desc_get_size(scratch_desc.get())));
  a_ = memory(OneDnnMemoryDesc::strided(api, {spec_.m, spec_.k}, {spec_.k, 1}, spec_.a), nullptr);
  b_ = memory(packed_desc_, packed_->data());
  c_ = memory(OneDnnMemoryDesc::strided(api, {spec_.m, spec_.n}, {spec_.n, 1}, spec_.c), nullptr);
  scratch_ = memory(scratch_desc, scratchpad_.data());
  primitive_ = make_primitive(api, desc);
}

Matmul::Memory Matmul::memory(const OneDnnMemoryDesc& desc, void* data) const {
  dnnl_memory_t raw = nullptr;
  require_onednn(library_->api().memory_create(&raw, desc.get(), library_->engine(), data),
                 "take a matrix");
  return {raw, library_->api().memory_destroy};
}

void Matmul::pack(dnnl_data_type_t given, const void* b) {
  const OneDnnApi& api = library_->api();
  const std::array<dnnl_dim_t, 2> strides = spec_.b_transposed
                                                ? std::array<dnnl_dim_t, 2>{1, spec_.k}
                                                : std::array<dnnl_dim_t, 2>{spec_.n, 1};
  const auto plain_desc = OneDnnMemoryDesc::strided(api, {spec_.k, spec_.n}, strides, given);
  // The library reads it only; its interface takes no const.
  const Memory plain = memory(plain_desc, const_cast<void*>(b));
  dnnl_primitive_desc_t raw = nullptr;
  require_onednn(api.reorder_desc_create(&raw,
                                         plain_desc.get(),
                                         library_->engine(),
                                         packed_desc_.get(),
                                         library_->engine(),
                                         nullptr),
                 "pack the weights");
  const OneDnnHandle<dnnl_primitive_desc> desc(raw, api.desc_destroy);
  const OneDnnHandle<dnnl_primitive> reorder = make_primitive(api, desc.get());
  const std::array<dnnl_exec_arg_t, 2> arguments = {
      {{DNNL_ARG_FROM, plain.get()}, {DNNL_ARG_TO, b_.get()}}};
  require_onednn(
      api.primitive_execute(
          reorder.get(), stream_.get(), static_cast<int>(arguments.size()), arguments.data()),
      "pack the weights");
  require_onednn(api.stream_wait(stream_.get()), "pack the weights");
}

void Matmul::run(const void* a, void* c) noexcept {
  const OneDnnApi& api = library_->api();
  // The count is the calling thread's, and another kernel may have changed it.
  library_->set_threads(threads_of(spec_));
  api.memory_set_data_handle(a_.get(), const_cast<void*>(a));
  api.memory_set_data_handle(c_.get(), c);
  const std::array<dnnl_exec_arg_t, 4> arguments = {{{DNNL_ARG_SRC, a_.get()},
                                                     {DNNL_ARG_WEIGHTS, b_.get()},
                                                     {DNNL_ARG_DST, c_.get()},
                                                     {DNNL_ARG_SCRATCHPAD, scratch_.get()}}};
  dnnl_status_t status = api.primitive_execute(
      primitive_.get(), stream_.get(), static_cast<int>(arguments.size()), arguments.data());
  if (status == dnnl_success) status = api.stream_wait(stream_.get());
  CHECK(status == dnnl_success, "oneDNN multiplied these matrices before");
}

}  // namespace perfbench
