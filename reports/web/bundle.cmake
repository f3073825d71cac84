# cmake -DESBUILD=.. -DNODE_PATH=.. -DWEB=.. -DWORK=.. -DOUT=.. -P bundle.cmake
# Bundles the page's sources and puts script, style and licences into the template: one HTML file that asks for nothing
# else. The place of the report, @PERFBENCH_REPORT@, stays for render_html().
cmake_minimum_required(VERSION 3.25)

# Content-Security-Policy wants the SHA-256 of the element's text in base64; CMake gives hexadecimal.
function(base64_sha256 result text)
  string(SHA256 hex "${text}")
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  # 64 digits and 2 zeros are 22 groups of 3 digits, each of which is 2 sixths of 12 bits; the last one is padding.
  set(padded "${hex}00")
  set(base64 "")
  foreach(at RANGE 0 63 3)
    string(SUBSTRING "${padded}" ${at} 3 digits)
    math(EXPR high "0x${digits} >> 6")
    math(EXPR low "0x${digits} & 63")
    string(SUBSTRING "${alphabet}" ${high} 1 first)
    string(SUBSTRING "${alphabet}" ${low} 1 second)
    string(APPEND base64 "${first}${second}")
  endforeach()
  string(SUBSTRING "${base64}" 0 43 base64)
  set(${result} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

function(bundle entry extension result)
  set(file "${WORK}/page.${extension}")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env "NODE_PATH=${NODE_PATH}" "${ESBUILD}" "${entry}" --bundle --minify --format=iife
      --target=es2020 --charset=ascii --legal-comments=none --log-level=warning "--outfile=${file}" ${ARGN}
    RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "esbuild could not bundle ${entry}")
  endif()
  file(READ "${file}" text)
  # Either would end the element early or change how the parser reads on; esbuild writes neither.
  string(TOLOWER "${text}" lower)
  if(lower MATCHES "</(script|style)" OR lower MATCHES "<!--" OR lower MATCHES "@perfbench_report@")
    message(FATAL_ERROR "${file} holds text that must not stand inside a page")
  endif()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

function(escape_html text result)
  string(REPLACE "&" "&amp;" text "${text}")
  string(REPLACE "<" "&lt;" text "${text}")
  string(REPLACE ">" "&gt;" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

file(MAKE_DIRECTORY "${WORK}")
bundle("${WEB}/src/main.ts" js script)
bundle("${WEB}/style.css" css style)
base64_sha256(script_hash "${script}")
base64_sha256(style_hash "${style}")
file(READ "${WEB}/d3_licence.txt" licence)
escape_html("${licence}" licence)

file(READ "${WEB}/template.html" html)
string(REPLACE "@PAGE_SCRIPT_HASH@" "${script_hash}" html "${html}")
string(REPLACE "@PAGE_STYLE_HASH@" "${style_hash}" html "${html}")
string(REPLACE "@PAGE_LICENCE@" "${licence}" html "${html}")
string(REPLACE "@PAGE_STYLE@" "${style}" html "${html}")
string(REPLACE "@PAGE_SCRIPT@" "${script}" html "${html}")
file(WRITE "${OUT}" "${html}")
