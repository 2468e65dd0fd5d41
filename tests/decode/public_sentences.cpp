// SPDX-License-Identifier: MIT
// The sentences that others write against compile as written, and do what they say.
#include <logitkit/logitkit.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

namespace {

struct Engine {
  mutable std::vector<float> memory = std::vector<float>(50);
  Eigen::VectorXf logits(std::span<const lk::Token> tokens) const {
    Eigen::VectorXf row(50);
    for (int v = 0; v < 50; ++v) row[v] = float((v * 7 + int(tokens.size()) * 13) % 50) / 8;
    return row;
  }
  std::span<const float> row() const {
    for (std::size_t v = 0; v < memory.size(); ++v) memory[v] = float(v * 11 % 50) / 8;
    return memory;
  }
};

/// Lets only odd tokens pass.
struct Odd {
  void operator()(auto& candidates, const lk::Context&) const {
    candidates.keep_if([](lk::Token token, auto) { return token % 2 == 1; });
  }
};

}  // namespace

TEST_CASE("the public sentences of the design") {
  const Engine my_engine;
  const std::vector<lk::Token> prompt{3, 5};

  auto model = [&](std::span<const lk::Token> tokens) -> Eigen::VectorXf {
    return my_engine.logits(tokens);
  };

  lk::Chain chain{lk::Temperature{0.8f}, lk::TopK{40}, lk::TopP{0.95f}};

  lk::GreedyDecoder greedy;
  lk::RandomDecoder random{chain, {.seed = 42}};
  lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 4, .length_penalty = 1.0f}};

  const lk::Limits limits{.max_new_tokens = 64, .end_tokens = {2}};
  lk::Generation a = random.decode(model, prompt, limits);
  std::vector<lk::Generation> n_best = beams.decode(model, prompt, limits);
  CHECK(a.reason != lk::StopReason::none);
  REQUIRE(n_best.size() == 4);
  CHECK(n_best[0].score >= n_best[3].score);
  CHECK(greedy.decode(model, prompt, limits).tokens.size() <= 64);

  auto session = random.start(prompt, limits);
  lk::Workspace workspace;
  while (true) {
    const lk::Pick pick = session.next(my_engine.row(), workspace);
    if (pick.status != lk::Status::ok) break;
    if (session.accept(pick.token) != lk::StopReason::none) break;
  }
  CHECK(session.reason() != lk::StopReason::none);

  const lk::Context context{prompt, prompt.size()};
  const auto row = my_engine.row();
  lk::Pick one = random.next(row, context, workspace);
  CHECK(one.status == lk::Status::ok);
}

TEST_CASE("parameters of any number type compile without warnings") {
  lk::Chain chain{lk::Temperature{0.8},
                  lk::Temperature{1},
                  lk::TopK{std::size_t(40)},
                  lk::TopK{40u},
                  lk::TopP{0.95},
                  lk::TopP{1},
                  lk::MinP{0.05},
                  lk::LogitBias{{{3, 1.0}}},
                  lk::RepetitionPenalty{1.1}};
  const lk::GreedyDecoder greedy{chain};
  const std::vector<lk::Token> prompt{1};
  const auto session = greedy.start(prompt, {});
  lk::Workspace workspace;
  CHECK(session.next(Engine().row(), workspace).status == lk::Status::ok);
}

TEST_CASE("a processor of one's own is a struct or a generic lambda") {
  const auto no_repeat = [](auto& candidates, const lk::Context& context) {
    candidates.ban(context.tokens.back());
  };
  const lk::GreedyDecoder greedy{lk::Chain{Odd{}, no_repeat}};
  const std::vector<float> row{9, 1, 9, 5, 9, 2};
  const std::vector<lk::Token> prompt{0};
  const auto model = [&](std::span<const lk::Token>) -> const std::vector<float>& { return row; };
  const auto result = greedy.decode(model, prompt, {.max_new_tokens = 4});
  CHECK(result.tokens == std::vector<lk::Token>{3, 5, 3, 5});
  const lk::BeamSearchDecoder beams{no_repeat, {.beams = 2}};
  CHECK(beams.decode(model, prompt, {.max_new_tokens = 4})[0].tokens.size() == 4);
}
