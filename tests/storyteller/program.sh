#!/bin/sh
# The program where CMake cannot go: program.sh CASE PROGRAM FOLDER-OF-STORIES.BIN
set -eu
program=$2
folder=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "$1" >&2
  cat "$work"/out "$work"/err >&2
  exit 1
}

# expect CODE TEXT: the program ended so, and said so.
expect() {
  [ "$code" -eq "$1" ] || fail "expected the exit code $1, got $code"
  grep -q -- "$2" "$work/err" || fail "standard error lacks: $2"
}

case $1 in
  empty_prompt)  # a story without a beginning: the model makes one up
    code=0
    "$program" --decoder greedy --prompt "" >"$work/out" 2>"$work/err" || code=$?
    expect 0 "tokens/s, ended by"
    grep -q "^[A-Z][a-z]" "$work/out" || fail "that is no beginning"
    ;;
  truncated)
    head -c 100000 "$folder/stories.bin" >"$work/model.bin"
    code=0
    "$program" --model "$work/model.bin" >"$work/out" 2>"$work/err" || code=$?
    expect 2 "size must satisfy size == 2240668 bytes (what its header promises); the file is truncated, got 100000"
    ;;
  not_numbers)  # every weight is 0xFFFFFFFF, a NaN
    { head -c 28 "$folder/stories.bin"; head -c 2240640 /dev/zero | tr '\0' '\377'; } >"$work/model.bin"
    code=0
    "$program" --model "$work/model.bin" >"$work/out" 2>"$work/err" || code=$?
    expect 2 "its scores cannot be used: not_a_number"
    ;;
  interrupt)
    # dim 2, hidden 1, layers 1, heads 1, kv heads 1, vocabulary 512, context 200000, and all weights 0:
    # every token is as good as any other, and greedy says the first of them for minutes.
    {
      printf '\002\000\000\000\001\000\000\000\001\000\000\000\001\000\000\000\001\000\000\000'
      printf '\000\002\000\000\100\015\003\000'
      head -c $((4 * (512 * 2 + 2 * 2 + 4 * 2 * 2 + 3 * 2 + 2 + 200000 * 2))) /dev/zero
    } >"$work/model.bin"
    "$program" --model "$work/model.bin" --decoder greedy --max-tokens 200000 >"$work/out" 2>"$work/err" &
    pid=$!
    while [ ! -s "$work/out" ]; do
      kill -0 $pid || fail "it ended before it was interrupted"
      sleep 0.1
    done
    kill -INT $pid
    code=0
    wait $pid || code=$?
    expect 130 "ended by predicate"
    grep -q "^Once upon a time<unk>" "$work/out" || fail "what was written is lost"
    ;;
esac
