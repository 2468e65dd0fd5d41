// SPDX-License-Identifier: MIT
// The radix sort: against a stable sort, with ties, both zeros, denormals and banned values.
#include <logitkit/math/radix_sort.hpp>

#include <logitkit/math/select.hpp>

#include "support/catch.hpp"
#include "support/flush_to_zero.hpp"
#include "support/rows.hpp"

#include <algorithm>

namespace math = logitkit::math;

namespace {

struct Wide {
  std::int32_t token;
  double value;
  friend bool operator==(const Wide&, const Wide&) = default;
};

template <class S>
void agrees(const std::vector<S>& row) {
  std::vector<math::Entry<S>> entries;
  std::vector<Wide> expected, sorted(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    entries.push_back({static_cast<std::int32_t>(i), row[i]});
    expected.push_back({static_cast<std::int32_t>(i), math::widen(row[i])});
  }
  std::stable_sort(expected.begin(), expected.end(), [](const Wide& a, const Wide& b) {
    return math::order_key(a.value) > math::order_key(b.value);
  });
  math::radix_sort<S>(std::span(entries), sorted.data());
  REQUIRE(sorted == expected);
}

}  // namespace

TEMPLATE_TEST_CASE("radix_sort is a stable sort by descending values", "[radix_sort]", float,
                   double) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{33}, std::size_t{5000}}) {
    for (const auto& [name, row] : test::named_rows<TestType>(size)) {
      CAPTURE(name, size);
      agrees(row);
    }
  }
  agrees(std::vector<TestType>{});
}

TEMPLATE_TEST_CASE("radix_sort tells denormals apart where they are flushed to zero",
                   "[radix_sort]", float, double) {
  const TestType least = std::numeric_limits<TestType>::denorm_min();
  const std::vector<TestType> row{least, 0, 3 * least, -least, 2 * least, -2 * least};
  const test::FlushToZero flushing;
  agrees(row);
}
