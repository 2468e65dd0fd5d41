#!/bin/sh
# The program where CMake cannot go: program.sh CASE PROGRAM FOLDER-OF-STORIES.BIN
set -eu
program=$2
folder=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "$1" >&2
  cat "$work"/out "$work"/err >&2 || true
  exit 1
}

# expect CODE TEXT: the program ended so, and said so.
expect() {
  [ "$code" -eq "$1" ] || fail "expected the exit code $1, got $code"
  grep -q -- "$2" "$work/err" || fail "standard error lacks: $2"
}

# run ARGUMENTS...: the program, with what it says in files, and its exit code.
run() {
  code=0
  "$program" "$@" >"$work/out" 2>"$work/err" || code=$?
}

case $1 in
  empty_prompt)  # a story without a beginning: the model makes one up
    run --decoder greedy --prompt ""
    expect 0 "tokens/s; "
    grep -q "^[A-Z][a-z]" "$work/out" || fail "that is no beginning"
    ;;
  no_name)
    for option in --model --tokenizer --tree; do
      run $option ""
      expect 2 "storyteller: $option needs the name of a file, got \"\" (see storyteller --help)"
    done
    ;;
  coupled)  # the very story that is told without guesses
    run --seed 7 --max-tokens 60
    mv "$work/out" "$work/told"
    for drafter in --draft --lookup; do
      run $drafter --coupled --seed 7 --max-tokens 60
      expect 0 " accepted, "
      cmp "$work/out" "$work/told" || fail "another story is told"
    done
    ;;
  foreign_draft)  # one with other tokens: dim 2, hidden 1, layers 1, heads 1, kv heads 1, vocabulary 4, context 8
    {
      printf '\002\000\000\000\001\000\000\000\001\000\000\000\001\000\000\000\001\000\000\000'
      printf '\004\000\000\000\010\000\000\000'
      head -c $((4 * (4 * 2 + 2 * 2 + 4 * 2 * 2 + 3 * 2 + 2 + 8 * 2))) /dev/zero
    } >"$work/draft.bin"
    run --draft "$work/draft.bin"
    expect 2 "draft.bin: vocabulary must be the model's, 512, got 4"
    ;;
  truncated)
    head -c 100000 "$folder/stories.bin" >"$work/model.bin"
    run --model "$work/model.bin"
    expect 2 "the file is truncated: its header promises 2240668 bytes, it has 100000"
    ;;
  not_numbers)  # every weight is 0xFFFFFFFF, a NaN
    { head -c 28 "$folder/stories.bin"; head -c 2240640 /dev/zero | tr '\0' '\377'; } >"$work/model.bin"
    run --model "$work/model.bin"
    expect 2 "model.bin: its scores cannot be used: not_a_number"
    run --model "$work/model.bin" --tour
    expect 2 "model.bin: its scores cannot be used: not_a_number"
    ;;
  full_disk)
    [ -c /dev/full ] || exit 0
    for arguments in "--max-tokens 4" "--tour" "--help"; do
      code=0
      "$program" $arguments >/dev/full 2>"$work/err" || code=$?
      expect 1 "storyteller: the output cannot be written"
    done
    run --tour --picture "$work/no/such.svg"
    expect 1 "no/such.svg: cannot be written"
    run --decoder beam --max-tokens 4 --tree "$work/no/such.dot"
    expect 1 "no/such.dot: cannot be written"
    ;;
  tree_files)  # with each option that a search takes; what is told is what is told without them
    set -- --decoder beam --beams 3 --length-penalty 0.5 --early-stopping never --n-best 2 \
      --repetition-penalty 1.1 --temperature 0.9 --top-k 20 --top-p 0.9 --min-p 0.01 --max-tokens 20
    run "$@"
    expect 0 "tokens/s; "
    mv "$work/out" "$work/told"
    for kind in dot svg html; do
      run "$@" --tree "$work/tree.$kind"
      expect 0 "tokens/s; "
      cmp "$work/out" "$work/told" || fail "another story is told"
      grep -q "Steps: 20; .*, finished: [3-9]" "$work/tree.$kind" || fail "that is no tree"
    done
    run --decoder beam --beams 64 --max-tokens 40 --tree "$work/tree.svg"
    expect 0 "tokens/s; "
    grep -q "Steps: the first 3[0-9] of 40; tokens: 1[0-9][0-9][0-9];" "$work/tree.svg" || fail "it is not cut"
    ;;
  tree)
    run --decoder beam --beams 4 --max-tokens 9 --prompt "$(cat "$(dirname "$0")/almost_told.txt")" --tree "$work/beams.svg"
    expect 0 "the model ended the story"
    cmp "$work/beams.svg" "$folder/beams.svg" ||
      fail "the README shows an old tree: see examples/storyteller/README.md for how it is made"
    ;;
  picture)
    run --tour --picture "$work/tour.svg"
    [ "$code" -eq 0 ] || fail "expected the exit code 0, got $code"
    cmp "$work/tour.svg" "$folder/tour.svg" ||
      fail "the README shows an old picture: storyteller --tour --picture examples/storyteller/tour.svg"
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
    expect 130 "tokens/s; interrupted"
    grep -q "^Once upon a time<unk>" "$work/out" || fail "what was written is lost"
    ;;
esac
