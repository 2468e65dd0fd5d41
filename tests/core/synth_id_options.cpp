// SPDX-License-Identifier: MIT
// SynthIdOptions: what is refused, by name.
#include <logitkit/core/synth_id_options.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

TEST_CASE("SynthIdOptions refuse no keys, no context and tables that are none") {
  CHECK(lk::SynthIdOptions{.keys = {1}}.check().empty());
  CHECK(lk::SynthIdOptions{}.check() == "SynthIdOptions: keys must satisfy length >= 1, got 0");
  CHECK(lk::SynthIdOptions{.keys = {1}, .ngram = 1}.check() ==
        "SynthIdOptions: ngram must satisfy ngram >= 2, got 1");
  CHECK(lk::SynthIdOptions{.keys = {1}, .table_size = 1}.check() ==
        "SynthIdOptions: table_size must satisfy 2 <= table_size <= 2^24, got 1");
  CHECK_FALSE(lk::SynthIdOptions{.keys = {1}, .table_size = (1u << 24) + 1}.check().empty());
}
