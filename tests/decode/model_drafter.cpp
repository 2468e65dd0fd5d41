// SPDX-License-Identifier: MIT
// ModelDrafter: it draws what RandomDecoder draws with that model, whatever was committed before.
#include <logitkit/decode/model_drafter.hpp>

#include <logitkit/decode/random.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "reference/inputs.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

/// Cannot rewind.
struct OnlyForward {
  test::CachedRecurrent<float> model{12, 3};
  decltype(auto) prefill(std::span<const lk::Token> prompt) { return model.prefill(prompt); }
  decltype(auto) step(std::span<const lk::Token> last) { return model.step(last); }
};

const lk::Chain kChain{lk::RepetitionPenalty{1.5f}, lk::Temperature{2.0f}, lk::TopK{5}};

/// What is committed after a draft: some of it, then often another token.
Tokens committed(const lk::Draft& draft, reference::Bits& bits) {
  Tokens tokens(draft.tokens.begin(),
                draft.tokens.begin() + static_cast<std::ptrdiff_t>(bits.below(draft.size() + 1)));
  if (bits.below(3) > 0) tokens.push_back(static_cast<lk::Token>(bits.below(12)));
  return tokens;
}

template <class M>
void check_rounds(M& model, const auto& plain) {
  lk::ModelDrafter drafter{model, kChain};
  const Tokens prompt{1, 2};
  drafter.start(prompt);
  Tokens text = prompt;
  reference::Bits bits(7);
  lk::Workspace workspace;
  for (std::uint64_t round = 0; round < 40; ++round) {
    const lk::PhiloxDecider decider(round);
    const lk::RandomDecoder oracle{kChain, decider};
    const lk::Draft draft = drafter.propose({text, 2}, bits.below(6), decider);
    REQUIRE(draft.drawn_from.size() == draft.size());
    Tokens longer = text;
    for (std::size_t i = 0; i < draft.size(); ++i) {
      const auto row = plain(longer);
      const lk::Context context{longer, 2};
      REQUIRE(draft.tokens[i] == oracle.next(row, context, workspace).token);
      lk::Chain chain = kChain;  // with the state of this context
      chain.start(context.prompt());
      for (const lk::Token token : context.generated()) chain.accept(token);
      lk::Candidates candidates(row, workspace);
      chain(candidates, context);
      lk::Probabilities expected;
      expected.assign(candidates);
      const auto tokens = draft.drawn_from[i].tokens(), right = expected.tokens();
      REQUIRE(Tokens(tokens.begin(), tokens.end()) == Tokens(right.begin(), right.end()));
      for (const lk::Token token : right) REQUIRE(draft.drawn_from[i][token] == expected[token]);
      longer.push_back(draft.tokens[i]);
    }
    for (const lk::Token token : committed(draft, bits)) {
      text.push_back(token);
      drafter.accept(token);
    }
  }
}

const auto kNever = [](std::uint64_t) { return 0.5; };

}  // namespace

TEST_CASE("a model drafts what it would say, of every kind of model", "[model_drafter]") {
  const test::PlainRecurrent<float> plain{12, 3};
  test::CachedRecurrent<float> cached{12, 3};
  OnlyForward forward;
  static_assert(lk::Drafter<lk::ModelDrafter<OnlyForward>>);
  check_rounds(plain, plain);
  check_rounds(cached, plain);
  check_rounds(forward, plain);
  CHECK(cached.prefills == 1);
  CHECK(forward.model.prefills > 1);
}

TEST_CASE("after a rollback, and in a copy, it drafts by the context", "[model_drafter]") {
  test::CachedRecurrent<float> model{12, 3};
  const test::PlainRecurrent<float> plain{12, 3};
  lk::ModelDrafter drafter{model};
  const auto check = [&](auto& of, const Tokens& text) {
    lk::Workspace workspace;
    const lk::Draft draft = of.propose({text, 1}, 1, kNever);
    const auto row = plain(text);
    lk::Candidates candidates(row, workspace);
    REQUIRE(draft.size() == 1);
    CHECK(draft.tokens[0] == candidates.draw(0.5));
  };
  check(drafter, {1, 2, 3, 4});
  check(drafter, {1, 2, 3, 4});  // nothing was committed
  check(drafter, {1, 2});
  check(drafter, {5});
  check(drafter, {5, 6, 7});
  auto copy = drafter;  // and goes on where that was
  check(copy, {5, 6, 9});
  CHECK(model.prefills == 2);  // nothing of {5} could be kept
  CHECK(drafter.propose({}, 0, kNever).empty());
}

TEST_CASE("a greedy chain is certain of its drafts", "[model_drafter]") {
  const test::PlainRecurrent<float> plain{12, 3};
  lk::ModelDrafter drafter{plain, lk::Chain{lk::Temperature{0.0f}}};
  const Tokens text{4};
  const lk::Draft draft = drafter.propose({text, 1}, 3, kNever);
  REQUIRE(draft.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(draft.drawn_from[i].size() == 1);
    CHECK(draft.drawn_from[i][draft.tokens[i]] == 1);
  }
}

TEST_CASE("a bad row ends the draft, an exception passes and leaves it usable", "[model_drafter]") {
  using test::Spoil;
  const Tokens text{4, 5};
  for (const Spoil spoil : {Spoil::not_a_number, Spoil::all_banned, Spoil::empty}) {
    const test::SpoiltAt<test::PlainRecurrent<float>> model{{12, 3}, 4, spoil};
    lk::ModelDrafter drafter{model};
    CHECK(drafter.propose({text, 1}, 8, kNever).size() == 2);
  }
  struct Silent : test::CachedRecurrent<float> {
    Matrix prefill(std::span<const lk::Token>) { return Matrix(12, 0); }
  } silent;
  lk::ModelDrafter of_silent{silent};
  CHECK(of_silent.propose({text, 1}, 8, kNever).empty());
  struct Failing : test::CachedRecurrent<float> {
    bool fails = false;
    Matrix score(std::span<const lk::Token> tokens) {
      if (fails) throw std::runtime_error("the engine is out of memory");
      return CachedRecurrent::score(tokens);
    }
  } model;
  lk::ModelDrafter drafter{model};
  const lk::Draft first = drafter.propose({text, 1}, 3, kNever);
  const Tokens before(first.tokens.begin(), first.tokens.end());
  model.fails = true;
  CHECK_THROWS_AS(drafter.propose({text, 1}, 3, kNever), std::runtime_error);
  model.fails = false;
  const lk::Draft again = drafter.propose({text, 1}, 3, kNever);
  CHECK(Tokens(again.tokens.begin(), again.tokens.end()) == before);
  CHECK(model.prefills == 2);
}
