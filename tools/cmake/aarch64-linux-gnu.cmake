# Cross-build for 64-bit Arm with Debian's g++-aarch64-linux-gnu; the tests run under qemu-user (qemu-user-static). The
# target's libraries stand in the folder that tools/aarch64_sysroot.sh makes. Without that folder only what needs no
# package can be built (PERFBENCH_PORTABLE_ONLY, preset aarch64-portable).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(PERFBENCH_AARCH64_SYSROOT "${CMAKE_CURRENT_LIST_DIR}/../../build/aarch64-sysroot" CACHE PATH
  "What tools/aarch64_sysroot.sh unpacked")
# CMake reads this file again for each of its try_compile projects.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PERFBENCH_AARCH64_SYSROOT)
get_filename_component(aarch64_sysroot "${PERFBENCH_AARCH64_SYSROOT}" ABSOLUTE)

# No CMAKE_SYSROOT: the cross compiler's own headers and start files are not in there.
set(CMAKE_FIND_ROOT_PATH "${aarch64_sysroot}" /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
if(EXISTS "${aarch64_sysroot}/packages")
  set(ENV{PKG_CONFIG_LIBDIR}
    "${aarch64_sysroot}/usr/lib/aarch64-linux-gnu/pkgconfig:${aarch64_sysroot}/usr/share/pkgconfig")
  set(ENV{PKG_CONFIG_SYSROOT_DIR} "${aarch64_sysroot}")
  # Where packages put the headers that differ between architectures (hwloc/autogen/config.h).
  set(CMAKE_CXX_STANDARD_INCLUDE_DIRECTORIES "${aarch64_sysroot}/usr/include/aarch64-linux-gnu")
  # For the libraries that our libraries need (hwloc: libudev).
  string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -Wl,-rpath-link,${aarch64_sysroot}/usr/lib/aarch64-linux-gnu")
  set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static;-L;${aarch64_sysroot})
else()
  set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static;-L;/usr/aarch64-linux-gnu)
endif()
