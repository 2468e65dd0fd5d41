# The program as a user meets it: what it prints, and with which exit code it ends.
set(STORYTELLER_DIR ${PROJECT_SOURCE_DIR}/examples/storyteller)
function(expect name code out err)
  add_test(NAME storyteller/program/${name} COMMAND ${CMAKE_COMMAND}
    -D PROGRAM=$<TARGET_FILE:storyteller> "-DARGUMENTS=${ARGN}" -D CODE=${code} "-DOUT=${out}" "-DERR=${err}"
    -P ${PROJECT_SOURCE_DIR}/tests/storyteller/expect.cmake)
  set_tests_properties(storyteller/program/${name} PROPERTIES LABELS storyteller TIMEOUT 120)
endfunction()

set(story "^Once upon a time, there was a little")
set(rate "[0-9]+ tokens, [0-9]+ tokens/s; ")
expect(help          0 "storyteller .OPTIONS.*--repetition-penalty.*Exit codes: 0 done, 1 .*/storyteller --tour\n" "^$" --help)
expect(tour          0
  "Greedy.*k = 2.*k = 4.*Pure random.*low.*high.*Top-k.*Top-p.*Combined.*One choice, close up.*tokens left.*/storyteller --prompt"
  "^$" --tour)
expect(overtaking    0 "13  from 2 .*from 1 .*16  .*greedy -19.[0-9]+, k = 2 -14.[0-9]+, k = 4[^0-9]*-13.*likelier" "^$" --tour)
string(REPEAT "once upon a time " 50 almost_full)
expect(tour_at_end   0 "Two texts at a time, 5 tokens each.*best text of 5 tokens: .*first 5 in[ \n]*the greedy story" "^$" --tour
  --prompt "${almost_full}")
expect(greedy        0 "${story} girl named Lily" "${rate}--max-tokens reached" --decoder greedy)
expect(greedy_short  0 "^Once upon a time, there was a\n$" "^.4 tokens, [0-9]+ tokens/s; --max-tokens reached" --decoder greedy --max-tokens 4)
expect(beam          0 "${story} boy named Timmy" "${rate}" --decoder beam --beams 4 --max-tokens 40 --length-penalty 0)
expect(n_best        0 "${story} boy named Timmy[^\n]*\n\nOnce[^\n]*\n\nOnce[^\n]*\n$"
  "tokens/s; score -0.[0-9]+; --max-tokens reached.\n.30 tokens; score -0.*\n.30 tokens; score -0.[0-9]+; --max-tokens reached.\n$"
  --decoder beam --n-best 3 --max-tokens 30)
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/almost_told.txt almost_told)
foreach(rule heuristic when_full never canonical)
  expect(${rule}     0 "They played together all day long.\n$" "^.8 tokens, [0-9]+ tokens/s; score -0.46; the model ended the story.\n$"
    --decoder beam --early-stopping ${rule} --prompt "${almost_told}")
endforeach()
expect(random        0 "^Once upon a time" "${rate}" --seed 7)
expect(largest_seed  0 "^Once upon a time" "${rate}" --seed 18446744073709551615)
expect(temperature_0 0 "${story} girl named Lily" "${rate}" --temperature 0 --top-k 0 --top-p 1)
expect(top_k_1       0 "${story} girl named Lily" "${rate}" --temperature 5 --top-k 1)
set(rounds "tokens/s; [0-9]+ rounds, [0-9]+ drafted, [0-9]+ accepted, [1-5].[0-9]+ tokens a round; --max-tokens reached")
expect(draft         0 "^Once upon a time" "${rounds}" --draft --seed 7 --max-tokens 40)
expect(lookup        0 "${story} girl named Lily" "${rounds}" --lookup --decoder greedy --draft-tokens 8)
expect(draft_file    0 "${story} girl named Lily" "${rounds}" --decoder greedy --max-tokens 40
  --draft ${STORYTELLER_DIR}/draft.bin)
expect(penalty       0 "^Once upon a time" "${rate}" --decoder greedy --repetition-penalty 1.3 --min-p 0.1)
expect(full_context  0 "${story}" "${rate}the model's memory .256 tokens. is full" --decoder greedy --max-tokens 100000)
expect(own_files     0 "${story}" "${rate}" --decoder greedy --model ${STORYTELLER_DIR}/stories.bin
  --tokenizer ${STORYTELLER_DIR}/tokenizer.bin)

# refuse(NAME SENTENCE ARGUMENTS...): a bad option, with the sentence that it gets.
function(refuse name sentence)
  expect(${name} 2 "^$" "^storyteller: ${sentence} .see storyteller --help.\n$" ${ARGN})
