// SPDX-License-Identifier: MIT
// Stateless: a plain callable as a forkable model, the oracle of those that cache.
#include <logitkit/model/stateless.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{3, 1, 4};

template <class Scalar>
void check_row(const lk::Rows<Scalar>& rows, std::size_t r, const Tokens& tokens) {
  const auto expected = test::PlainRecurrent<Scalar>{}(tokens);
  REQUIRE(rows.vocabulary == expected.size());
  for (std::size_t v = 0; v < expected.size(); ++v) {
    CHECK(rows[r][v] == static_cast<float>(expected[v]));
  }
}

template <class Scalar>
void check_lifted() {
  lk::Stateless model{test::PlainRecurrent<Scalar>{}};
  static_assert(lk::ForkableModel<decltype(model)>);
  check_row(model.prefill(kPrompt), 0, kPrompt);
  model.reorder(std::vector<std::size_t>{0, 0, 0});
  auto rows = model.step(Tokens{5, 6, 7});
  REQUIRE(rows.count == 3);
  check_row(rows, 0, {3, 1, 4, 5});
  check_row(rows, 2, {3, 1, 4, 7});
  model.reorder(std::vector<std::size_t>{2, 0});
  rows = model.step(Tokens{8, 9});
  REQUIRE(rows.count == 2);
  check_row(rows, 0, {3, 1, 4, 7, 8});
  check_row(rows, 1, {3, 1, 4, 5, 9});
  rows = model.prefill(Tokens{2});
  CHECK(rows.count == 1);
  check_row(rows, 0, {2});
}

}  // namespace

TEST_CASE("a lifted callable has prefill, step and reorder, in its own scalar") {
  check_lifted<float>();
  check_lifted<double>();
  check_lifted<Eigen::half>();
  check_lifted<Eigen::bfloat16>();
}

TEST_CASE("it gives the rows of a model that caches") {
  lk::Stateless lifted{test::PlainRecurrent<float>{}};
  test::CachedRecurrent<float> cached;
  const auto check = [](const auto& rows, const Eigen::MatrixXf& expected) {
    REQUIRE(rows.count == std::size_t(expected.cols()));
    for (std::size_t r = 0; r < rows.count; ++r) {
      for (std::size_t v = 0; v < rows.vocabulary; ++v) {
        CHECK(rows[r][v] == expected(Eigen::Index(v), Eigen::Index(r)));
      }
    }
  };
  check(lifted.prefill(kPrompt), cached.prefill(kPrompt));
  const std::vector<std::vector<std::size_t>> parents{{0, 0}, {1, 0, 1}, {2, 2}, {1}};
  for (const auto& each : parents) {
    lifted.reorder(each);
    cached.reorder(each);
    Tokens last(each.size());
    for (std::size_t r = 0; r < last.size(); ++r) last[r] = lk::Token(r + each.size());
    check(lifted.step(last), cached.step(last));
  }
}

TEST_CASE("a callable that always uses the same memory is read before it is called again") {
  std::vector<float> memory(4);
  lk::Stateless model{[&](std::span<const lk::Token> tokens) -> const std::vector<float>& {
    for (std::size_t v = 0; v < 4; ++v) memory[v] = float(tokens.back() * 10 + int(v));
    return memory;
  }};
  static_cast<void>(model.prefill(kPrompt));
  model.reorder(std::vector<std::size_t>{0, 0});
  const auto rows = model.step(Tokens{5, 6});
  CHECK(rows[0][1] == 51);
  CHECK(rows[1][3] == 63);
}

TEST_CASE("rows of different lengths are rows of vocabulary 0, which every session refuses") {
  lk::Stateless model{[](std::span<const lk::Token> tokens) {
    return std::vector<float>(tokens.back() == 6 ? 5 : 4);
  }};
  CHECK(model.prefill(kPrompt).vocabulary == 4);
  for (const Tokens& last : {Tokens{5, 6, 6}, Tokens{5, 5, 6}, Tokens{5, 6, 5}, Tokens{6, 5, 5}}) {
    static_cast<void>(model.prefill(kPrompt));
    model.reorder(std::vector<std::size_t>{0, 0, 0});
    CHECK(model.step(last).vocabulary == 0);
  }
  CHECK(model.prefill(Tokens{6}).vocabulary == 5);
}
