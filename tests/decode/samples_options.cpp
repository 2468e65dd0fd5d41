// SPDX-License-Identifier: MIT
// SamplesOptions: both ends of every interval, and the sentence for what is outside.
#include <logitkit/decode/samples_options.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

TEST_CASE("sampling options are refused with a sentence") {
  CHECK(lk::SamplesOptions{}.check().empty());
  CHECK(lk::SamplesOptions{.n = 1, .n_best = 1}.check().empty());
  CHECK(lk::SamplesOptions{.n = 65536, .length_penalty = -30}.check().empty());
  CHECK(lk::SamplesOptions{.n = 2, .n_best = 2, .length_penalty = 30}.check().empty());
  CHECK(lk::SamplesOptions{.n = 0}.check() ==
        "SamplesOptions: n must satisfy 1 <= n <= 65536, got 0");
  CHECK(lk::SamplesOptions{.n = 65537}.check() ==
        "SamplesOptions: n must satisfy 1 <= n <= 65536, got 65537");
  CHECK(lk::SamplesOptions{.n = 2, .n_best = 3}.check() ==
        "SamplesOptions: n_best must satisfy n_best <= n, got 3");
  CHECK(lk::SamplesOptions{.length_penalty = 31}.check() ==
        "SamplesOptions: length_penalty must satisfy -30 <= length_penalty <= 30, got 31");
  CHECK(lk::SamplesOptions{.length_penalty = std::nan("")}.check() ==
        "SamplesOptions: length_penalty must satisfy -30 <= length_penalty <= 30, got nan");
  CHECK(lk::SamplesOptions{.report = {.alternatives = 65537}}.check() ==
        "Report: alternatives must satisfy alternatives <= 65536, got 65537");
  // A step would list 2^32 of them: 64 GB.
  CHECK(lk::SamplesOptions{.n = 65536, .report = {.alternatives = 64}}.check().empty());
  CHECK(lk::SamplesOptions{.n = 65536, .report = {.alternatives = 65536}}.check() ==
        "Report: alternatives must satisfy alternatives * rows <= 2^22, got 65536");
}
