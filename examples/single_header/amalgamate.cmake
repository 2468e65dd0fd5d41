# Writes all of logitkit into one header, for projects that copy files: each file goes where it is first included, an
# .inc, which is code for one of several instruction sets, wherever it is included.
#   cmake -D OUTPUT=third_party/logitkit/logitkit.hpp -P examples/single_header/amalgamate.cmake
cmake_minimum_required(VERSION 3.22)
cmake_path(ABSOLUTE_PATH OUTPUT BASE_DIRECTORY ${CMAKE_BINARY_DIR})
cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../..)

# Appends a file to `code`, with other files in place of the lines that include them.
function(append_file file)
  file(READ ${root}/include/${file} rest)
  string(REGEX REPLACE "^// SPDX[^\n]*\n" "" rest "${rest}")
  string(REPLACE "#pragma once\n" "" rest "${rest}")
  while(rest MATCHES "#include <(logitkit/[^>]*)>\n")
    set(line "${CMAKE_MATCH_0}")
    set(included ${CMAKE_MATCH_1})
    string(FIND "${rest}" "${line}" begin)
    string(SUBSTRING "${rest}" 0 ${begin} before)
    string(LENGTH "${before}${line}" end)
    string(SUBSTRING "${rest}" ${end} -1 rest)
    string(APPEND code "${before}")
    if(included MATCHES "[.]inc$" OR NOT included IN_LIST seen)
      list(APPEND seen ${included})
      append_file(${included})
    endif()
  endwhile()
  string(APPEND code "${rest}")
  set(seen "${seen}" PARENT_SCOPE)
  set(code "${code}" PARENT_SCOPE)
endfunction()

set(seen "")
set(code "")
append_file(logitkit/logitkit.hpp)
file(READ ${root}/LICENSE license)
string(STRIP "${license}" license)
string(REPLACE "\n" "\n// " license "// ${license}\n")
file(WRITE ${OUTPUT} "// SPDX-License-Identifier: MIT\n// Made of logitkit's headers: change those.\n//\n"
  "${license}\n#pragma once\n${code}")
