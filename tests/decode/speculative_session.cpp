// SPDX-License-Identifier: MIT
// SpeculativeSession: the engine's own loop, forks, rollbacks, foreign tokens; nothing allocated.
#include "support/allocations.hpp"

#include <logitkit/decode/speculative_session.hpp>

#include <logitkit/decode/model_drafter.hpp>
#include <logitkit/decode/speculative.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{3, 1, 4};
const lk::Chain kChain{lk::RepetitionPenalty{1.2f}, lk::TopK{6}, lk::Temperature{1.2f},
                       lk::TopP{0.95f}, lk::MinP{0.01f}};
const test::PlainRecurrent<float> kModel{12};

/// Draws from a model, and counts what it is told.
struct Drafting {
  lk::ModelDrafter<const test::PlainRecurrent<float>, lk::Chain<lk::TopK<int>>> drafter;
  std::size_t started = 0, accepted = 0;

  explicit Drafting(const test::PlainRecurrent<float>& model)
      : drafter(model, lk::Chain{lk::TopK{5}}) {}

  lk::Draft propose(const lk::Context& context, std::size_t n, const auto& decider) {
    CHECK(context.prompt_size == started);
    CHECK(context.generated().size() == accepted);
    return drafter.propose(context, n, decider);
  }
  void start(std::span<const lk::Token> prompt) { started = prompt.size(), accepted = 0; }
  void accept(lk::Token) { ++accepted; }
};
static_assert(lk::Drafter<Drafting>);

/// The rows of a round: after the last token, and after each that can be read.
template <class Session>
std::vector<float> rows_of(const test::PlainRecurrent<float>& model, const Session& session,
                           const lk::Draft& draft) {
  Tokens tokens(session.tokens().begin(), session.tokens().end());
  std::vector<float> rows = model(tokens);
  for (const lk::Token token : draft.tokens.first(session.readable(draft))) {
    tokens.push_back(token);
    const auto row = model(tokens);
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return rows;
}

/// Rounds until the end.
template <class Session>
Tokens finish(Session session) {
  lk::Workspace workspace;
  while (session.reason() == lk::StopReason::none) {
    const lk::Draft draft = session.propose();
    CHECK(session.step(rows_of(kModel, session, draft), draft, workspace).status == lk::Status::ok);
  }
  return {session.generated().begin(), session.generated().end()};
}

}  // namespace

TEST_CASE("an engine's own loop does what decode does, and rewinds what decode rewinds") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const lk::SpeculativeDecoder decoder{
        kChain, Drafting(kModel), {.draft_tokens = 3, .seed = seed}};
    const lk::Limits limits{.max_new_tokens = 25, .end_tokens = {11}};
    const auto expected = decoder.decode(test::CachedRecurrent<float>{12}, kPrompt, limits);

    auto session = decoder.start(kPrompt, limits);
    lk::Workspace workspace;
    lk::Draft draft;
    std::size_t read = kPrompt.size();  // by the model
    Tokens committed;
    while (session.reason() == lk::StopReason::none) {
      const lk::SpeculativeStep step =
          session.step(rows_of(kModel, session, draft), draft, workspace);
      REQUIRE(step.status == lk::Status::ok);
      for (const lk::Pick& pick : step.picks) committed.push_back(pick.token);
      read += draft.size() - step.rewind;
      CHECK(read + 1 == session.tokens().size());  // all but the last
      ++read;
      draft = session.propose();
    }
    CHECK(committed == expected.tokens);
    CHECK(session.reason() == expected.reason);
    CHECK(session.statistics().accepted == expected.speculation.accepted);
    CHECK(session.statistics().tokens == committed.size());
    const auto after = session.step(rows_of(kModel, session, {}), {}, workspace);
    CHECK(after.status == lk::Status::finished);
    CHECK(after.picks.empty());
    CHECK(session.propose().empty());
  }
}

TEST_CASE("a fork goes on alike, and what is rolled back was never there") {
  const lk::SpeculativeDecoder decoder{kChain, Drafting(kModel), {.draft_tokens = 3, .seed = 4}};
  auto session = decoder.start(kPrompt, {.max_new_tokens = 25});
  const Tokens expected = finish(session);
  lk::Workspace workspace;
  std::size_t before = 0;  // the start of the last round
  while (session.reason() == lk::StopReason::none) {
    CHECK(finish(session) == expected);
    if (!session.generated().empty()) {
      auto back = session;
      back.rollback(back.generated().size() - before);
      CHECK(finish(back) == expected);
      back.rollback(100);
      CHECK(finish(back) == expected);
    }
    before = session.generated().size();
    const lk::Draft draft = session.propose();
    session.step(rows_of(kModel, session, draft), draft, workspace);
  }
}

