// SPDX-License-Identifier: MIT
// TokenCounts: against std::map, through growths, collisions and removals; order of occurrence.
#include <logitkit/core/token_counts.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <algorithm>
#include <map>

namespace lk = logitkit;

namespace {

void require_like_map(const std::vector<lk::Token>& tokens) {
  lk::TokenCounts counts;
  std::map<lk::Token, std::uint32_t> twin;
  std::vector<lk::Token> first_seen;
  for (const lk::Token token : tokens) {
    counts.add(token);
    if (++twin[token] == 1) first_seen.push_back(token);
  }
  REQUIRE(counts.size() == twin.size());
  std::size_t i = 0;
  for (const auto& [token, count] : counts) {
    REQUIRE(token == first_seen[i++]);
    REQUIRE(count == twin[token]);
  }
  REQUIRE(i == twin.size());
}

}  // namespace

TEST_CASE("no tokens, no counts", "[token_counts]") {
  const lk::TokenCounts counts;
  REQUIRE(counts.size() == 0);
  REQUIRE(counts.begin() == counts.end());
}

TEST_CASE("counts are those of a map", "[token_counts]") {
  require_like_map({7});
  require_like_map({7, 7, 7, 3, 7, 3});
  require_like_map(std::vector<lk::Token>(1000, 5));
  test::Random random(1);
  for (const std::size_t distinct : {1u, 2u, 7u, 8u, 9u, 100u, 32000u}) {
    std::vector<lk::Token> tokens(5000);
    for (auto& token : tokens) token = static_cast<lk::Token>(random.below(distinct));
    require_like_map(tokens);
  }
}

TEST_CASE("tokens that fall on the same slots are told apart", "[token_counts]") {
  for (const lk::Token stride : {1, 64, 4096, 1 << 16, 1 << 20}) {
    std::vector<lk::Token> tokens;
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 2000; ++i) tokens.push_back(stride * i);
    }
    require_like_map(tokens);
  }
  require_like_map({-1, 0, 2147483647, -2147483647 - 1, -1, 0});
}

TEST_CASE("what is taken out as often as it was counted is gone", "[token_counts]") {
  test::Random random(2);
  for (const std::size_t distinct : {1u, 3u, 40u, 3000u}) {
    lk::TokenCounts counts;
    std::map<lk::Token, std::uint32_t> twin;
    std::vector<lk::Token> in;
    for (int i = 0; i < 6000; ++i) {
      if (!in.empty() && random.below(100) < (i < 3000 ? 40u : 60u)) {
        std::swap(in[random.below(in.size())], in.back());
        counts.remove(in.back());
        if (--twin[in.back()] == 0) twin.erase(in.back());
        in.pop_back();
      } else {
        in.push_back(static_cast<lk::Token>(random.below(distinct) << 8));
        counts.add(in.back());
        ++twin[in.back()];
      }
      REQUIRE(counts.size() == twin.size());
    }
    for (const auto& [token, count] : counts) REQUIRE(twin[token] == count);
  }
}

TEST_CASE("a copy counts on its own", "[token_counts]") {
  lk::TokenCounts a;
  for (lk::Token token = 0; token < 20; ++token) a.add(token);
  lk::TokenCounts b = a;
  b.add(3), b.add(99);
  REQUIRE(a.size() == 20);
  REQUIRE(b.size() == 21);
  REQUIRE((a.begin() + 3)->value == 1);
  REQUIRE((b.begin() + 3)->value == 2);
}
