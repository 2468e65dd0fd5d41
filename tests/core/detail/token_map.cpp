// SPDX-License-Identifier: MIT
// TokenMap: against std::map, with tokens that collide and entries that move when one is erased.
#include <logitkit/core/detail/token_map.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <map>

namespace lk = logitkit;
using Map = lk::detail::TokenMap<int>;

namespace {

void require_equal(Map map, const std::map<lk::Token, int>& twin) {
  REQUIRE(map.size() == twin.size());
  for (const auto& [token, value] : map) REQUIRE(twin.at(token) == value);
  for (const auto& [token, value] : twin) REQUIRE(map[token] == value);  // each is found
  REQUIRE(map.size() == twin.size());
}

}  // namespace

TEST_CASE("an empty map erases nothing", "[token_map]") {
  Map map;
  map.erase(3);
  map.clear();
  REQUIRE(map.begin() == map.end());
}

TEST_CASE("whatever is put in and taken out, it is what std::map says", "[token_map]") {
  test::Random random(3);
  for (const lk::Token stride : {1, 64, 4096, 1 << 20}) {  // runs of slots, and around the end
    for (const std::size_t distinct : {4u, 8u, 9u, 100u}) {
      Map map;
      std::map<lk::Token, int> twin;
      for (int i = 0; i < 2000; ++i) {
        const auto token = stride * static_cast<lk::Token>(random.below(distinct));
        if (random.below(2) == 0) {
          map.erase(token);
          twin.erase(token);
        } else {
          map[token] = twin[token] = i;
        }
        if (i % 50 == 0) require_equal(map, twin);
      }
      require_equal(map, twin);
      map.clear();
      require_equal(map, {});
      map[7] = 1;
      require_equal(map, {{7, 1}});
    }
  }
}

TEST_CASE("the last entry takes the place of one that is erased", "[token_map]") {
  Map map;
  map[10] = 1, map[20] = 2, map[30] = 3;
  map.erase(10);
  REQUIRE(map.begin()->token == 30);
  REQUIRE((map.begin() + 1)->token == 20);
  map.erase(20);  // the last one itself
  require_equal(map, {{30, 3}});
}

TEST_CASE("a copy is a map of its own", "[token_map]") {
  Map a;
  a[1] = 1;
  Map b = a;
  b[1] = 2, b[2] = 3;
  require_equal(a, {{1, 1}});
  require_equal(b, {{1, 2}, {2, 3}});
}
