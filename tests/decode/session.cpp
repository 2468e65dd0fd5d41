// SPDX-License-Identifier: MIT
// A session looks, commits, takes back and forks; nothing else changes it.
#include <logitkit/decode/session.hpp>

#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;

namespace {

const std::vector<lk::Token> kPrompt{3, 1, 4};
const test::PlainRecurrent<float> kModel{20, 5};

auto stateful_chain() {
  return lk::Chain{lk::RepetitionPenalty{1.7f}, lk::FrequencyPenalty{0.5f},
                   lk::PresencePenalty{0.3f}, lk::Temperature{0.9f}, lk::TopK{8}};
}

/// Accepts n picks and returns what was generated since.
template <class Session>
std::vector<lk::Token> run(Session& session, std::size_t n) {
  lk::Workspace workspace;
  std::vector<lk::Token> picked;
  for (std::size_t i = 0; i < n; ++i) {
    const lk::Pick pick = session.next(kModel(session.tokens()), workspace);
    REQUIRE(pick.status == lk::Status::ok);
    picked.push_back(pick.token);
    session.accept(pick.token);
  }
  return picked;
}

}  // namespace

TEST_CASE("next looks and changes nothing") {
  const auto session = lk::RandomDecoder{stateful_chain(), {.seed = 3}}.start(kPrompt, {});
  lk::Workspace workspace;
  const auto row = kModel(session.tokens());
  const lk::Token first = session.next(row, workspace).token;
  for (int i = 0; i < 5; ++i) CHECK(session.next(row, workspace).token == first);
  CHECK(session.generated().empty());
  CHECK(session.tokens().size() == 3);
}

TEST_CASE("a fork goes on like the original, and independently of it") {
  const lk::RandomDecoder random{stateful_chain(), {.seed = 11}};
  auto session = random.start(kPrompt, {});
  run(session, 6);
  auto fork = session;
  const auto rest = run(session, 9);
  CHECK(run(fork, 9) == rest);

  auto other = random.start(kPrompt, {});
  run(other, 6);
  fork = other;  // assigned instead of constructed
  other.accept(7);
  CHECK(run(fork, 9) == rest);
}

TEST_CASE("rollback by more than there is takes all that was generated, never the prompt") {
  const lk::RandomDecoder random{stateful_chain(), {.seed = 13}};
  auto session = random.start(kPrompt, {});
  const auto first = run(session, 5);
  session.rollback(5);
  CHECK(session.generated().empty());
  CHECK(run(session, 5) == first);
  session.rollback(1000);
  CHECK(std::vector(session.tokens().begin(), session.tokens().end()) == kPrompt);
  CHECK(run(session, 5) == first);
}

TEST_CASE("rollback of the token that ended a session lets it go on") {
  auto session = lk::GreedyDecoder().start(kPrompt, {.max_new_tokens = 3, .end_tokens = {2}});
  CHECK(session.accept(5) == lk::StopReason::none);
  CHECK(session.accept(2) == lk::StopReason::end_token);
  session.rollback(1);
  CHECK(session.reason() == lk::StopReason::none);
  CHECK(session.accept(6) == lk::StopReason::none);
  CHECK(session.accept(6) == lk::StopReason::max_new_tokens);
  session.rollback(2);
  CHECK(session.generated().size() == 1);
  CHECK(session.reason() == lk::StopReason::none);
  CHECK_FALSE(session.done());
}

TEST_CASE("any token may be committed, not only the one that was picked") {
  auto session = lk::GreedyDecoder{lk::Chain{lk::RepetitionPenalty{100.0f}}}.start(kPrompt, {});
  lk::Workspace workspace;
  const std::vector<float> row{1, 1, 1, 1, 1, 5, 6, 7};
  CHECK(session.next(row, workspace).token == 7);
  session.accept(6);
  session.accept(7);
  CHECK(session.next(row, workspace).token == 5);
  CHECK(session.generated()[0] == 6);
}

TEST_CASE("after the end nothing is committed and nothing is picked") {
  auto session = lk::GreedyDecoder().start(kPrompt, {.end_tokens = {2}});
  session.accept(2);
  session.rollback(0);
  CHECK(session.done());
  CHECK(session.accept(5) == lk::StopReason::end_token);
  CHECK(session.accept(2) == lk::StopReason::end_token);
  CHECK(session.accept(-1) == lk::StopReason::end_token);
  CHECK(session.generated().size() == 1);
  lk::Workspace workspace;
  const lk::Pick pick = session.next(std::vector<float>{1, 2, 3}, workspace);
  CHECK(pick.status == lk::Status::finished);
  CHECK(pick.token == lk::kNoToken);
}

