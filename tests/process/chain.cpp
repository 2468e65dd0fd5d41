// SPDX-License-Identifier: MIT
// Chain: the order that the user wrote, members of every kind, state that starts and accepts.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"
#include "reference/truncations.hpp"

#include <logitkit/process/chain.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

/// Counts what it is told.
struct Listener {
  std::vector<lk::Token> prompt{}, accepted{};
  void start(std::span<const lk::Token> tokens) { prompt.assign(tokens.begin(), tokens.end()); }
  void accept(lk::Token token) { accepted.push_back(token); }
  void operator()(auto& candidates, const lk::Context&) const {
    for (const lk::Token token : prompt) candidates.add(token, 1);
    for (const lk::Token token : accepted) candidates.add(token, 10);
  }
};

/// Wants to know the prompt and nothing else.
struct Starter {
  lk::Token first = 0;
  void start(std::span<const lk::Token> prompt) { first = prompt[0]; }
  void operator()(auto& candidates, const lk::Context&) const { candidates.ban(first); }
};

/// Wants to know the tokens and nothing else.
struct Accepter {
  void operator()(auto&, const lk::Context&) const {}
  void accept(lk::Token) {}
};

/// Keeps state or not, which it knows at run time.
struct Knows {
  bool state;
  void operator()(auto&, const lk::Context&) const {}
  void accept(lk::Token) {}
  [[nodiscard]] bool keeps_state() const { return state; }
};

}  // namespace

TEMPLATE_TEST_CASE("a chain agrees with its members' twins, one after the other", "", float,
                   double) {
  reference::agree<TestType>(lk::Chain{lk::TopK{50}, lk::Temperature{0.8}, lk::TopP{0.9},
                                       lk::Temperature{2.0}, lk::TopK{7}},
                             [](Scores s) {
                               s = reference::temperature(reference::top_k(s, 50), 0.8);
                               return reference::top_k(
                                   reference::temperature(reference::top_p(s, 0.9), 2), 7);
                             });
}

TEMPLATE_TEST_CASE("an empty chain changes nothing", "", float, double) {
  reference::agree<TestType>(lk::Chain{}, [](const Scores& s) { return s; });
  static_assert(std::same_as<decltype(lk::Chain{}), lk::Chain<>>);
  static_assert(lk::Processor<lk::Chain<>> && !lk::StatefulProcessor<lk::Chain<>>);
}

TEMPLATE_TEST_CASE("the order of a chain is what the user wrote", "", float, double) {
  const std::vector<TestType> row{3, 2, 1, 0};
  const auto kept = [&](const auto& chain) {
    return reference::count_kept(reference::after(chain, row));
  };
  CHECK(kept(lk::Chain{lk::TopP{0.9}, lk::Temperature{4.0}}) == 3);
  CHECK(kept(lk::Chain{lk::Temperature{4.0}, lk::TopP{0.9}}) == 4);
  CHECK(kept(lk::Chain{lk::Temperature{0.1}, lk::TopP{0.9}}) == 1);
  const auto zero_first = [](auto& candidates, const lk::Context&) { candidates.ban(0); };
  CHECK(kept(lk::Chain{lk::TopK{2}, zero_first}) == 1);
  CHECK(kept(lk::Chain{zero_first, lk::TopK{2}}) == 2);
}

TEST_CASE("a lambda and a struct are members like any other") {
  const float extra = 5;
  const lk::Chain chain{[extra](auto& candidates, const lk::Context&) { candidates.add(0, extra); },
                        Listener{}, lk::TopK{1}};
  CHECK(reference::after(chain, std::vector<float>{1, 2, 3}) ==
        Scores{6, reference::kBanned, reference::kBanned});
}

TEST_CASE("a chain passes the context on") {
  const std::vector<lk::Token> tokens{2, 0};
  const lk::Chain chain{[](auto& candidates, const lk::Context& context) {
    for (const lk::Token token : context.generated()) candidates.ban(token);
  }};
  const Scores scores = reference::after(chain, std::vector<float>{1, 2, 3}, {tokens, 1});
  CHECK(scores == Scores{reference::kBanned, 2, 3});
}

TEST_CASE("a chain tells prompt and tokens to every member that wants them, nested ones, too") {
  lk::Chain chain{lk::Temperature{1.0}, Listener{}, lk::Chain{lk::Chain{Listener{}}, Starter{}}};
  static_assert(lk::StartingProcessor<decltype(chain)> && lk::AcceptingProcessor<decltype(chain)>);
  const std::vector<lk::Token> prompt{3, 1};
  chain.start(prompt);
  chain.accept(0);
  chain.accept(0);
  const std::vector<float> row{0, 0, 0, 0};
  CHECK(reference::after(chain, row) == Scores{40, 2, 0, reference::kBanned});
}

TEST_CASE("a chain wants to be told only what a member wants to be told") {
  using Stateless = lk::Chain<lk::Temperature<>, lk::Softmax>;
  using Starting = lk::Chain<lk::Temperature<>, Starter>;
  using Accepting = lk::Chain<Accepter, lk::Softmax>;
  static_assert(!lk::StatefulProcessor<Stateless>);
  static_assert(lk::StartingProcessor<Starting> && !lk::AcceptingProcessor<Starting>);
  static_assert(!lk::StartingProcessor<Accepting> && lk::AcceptingProcessor<Accepting>);
  static_assert(lk::StatefulProcessor<lk::Chain<Stateless, lk::Chain<Starting, Accepting>>>);
  static_assert(sizeof(lk::Chain<lk::Softmax>) == 1);
  SUCCEED("compiled");
}

TEST_CASE("a chain keeps state if a member does, which may know it only at run time") {
  CHECK(lk::keeps_state(lk::Chain{lk::TopK{1}, Knows{true}}));
  CHECK_FALSE(lk::keeps_state(lk::Chain{lk::TopK{1}, lk::Chain{Knows{false}}}));
  CHECK_FALSE(lk::keeps_state(lk::Chain{}));
}
