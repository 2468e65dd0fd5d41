// SPDX-License-Identifier: MIT
// Where a nucleus ends: exactly there, for narrow ones and wide ones, rows and lists.
#include <logitkit/core/detail/candidates_nucleus.hpp>

#include "support/catch.hpp"
#include "support/kept.hpp"
#include "support/rows.hpp"

#include <cmath>

namespace lk = logitkit;
using test::kept;

TEMPLATE_TEST_CASE("among equals the nucleus is a whole number of them", "[nucleus]", float,
                   double) {
  lk::Workspace workspace;
  for (const std::size_t size : {4u, 100u, 4096u, 40000u}) {
    for (const TestType score : {TestType(0), TestType(1.7)}) {
      const std::vector<TestType> row(size, score);
      for (const double part : {0.25, 0.5, 0.75}) {
        lk::Candidates set(row, workspace);
        set.keep_mass(part);  // exactly that part, since the mass before the next equals it
        REQUIRE(set.size() == static_cast<std::size_t>(part * static_cast<double>(size)));
        REQUIRE(set.contains(0));
        lk::Candidates more(row, workspace);
        more.keep_mass(std::nextafter(part, 1.0));
        REQUIRE(more.size() == 1 + static_cast<std::size_t>(part * static_cast<double>(size)));
      }
    }
  }
}

TEMPLATE_TEST_CASE("of no mass at all the nucleus is the best token, and it is found", "[nucleus]",
                   float, double) {
  lk::Workspace workspace;
  for (const std::size_t size : {1u, 65u, 40000u}) {
    std::vector<TestType> row(size, TestType(1));
    row[size / 2] = TestType(1.5);
    const auto best = static_cast<lk::Token>(size / 2);
    for (const double p : {0.0, -0.0, -1.5, -1e308, 0x1p-1074, 1e-300, std::nan("")}) {
      CAPTURE(size, p);
      for (const bool narrow : {false, true}) {
        lk::Candidates set(row, workspace);
        if (narrow) set.keep_if([](lk::Token, double) { return true; });
        set.keep_mass(p);
        REQUIRE(kept(set) == std::vector{best});
        lk::Candidates more(row, workspace);
        more.keep_mass(p, 3);
        REQUIRE(more.size() == std::min<std::size_t>(size, 3));
      }
    }
  }
}

TEMPLATE_TEST_CASE("a row and the list of its tokens have the same nucleus", "[nucleus]", float,
                   double) {
  lk::Workspace a, b;
  for (const std::size_t size : {65u, 3000u, 40000u}) {
    for (const double spread : {0.3, 2.0, 5.0}) {
      std::vector<TestType> row(size);
      test::Random random(size);
      for (auto& x : row) x = static_cast<TestType>(spread * std::log(random.uniform() + 1e-9));
      for (const double p : {1e-9, 0.1, 0.5, 0.9, 0.99, 0.999999}) {
        CAPTURE(size, spread, p);
        lk::Candidates hot(row, a), list(row, b);
        hot.add(3, 0.5), list.add(3, 0.5);
        list.keep_if([](lk::Token, double) { return true; });
        hot.keep_mass(p), list.keep_mass(p);
        REQUIRE(kept(hot) == kept(list));
      }
    }
  }
}

TEST_CASE("a sample that misleads costs time, and changes nothing", "[nucleus]") {
  // Rows in which every so many tiles are unlike the others, which a sample takes or leaves out.
  lk::Workspace a, b;
  for (const std::size_t size : {20000u, 40000u, 66000u}) {
    const std::size_t stride = (size / 64 + 127) / 128;
    for (const std::size_t shift : {std::size_t{0}, stride / 2}) {
      for (const float height : {-6.0f, -1.0f, 2.0f, 7.0f}) {
        std::vector<float> row(size);
        test::Random random(size + shift);
        for (std::size_t i = 0; i < size; ++i) {
          row[i] = static_cast<float>(2 * random.uniform());
          if (i / 64 % stride == shift) row[i] += height;
        }
        for (const double p : {0.05, 0.3, 0.7, 0.9, 0.99, 0.9999}) {
          CAPTURE(size, shift, height, p);
          lk::Candidates hot(row, a), list(row, b);
          list.keep_if([](lk::Token, double) { return true; });
          hot.keep_mass(p), list.keep_mass(p);
          REQUIRE(kept(hot) == kept(list));
        }
      }
    }
  }
}

TEST_CASE("ascending, descending, half banned, spikes over a plain: the same nucleus",
          "[nucleus]") {
  lk::Workspace a, b;
  constexpr std::size_t kSize = 30000;
  std::vector<std::vector<float>> rows(6, std::vector<float>(kSize));
  test::Random random(5);
  for (std::size_t i = 0; i < kSize; ++i) {
    const auto x = static_cast<float>(random.uniform());
    const auto place = static_cast<float>(i) / float(kSize);
    rows[0][i] = 9 * place;
    rows[1][i] = -9 * place;
    rows[2][i] = i % 2 == 0 ? 3 * x : -std::numeric_limits<float>::infinity();
    rows[3][i] = i % 997 == 0 ? 12 + x : x;
    rows[4][i] = static_cast<float>(static_cast<int>(4 * x));  // four levels of equals
    rows[5][i] = x * 1e-40f;                                   // denormals, nearly equal
  }
  for (std::size_t kind = 0; kind < rows.size(); ++kind) {
    for (const double p : {0.01, 0.25, 0.5, 0.75, 0.95, 0.999}) {
      for (const double factor : {1.0, 0.2, 3.0}) {
        CAPTURE(kind, p, factor);
        lk::Candidates hot(rows[kind], a), list(rows[kind], b);
        for (auto* set : {&hot, &list}) {
          set->scale(factor);
          set->ban(17), set->add(6400, 1), set->set(29999, 2);
        }
        list.keep_if([](lk::Token, double) { return true; });
        hot.keep_mass(p), list.keep_mass(p);
        REQUIRE(kept(hot) == kept(list));
      }
    }
  }
}
