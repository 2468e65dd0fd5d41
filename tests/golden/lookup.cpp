// SPDX-License-Identifier: MIT
// Prompt lookup against Hugging Face transformers: see README.md for source and selection.
#include "golden/cases.hpp"

#include <logitkit/decode/lookup_drafter.hpp>

namespace lk = logitkit;

TEST_CASE("every golden of prompt lookup agrees", "[golden]") {
  std::size_t found = 0;
  const golden::json all = golden::file("prompt_lookup.json");
  for (const golden::json& golden : all["cases"]) {
    const auto tokens = golden["tokens"].get<golden::Tokens>();
    const std::size_t room = golden["max_length"].get<std::size_t>() - tokens.size();
    lk::LookupDrafter drafter{{.max_ngram = golden["max_ngram"]}};
    drafter.start(tokens);
    // The model adds a token of its own: a draft leaves room for it.
    const std::size_t n = std::min(golden["n"].get<std::size_t>(), room - 1);
    const lk::Draft draft = drafter.propose({}, n, [](std::uint64_t) { return 0.0; });
    CHECK(golden::Tokens(draft.tokens.begin(), draft.tokens.end()) == golden["draft"]);
    found += !draft.empty();
  }
  CHECK(found == 10);
}
