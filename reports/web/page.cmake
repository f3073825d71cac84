# The report page: which HTML file the library of reports/html embeds. PERFBENCH_PAGE (a cache variable) says:
#   auto  the page where esbuild and the d3 modules are installed, else a stub that says how to get it
#   on    the page; configuring fails where it cannot be built
#   off   the stub
#   FILE  a page built elsewhere (reports/html/page.html of that build folder)
# Sets page_file, page_built (TRUE: a page, FALSE: the stub) and page_reason (why there is none; "" where there is one).
set(PERFBENCH_NODE_PATH "/usr/share/nodejs" CACHE PATH "Folder of the d3 modules (Debian's node-d3-* packages)")

set(page_packages "esbuild node-d3-scale node-d3-axis node-d3-shape node-d3-selection")
set(page_schema "perfbench-report/1")
# The major versions that the sources are written and tested for; both Debian 12 and 13 have them.
set(page_d3_majors d3-scale=2 d3-axis=1 d3-shape=1 d3-selection=1)
set(page_web "${CMAKE_CURRENT_LIST_DIR}")
set(page_sources
  src/chart_frame.ts
  src/chooser.ts
  src/document.ts
  src/dom.ts
  src/dot_marks.ts
  src/format.ts
  src/histogram_view.ts
  src/label_column.ts
  src/label_layout.ts
  src/latency_chart.ts
  src/main.ts
  src/names.ts
  src/panels/calibration.ts
  src/panels/compute.ts
  src/panels/conclusion.ts
  src/panels/cores.ts
  src/panels/kernels.ts
  src/panels/library.ts
  src/panels/machine.ts
  src/panels/memory.ts
  src/panels/quiet.ts
  src/panels/roofline.ts
  src/panels/run.ts
  src/panels/scenarios.ts
  src/panels/serving.ts
  src/panels/tracks.ts
  src/panels/warnings.ts
  src/read_report.ts
  src/roof_cells.ts
  src/roofline_chart.ts
  src/roofline_labels.ts
  src/roofline_view.ts
  src/scales.ts
  src/scaling.ts
  src/scaling_chart.ts
  src/scenario_sentences.ts
  src/scenario_tables.ts
  src/section.ts
  src/sentences.ts
  src/series_chart.ts
  src/serving_charts.ts
  src/serving_document.ts
  src/sweep_chart.ts
  src/table.ts
  src/teams.ts
  src/tenths_chart.ts
  src/text.ts)

# Sets `result` to why the page cannot be built here, "" where it can.
function(page_find_obstacle result)
  find_program(PERFBENCH_ESBUILD esbuild DOC "Bundles the report page")
  if(NOT PERFBENCH_ESBUILD)
    set(${result} "esbuild was not found when it was built" PARENT_SCOPE)
    return()
  endif()
  foreach(pair IN LISTS page_d3_majors)
    string(REGEX MATCH "^(.+)=([0-9]+)$" unused "${pair}")
    set(module "${CMAKE_MATCH_1}")
    set(major "${CMAKE_MATCH_2}")
    set(manifest "${PERFBENCH_NODE_PATH}/${module}/package.json")
    if(NOT EXISTS "${manifest}")
      set(${result} "the module ${module} was not found in ${PERFBENCH_NODE_PATH} when it was built" PARENT_SCOPE)
      return()
    endif()
    file(READ "${manifest}" text)
    string(JSON version ERROR_VARIABLE unused GET "${text}" version)
    if(NOT version MATCHES "^${major}\\.")
      set(${result} "the module ${module} is of version ${version}, and the page is written for ${major}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${result} "" PARENT_SCOPE)
endfunction()

# A page built elsewhere must be one of ours, of this schema, with one place for the report.
function(page_check_file file)
  if(NOT EXISTS "${file}")
    message(FATAL_ERROR "PERFBENCH_PAGE=${file}: there is no such file (auto, on, off, or the path of a page)")
  endif()
  file(READ "${file}" text)
  if(NOT text MATCHES "content=\"perfbench-page ${page_schema}\"")
    message(FATAL_ERROR "PERFBENCH_PAGE=${file}: this is no perfbench page for ${page_schema}")
  endif()
  string(REGEX MATCHALL "@PERFBENCH_REPORT@" places "${text}")
  list(LENGTH places count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "PERFBENCH_PAGE=${file}: the page has ${count} places for the report instead of 1")
  endif()
endfunction()

set(page_built TRUE)
set(page_reason "")
if(PERFBENCH_PAGE STREQUAL "off")
  set(page_built FALSE)
  set(page_reason "it was built with PERFBENCH_PAGE=off")
elseif(PERFBENCH_PAGE STREQUAL "auto" OR PERFBENCH_PAGE STREQUAL "on")
  page_find_obstacle(page_reason)
  if(page_reason)
    set(page_built FALSE)
    if(PERFBENCH_PAGE STREQUAL "on")
      message(FATAL_ERROR "PERFBENCH_PAGE=on: ${page_reason}; install what is missing: apt-get install ${page_packages}")
    endif()
    message(STATUS "Report page: none, ${page_reason}; apt-get install ${page_packages}")
  endif()
else()
  get_filename_component(page_given "${PERFBENCH_PAGE}" ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}")
  page_check_file("${page_given}")
endif()

if(page_given)
  set(page_file "${page_given}")
elseif(page_built)
  set(page_file "${CMAKE_CURRENT_BINARY_DIR}/page.html")
  list(TRANSFORM page_sources PREPEND "${page_web}/" OUTPUT_VARIABLE page_source_paths)
  add_custom_command(OUTPUT "${page_file}"
    COMMAND "${CMAKE_COMMAND}" "-DESBUILD=${PERFBENCH_ESBUILD}" "-DNODE_PATH=${PERFBENCH_NODE_PATH}" "-DWEB=${page_web}"
      "-DWORK=${CMAKE_CURRENT_BINARY_DIR}/page" "-DOUT=${page_file}" -P "${page_web}/bundle.cmake"
    DEPENDS ${page_source_paths} "${page_web}/bundle.cmake" "${page_web}/template.html" "${page_web}/style.css"
      "${page_web}/d3_licence.txt"
    COMMENT "Bundling the report page" VERBATIM)
else()
  set(page_file "${CMAKE_CURRENT_BINARY_DIR}/stub.html")
  file(READ "${page_web}/stub.html" page_text)
  set(page_sentence "This perfbench has no report page: ${page_reason}.")
  string(REPLACE "@STUB_REASON@" "${page_sentence}" page_text "${page_text}")
  string(REPLACE "@STUB_PACKAGES@" "${page_packages}" page_text "${page_text}")
  set(page_before "")
  if(EXISTS "${page_file}")
    file(READ "${page_file}" page_before)
  endif()
  if(NOT page_before STREQUAL page_text)
    file(WRITE "${page_file}" "${page_text}")
  endif()
endif()
