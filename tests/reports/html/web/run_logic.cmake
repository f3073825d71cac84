# cmake -DWEB_TESTS=.. -DNODE_PATH=.. -DESBUILD=.. -DOUT=.. -P run_logic.cmake
# Bundles the tests of the page's own logic as the page is bundled, and runs them with node's test runner.
cmake_minimum_required(VERSION 3.25)
find_program(node NAMES node nodejs)
if(NOT node)
  message("SKIPPED: node is not installed, so the page's logic is not tested")
  return()
endif()
if(NOT ESBUILD)
  message("SKIPPED: esbuild is not installed, so the page's logic is not tested")
  return()
endif()
set(bundles "")
foreach(name text format scales histogram roofline sentences serving)
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env "NODE_PATH=${NODE_PATH}" "${ESBUILD}" "${WEB_TESTS}/logic/${name}.test.ts" --bundle
      --platform=node --format=cjs --target=node18 --log-level=warning "--outfile=${OUT}/${name}.test.cjs"
    COMMAND_ERROR_IS_FATAL ANY)
  list(APPEND bundles "${OUT}/${name}.test.cjs")
endforeach()
execute_process(COMMAND "${node}" --test ${bundles} RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "the page's logic fails its tests")
endif()
