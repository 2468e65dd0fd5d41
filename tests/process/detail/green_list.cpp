// SPDX-License-Identifier: MIT
// GreenList: Hugging Face's own lists, whole permutations, and a token followed through one.
#include <logitkit/process/detail/green_list.hpp>

#include "reference/green_list.hpp"
#include "reference/trial.hpp"

namespace lk = logitkit;
using reference::Tokens;

namespace {

Tokens listed(const lk::GreenListOptions& options, lk::Token before) {
  const lk::detail::GreenList green(options);
  std::vector<std::uint32_t> tokens(options.vocabulary);
  green.list(before, tokens);
  return {tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(green.size())};
}

}  // namespace

TEST_CASE("the green lists are those of Hugging Face", "[green_list]") {
  CHECK(listed({.vocabulary = 16}, 9) == Tokens{6, 12, 2, 11});
  CHECK(listed({.vocabulary = 16}, 8) == Tokens{1, 13, 6, 4});
  const lk::detail::GreenList self({.vocabulary = 101, .seeding = lk::GreenSeeding::self_hash});
  for (const lk::Token token : {57, 88, 59, 39, 53, 60, 16, 14, 94, 66, 41, 33, 12}) {
    CHECK(self.contains({}, token));
  }
}

TEST_CASE("the list, the token followed and whole permutations agree", "[green_list]") {
  for (const std::size_t vocabulary : {4u, 5u, 64u, 1000u}) {
    for (const double ratio : {0.25, 0.5, 0.999}) {
      const lk::GreenListOptions options{
          .vocabulary = vocabulary, .ratio = ratio, .key = 4123456789};
      const lk::detail::GreenList green(options);
      CHECK(green.width() == 1);
      for (const lk::Token before : {0, 1, 77, 2147483647}) {
        const auto list = listed(options, before);
        const auto twin =
            reference::greens(std::uint64_t{options.key} * std::uint64_t(before), options);
        CHECK(std::set<lk::Token>(list.begin(), list.end()) == twin);
        for (lk::Token token = 0; token < static_cast<lk::Token>(vocabulary); ++token) {
          if (green.contains(Tokens{before}, token) != twin.contains(token)) FAIL_CHECK(token);
        }
        CHECK_FALSE(green.contains(Tokens{before}, static_cast<lk::Token>(vocabulary)));
        CHECK_FALSE(green.contains(Tokens{before}, -1));
      }
    }
  }
}

TEST_CASE("with self_hash every token has a list of its own, seeded by all of the context",
          "[green_list]") {
  reference::Bits bits(8);
  for (const std::size_t context : {1u, 2u, 4u}) {
    const lk::GreenListOptions options{
        .vocabulary = 200, .seeding = lk::GreenSeeding::self_hash, .context = context};
    const lk::detail::GreenList green(options);
    CHECK(green.width() == context - 1);
    for (int trial = 0; trial < 200; ++trial) {  // about half of the products are negative
      Tokens before(6);
      for (auto& token : before) token = static_cast<lk::Token>(bits.below(2000000));
      const auto token = static_cast<lk::Token>(bits.below(200));
      REQUIRE(green.contains(before, token) == reference::is_green(before, token, options));
    }
  }
}

TEST_CASE("a green list refuses what its options do", "[green_list]") {
  reference::refuses([] { lk::detail::GreenList{lk::GreenListOptions{}}; },
                     "GreenListOptions: vocabulary must satisfy 1 <= vocabulary <= 2^24, got 0");
}
