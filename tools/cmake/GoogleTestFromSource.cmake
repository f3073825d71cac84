# GoogleTest's sources are in libgtest-dev (/usr/src/googletest): a cross-build compiles them for its target. From 1.11 on
# they define the names GTest::gtest and GTest::gtest_main themselves.
set(PERFBENCH_GTEST_SOURCE "/usr/src/googletest" CACHE PATH "GoogleTest's source tree")
add_subdirectory("${PERFBENCH_GTEST_SOURCE}/googletest" "${CMAKE_BINARY_DIR}/googletest" EXCLUDE_FROM_ALL SYSTEM)
foreach(target gtest gtest_main)
  if(NOT TARGET GTest::${target})
    add_library(GTest::${target} ALIAS ${target})
  endif()
endforeach()
