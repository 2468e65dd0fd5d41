// SPDX-License-Identifier: MIT
// Puts stories.bin, draft.bin and tokenizer.bin into the program, by the assembler: no generated
// source.
#include "embedded.hpp"

#if defined(__GNUC__)

#if defined(__APPLE__)
#define STORYTELLER_CONSTANTS ".const_data\n"
#elif defined(_WIN32)
#define STORYTELLER_CONSTANTS ".section .rdata, \"dr\"\n"
#else
#define STORYTELLER_CONSTANTS ".section .rodata\n"
#endif

// Two labels around the file's bytes. The names are given as they are in the object file, since
// some platforms put an underscore before C names and some do not.
// clang-format off
#define STORYTELLER_EMBED(name, file)                           \
  __asm__(STORYTELLER_CONSTANTS                                 \
          ".globl storyteller_" #name "_begin\n"                \
          ".globl storyteller_" #name "_end\n"                  \
          ".balign 16\n"                                        \
          "storyteller_" #name "_begin:\n"                      \
          ".incbin \"" STORYTELLER_DATA_DIR "/" file "\"\n"     \
          "storyteller_" #name "_end:\n"                        \
          ".byte 0\n"                                           \
          ".text\n");                                           \
  extern const std::byte name##_begin __asm__("storyteller_" #name "_begin"); \
  extern const std::byte name##_end __asm__("storyteller_" #name "_end")
// clang-format on

namespace storyteller {

STORYTELLER_EMBED(checkpoint, "stories.bin");
STORYTELLER_EMBED(draft, "draft.bin");
STORYTELLER_EMBED(tokenizer, "tokenizer.bin");

Bytes embedded_checkpoint() { return Bytes(&checkpoint_begin, &checkpoint_end); }
Bytes embedded_draft() { return Bytes(&draft_begin, &draft_end); }
Bytes embedded_tokenizer() { return Bytes(&tokenizer_begin, &tokenizer_end); }

}  // namespace storyteller

#else  // a compiler without that assembler: the files stay where they are

namespace storyteller {

Bytes embedded_checkpoint() { return read_file(STORYTELLER_DATA_DIR "/stories.bin"); }
Bytes embedded_draft() { return read_file(STORYTELLER_DATA_DIR "/draft.bin"); }
Bytes embedded_tokenizer() { return read_file(STORYTELLER_DATA_DIR "/tokenizer.bin"); }

}  // namespace storyteller

#endif
