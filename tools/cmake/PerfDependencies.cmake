# Packages, each used by one room only (DESIGN: hwloc host/machine, OpenBLAS kernels/gemm, nlohmann/json core/json,
# CLI11 tools/cli). OpenBLAS is loaded with dlopen when it is first needed, so it is no link dependency.
#
# PERFBENCH_PORTABLE_ONLY: only what needs none of them (core without json, instruments, peak and stream kernels): the
# aarch64 cross-build where the target's packages are not to be had.
option(PERFBENCH_PORTABLE_ONLY "Build only the rooms that need no package" OFF)
if(NOT PERFBENCH_PORTABLE_ONLY)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(hwloc REQUIRED IMPORTED_TARGET hwloc)
  find_package(nlohmann_json REQUIRED)
  find_package(CLI11 REQUIRED)
endif()
if(PERFBENCH_TESTS)
  if(CMAKE_CROSSCOMPILING)
    include(GoogleTestFromSource)
  else()
    find_package(GTest REQUIRED)
  endif()
endif()
