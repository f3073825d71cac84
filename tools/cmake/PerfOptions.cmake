# Flags of the whole project, on one interface target. Never CMAKE_CXX_FLAGS, never -ffast-math, no global -march:
# per-ISA code carries gnu::target attributes (see kernels/README.md).
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
find_package(Threads REQUIRED)

add_library(perf_options INTERFACE)
target_compile_features(perf_options INTERFACE cxx_std_20)
target_include_directories(perf_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_link_libraries(perf_options INTERFACE Threads::Threads)
target_compile_options(perf_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns of overlapping copies inside std::string's own operator+ (GCC bug 105651, mended in 13).
  target_compile_options(perf_options INTERFACE -Wno-restrict)
endif()
if(PERFBENCH_WERROR)
  target_compile_options(perf_options INTERFACE -Werror)
endif()

set(PERFBENCH_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
if(PERFBENCH_SANITIZE)
  # -O1 and line tables alone: what a sanitizer needs, in half the time to build.
  target_compile_options(perf_options INTERFACE
    -fsanitize=${PERFBENCH_SANITIZE} -fno-sanitize-recover=all -O1 -g1)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code hides from GCC what initialises a value (its manual, -fsanitize=address).
    target_compile_options(perf_options INTERFACE -Wno-maybe-uninitialized)
  endif()
  target_compile_definitions(perf_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(perf_options INTERFACE -fsanitize=${PERFBENCH_SANITIZE})
endif()
