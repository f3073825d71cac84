# cmake -DWEB=.. -DOUT=.. -P page_modes_test.cmake
# What PERFBENCH_PAGE makes of auto, on, off and a file, with and without the d3 modules, in a project of one line.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${OUT}")
file(WRITE "${OUT}/source/CMakeLists.txt" "cmake_minimum_required(VERSION 3.25)
project(page_modes LANGUAGES NONE)
include(\"${WEB}/page.cmake\")
message(STATUS \"built=\${page_built} file=\${page_file} reason=\${page_reason}\")
")

function(configure mode node_path)
  file(REMOVE_RECURSE "${OUT}/build")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -S "${OUT}/source" -B "${OUT}/build" "-DPERFBENCH_PAGE=${mode}" "-DPERFBENCH_NODE_PATH=${node_path}" ${ARGN}
    RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE errors)
  set(code "${code}" PARENT_SCOPE)
  # Messages are wrapped at a width of cmake's choice.
  string(REGEX REPLACE "[ \n]+" " " text "${text} ${errors}")
  set(text "${text}" PARENT_SCOPE)
endfunction()

function(expect succeeds pattern what)
  if(succeeds AND NOT code EQUAL 0)
    message(FATAL_ERROR "${what}: configuring failed: ${text}")
  elseif(NOT succeeds AND code EQUAL 0)
    message(FATAL_ERROR "${what}: configuring did not fail: ${text}")
  elseif(NOT text MATCHES "${pattern}")
    message(FATAL_ERROR "${what}: no '${pattern}' in: ${text}")
  endif()
endfunction()

# Modules of the majors that the page is written for, and of others, as far as page.cmake looks at them.
foreach(pair d3-scale=2 d3-axis=1 d3-shape=1 d3-selection=1)
  string(REPLACE "=" ";" pair "${pair}")
  list(GET pair 0 module)
  list(GET pair 1 major)
  file(WRITE "${OUT}/modules/${module}/package.json" "{\"version\": \"${major}.9.9\"}")
  file(WRITE "${OUT}/newer/${module}/package.json" "{\"version\": \"${major}.9.9\"}")
endforeach()
file(WRITE "${OUT}/newer/d3-scale/package.json" "{\"version\": \"4.0.2\"}")
file(WRITE "${OUT}/esbuild" "")

set(esbuild "-DPERFBENCH_ESBUILD=${OUT}/esbuild")
# A value that find_program() takes as found, and that is false.
set(no_esbuild "-DPERFBENCH_ESBUILD=OFF")

configure(auto "${OUT}/modules" ${esbuild})
expect(TRUE "built=TRUE file=[^ ]*page.html reason= " "auto with everything there")
configure(on "${OUT}/modules" ${esbuild})
expect(TRUE "built=TRUE" "on with everything there")

configure(auto "${OUT}/nowhere" ${esbuild})
expect(TRUE "built=FALSE file=[^ ]*stub.html reason=the module d3-scale was not found" "auto without modules")
expect(TRUE "apt-get install esbuild node-d3-scale" "auto without modules names the packages")
configure(auto "${OUT}/modules" ${no_esbuild})
expect(TRUE "built=FALSE .*reason=esbuild was not found" "auto without esbuild")
configure(on "${OUT}/nowhere" ${esbuild})
expect(FALSE "apt-get install esbuild node-d3-scale node-d3-axis node-d3-shape node-d3-selection" "on without modules")
configure(auto "${OUT}/newer" ${esbuild})
expect(TRUE "built=FALSE .*d3-scale is of version 4.0.2, and the page is written for 2" "another major")

configure(off "${OUT}/modules" ${esbuild})
expect(TRUE "built=FALSE .*PERFBENCH_PAGE=off" "off")
file(READ "${OUT}/build/stub.html" stub)
if(NOT stub MATCHES "PERFBENCH_PAGE=off" OR NOT stub MATCHES "apt-get install esbuild" OR NOT stub MATCHES "@PERFBENCH_REPORT@"
    OR stub MATCHES "@STUB")
  message(FATAL_ERROR "the stub is not filled in: ${stub}")
endif()

set(head "<meta name=\"generator\" content=\"perfbench-page perfbench-report/1\">")
file(WRITE "${OUT}/given.html" "${head}@PERFBENCH_REPORT@")
configure("${OUT}/given.html" "${OUT}/nowhere" ${no_esbuild})
expect(TRUE "built=TRUE file=[^ ]*given.html" "a page built elsewhere")
configure("${OUT}/absent.html" "${OUT}/modules" ${esbuild})
expect(FALSE "no such file" "a file that is not there")
file(WRITE "${OUT}/other.html" "<p>@PERFBENCH_REPORT@</p>")
configure("${OUT}/other.html" "${OUT}/modules" ${esbuild})
expect(FALSE "no perfbench page" "a file that is no page")
file(WRITE "${OUT}/twice.html" "${head}@PERFBENCH_REPORT@@PERFBENCH_REPORT@")
configure("${OUT}/twice.html" "${OUT}/modules" ${esbuild})
expect(FALSE "2 places for the report" "a page with two places")
