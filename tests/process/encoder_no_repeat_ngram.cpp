// SPDX-License-Identifier: MIT
// EncoderNoRepeatNgram: the twin, contexts shorter than n, copies.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/encoder_no_repeat_ngram.hpp>

namespace lk = logitkit;
using reference::kBanned;
using reference::Scores;
using reference::Tokens;

TEMPLATE_TEST_CASE("EncoderNoRepeatNgram agrees with its twin", "", float, double) {
  const Tokens source{40, 5, 0, 62, 64, 5, 0, 999, 5, 0, 1, 5, 0, 123456, 5, 0, 40, 3, 0, 7};
  const Tokens tokens{9, 3, 5, 0};
  for (const int n : {1, 2, 3, 4}) {
    reference::agree<TestType>(lk::EncoderNoRepeatNgram{n, source},
                               [&](const Scores& s) {
                                 return reference::no_repeat_ngram(s, static_cast<std::size_t>(n),
                                                                   source, tokens);
                               },
                               {tokens, 1});
  }
}

TEST_CASE("EncoderNoRepeatNgram agrees with its twin on texts of few distinct tokens") {
  reference::Bits bits(6);
  for (int trial = 0; trial < 300; ++trial) {
    Tokens source(bits.below(40)), tokens(bits.below(8));
    for (auto& token : source) token = static_cast<lk::Token>(bits.below(3));
    for (auto& token : tokens) token = static_cast<lk::Token>(bits.below(3));
    const auto n = 1 + bits.below(5);
    REQUIRE(reference::after(lk::EncoderNoRepeatNgram{n, source}, std::vector<float>(3, 1),
                             {tokens, 0}) ==
            reference::no_repeat_ngram(Scores(3, 1), n, source, tokens));
  }
}

TEST_CASE("EncoderNoRepeatNgram: a context of n - 1 tokens is enough, a shorter one is not",
          "[peers]") {
  const std::vector<float> row{1, 1, 1};
  const Tokens source{0, 1, 2};
  const auto after = [&](int n, const Tokens& tokens) {
    return reference::after(lk::EncoderNoRepeatNgram{n, source}, row, {tokens, 0});
  };
  CHECK(after(1, {}) == Scores{kBanned, kBanned, kBanned});
  CHECK(after(2, {}) == Scores{1, 1, 1});
  CHECK(after(2, {0}) == Scores{1, kBanned, 1});
  CHECK(after(3, {1}) == Scores{1, 1, 1});
  CHECK(after(3, {0, 1}) == Scores{1, 1, kBanned});
  CHECK(after(4, {0, 1, 2}) == Scores{1, 1, 1});  // the source ends there
}

TEST_CASE("EncoderNoRepeatNgram refuses n < 1") {
  CHECK(lk::EncoderNoRepeatNgram<>::check(1).empty());
  CHECK(lk::EncoderNoRepeatNgram<>::check(-1) ==
        "EncoderNoRepeatNgram: n must satisfy n >= 1, got -1");
  reference::refuses([] { lk::EncoderNoRepeatNgram{0, Tokens{1}}; },
                     "EncoderNoRepeatNgram: n must satisfy n >= 1, got 0");
}
