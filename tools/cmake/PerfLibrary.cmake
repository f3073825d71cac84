# Containers and algorithms are a fifth to a quarter of what a source takes to compile: compiled once for all rooms, in the
# presets debug and asan. The others go without and show that each source includes what it needs; with it, GCC 12's
# optimiser warns of std::string's own copies.
option(PERFBENCH_PRECOMPILE "Compile the standard library's headers once for all rooms" OFF)
function(perf_library_header)
  if(TARGET perf_library_header)
    return()
  endif()
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/perf_library_header.cpp" CONTENT "")
  add_library(perf_library_header OBJECT "${CMAKE_BINARY_DIR}/perf_library_header.cpp")
  target_link_libraries(perf_library_header PRIVATE perf_options)
  target_precompile_headers(perf_library_header PRIVATE
    <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <span> <string> <variant> <vector>)
endfunction()

# perf_library(NAME PUBLIC_HEADERS .. SOURCES .. USES ..): one static library a room (header-only rooms become
# INTERFACE libraries). Headers stand in FILE_SETs. all_verify_interface_header_sets compiles alone each one that no source
# of its own includes first, which shows the same (the layers test holds sources to it).
# USES lists our own libraries that its headers or sources include, and imported targets; the layers test holds the
# includes against the house as well.
function(perf_library name)
  cmake_parse_arguments(arg "" "" "PUBLIC_HEADERS;SOURCES;USES;PRIVATE_USES" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "perf_library(${name}): unknown argument ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    if(arg_PRIVATE_USES)
      target_link_libraries(${name} PRIVATE ${arg_PRIVATE_USES})
    endif()
    if(PERFBENCH_PRECOMPILE)
      perf_library_header()
      target_precompile_headers(${name} REUSE_FROM perf_library_header)
    endif()
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  set(shown_by_source "")
  set(without_source "")
  foreach(header IN LISTS arg_PUBLIC_HEADERS)
    string(REGEX REPLACE "\\.hpp$" ".cpp" source "${header}")
    if(source IN_LIST arg_SOURCES)
      list(APPEND shown_by_source "${header}")
    else()
      list(APPEND without_source "${header}")
    endif()
  endforeach()
  target_sources(${name} ${scope}
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${shown_by_source}
    FILE_SET without_source TYPE HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${without_source})
  set_target_properties(${name} PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY without_source)
  target_link_libraries(${name} ${scope} perf_options ${arg_USES})
endfunction()

# Flags of every test program, and of the header that they share.
function(perf_test_flags name)
  # The code under test keeps its flags; the tests themselves need to be built fast, not to run fast, and GCC's undefined
  # behaviour sanitizer trebles the time that GoogleTest's macros take.
  if(PERFBENCH_SANITIZE)
    target_compile_options(${name} PRIVATE -O0 -fno-sanitize=undefined)
    # GCC and clang tell a program in different ways; this is one.
    target_compile_definitions(${name} PRIVATE PERFBENCH_SANITIZED)
  else()
    target_compile_options(${name} PRIVATE -O1)
  endif()
  target_compile_definitions(${name} PRIVATE PERFBENCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE perf_options GTest::gtest GTest::gtest_main)
endfunction()

# GoogleTest's header and the containers are a third of what a test takes to compile: compiled once for all tests.
function(perf_test_header)
  if(TARGET perf_test_header)
    return()
  endif()
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/perf_test_header.cpp" CONTENT "")
  add_library(perf_test_header OBJECT "${CMAKE_BINARY_DIR}/perf_test_header.cpp")
  perf_test_flags(perf_test_header)
  target_precompile_headers(perf_test_header PRIVATE <gtest/gtest.h> <algorithm> <functional> <string> <vector>)
endfunction()

# perf_test(NAME SOURCES .. USES .. [LABELS ..] [TIMEOUT n]): one GoogleTest program, one ctest entry. The label threads
# is for tests in which threads of ours meet: the thread sanitizer runs those alone; kernels for those of hand-written loops;
# children for those that start programs of ours, which an emulated program cannot; simulation for those that draw millions of
# random numbers to show a rate, which no sanitizer needs to see.
function(perf_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;USES;LABELS" ${ARGN})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  # A cross-build tests what another processor can break, and no more of what takes minutes under an emulator: loops and
  # libraries, what is read of the machine, and text (plain char has no sign on Arm). The workloads repeat the kernels.
  if(CMAKE_CROSSCOMPILING AND "unit" IN_LIST arg_LABELS AND NOT "children" IN_LIST arg_LABELS AND
     CMAKE_CURRENT_SOURCE_DIR MATCHES "/tests/(kernels|harness/host|harness/core/json)" AND
     NOT CMAKE_CURRENT_SOURCE_DIR MATCHES "/lighthouse$")
    list(APPEND arg_LABELS emulated)
  endif()
  add_executable(${name} ${arg_SOURCES})
  perf_test_flags(${name})
  perf_test_header()
  target_precompile_headers(${name} REUSE_FROM perf_test_header)
  # tests_threads, tests_kernels ..: all tests of a label, for stages that build no others.
  foreach(label IN LISTS arg_LABELS)
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${name})
  endforeach()
  target_link_libraries(${name} PRIVATE ${arg_USES})
  # Death tests start their own program again, which the kernel cannot do for a program of another architecture.
  set(filter "")
  if(CMAKE_CROSSCOMPILING)
    set(filter "--gtest_filter=-*DeathTest*")
  endif()
  add_test(NAME ${name} COMMAND ${name} ${filter})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
  # What looks at the machine wants no other test beside it.
  if("system" IN_LIST arg_LABELS OR "perf" IN_LIST arg_LABELS)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
endfunction()
