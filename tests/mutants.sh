#!/usr/bin/env bash
# The mutation gate: plants the faults of mutants.txt, one at a time, and reports those that no test catches.
#
#   tests/mutants.sh check            every fault can be planted: its text is in its header, once
#   tests/mutants.sh run [FIRST] [LAST]   compiles and runs the tests named: with CXX, by default clang++, and each
#                                     for LIMIT seconds at most, by default 60
#
# A test that does not compile, though the header does, or that goes on for too long has caught its fault.
# `run` ends with the number of the caught and of all, and fails where one survives.
set -euo pipefail
cd "$(dirname "$0")/.."

headers=() tests=() from=() to=()
while IFS= read -r line; do
  case $line in
    -*) from+=("${line:2}") ;;
    +*) to+=("${line:2}") ;;
    '#'* | '') ;;
    *) headers+=("${line%%: *}") tests+=("${line#*: }") ;;
  esac
done <tests/mutants.txt

# mutant N: prints the header with fault N in it; fails unless its text is there once.
mutant() {
  local text rest
  text=$(cat "include/logitkit/${headers[$1]}")
  rest=${text#*"${from[$1]}"}
  [ "$rest" != "$text" ] && [ "${rest#*"${from[$1]}"}" = "$rest" ] || return 1
  printf '%s%s%s\n' "${text%%"${from[$1]}"*}" "${to[$1]}" "$rest"
}

check() {
  local n bad=0
  [ ${#headers[@]} -eq ${#from[@]} ] && [ ${#headers[@]} -eq ${#to[@]} ] || { echo "an entry is incomplete"; return 1; }
  for n in "${!headers[@]}"; do
    mutant "$n" >/dev/null || { echo "${headers[$n]} does not have, once: ${from[$n]}"; bad=1; }
    for test in ${tests[$n]}; do
      [ -f "tests/$test.cpp" ] || { echo "there is no test $test"; bad=1; }
    done
  done
  echo "${#headers[@]} faults can be planted"
  return $bad
}

# compile HOW FLAG...: `shared`, with candidates and kernels declared alone, which are then compiled once, or `whole`.
# The headers of $scratch/HOW come before the others.
compile() {
  "${CXX:-clang++}" -std=c++20 -O1 -w -DLOGITKIT_TEST_DATA="\"$PWD/tests\"" -I"$scratch/$1" -Iinclude -Itests \
    -isystem "${EIGEN:-/usr/include/eigen3}" "${@:2}"
}

# passes TEST HOW: 0 if it passes, 1 if not, 2 if it does not compile.
passes() {
  local objects=("$scratch"/*.o) before=()
  if [ "$2" = shared ]; then
    objects+=("$scratch/shared/candidates.o")
    grep -qE '^#(undef LOGITKIT_ABI|include "support/allocations.hpp")' "tests/$1.cpp" ||
      before=(-include "$scratch/shared/before.hpp")
  fi
  rm -f "$scratch/test"
  compile "$2" "${before[@]}" -c "tests/$1.cpp" -o "$scratch/$2/test" &>/dev/null || return 2
  "${CXX:-clang++}" "${objects[@]}" "$scratch/$2/test" -o "$scratch/test" -pthread
  timeout "${LIMIT:-60}" "$scratch/test" &>/dev/null || return 1
}

# caught N: whether a test that passes without fault N does not pass with it.
caught() {
  local how=shared header test status
  case ${headers[$1]} in core/* | math/*) how=whole ;; esac  # the fault is in what would be shared
  header=$scratch/$how/logitkit/${headers[$1]}
  for test in ${tests[$1]}; do
    if [ -z "${sound[$how $test]:-}" ]; then
      passes "$test" $how || { echo "$test does not pass, faults or none"; continue; }
      sound[$how $test]=yes
    fi
    mkdir -p "$(dirname "$header")"
    mutant "$1" >"$header"
    status=0
    passes "$test" $how || status=$?
    if [ $status -eq 2 ] && ! compile $how -fsyntax-only -x c++ "$header"; then
      echo "fault $(($1 + 1)) does not compile"
      status=0
    fi
    rm "$header"
    [ $status -eq 0 ] || { echo "fault $(($1 + 1)) is caught by $test"; return 0; }
  done
  return 1
}

run() {
  local first=${1:-1} last=${2:-${#headers[@]}} n killed=0 each
  declare -gA sound=()  # tests that pass as they are
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  mkdir -p "$scratch/shared" "$scratch/whole/support"
  echo '#include <logitkit/core/candidates.hpp>' >"$scratch/whole/support/compiled_elsewhere.hpp"
  printf '#include "support/%s.hpp"\n' catch compiled_elsewhere >"$scratch/shared/before.hpp"
  compile shared -x c++-header "$scratch/shared/before.hpp" -o "$scratch/shared/before.hpp.gch"
  compile shared -c tests/odr.cpp -o "$scratch/shared/candidates.o"
  for each in main reference/scores support/rows; do compile whole -c "tests/$each.cpp" -o "$scratch/${each//\//.}.o"; done
  for ((n = first - 1; n < last; ++n)); do
    if caught "$n"; then
      killed=$((killed + 1))
    else
      printf 'survives %s (%s)\n- %s\n+ %s\n' "${headers[$n]}" "${tests[$n]}" "${from[$n]}" "${to[$n]}"
    fi
  done
  echo "$killed of $((last - first + 1)) caught"
  [ "$killed" -eq $((last - first + 1)) ]
}

"$@"