endfunction()
refuse(bad_decoder     "--decoder must be greedy, random or beam, got .best." --decoder best)
refuse(bad_temperature "--temperature: T must satisfy T = 0 or 1e-30 <= T < inf, got -1" --temperature=-1)
refuse(nan_temperature "--temperature: T must satisfy T = 0 or 1e-30 <= T < inf, got -?nan" --temperature nan)
refuse(not_a_number    "--temperature needs a number, got .abc." --temperature abc)
refuse(bad_top_k       "--top-k must satisfy 0 <= top-k < 2.63 .0 is off., got -1" --top-k=-1)
refuse(large_top_k     "--top-k must satisfy 0 <= top-k < 2.63 .0 is off., got 9223372036854775808" --top-k 9223372036854775808)
refuse(not_whole       "--top-k needs a whole number, got .1e3." --top-k 1e3)
refuse(bad_top_p       "--top-p: p must satisfy 0 < p <= 1, got 1.5" --top-p 1.5)
refuse(bad_min_p       "--min-p: min_p must satisfy 0 <= min_p <= 1, got 2" --min-p 2)
refuse(bad_penalty     "--repetition-penalty: r must satisfy 0 < r < inf, got 0" --repetition-penalty 0)
refuse(bad_length      "--length-penalty: length_penalty must satisfy -30 <= length_penalty <= 30, got inf" --length-penalty inf)
refuse(bad_max_tokens  "--max-tokens must satisfy 1 <= max-tokens < 2.63, got 0" --max-tokens 0)
refuse(many_tokens     "--max-tokens must satisfy 1 <= max-tokens < 2.63, got 9223372036854775808" --max-tokens 9223372036854775808)
refuse(no_beams        "--beams must satisfy 1 <= beams <= 64, got 0" --beams 0)
refuse(many_beams      "--beams must satisfy 1 <= beams <= 64, got 65" --beams 65)
refuse(many_best       "--n-best: n_best must satisfy n_best <= round.patience . beams., got 5" --decoder beam --n-best 5)
refuse(bad_stopping    "--early-stopping must be heuristic, when_full, never or canonical, got .best." --early-stopping best)
refuse(bad_seed        "--seed must satisfy 0 <= seed < 2.64, got -1" --seed=-1)
refuse(large_seed      "--seed must satisfy 0 <= seed < 2.64, got 18446744073709551616" --seed 18446744073709551616)
refuse(unknown_option  "[^\n]*--topp[^\n]*" --topp 0.9)
refuse(no_value        "[^\n]*--seed[^\n]*" --seed)
refuse(tour_option     "--tour does not take --seed" --tour --seed 7)
refuse(tour_length     "--tour does not take --max-tokens" --max-tokens 9 --tour)
refuse(tour_tree       "--tour does not take --tree" --tour --tree no.svg)
refuse(tree_of_one     "--tree needs --decoder beam" --tree no.svg)
refuse(tree_of_what    "--tree needs the name of a .svg, .html or .dot file, got .no.png." --decoder beam --tree no.png)
refuse(two_drafters    "--draft and --lookup exclude each other" --draft --lookup)
refuse(draft_of_beams  "--lookup needs --decoder random or greedy" --lookup --decoder beam)
refuse(coupled_alone   "--coupled needs --draft or --lookup" --coupled)
expect(no_draft       2 "^$" "^storyteller: no.bin: there is no such file\n$" --draft no.bin)
refuse(many_drafts     "--draft-tokens must satisfy 1 <= draft-tokens <= 64, got 65" --draft --draft-tokens 65)
refuse(tour_draft      "--tour does not take --draft" --tour --draft)
refuse(picture_alone   "--picture needs --tour" --picture no.svg)

string(REPEAT "once upon a time " 80 long)
expect(long_prompt     2 "^$" "^storyteller: the prompt has 401 tokens; this model has room for 255 tokens\n" --prompt "${long}")
string(REPEAT "${long}" 4 book)
expect(book_prompt     2 "^$" "^storyteller: the prompt has 5439 bytes; this model has room for 255 tokens\n" --prompt "${book}")

expect(no_model        2 "^$" "^storyteller: no/such.bin: there is no such file" --model no/such.bin)
expect(folder          2 "^$" "is not a regular file" --model ${STORYTELLER_DIR})
expect(foreign_model   2 "^$" "README.md: dim must satisfy 1 <= dim <= 65536, got [0-9]+ .is this a llama2.c checkpoint.."
  --model ${STORYTELLER_DIR}/README.md)
expect(foreign_tokens  2 "^$" "stories.bin: length of token 2 must satisfy .*is this a llama2.c tokenizer.." --tokenizer ${STORYTELLER_DIR}/stories.bin)
expect(swapped_files   2 "^$" "tokenizer.bin: hidden must satisfy 1 <= hidden <= 1048576, got 0 "
  --model ${STORYTELLER_DIR}/tokenizer.bin --tokenizer ${STORYTELLER_DIR}/stories.bin)

# What a list cannot hold, and files made on the spot: cut short, weights that are no numbers, a full disk, and a
# story that only Ctrl-C ends. The picture's numbers are those of x86: another machine may round the last digit otherwise.
find_program(LOGITKIT_SH sh)
mark_as_advanced(LOGITKIT_SH)
if(LOGITKIT_SH)
  set(cases empty_prompt no_name coupled foreign_draft truncated not_numbers full_disk tree_files interrupt)
  if(CMAKE_SYSTEM_NAME STREQUAL Linux AND CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
    list(APPEND cases picture tree)
  endif()
  foreach(case IN LISTS cases)
    add_test(NAME storyteller/program/${case} COMMAND ${LOGITKIT_SH}
      ${PROJECT_SOURCE_DIR}/tests/storyteller/program.sh ${case} $<TARGET_FILE:storyteller> ${STORYTELLER_DIR})
    set_tests_properties(storyteller/program/${case} PROPERTIES LABELS storyteller TIMEOUT 120)
  endforeach()
endif()
