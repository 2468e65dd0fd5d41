// SPDX-License-Identifier: MIT
// next: what a batch of rows and sessions may be, and what each row's pick is. That it is the pick
// of its session alone, in any company and by any executor: batch_executor.cpp.
#include <logitkit/decode/batch.hpp>

#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{1};
const lk::GreedyDecoder kGreedy;

}  // namespace

TEST_CASE("each row has its own status, and a bad one does not touch the others") {
  const lk::GreedyDecoder greedy{lk::Chain{}, {.report = {.alternatives = 1}}};
  std::vector sessions(4, greedy.start(kPrompt, {.end_tokens = {2}}));
  sessions[2].accept(2);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Eigen::MatrixXf rows(3, 4);  // V x rows
  rows.col(0) << 1, 2, 3;
  rows.col(1) << nan, 2, 3;
  rows.col(2) << nan, nan, nan;
  rows.col(3) << 5, 2, 3;
  lk::Workspace workspace;
  const auto picks = lk::next(rows, sessions, std::span(&workspace, 1));
  CHECK(picks[0].token == 2);
  CHECK(picks[1].status == lk::Status::not_a_number);
  CHECK(picks[2].status == lk::Status::finished);
  CHECK(picks[3].token == 0);
  REQUIRE(picks[3].alternatives.size() == 1);
  CHECK(picks[3].alternatives[0].token == 0);
}

TEST_CASE("alternatives stay with their row where another row's chain bans everything") {
  const auto ban_all_after = [](auto& candidates, const lk::Context& context) {
    if (context.tokens[0] == 7) candidates.keep_top(0);
  };
  const lk::GreedyDecoder greedy{lk::Chain{ban_all_after}, {.report = {.alternatives = 2}}};
  const Tokens seven{7}, one{1};
  const std::vector sessions{greedy.start(seven, {}), greedy.start(one, {})};
  const std::vector<float> rows{9, 8, 0, 0, 0, 1, 2, 3};
  std::array<lk::Workspace, 1> workspaces;
  const auto picks = lk::next(rows, sessions, workspaces);
  CHECK(picks[0].status == lk::Status::nothing_left);
  REQUIRE(picks[1].alternatives.size() == 2);
  CHECK(picks[1].alternatives[0].token == 3);
  CHECK(picks[1].alternatives[1].token == 2);
}

TEST_CASE("a batch of candidate lists gives each session what its list alone gives") {
  const std::vector<lk::Token> few{5, 2, 9}, more{7, 1, 3, 0};
  const std::vector<float> few_logits{1, 2, 0.5f}, more_logits{0, 1, 1, 2}, bad_logits{1, NAN, 0};
  const std::vector<lk::CandidateList<float>> lists{
      {few, few_logits, 30, 1.0}, {more, more_logits, 12}, {few, bad_logits, 30}};
  std::vector<lk::Workspace> workspaces(2);
  const lk::RandomDecoder random{
      lk::Chain{lk::RepetitionPenalty{1.3f}, lk::Temperature{0.8f}, lk::TopK{12}},
      {.seed = 1, .report = {.model = true, .alternatives = 2, .rank = true}}};
  std::vector sessions(3, random.start(Tokens{1, 2, 3}, {}));
  sessions[1] = random.start(Tokens{4}, {});
  const auto together = lk::next(lists, sessions, workspaces);
  REQUIRE(together.size() == 3);
  lk::Workspace own;
  for (std::size_t r = 0; r < 3; ++r) {
    const lk::Pick alone = sessions[r].next(lists[r], own);
    CHECK(together[r].token == alone.token);
    CHECK(together[r].status == alone.status);
    CHECK(together[r].rank == alone.rank);
    CHECK(std::equal(together[r].alternatives.begin(), together[r].alternatives.end(),
                     alone.alternatives.begin(), alone.alternatives.end(),
                     [](const auto& a, const auto& b) { return a.token == b.token; }));
  }
  CHECK(together[1].status == lk::Status::ok);
  CHECK(together[2].status == lk::Status::not_a_number);
  for (const lk::Pick& pick : lk::next(std::span(lists).first(2), sessions, workspaces)) {
    CHECK(pick.status == lk::Status::wrong_length);
  }
}

TEST_CASE("rows that are not one for each session are refused, all of them") {
  const std::vector sessions(3, kGreedy.start(kPrompt, {}));
  lk::Workspace workspace;
  const std::span workspaces(&workspace, 1);
  const auto refused = [&](const auto& rows) {
    const auto picks = lk::next(rows, sessions, workspaces);
    CHECK(picks.size() == 3);
    for (const lk::Pick& pick : picks) CHECK(pick.status == lk::Status::wrong_length);
  };
  refused(std::vector<float>(10));
  refused(std::vector<float>());
  refused(Eigen::MatrixXf(Eigen::MatrixXf::Zero(5, 2)));
  refused(Eigen::MatrixXf(Eigen::MatrixXf::Zero(5, 4)));
  CHECK(lk::next(std::vector<float>(9), sessions, workspaces)[2].status == lk::Status::ok);
}

TEST_CASE("a padded vocabulary is a row stride") {
  const std::vector sessions(2, kGreedy.start(kPrompt, {.vocabulary = 3}));
  const std::vector<float> memory{1, 2, 3, 99, 6, 5, 4, 99};
  lk::Workspace workspace;
  const std::span workspaces(&workspace, 1);
  const lk::Rows<float> rows{memory.data(), 2, 3, 4};
  CHECK(lk::next(rows, sessions, workspaces)[0].token == 2);
  CHECK(lk::next(rows, sessions, workspaces)[1].token == 0);
  const Eigen::Map<const Eigen::MatrixXf, 0, Eigen::OuterStride<>> map(memory.data(), 3, 2,
                                                                       Eigen::OuterStride<>(4));
  CHECK(lk::next(map, sessions, workspaces)[1].token == 0);
}

TEST_CASE("alternatives of a batch are bounded together, before there is memory for them") {
  const lk::GreedyDecoder decoder{lk::Chain{}, {.report = {.alternatives = 65536}}};
  std::vector sessions(65, decoder.start(Tokens{1}, {}));
  const std::vector<float> rows(65);
  lk::Workspace workspace;
  CHECK_THROWS_WITH(
      lk::next(rows, sessions, workspace),
      "next: alternatives of all sessions must satisfy their sum <= 2^22, got 4259840");
  CHECK(workspace.alternatives().capacity() == 0);
  sessions.pop_back();
  CHECK(lk::next(std::span(rows).first(64), sessions, workspace).back().alternatives.size() ==
        65536);
}
