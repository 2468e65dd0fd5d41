// SPDX-License-Identifier: MIT
// TokenCounts: against std::map, through growths and removals; order of occurrence.
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

TEST_CASE("counts are those of a map", "[token_counts]") {
  require_like_map({});
  require_like_map({7, 7, 7, 3, 7, 3});
  require_like_map(std::vector<lk::Token>(1000, 5));
  test::Random random(1);
  for (const std::size_t distinct : {1u, 2u, 7u, 8u, 9u, 100u, 32000u}) {
    std::vector<lk::Token> tokens(5000);
    for (auto& token : tokens) token = static_cast<lk::Token>(random.below(distinct));
    require_like_map(tokens);
  }
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