TEST_CASE("a drawn token that the vocabulary does not have is the last of a draft, and not read") {
  const test::PlainRecurrent<float> model{6};
  const lk::SpeculativeDecoder decoder{lk::Chain{}, Drafting(kModel), {.draft_tokens = 4}};
  auto session = decoder.start(kPrompt, {.max_new_tokens = 200, .vocabulary = 6});
  lk::Workspace workspace;
  std::size_t foreign = 0;
  while (session.reason() == lk::StopReason::none) {
    const lk::Draft draft = session.propose();
    const std::size_t readable = session.readable(draft);
    foreign += readable < draft.size();
    CHECK(draft.drawn_from.size() == draft.size());
    for (std::size_t i = 0; i < draft.size(); ++i) CHECK((draft.tokens[i] < 6) == (i < readable));
    const auto step = session.step(rows_of(model, session, draft), draft, workspace);
    REQUIRE(step.status == lk::Status::ok);
    CHECK(step.rewind + step.picks.size() == readable + 1);
    for (const lk::Pick& pick : step.picks) CHECK(pick.token < 6);
  }
  CHECK(foreign > 10);
}

TEST_CASE("rows that do not fit the draft are a status, and nothing happens") {
  const lk::SpeculativeDecoder decoder{kChain, Drafting(kModel), {.draft_tokens = 3}};
  auto session = decoder.start(kPrompt, {.max_new_tokens = 25});
  lk::Workspace workspace;
  const lk::Draft draft = session.propose();
  auto rows = rows_of(kModel, session, draft);
  CHECK(session.step(rows, draft, workspace).status == lk::Status::ok);
  const auto before = session.tokens().size();
  const lk::Draft second = session.propose();
  rows.push_back(0);
  const auto step = session.step(rows, second, workspace);
  CHECK(step.status == lk::Status::wrong_length);
  CHECK(step.picks.empty());
  const Eigen::MatrixXf more = Eigen::MatrixXf::Zero(12, 9);
  CHECK(session.step(more, second, workspace).status == lk::Status::wrong_length);
  CHECK(session.tokens().size() == before);
  CHECK(session.reason() == lk::StopReason::none);
}

TEST_CASE("near a limit no more is proposed than may come") {
  const lk::SpeculativeDecoder decoder{kChain, Drafting(kModel), {.draft_tokens = 8}};
  CHECK(decoder.start(kPrompt, {.max_new_tokens = 1}).propose().empty());
  CHECK(decoder.start(kPrompt, {.max_new_tokens = 4}).propose().size() == 3);
  CHECK(decoder.start(kPrompt, {.max_tokens = 8}).propose().size() == 4);
  CHECK(decoder.start(kPrompt, {.max_tokens = 3}).propose().empty());
  CHECK(decoder.start(kPrompt, {.max_new_tokens = 100}).propose().size() == 8);
}

TEST_CASE("rounds allocate nothing once there have been some") {
  constexpr std::size_t kLarge = 128256;
  const test::PlainRecurrent<float> model{kLarge};
  const auto allocations = [&](const auto& chain) {
    const lk::SpeculativeDecoder decoder{chain, Drafting(model), {.draft_tokens = 4}};
    auto session = decoder.start(kPrompt, {.max_new_tokens = 100});
    lk::Workspace workspace;
    std::size_t count = 0;
    for (int round = 0; round < 10; ++round) {
      const lk::Draft draft = session.propose();
      const auto rows = rows_of(model, session, draft);
      const std::size_t before = test::allocations;
      session.step(rows, draft, workspace);
      if (round >= 4) count += test::allocations - before;
    }
    return count;
  };
  CHECK(allocations(lk::Chain{lk::TopK{6}, lk::Temperature{1.2f}, lk::TopP{0.95f}}) == 0);
  CHECK(allocations(kChain) < 6);  // now and then, as there is more for the penalty to count
}
