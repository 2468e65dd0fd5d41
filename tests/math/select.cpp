// SPDX-License-Identifier: MIT
// Selection by rank and by mass: against a full sort, with ties, at every rank and target.
#include <logitkit/math/select.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <cmath>

namespace math = logitkit::math;
using math::Mass;

namespace {

template <class S>
struct Entry {
  std::int32_t token;
  S score;
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
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  return entries;
}

template <class S>
std::uint64_t weight_of(const Entry<S>& entry, S best) {
  return math::weight(math::to_octaves((double(best) - double(entry.score)) * 1.4426950408889634));
}

/// The twin: walk down the sorted list while the mass before is below the target.
template <class S>
Entry<S> last_by_walk(const std::vector<Entry<S>>& sorted, Mass before, double target, S best) {
  std::size_t last = 0;
  for (; last + 1 < sorted.size(); ++last) {
    before += weight_of(sorted[last], best);
    if (!(before.to_double() < target)) break;
  }
  return sorted[last];
}

}  // namespace

TEST_CASE("the better of two has the larger score, then the lower token", "[select]") {
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

TEMPLATE_TEST_CASE("kth_largest is that of a full sort", "[select]", float, double) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{33}, std::size_t{200}}) {
    for (const auto& [name, row] : test::named_rows<TestType>(size)) {
      CAPTURE(name, size);
      std::vector<math::OrderKey<TestType>> keys;
      for (const auto score : row) keys.push_back(math::order_key(score));
      auto sorted = keys;
      std::sort(sorted.begin(), sorted.end());
      for (std::size_t k = 1; k <= size; ++k) {
        auto copy = keys;
        REQUIRE(math::kth_largest(std::span(copy), k) == sorted[size - k]);
      }
    }
  }
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

TEMPLATE_TEST_CASE("select_by_mass is a walk down the sorted list, for every target", "[select]",
                   float, double) {
  using S = TestType;
  for (const std::size_t size : std::vector<std::size_t>{1, 2, 24, 25, 26, 64, 301}) {
    for (const auto& [name, row] : test::named_rows<S>(size)) {
      CAPTURE(name, size);
      const auto entries = entries_of(row);
      const auto sorted = fully_sorted(entries);
      const S best = sorted[0].score;
      const auto weigh = [&](const auto& entry) { return weight_of(entry, best); };
      Mass total;
      std::vector<double> targets{0.5, 1};
      const std::size_t stride = size / 50 + 1;
      for (std::size_t i = 0; i < size; ++i) {
        total += weigh(sorted[i]);
        if (i % stride != 0) continue;
        const double prefix = total.to_double();  // a target that is met exactly, and around it
        targets.insert(targets.end(), {prefix, std::nextafter(prefix, 0), prefix * 1.0000001});
      }
      for (int i = 1; i < 20; ++i) targets.push_back(total.to_double() * i / 20);
      targets.push_back(total.to_double() * 2);
      for (const double target : targets) {
        auto copy = entries;
        const auto got = math::select_by_mass(std::span(copy), Mass{}, target, weigh);
        if (got != last_by_walk(sorted, Mass{}, target, best)) FAIL("target " << target);
      }
    }
  }
}

TEMPLATE_TEST_CASE("select_by_mass counts the mass that is ahead", "[select]", float, double) {
  const auto entries = entries_of(test::gauss_row<TestType>(100, 2, 3));
  const auto sorted = fully_sorted(entries);
  const auto best = sorted[0].score;
  const auto weigh = [&](const auto& entry) { return weight_of(entry, best); };
  for (const Mass before : {Mass{0, 1}, Mass{0, std::uint64_t{1} << 62}, Mass{5, 123}}) {
    for (int i = 1; i < 40; ++i) {
      const double target = before.to_double() + i * 0.25 * 0x1p62;
      auto copy = entries;
      REQUIRE(math::select_by_mass(std::span(copy), before, target, weigh) ==
              last_by_walk(sorted, before, target, best));
    }
  }
}

TEMPLATE_TEST_CASE("the histogram's boundary is the bucket of the boundary entry", "[select]",
                   float, double) {
  using S = TestType;
  for (const std::size_t size : {std::size_t{1}, std::size_t{65}, std::size_t{1000}}) {
    for (const auto& [name, row] : test::named_rows<S>(size)) {
      CAPTURE(name, size);
      const auto sorted = fully_sorted(entries_of(row));
      const S best = sorted[0].score;
      const auto distance = [&](const auto& entry) {
        return (double(best) - double(entry.score)) * 1.4426950408889634;
      };
      const auto weight = [&](const auto& entry) {
        return math::weight(math::to_octaves(distance(entry)));
      };
      const auto bucket = [&](const auto& entry) {
        return math::MassHistogram::bucket(distance(entry));
      };
      math::MassHistogram histogram;
      Mass total;
      for (const auto& entry : sorted) {
        histogram.add(bucket(entry), weight(entry));
        total += weight(entry);
      }
      for (int i = 1; i <= 100; ++i) {
        const double target = total.to_double() * i / 100;
        const auto boundary = histogram.boundary(target);
        REQUIRE((i == 100 || boundary.before.to_double() < target));
        const auto last = last_by_walk(sorted, Mass{}, target, best);
        if (weight(last) == 0) continue;  // beyond the last mass
        REQUIRE(boundary.bucket == bucket(last));
        Mass before;
        for (const auto& entry : sorted) {
          if (bucket(entry) < boundary.bucket) before += weight(entry);
        }
        REQUIRE(before == boundary.before);
      }
    }
  }
}

TEST_CASE("the histogram without a target or without mass points at the best", "[select]") {
  math::MassHistogram histogram;
  REQUIRE(histogram.boundary(1).bucket == 0);
  histogram.add(0, math::weight(0));
  histogram.add(math::MassHistogram::bucket(3), math::weight(math::Octaves{3} << 57));
  REQUIRE(histogram.boundary(0).bucket == 0);
  REQUIRE(histogram.boundary(0x1p62).bucket == 0);  // the mass before must be below the target
  REQUIRE(histogram.boundary(0x1p62 * 1.0001).bucket == 48);
  REQUIRE(math::MassHistogram::bucket(63.5) + 8 == math::MassHistogram::kBuckets);
  REQUIRE(math::MassHistogram::bucket(1e300) + 1 == math::MassHistogram::kBuckets);
}
