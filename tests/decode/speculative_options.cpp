// SPDX-License-Identifier: MIT
// SpeculativeOptions: what can be asked for.
#include <logitkit/decode/speculative_options.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

TEST_CASE("options of speculation are checked") {
  CHECK(lk::SpeculativeOptions{}.check().empty());
  CHECK(lk::SpeculativeOptions{.draft_tokens = 0}.check().empty());
  CHECK(lk::SpeculativeOptions{.draft_tokens = 1024}.check().empty());
  CHECK(lk::SpeculativeOptions{.draft_tokens = 1025}.check() ==
        "SpeculativeOptions: draft_tokens must satisfy draft_tokens <= 1024, got 1025");
  CHECK_FALSE(lk::SpeculativeOptions{.report = {.alternatives = 1 << 20}}.check().empty());
  CHECK(lk::SpeculativeOptions{.draft_tokens = 63, .report = {.alternatives = 65536}}
            .check()
            .empty());
  CHECK(lk::SpeculativeOptions{.draft_tokens = 64, .report = {.alternatives = 65536}}.check() ==
        "Report: alternatives must satisfy alternatives * rows <= 2^22, got 65536");
}
