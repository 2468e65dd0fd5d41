// SPDX-License-Identifier: MIT
// RandomDecoder: keyed by seed, stream and position alone. Every outcome: property/enumeration.cpp.
#include <logitkit/decode/random.hpp>

#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

#include <set>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{3, 1, 4};

/// A decider that always says the same number.
struct Always {
  double u;
  double operator()(std::uint64_t) const { return u; }
};

}  // namespace

TEST_CASE("the same seed gives the same tokens, another seed or stream others") {
  const test::PlainRecurrent<float> model{60, 2};
  const auto tokens = [&](std::uint64_t seed, std::uint64_t stream) {
    const lk::RandomDecoder random{lk::Chain{lk::Temperature{3.0f}},
                                   {.seed = seed, .stream = stream}};
    return random.decode(model, kPrompt, {.max_new_tokens = 24}).tokens;
  };
  CHECK(tokens(1, 0) == tokens(1, 0));
  CHECK(tokens(1, 0) != tokens(2, 0));
  CHECK(tokens(1, 0) != tokens(1, 1));
  CHECK(tokens(std::uint64_t{1} << 32, 0) != tokens(0, 0));
  const lk::RandomDecoder unseeded{lk::Chain{lk::Temperature{3.0f}}};
  CHECK(unseeded.decode(model, kPrompt, {.max_new_tokens = 24}).tokens == tokens(0, 0));
}

TEST_CASE("a draw depends on the position, not on how many draws came before") {
  const std::vector<float> row(100, 0.0f);
  const lk::RandomDecoder random{lk::Chain{}, {.seed = 5}};
  lk::Workspace workspace;
  auto session = random.start(kPrompt, {});
  Tokens drawn;
  for (int i = 0; i < 8; ++i) {
    drawn.push_back(session.next(row, workspace).token);
    session.accept(drawn.back());
  }
  CHECK(std::set(drawn.begin(), drawn.end()).size() > 4);
  for (std::size_t i = 8; i-- > 0;) {  // one-shot, backwards, with any tokens before it
    const Tokens tokens(3 + i, 99);
    CHECK(random.next(row, {tokens, 1}, workspace).token == drawn[i]);
  }
  session.rollback(3);
  CHECK(session.next(row, workspace).token == drawn[5]);
}

TEST_CASE("a prompt split elsewhere draws the same numbers") {
  const test::PlainRecurrent<float> model{60, 2};
  const lk::RandomDecoder random{lk::Chain{}, {.seed = 6}};
  const Tokens first = random.decode(model, kPrompt, {.max_new_tokens = 10}).tokens;
  Tokens longer = kPrompt;
  longer.insert(longer.end(), first.begin(), first.begin() + 4);
  const Tokens rest = random.decode(model, longer, {.max_new_tokens = 6}).tokens;
  CHECK(rest == Tokens(first.begin() + 4, first.end()));
}

TEST_CASE("top-k of 1 and temperature 0 are greedy, whatever the number") {
  const test::PlainRecurrent<float> model{40, 2};
  const lk::Limits limits{.max_new_tokens = 12};
  const Tokens greedy =
      lk::RandomDecoder(lk::Chain{lk::TopK{1}}, Always{0.99}).decode(model, kPrompt, limits).tokens;
  CHECK(lk::RandomDecoder(lk::Chain{lk::Temperature{0.0f}}, Always{0.01})
            .decode(model, kPrompt, limits)
            .tokens == greedy);
}
