# The program as a user meets it: what it prints, and with which exit code it ends.
set(STORYTELLER_DIR ${PROJECT_SOURCE_DIR}/examples/storyteller)
function(expect name code out err)
  add_test(NAME storyteller/program/${name} COMMAND ${CMAKE_COMMAND}
    -D PROGRAM=$<TARGET_FILE:storyteller> "-DARGUMENTS=${ARGN}" -D CODE=${code} "-DOUT=${out}" "-DERR=${err}"
    -P ${PROJECT_SOURCE_DIR}/tests/storyteller/expect.cmake)
  set_tests_properties(storyteller/program/${name} PROPERTIES LABELS storyteller TIMEOUT 120)
endfunction()

set(story "^Once upon a time, there was a little")
set(rate "[0-9]+ tokens/s, ended by")
expect(help          0 "--repetition-penalty.*Exit codes: 0 done, 2 a bad option or file" "^$" --help)
expect(tour          0 "Greedy.*k = 2.*k = 4.*Pure random.*low.*high.*Top-k.*Top-p.*Combined.*may come" "^$" --tour)
expect(greedy        0 "${story} girl named Lily" "${rate}" --decoder greedy)
expect(greedy_short  0 "^Once upon a time, there was a\n$" "4 tokens, ${rate} max_new_tokens" --decoder greedy --max-tokens 4)
expect(beam          0 "${story} boy named Timmy" "${rate}" --decoder beam --beams 4 --max-tokens 40 --length-penalty 0)
expect(random        0 "^Once upon a time" "${rate}" --seed 7)
expect(temperature_0 0 "${story} girl named Lily" "${rate}" --temperature 0 --top-k 0 --top-p 1)
expect(top_k_1       0 "${story} girl named Lily" "${rate}" --temperature 5 --top-k 1)
expect(penalty       0 "^Once upon a time" "${rate}" --decoder greedy --repetition-penalty 1.3 --min-p 0.1)
expect(full_context  0 "${story}" "ended by (max_tokens|end_token)" --decoder greedy --max-tokens 100000)
expect(own_files     0 "${story}" "${rate}" --decoder greedy --model ${STORYTELLER_DIR}/stories.bin
  --tokenizer ${STORYTELLER_DIR}/tokenizer.bin)

set(must "^storyteller: [^\n]* must satisfy")
expect(bad_decoder     2 "^$" "^storyteller: --decoder must satisfy decoder = greedy, random or beam, got best" --decoder best)
expect(bad_temperature 2 "^$" "${must} T = 0 or 1e-30 <= T < inf, got -1" --temperature=-1)
expect(nan_temperature 2 "^$" "${must} T = 0 or 1e-30 <= T < inf, got -?nan" --temperature nan)
expect(bad_top_k       2 "^$" "--top-k must satisfy top-k >= 0 .0: off., got -1" --top-k=-1)
expect(bad_top_p       2 "^$" "p must satisfy 0 < p <= 1, got 1.5" --top-p 1.5)
expect(bad_min_p       2 "^$" "min_p must satisfy 0 <= min_p <= 1, got 2" --min-p 2)
expect(bad_penalty     2 "^$" "r must satisfy 0 < r < inf, got 0" --repetition-penalty 0)
expect(bad_length      2 "^$" "length_penalty must satisfy -inf < length_penalty < inf, got inf" --length-penalty inf)
expect(bad_max_tokens  2 "^$" "--max-tokens must satisfy max-tokens >= 1, got 0" --max-tokens 0)
expect(no_beams        2 "^$" "--beams must satisfy 1 <= beams <= 64, got 0" --beams 0)
expect(many_beams      2 "^$" "--beams must satisfy 1 <= beams <= 64, got 65" --beams 65)
expect(bad_seed        2 "^$" "--seed: must satisfy 0 <= seed < 2.64, got -1" --seed=-1)
expect(not_a_number    2 "^$" "^storyteller: .*--top-p" --top-p much)
expect(unknown_option  2 "^$" "^storyteller: .*--topp.*see storyteller --help" --topp 0.9)
string(REPEAT "once upon a time " 80 long)
expect(long_prompt     2 "^$" "--prompt must satisfy tokens < 256 .the model's context., got [0-9]+\n" --prompt "${long}")
string(REPEAT "${long}" 4 book)
expect(book_prompt     2 "^$" "--prompt must satisfy tokens < 256 .the model's context., got [0-9]+ bytes" --prompt "${book}")

expect(no_model        2 "^$" "^storyteller: no/such.bin: there is no such file" --model no/such.bin)
expect(folder          2 "^$" "is not a regular file" --model ${STORYTELLER_DIR})
expect(foreign_model   2 "^$" "README.md: dim must satisfy 1 <= dim <= 65536, got " --model ${STORYTELLER_DIR}/README.md)
expect(foreign_tokens  2 "^$" "stories.bin: length of token 2 must satisfy" --tokenizer ${STORYTELLER_DIR}/stories.bin)
expect(swapped_files   2 "^$" "tokenizer.bin: hidden must satisfy 1 <= hidden <= 1048576, got 0"
  --model ${STORYTELLER_DIR}/tokenizer.bin --tokenizer ${STORYTELLER_DIR}/stories.bin)

# What a list cannot hold, and files made on the spot: cut short, weights that are no numbers, and a
# story that only Ctrl-C ends.
find_program(LOGITKIT_SH sh)
mark_as_advanced(LOGITKIT_SH)
if(LOGITKIT_SH)
  foreach(case empty_prompt truncated not_numbers interrupt)
    add_test(NAME storyteller/program/${case} COMMAND ${LOGITKIT_SH}
      ${PROJECT_SOURCE_DIR}/tests/storyteller/program.sh ${case} $<TARGET_FILE:storyteller> ${STORYTELLER_DIR})
    set_tests_properties(storyteller/program/${case} PROPERTIES LABELS storyteller TIMEOUT 120)
  endforeach()
endif()