TEST_CASE("a token that the vocabulary does not have ends the session and is not kept") {
  for (const lk::Token token : {-1, -2147483647 - 1, 20, 2147483647}) {
    auto session = lk::GreedyDecoder().start(kPrompt, {.vocabulary = 20});
    CHECK(session.accept(19) == lk::StopReason::none);
    CHECK(session.accept(token) == lk::StopReason::token_out_of_range);
    CHECK(session.generated().size() == 1);
    CHECK(session.reason() == lk::StopReason::token_out_of_range);
    session.rollback(0);  // takes back the refusal, and no token
    CHECK(session.reason() == lk::StopReason::none);
    CHECK(session.generated().size() == 1);
  }
}

TEST_CASE("a row that is not as long as the vocabulary is refused") {
  const auto session = lk::GreedyDecoder().start(kPrompt, {.vocabulary = 20});
  lk::Workspace workspace;
  CHECK(session.next(std::vector<float>(19), workspace).status == lk::Status::wrong_length);
  CHECK(session.next(std::vector<float>(21), workspace).status == lk::Status::wrong_length);
  CHECK(session.next(std::vector<float>(20), workspace).status == lk::Status::ok);
}

TEST_CASE("a prompt that fills the limit leaves nothing to generate") {
  auto session = lk::GreedyDecoder().start(kPrompt, {.max_tokens = 3});
  CHECK(session.reason() == lk::StopReason::max_tokens);
  CHECK(session.accept(1) == lk::StopReason::max_tokens);
  CHECK(session.generated().empty());
  session.rollback(1);
  CHECK(session.reason() == lk::StopReason::max_tokens);
}

TEST_CASE("one workspace serves many sessions of different vocabularies and row types") {
  lk::Workspace workspace;
  const lk::RandomDecoder random{stateful_chain(), {.seed = 14}};
  auto alone = random.start(kPrompt, {});
  const auto expected = run(alone, 10);
  auto session = random.start(kPrompt, {});
  for (std::size_t i = 0; i < 10; ++i) {
    const auto large = random.start(kPrompt, {});
    CHECK(large.next(test::PlainRecurrent<float>{500, i}(kPrompt), workspace).status ==
          lk::Status::ok);
    CHECK(large.next(test::PlainRecurrent<double>{3, i}(kPrompt), workspace).status ==
          lk::Status::ok);
    const lk::Pick pick = session.next(kModel(session.tokens()), workspace);
    CHECK(pick.token == expected[i]);
    session.accept(pick.token);
  }
}

TEST_CASE("a session of a lambda with captures can be assigned and kept in a vector") {
  const lk::Token banned = 4;
  const auto processor = [banned](auto& candidates, const lk::Context&) { candidates.ban(banned); };
  const lk::GreedyDecoder greedy{lk::Chain{processor}};
  std::vector sessions(3, greedy.start(kPrompt, {}));
  sessions[0].accept(1);
  sessions[1] = sessions[0];
  std::swap(sessions[1], sessions[2]);
  sessions.erase(sessions.begin());
  CHECK(sessions[0].generated().empty());
  CHECK(sessions[1].generated().size() == 1);
  lk::Workspace workspace;
  CHECK(sessions[1].next(std::vector<float>{1, 1, 1, 1, 9, 3}, workspace).token == 5);
}

TEST_CASE("where a predicate throws, nothing was accepted") {
  bool throwing = true;
  auto session = lk::GreedyDecoder{lk::FrequencyPenalty{1.0f}}.start(
      std::vector<lk::Token>{1}, {.max_new_tokens = 1, .stop_when = [&](const lk::Context&) {
                                    if (throwing) throw std::runtime_error("no clock");
                                    return false;
                                  }});
  CHECK_THROWS_AS(session.accept(2), std::runtime_error);
  CHECK(session.generated().empty());
  CHECK(session.reason() == lk::StopReason::none);
  throwing = false;
  CHECK(session.accept(2) == lk::StopReason::max_new_tokens);
  CHECK(session.generated().size() == 1);
}

TEST_CASE("a token that comes from elsewhere may be one that the row does not have") {
  const lk::RandomDecoder random{lk::Chain{}, {.report = {.model = true, .choice = true}}};
  const auto session = random.start(kPrompt, {});
  lk::Workspace workspace;
  const std::vector<double> row{1, 2, 3};
  for (const lk::Token token : {-1, 3, 1000}) {
    CHECK(session.pick_of(token, lk::as_row(row), workspace).status ==
          lk::Status::token_out_of_range);
  }
  const std::vector<lk::Token> tokens{0, 2};
  const std::vector<double> logits{1, 2};
  const lk::CandidateList list(tokens, logits, 100);
  const lk::Pick pick = session.pick_of(1, list, workspace);
  CHECK(pick.status == lk::Status::ok);
  CHECK(pick.model_log_probability == -std::numeric_limits<double>::infinity());
  CHECK(pick.choice_log_probability == -std::numeric_limits<double>::infinity());
}
