# Packages, each used by one room only (DESIGN: hwloc host/machine, OpenBLAS kernels/gemm, nlohmann/json core/json,
# CLI11 tools/cli). OpenBLAS is loaded with dlopen when it is first needed, so it is no link dependency.
#
# PERFBENCH_PORTABLE_ONLY: only what needs none of them (core without json, instruments, peak and stream kernels); this
# is what the aarch64 cross-build under qemu-user compiles.
option(PERFBENCH_PORTABLE_ONLY "Build only the rooms that need no package" OFF)
if(NOT PERFBENCH_PORTABLE_ONLY)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(hwloc REQUIRED IMPORTED_TARGET hwloc)
  find_package(nlohmann_json REQUIRED)
  find_package(CLI11 REQUIRED)
endif()
if(PERFBENCH_TESTS AND NOT PERFBENCH_PORTABLE_ONLY)
  find_package(GTest REQUIRED)
endif()
