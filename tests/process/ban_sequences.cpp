// SPDX-License-Identifier: MIT
// BanSequences: the twin, and no bad word in a text that would be full of them.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/ban_sequences.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;
using reference::with_history;

namespace {

using Sequences = std::vector<Tokens>;

constexpr auto b = reference::kBanned;

Scores slow(const Scores& scores, const Sequences& sequences, const Tokens& text) {
  std::vector<std::pair<Tokens, long double>> biases;
  for (const Tokens& sequence : sequences) biases.emplace_back(sequence, b);
  return reference::sequence_bias(scores, biases, text);
}

}  // namespace

TEMPLATE_TEST_CASE("BanSequences agrees with its twin", "", float, double) {
  const Sequences sequences{{7, 9, 0}, {9, 9, 0}, {9, 9, 9, 0}, {3, 0}};
  for (const Tokens& generated : {Tokens{}, Tokens{9}, Tokens{9, 9}, Tokens{3}, Tokens{9, 9, 9}}) {
    Tokens text{3, 7};
    text.insert(text.end(), generated.begin(), generated.end());
    reference::agree<TestType>(with_history(lk::BanSequences{sequences}, {3, 7}, generated),
                               [&](const Scores& s) { return slow(s, sequences, text); });
  }
}

TEMPLATE_TEST_CASE("BanSequences: no bad word comes, and every prefix of one may", "", float,
                   double) {
  const Sequences bad{{0, 1}, {1, 1, 1}, {2, 0, 2}, {1, 2, 1, 2}};
  reference::Bits bits(9);
  lk::BanSequences ban{bad};
  Tokens text;
  std::vector<bool> came(3);
  for (int i = 0; i < 500; ++i) {
    std::vector<TestType> row(3);
    for (TestType& score : row) score = static_cast<TestType>(bits.normal());
    lk::Workspace workspace;
    lk::Candidates<TestType> candidates(row, workspace);
    ban(candidates, {});
    const lk::Token token = candidates.best();
    REQUIRE(token != lk::kNoToken);
    came[static_cast<std::size_t>(token)] = true;
    ban.accept(token);
    text.push_back(token);
    for (const Tokens& word : bad) {
      const bool found =
          word.size() <= text.size() && std::equal(word.rbegin(), word.rend(), text.rbegin());
      if (found) FAIL_CHECK("a bad word ends at " << i);
    }
  }
  CHECK(came == std::vector<bool>(3, true));
}

TEMPLATE_TEST_CASE("BanSequences: a single token is banned always, an end token as well", "[peers]",
                   float, double) {
  const std::vector<TestType> row{1, 2, 3};
  CHECK(reference::after(lk::BanSequences{{{2}}}, row) == Scores{1, 2, b});
  CHECK(reference::after(with_history(lk::BanSequences{{{2}}}, {0, 1}, {1}), row) ==
        Scores{1, 2, b});
}

TEMPLATE_TEST_CASE("BanSequences: k - 1 tokens are enough for a sequence of k", "[peers]", float,
                   double) {
  const std::vector<TestType> row{1, 2, 3};
  CHECK(reference::after(with_history(lk::BanSequences{{{1, 2}}}, {1}, {}), row) ==
        Scores{1, 2, b});
}

TEST_CASE("BanSequences with nothing else left leaves nothing") {
  const std::vector<float> row{1, 2};
  const auto ban = with_history(lk::BanSequences{{{0}, {1, 1}}}, {}, {1});
  CHECK(reference::status_after(ban, row) == lk::Status::nothing_left);
}

TEST_CASE("BanSequences refuses empty sequences and negative tokens") {
  CHECK(lk::BanSequences::check({}).empty());
  CHECK(lk::BanSequences::check({{0}, {5, 6}}).empty());
  CHECK(lk::BanSequences::check({{0}, {}}) ==
        "BanSequences: each sequence must satisfy length >= 1, got 0");
  CHECK(lk::BanSequences::check({{5, -1}}) ==
        "BanSequences: token must satisfy token >= 0, got -1");
  reference::refuses([] { lk::BanSequences{Sequences{{}}}; },
                     "BanSequences: each sequence must satisfy length >= 1, got 0");
  CHECK(reference::after(lk::BanSequences{Sequences{}}, std::vector<float>{1}) == Scores{1});
}
