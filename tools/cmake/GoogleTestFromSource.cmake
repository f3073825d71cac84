# GoogleTest's sources are in libgtest-dev (/usr/src/googletest): a cross-build compiles them for its target.
set(PERFBENCH_GTEST_SOURCE "/usr/src/googletest" CACHE PATH "GoogleTest's source tree")
add_subdirectory("${PERFBENCH_GTEST_SOURCE}/googletest" "${CMAKE_BINARY_DIR}/googletest" EXCLUDE_FROM_ALL SYSTEM)
add_library(GTest::gtest ALIAS gtest)
add_library(GTest::gtest_main ALIAS gtest_main)
