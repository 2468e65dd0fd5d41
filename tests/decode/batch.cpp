// SPDX-License-Identifier: MIT
// next: a batch row is its single run, in any order and any company.
#include <logitkit/decode/batch.hpp>

#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

constexpr std::size_t kVocabulary = 30;
const test::PlainRecurrent<float> kModel{kVocabulary, 4};

struct Request {
  Tokens prompt;
  float temperature;
  std::uint64_t seed;
  lk::Limits limits;

  auto decoder() const {
    return lk::RandomDecoder{
        lk::Chain{lk::RepetitionPenalty{1.3f}, lk::Temperature{temperature}, lk::TopK{12}},
        {.seed = seed, .report = {.model = true, .alternatives = 2, .rank = true}}};
  }
};

const std::vector<Request> kRequests{
    {{1, 2, 3}, 0.8f, 1, {.max_new_tokens = 12}},
    {{4}, 1.5f, 2, {.max_new_tokens = 5, .end_tokens = {2, 3, 4, 5, 6}}},
    {{1, 2, 3}, 0.8f, 1, {.max_new_tokens = 12}},
    {{9, 9, 9, 9, 9, 9}, 1.0f, 2, {.max_tokens = 14}},
    {{7, 8}, 0.0f, 5, {.max_new_tokens = 3}},
};

std::vector<float> rows_of(const auto& sessions) {
  std::vector<float> rows;
  for (const auto& session : sessions) {
    const auto row = kModel(session.tokens());
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return rows;
}

}  // namespace

TEST_CASE("one workspace by itself is as good as a range of one") {
  std::vector sessions(3, kRequests[0].decoder().start(kRequests[0].prompt, {}));
  const auto rows = rows_of(sessions);
  lk::Workspace workspace;
  std::vector<lk::Workspace> workspaces(1);
  const auto alone = lk::next(rows, sessions, workspace);
  const auto in_range = lk::next(rows, sessions, workspaces);
  REQUIRE(alone.size() == 3);
  for (std::size_t r = 0; r < 3; ++r) CHECK(alone[r].token == in_range[r].token);
}

TEST_CASE("each row of a batch gives its single run, in every order") {
  for (const std::array<std::size_t, 5> order :
       {std::array<std::size_t, 5>{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 4, 1, 0, 3}}) {
    using Session = decltype(kRequests[0].decoder().start(kRequests[0].prompt, {}));
    std::vector<Session> sessions;
    for (const std::size_t at : order) {
      sessions.push_back(kRequests[at].decoder().start(kRequests[at].prompt, kRequests[at].limits));
    }
    std::vector<lk::Workspace> workspaces(2);
    std::vector<std::vector<lk::Alternative>> alternatives(sessions.size());
    std::vector<std::vector<std::size_t>> ranks(sessions.size());
    for (bool going = true; going;) {
      const auto picks = lk::next(rows_of(sessions), sessions, workspaces);
      REQUIRE(picks.size() == sessions.size());
      going = false;
      for (std::size_t r = 0; r < picks.size(); ++r) {
        if (picks[r].status == lk::Status::finished) continue;
        REQUIRE(picks[r].status == lk::Status::ok);
        alternatives[r].insert(alternatives[r].end(), picks[r].alternatives.begin(),
                               picks[r].alternatives.end());
        ranks[r].push_back(picks[r].rank);
        sessions[r].accept(picks[r].token);
        going = true;
      }
    }
    for (std::size_t r = 0; r < order.size(); ++r) {
      const Request& request = kRequests[order[r]];
      const auto single = request.decoder().decode(kModel, request.prompt, request.limits);
      const auto generated = sessions[r].generated();
      CHECK(Tokens(generated.begin(), generated.end()) == single.tokens);
      CHECK(sessions[r].reason() == single.reason);
      CHECK(ranks[r] == single.ranks);
      REQUIRE(alternatives[r].size() == single.alternatives.size());
      for (std::size_t i = 0; i < alternatives[r].size(); ++i) {
        CHECK(alternatives[r][i].token == single.alternatives[i].token);
        CHECK(alternatives[r][i].log_probability == single.alternatives[i].log_probability);
      }
    }
  }
}

TEST_CASE("each row has its own status, and a bad one does not touch the others") {
  const lk::GreedyDecoder greedy{lk::Chain{}, {.report = {.alternatives = 1}}};
  const Tokens prompt{1};
  std::vector sessions(4, greedy.start(prompt, {.end_tokens = {2}}));
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
      {few, few_logits, kVocabulary, 1.0}, {more, more_logits, 12}, {few, bad_logits, kVocabulary}};
  std::vector<lk::Workspace> workspaces(2);
  std::vector sessions(3, kRequests[0].decoder().start(kRequests[0].prompt, {}));
  sessions[1] = kRequests[1].decoder().start(kRequests[1].prompt, {});
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
  const Tokens prompt{1};
  const std::vector sessions(3, lk::GreedyDecoder().start(prompt, {}));
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

TEST_CASE("a batch of none is no picks") {
  const Tokens prompt{1};
  std::vector sessions(1, lk::GreedyDecoder().start(prompt, {}));
  sessions.clear();
  lk::Workspace workspace;
  CHECK(lk::next(std::vector<float>(), sessions, std::span(&workspace, 1)).empty());
}

TEST_CASE("a padded vocabulary is a row stride") {
  const Tokens prompt{1};
  const std::vector sessions(2, lk::GreedyDecoder().start(prompt, {.vocabulary = 3}));
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
