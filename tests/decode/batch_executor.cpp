// SPDX-License-Identifier: MIT
// A batch over an executor: the same picks from every one, in any number of threads and any order.
#include <logitkit/decode/batch.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_p.hpp>

#include "support/catch.hpp"
#include "support/executors.hpp"
#include "support/models.hpp"

#include <atomic>
#include <map>
#include <stdexcept>

namespace lk = logitkit;

namespace {

constexpr std::size_t kVocabulary = 3000, kSessions = 21;

void from_the_middle(std::size_t count, const lk::Task& task) {
  for (std::size_t i = 0; i < count; ++i) task((i + count / 2) % count);
}

auto some_sessions() {
  const lk::Chain chain{lk::RepetitionPenalty{1.2f}, lk::Temperature{0.9f}, lk::TopP{0.9f}};
  std::vector<decltype(lk::RandomDecoder{chain})::Session> sessions;
  for (std::uint64_t i = 0; i < kSessions; ++i) {
    lk::RandomOptions options;
    options.seed = i;
    options.report = {.model = true, .choice = true, .alternatives = i % 4, .rank = i % 2 == 0};
    const std::vector<lk::Token> prompt(1 + i % 5, lk::Token(i));
    sessions.push_back(lk::RandomDecoder{chain, options}.start(prompt, {.max_new_tokens = 4 + i}));
  }
  return sessions;
}

/// The same for every executor, and so made once.
const std::vector<float>& some_rows(std::uint64_t step) {
  static std::map<std::uint64_t, std::vector<float>> known;
  std::vector<float>& rows = known[step];
  if (!rows.empty()) return rows;
  rows.resize(kSessions * kVocabulary);
  for (std::size_t r = 0; r < kSessions; ++r) {
    test::write_logits(step * 100 + r, kVocabulary, rows.data() + r * kVocabulary);
  }
  return rows;
}

void check_equal(const lk::Pick& a, const lk::Pick& b) {
  const auto same = [](double x, double y) { return x == y || (x != x && y != y); };
  REQUIRE(a.token == b.token);
  REQUIRE(a.status == b.status);
  REQUIRE(a.rank == b.rank);
  REQUIRE(same(a.model_log_probability, b.model_log_probability));
  REQUIRE(same(a.choice_log_probability, b.choice_log_probability));
  REQUIRE(a.alternatives.size() == b.alternatives.size());
  for (std::size_t i = 0; i < a.alternatives.size(); ++i) {
    REQUIRE(a.alternatives[i].token == b.alternatives[i].token);
    REQUIRE(a.alternatives[i].log_probability == b.alternatives[i].log_probability);
  }
}

/// Steps a batch to its end and compares each pick with that of its session alone.
template <class E>
void check_executor(E&& executor, std::size_t workspace_count) {
  CAPTURE(workspace_count);
  auto sessions = some_sessions();
  std::vector<lk::Workspace> workspaces(workspace_count);
  lk::Workspace own;
  std::size_t finished = 0;
  for (std::uint64_t step = 0; finished < kSessions; ++step) {
    const auto& rows = some_rows(step);
    const auto picks = lk::next(rows, sessions, workspaces, executor);
    REQUIRE(picks.size() == kSessions);
    finished = 0;
    for (std::size_t r = 0; r < kSessions; ++r) {
      const auto row = std::span(rows).subspan(r * kVocabulary, kVocabulary);
      check_equal(picks[r], sessions[r].next(row, own));
      finished += picks[r].status == lk::Status::finished;
      if (picks[r].status == lk::Status::ok) sessions[r].accept(picks[r].token);
    }
  }
}

/// Throws for the prompts that begin with these tokens.
struct Throws {
  lk::Token first, second;
  void operator()(auto&, const lk::Context& context) const {
    const lk::Token token = context.tokens[0];
    if (token == first || token == second) throw std::runtime_error(std::to_string(token));
  }
};

}  // namespace

TEST_CASE("every executor gives the picks of each session alone, alternatives included") {
  for (const std::size_t count : {1u, 2u, 3u, 8u}) check_executor(test::threads, count);
  for (const std::size_t count : {1u, 2u, 5u, 40u}) {
    check_executor(test::backwards, count);
    check_executor(from_the_middle, count);
    check_executor(lk::Serial{}, count);
  }
}

TEST_CASE("as many tasks as workspaces, but no more than sessions; none for none") {
  const std::vector<lk::Token> prompt{1};
  std::vector sessions(3, lk::GreedyDecoder().start(prompt, {}));
  std::size_t asked = 0;
  const auto count_tasks = [&](std::size_t count, const auto& task) {
    asked = count;
    lk::Serial{}(count, task);
  };
  const std::vector<float> rows(12);
  for (const std::size_t count : {1u, 2u, 3u, 7u}) {
    std::vector<lk::Workspace> workspaces(count);
    static_cast<void>(lk::next(rows, sessions, workspaces, count_tasks));
    CHECK(asked == std::min<std::size_t>(count, 3));
  }
  asked = 0;
  lk::Workspace workspace;
  CHECK(lk::next(std::vector<float>(11), sessions, workspace, count_tasks)[2].status ==
        lk::Status::wrong_length);
  sessions.clear();
  CHECK(lk::next(rows, sessions, workspace, count_tasks).empty());
  CHECK(asked == 1);  // rows of no length are looked at, none is not
}

TEST_CASE("of the rows whose processor throws the lowest is heard, after all tasks are done") {
  std::vector<decltype(lk::GreedyDecoder{Throws{}})::Session> sessions;
  for (lk::Token i = 0; i < 16; ++i) {
    const std::vector<lk::Token> prompt{i};
    sessions.push_back(lk::GreedyDecoder{Throws{5, 11}}.start(prompt, {}));
  }
  const std::vector<float> rows(16 * 200);
  std::vector<lk::Workspace> workspaces(4);
  const auto check = [&](const auto& executor) {
    std::atomic<std::size_t> ended = 0;
    const auto counted = [&](std::size_t count, const lk::Task& task) {
      const auto call = [&](std::size_t i) { task(i), ++ended; };
      executor(count, lk::Task(call));
    };
    for (int i = 0; i < 20; ++i) {
      ended = 0;
      CHECK_THROWS_WITH(lk::next(rows, sessions, workspaces, counted), "5");
      CHECK(ended == 4);
    }
  };
  check(lk::Serial{});
  check(test::threads);
  check(test::backwards);
  CHECK_THROWS_WITH(lk::next(rows, sessions, workspaces), "5");
  sessions.erase(sessions.begin() + 5);
  CHECK_THROWS_WITH(lk::next(std::span(rows).first(15 * 200), sessions, workspaces, test::threads),
                    "11");
  sessions.erase(sessions.begin() + 10);
  const auto picks = lk::next(std::span(rows).first(14 * 200), sessions, workspaces, test::threads);
  for (const lk::Pick& pick : picks) CHECK(pick.status == lk::Status::ok);
}

TEST_CASE("by default only the first workspace is used") {
  const auto sessions = some_sessions();
  const auto& rows = some_rows(0);
  std::vector<lk::Workspace> workspaces(3);
  static_cast<void>(lk::next(rows, sessions, workspaces));
  CHECK(workspaces[1].alternatives().capacity() == 0);
  CHECK(workspaces[2].scratch<float>().values.empty());
}
