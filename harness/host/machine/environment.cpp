#include "harness/host/machine/environment.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "harness/host/machine/facts.hpp"

namespace perfbench {
namespace {

constexpr std::array<std::string_view, 13> kPrefixes{"OPENBLAS_",
                                                     "OMP_",
                                                     "GOTO_",
                                                     "MKL_",
                                                     "BLIS_",
                                                     "DNNL_",
                                                     "ONEDNN_",
                                                     "KMP_",
                                                     "GOMP_",
                                                     "MALLOC_",
                                                     "HWLOC_",
                                                     "TCMALLOC_",
                                                     "BLAS_"};
constexpr std::array<std::string_view, 4> kNames{
    "GLIBC_TUNABLES", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT"};
/// Below these a name is the distribution's or the vendor's, not a person's.
constexpr std::array<std::string_view, 3> kSystemFolders{"/usr/lib", "/lib", "/usr/local/lib"};
constexpr std::size_t kMaxValue = 300;

bool is_system_path(std::string_view path) {
  return std::any_of(kSystemFolders.begin(), kSystemFolders.end(), [path](std::string_view folder) {
    return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
  });
}

std::string anonymous_token(std::string_view token) {
  const auto slash = token.rfind('/');
  if (slash == std::string_view::npos || is_system_path(token)) return std::string(token);
  const std::string_view name = token.substr(slash + 1);
  if (name.find(".so") != std::string_view::npos) return std::string(name);
  return "(path)";
}

}  // namespace

bool is_ambient_variable(std::string_view name) {
  return std::any_of(kPrefixes.begin(),
                     kPrefixes.end(),
                     [name](std::string_view prefix) { return name.starts_with(prefix); }) ||
         std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::string anonymous_value(std::string_view value) {
  constexpr std::string_view kSeparators = " :;,=";
  std::string result;
  for (std::size_t at = 0; at <= value.size();) {
    const auto end = std::min(value.find_first_of(kSeparators, at), value.size());
    result += anonymous_token(value.substr(at, end - at));
    if (end < value.size()) result += value[end];
    at = end + 1;
  }
  for (char& c : result) {
    if (c < ' ' || c > '~') c = '?';
  }
  if (result.size() > kMaxValue) result = result.substr(0, kMaxValue) + "...";
  return result;
}

void add_environment_facts(const std::map<std::string, std::string>& environment,
                           MachineFacts& facts) {
  std::vector<std::string> found;
  for (const auto& [name, value] : environment) {
    if (is_ambient_variable(name)) found.push_back(name + '=' + anonymous_value(value));
  }
  add_fact(facts,
           "ambient_variables",
           Reading<std::vector<std::string>>::of(std::move(found), "environment"));
}

}  // namespace perfbench
