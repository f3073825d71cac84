# cmake -DWEB_TESTS=.. -DESBUILD=.. -DMODULES=.. -DOUT=.. -DRENDER=.. -DGOLDEN=.. -DPAGE_BUILT=.. -P run_page.cmake
# Drives whole pages in a real browser.
cmake_minimum_required(VERSION 3.25)
find_program(node NAMES node nodejs)
find_program(browser NAMES chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable)
if(NOT PAGE_BUILT)
  message("SKIPPED: this build has no page to look at (PERFBENCH_PAGE)")
  return()
elseif(NOT node)
  message("SKIPPED: node is not installed, so no browser can be driven")
  return()
elseif(NOT browser)
  message("SKIPPED: no browser was found (chromium-headless-shell, chromium or google-chrome)")
  return()
elseif(NOT ESBUILD)
  message("SKIPPED: esbuild is not installed, so the test cannot be bundled")
  return()
elseif(NOT EXISTS "${MODULES}/playwright-core")
  message("SKIPPED: playwright-core is not there (npm could not install it), so no browser can be driven")
  return()
endif()
set(bundles "")
foreach(name page serving)
  execute_process(
    COMMAND "${ESBUILD}" "${WEB_TESTS}/page/${name}.test.ts" --bundle --platform=node --format=cjs --target=node18
      --external:playwright-core --external:axe-core --log-level=warning "--outfile=${OUT}/${name}.test.cjs"
    COMMAND_ERROR_IS_FATAL ANY)
  list(APPEND bundles "${OUT}/${name}.test.cjs")
endforeach()
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env "NODE_PATH=${MODULES}" "PERFBENCH_BROWSER=${browser}" "PERFBENCH_RENDER=${RENDER}"
    "PERFBENCH_GOLDEN=${GOLDEN}" "PERFBENCH_PAGES=${OUT}" "${node}" --test ${bundles}
  RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "the page fails its test in ${browser}")
endif()
