// SPDX-License-Identifier: MIT
// Wide sets: what a narrowing leaves of a row is the same, and goes on being so, as a list or as a
// mask.
#include <logitkit/core/detail/candidates_mask.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <bit>

namespace lk = logitkit;

namespace {

/// Everything one can see of a set.
template <class S>
std::string seen(lk::Candidates<S>& set) {
  std::string text = std::to_string(set.size()) + " " + lk::to_string(set.status());
  std::uint64_t hash = 0;
  for (const auto [token, score] : set) {
    hash = (hash ^ std::bit_cast<std::uint64_t>(score) ^ std::uint64_t(token)) * 0x9e3779b97f4a7c15;
  }
  text += " " + std::to_string(hash) + " " + std::to_string(set.best());
  text += " " + std::to_string(std::bit_cast<std::uint64_t>(set.log_sum_exp()));
  for (int i = 0; i < 8; ++i) text += " " + std::to_string(set.draw((i + 0.37) / 8));
  for (const auto [token, score] : set.sorted(5)) text += " " + std::to_string(token);
  return text;
}

/// The same of a row and of a list that has all of it, after the same steps.
template <class F>
void same_as_list(const std::vector<float>& row, const F& steps) {
  lk::Workspace a, b;
  lk::Candidates<float> wide(row, a), list(row, b);
  list.keep_if([](lk::Token, double) { return true; });
  steps(wide);
  steps(list);
  REQUIRE(list.narrowed());
  CHECK(seen(wide) == seen(list));
}

std::vector<std::vector<float>> rows() {
  std::vector<std::vector<float>> all;
  for (const std::size_t size : {4096u + 1, 5000u, 20000u}) {
    for (auto& row : test::named_rows<float>(size)) all.push_back(row.scores);
    std::vector<float> few = test::gauss_row<float>(size, 1, 3);  // many equals anywhere
    for (float& x : few) x = float(int(2 * x)) / 2;
    all.push_back(few);
  }
  return all;
}

}  // namespace

TEST_CASE("what stays wide is what a list would hold") {
  for (const auto& row : rows()) {
    for (const double p : {0.02, 0.3, 0.5, 0.9, 0.999}) {
      same_as_list(row, [&](auto& set) { set.keep_mass(p); });
    }
    for (const double threshold : {-30.0, -1.0, -0.5, 0.0, 0.5, 1.5, 1e9}) {
      same_as_list(row, [&](auto& set) { set.keep_above(threshold); });
    }
  }
}

TEST_CASE("a wide set is edited, masked and narrowed further as a list is") {
  std::vector<std::uint32_t> words(700, 0xfff7ffffu);
  for (const auto& row : rows()) {
    same_as_list(row, [&](auto& set) {
      set.scale(0.7);
      set.keep_above(set.maximum() - 3);
      const lk::Token best = set.best();
      set.add(best, 1);
      set.add(0, -0.5);
      set.keep_mass(0.9);
      set.mask(words);
      set.keep_mass(0.8);
      set.add(best + 1, 0.25);
      set.keep_top(3000);
    });
    same_as_list(row, [](auto& set) {
      for (lk::Token token = 0; token < 3000; token += 7) set.add(token, 0.25);
      set.keep_mass(0.95);
      set.normalise();
      set.keep_above(-9.5);
    });
  }
}

TEST_CASE("a set that has been made wide by a threshold stays a row") {
  const auto row = test::gauss_row<float>(20000, 0.3, 5);
  lk::Workspace workspace;
  lk::Candidates<float> set(row, workspace);
  set.keep_above(-1);
  CHECK_FALSE(set.narrowed());
  CHECK(set.size() < row.size());
  set.keep_above(1.2);
  CHECK(set.narrowed());
}
