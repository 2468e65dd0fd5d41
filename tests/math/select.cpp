// SPDX-License-Identifier: MIT
// The order of entries, and the k best: against a full sort, with ties.
#include <logitkit/math/select.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

namespace math = logitkit::math;

namespace {

template <class S>
struct Entry {
  std::int32_t token;
  S value;
  friend bool operator==(const Entry&, const Entry&) = default;
};

template <class S>
std::vector<Entry<S>> entries_of(const std::vector<S>& row, std::uint64_t seed = 1) {
  std::vector<Entry<S>> entries;
  for (std::size_t i = 0; i < row.size(); ++i) {
    entries.push_back({static_cast<std::int32_t>(i), row[i]});
  }
  test::Random random(seed);  // any order must do
  for (std::size_t i = entries.size(); i > 1; --i) {
    std::swap(entries[i - 1], entries[random.below(i)]);
  }
  return entries;
}

/// The twin: a stable sort by descending number of what stands in ascending token order.
template <class S>
std::vector<Entry<S>> fully_sorted(std::vector<Entry<S>> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.token < b.token; });
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.value > b.value; });
  return entries;
}

}  // namespace

TEST_CASE("the better of two has the larger value, then the lower token", "[select]") {
  using E = Entry<float>;
  const math::Better better;
  REQUIRE(better(E{9, 2.0f}, E{1, 1.0f}));
  REQUIRE_FALSE(better(E{1, 1.0f}, E{9, 2.0f}));
  REQUIRE(better(E{1, 1.0f}, E{2, 1.0f}));
  REQUIRE_FALSE(better(E{2, 1.0f}, E{1, 1.0f}));
  REQUIRE_FALSE(better(E{1, 1.0f}, E{1, 1.0f}));
  REQUIRE(better(E{1, -0.0f}, E{2, 0.0f}));
  REQUIRE(better(E{1, 0.0f}, E{2, -0.0f}));
  REQUIRE_FALSE(better(E{2, 0.0f}, E{1, -0.0f}));
}

TEMPLATE_TEST_CASE("select_best finds the k best of a full sort", "[select]", float, double) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{31}, std::size_t{65}}) {
    for (const auto& [name, row] : test::named_rows<TestType>(size)) {
      CAPTURE(name, size);
      const auto entries = entries_of(row);
      const auto sorted = fully_sorted(entries);
      for (std::size_t k = 1; k <= size; ++k) {
        auto copy = entries;
        math::select_best(std::span(copy), k);
        REQUIRE(copy[k - 1] == sorted[k - 1]);
        copy.resize(k);
        REQUIRE(fully_sorted(copy) == std::vector(sorted.begin(), sorted.begin() + int(k)));
      }
    }
  }
}
