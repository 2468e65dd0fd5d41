// SPDX-License-Identifier: MIT
// TokenMask: the twin, short and long masks, words of either sign, refilled by the engine.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/token_mask.hpp>

#include <array>

namespace lk = logitkit;
using reference::Scores;

namespace {

using Words = std::vector<std::uint32_t>;

constexpr auto b = reference::kBanned;

Words random_words(std::size_t count, std::uint64_t seed, int density) {
  reference::Bits bits(seed);
  Words words(count, 0xffffffffu);
  for (std::uint32_t& word : words) {
    for (int i = 0; i < density; ++i) word &= static_cast<std::uint32_t>(bits.next());
  }
  return words;
}

}  // namespace

TEMPLATE_TEST_CASE("TokenMask agrees with its twin", "", float, double) {
  for (const int density : {0, 1, 4}) {  // all, half, one in sixteen
    for (const std::size_t count :
         {std::size_t(1), std::size_t(2), std::size_t(3), std::size_t(32), std::size_t(40)}) {
      const Words words = random_words(count, count, density);
      reference::agree<TestType>(lk::TokenMask{words},
                                 [&](const Scores& s) { return reference::token_mask(s, words); });
    }
  }
}

TEMPLATE_TEST_CASE("TokenMask reads the least significant bit first", "", float, double) {
  const std::vector<TestType> row{1, 2, 3, 4, 5};
  const Words words{0b10010};
  CHECK(reference::after(lk::TokenMask{words}, row) == Scores{b, 2, b, b, 5});
}

TEMPLATE_TEST_CASE("TokenMask does not allow what its words do not reach", "[peers]", float,
                   double) {
  const std::vector<TestType> row(100, 1);
  const Words words{0xffffffffu, 0xffffffffu};
  const Scores scores = reference::after(lk::TokenMask{words}, row);
  for (std::size_t t = 0; t < row.size(); ++t) CHECK((scores[t] != b) == (t < 64));
}

TEMPLATE_TEST_CASE("TokenMask: bits beyond the vocabulary play no part", "", float, double) {
  const std::vector<TestType> row{1, 2};
  const Words beyond{0xfffffffcu, 0xffffffffu, 0xffffffffu};
  CHECK(reference::status_after(lk::TokenMask{beyond}, row) == lk::Status::nothing_left);
  const Words all{0xffffffffu, 0xffffffffu, 0xffffffffu};
  CHECK(reference::after(lk::TokenMask{all}, row) == Scores{1, 2});
}

TEMPLATE_TEST_CASE("TokenMask of no token leaves nothing, and no token instead", "[peers]", float,
                   double) {
  const std::vector<TestType> row{1, 2, 3};
  const Words none{0};
  CHECK(reference::status_after(lk::TokenMask{none}, row) == lk::Status::nothing_left);
  lk::Workspace workspace;
  lk::Candidates<TestType> candidates(row, workspace);
  lk::TokenMask{none}(candidates, {});
  CHECK(candidates.best() == lk::kNoToken);
  CHECK(candidates.draw(0.5) == lk::kNoToken);
}

TEST_CASE("TokenMask takes words of either sign from vectors, arrays and spans") {
  const std::vector<float> row(40, 1.0f);
  std::vector<std::int32_t> words{std::numeric_limits<std::int32_t>::min(), -1};  // 31, 32, ...
  const std::array<std::int32_t, 2> array{words[0], words[1]};
  const Words unsigned_words{0x80000000u, 0xffffffffu};
  const Scores expected = reference::after(lk::TokenMask{unsigned_words}, row);
  CHECK(reference::count_kept(expected) == 9);
  CHECK(expected[31] == 1);
  CHECK(reference::after(lk::TokenMask{words}, row) == expected);
  CHECK(reference::after(lk::TokenMask{array}, row) == expected);
  CHECK(reference::after(lk::TokenMask{std::span(words)}, row) == expected);
  CHECK(reference::after(lk::TokenMask{std::span<const std::uint32_t>(unsigned_words)}, row) ==
        expected);
}

TEST_CASE("TokenMask reads at each call what the engine has filled in by then") {
  const std::vector<float> row{1, 2, 3};
  Words words{0b001};
  const lk::TokenMask mask{words};
  const lk::TokenMask copy = mask;
  CHECK(reference::after(mask, row) == Scores{1, b, b});
  words[0] = 0b110;
  CHECK(reference::after(mask, row) == Scores{b, 2, 3});
  CHECK(reference::after(copy, row) == Scores{b, 2, 3});
}

TEMPLATE_TEST_CASE("two masks leave what both allow, before and after narrowing", "", float,
                   double) {
  const Words first = random_words(32, 1, 1), second = random_words(32, 2, 1);
  const auto row = reference::normal_row<TestType>(1000, 3);
  const Scores both =
      reference::token_mask(reference::token_mask(Scores(row.begin(), row.end()), first), second);
  const auto apply = [&](bool narrow) {
    return reference::after(
        [&](auto& candidates, const lk::Context& context) {
          lk::TokenMask{first}(candidates, context);
          if (narrow) candidates.keep_if([](lk::Token, double) { return true; });
          lk::TokenMask{second}(candidates, context);
        },
        row);
  };
  CHECK(apply(false) == both);
  CHECK(apply(true) == both);
}

TEST_CASE("TokenMask refuses to be without words") {
  CHECK(lk::TokenMask::check(Words{0}).empty());
  CHECK(lk::TokenMask::check({}) == "TokenMask: words must satisfy length >= 1, got 0");
  reference::refuses(
      [] {
        const Words none;
        lk::TokenMask{none};
      },
      "TokenMask: words must satisfy length >= 1, got 0");
  static_assert(!lk::StatefulProcessor<lk::TokenMask>);
}
