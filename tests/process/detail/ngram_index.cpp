// SPDX-License-Identifier: MIT
// NgramIndex: what it tells after every token is what a search through the text finds.
#include <logitkit/process/detail/ngram_index.hpp>

#include "reference/inputs.hpp"
#include "support/catch.hpp"

#include <set>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

/// What follows the last n - 1 tokens of a context, found by looking everywhere.
std::set<lk::Token> searched(const Tokens& text, const Tokens& context, std::size_t n) {
  std::set<lk::Token> next;
  for (std::size_t at = n - 1; at < text.size() && context.size() >= n - 1; ++at) {
    bool same = true;
    for (std::size_t i = 1; i < n; ++i) same &= text[at - i] == context[context.size() - i];
    if (same) next.insert(text[at]);
  }
  return next;
}

std::set<lk::Token> told(const lk::detail::NgramIndex& index, const Tokens& context) {
  std::set<lk::Token> next;
  index.for_each_next(context, [&](lk::Token token) { REQUIRE(next.insert(token).second); });
  return next;
}

}  // namespace

TEST_CASE("the index tells what a search finds, each token once", "[ngram_index]") {
  for (const std::size_t n : {1u, 2u, 3u, 4u, 7u}) {
    for (const std::size_t distinct : {1u, 2u, 3u, 10u, 100000u}) {
      reference::Bits bits(n * 31 + distinct);
      lk::detail::NgramIndex index(n);
      Tokens text;
      const std::size_t length = distinct < 100000 ? 150 : 600;
      for (std::size_t i = 0; i < length; ++i) {
        const auto token = static_cast<lk::Token>(bits.below(distinct) << 12);
        index.append(token);
        text.push_back(token);
        REQUIRE(told(index, text) == searched(text, text, n));
        Tokens other(bits.below(5));
        for (auto& t : other) t = static_cast<lk::Token>(bits.below(distinct) << 12);
        REQUIRE(told(index, other) == searched(text, other, n));
      }
    }
  }
}
