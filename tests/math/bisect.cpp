// SPDX-License-Identifier: MIT
// Selection by bisection: against a full sort, with ties, at every rank and for every target.
#include <logitkit/math/bisect.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <numeric>

namespace math = logitkit::math;
using math::Mass;

namespace {

template <class S>
std::vector<math::OrderKey<S>> keys_of(const std::vector<S>& row) {
  std::vector<math::OrderKey<S>> keys;
  for (const S x : row) keys.push_back(math::order_key(x));
  return keys;
}

/// What a key weighs in these tests: larger keys more, some of them nothing.
template <class Key>
std::uint64_t weight_of(Key key) {
  const auto place = static_cast<std::uint64_t>(key >> (sizeof(Key) * 8 - 16)) + 40000;
  return place % 7 == 0 ? 0 : place << 40;
}

/// The twin: walk down the sorted keys until the target is reached.
template <class Key>
math::Reached<Key> walk(std::vector<Key> keys, Mass before, double target) {
  std::sort(keys.begin(), keys.end(), std::greater<>{});
  Mass mass = before;
  for (std::size_t i = 0; i < keys.size();) {
    const auto equals = static_cast<std::size_t>(std::count(keys.begin(), keys.end(), keys[i]));
    const Mass ahead = mass;
    for (std::size_t n = 0; n < equals; ++n) mass += weight_of(keys[i]);
    if (mass.to_double() >= target) return {keys[i], ahead, weight_of(keys[i]), equals};
    i += equals;
  }
  return {};
}

}  // namespace

TEMPLATE_TEST_CASE("rank_bound parts the k largest keys from the others", "[bisect]", float,
                   double) {
  for (const auto& [name, row] : test::all_named_rows<TestType>()) {
    if (row.size() > 300) continue;
    const auto keys = keys_of(row);
    auto sorted = keys;
    std::sort(sorted.begin(), sorted.end(), std::greater<>{});
    for (std::size_t k = 1; k <= keys.size(); ++k) {
      CAPTURE(name, k);
      auto copy = keys;
      const auto bound = math::rank_bound(std::span(copy), k);
      const auto larger =
          std::count_if(keys.begin(), keys.end(), [=](auto x) { return x > bound; });
      const auto reach =
          std::count_if(keys.begin(), keys.end(), [=](auto x) { return x >= bound; });
      CHECK(std::size_t(reach) >= k);
      CHECK((std::size_t(reach) == k || (bound == sorted[k - 1] && std::size_t(larger) < k)));
    }
  }
}

TEMPLATE_TEST_CASE("reach is a walk down the sorted keys, for every target", "[bisect]", float,
                   double) {
  using Key = math::OrderKey<TestType>;
  for (const auto& [name, row] : test::all_named_rows<TestType>()) {
    const auto keys = keys_of(row);
    for (const Mass before : {Mass{}, Mass{1, 12345}}) {
      Mass all = before;
      for (const Key key : keys) all += weight_of(key);
      const double total = all.to_double(), start = before.to_double();
      if (total == start) continue;
      for (const double part : {1e-12, 0.1, 0.5, 0.9, 0.999999, 1.0}) {
        CAPTURE(name, part);
        const double target = start + part * (total - start);
        if (target <= start || target > total) continue;
        auto copy = keys;
        std::vector<std::uint64_t> weights;
        for (const Key key : keys) weights.push_back(weight_of(key));
        const auto found = math::reach(std::span(copy), weights.data(), before, target);
        const auto twin = walk(keys, before, target);
        CHECK(found.key == twin.key);
        CHECK(found.before == twin.before);
        CHECK(found.weight == twin.weight);
        CHECK(found.equals == twin.equals);
      }
    }
  }
}

TEMPLATE_TEST_CASE("an interval that holds the answer does not change it", "[bisect]", float,
                   double) {
  using Key = math::OrderKey<TestType>;
  std::vector<Key> keys(1000);
  std::iota(keys.begin(), keys.end(), Key(-500));
  for (const std::size_t k : {1u, 7u, 500u, 1000u}) {
    auto copy = keys;
    CHECK(math::rank_bound(std::span(copy), k, {Key(-500), Key(499)}) == Key(500 - int(k)));
  }
  std::vector<std::uint64_t> weights(1000, 10);
  auto copy = keys;
  const auto found = math::reach(std::span(copy), weights.data(), {}, 95, {Key(480), Key(499)});
  CHECK(found.key == 490);
  CHECK(found.before == Mass{0, 90});
}
