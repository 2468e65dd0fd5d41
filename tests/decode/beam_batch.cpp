// SPDX-License-Identifier: MIT
// BeamBatch: each search of a batch finds what it finds alone, in any company, order and threads.
#include <logitkit/decode/beam_batch.hpp>

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/best_of_n.hpp>
#include <logitkit/decode/diverse_beams.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/top_k.hpp>

#include "support/catch.hpp"
#include "support/executors.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;
using Parents = std::vector<std::size_t>;

namespace {

constexpr std::size_t kVocabulary = 40;
const test::PlainRecurrent<float> kModel{kVocabulary, 4};

/// Throws when a text that began with 13 is continued for the third time, before or after a choice.
struct Unlucky {
  bool in_accept = false;
  bool begins_with_13 = false;
  int accepted = 0;

  void start(std::span<const lk::Token> prompt) { begins_with_13 = prompt[0] == 13; }
  void operator()(auto&, const lk::Context&) const {
    if (!in_accept && begins_with_13 && accepted == 2) throw std::runtime_error("unlucky");
  }
  void accept(lk::Token) {
    if (++accepted == 3 && in_accept && begins_with_13) throw std::runtime_error("unlucky");
  }
};

struct Request {
  Tokens prompt;
  lk::BeamOptions options;
  lk::Limits limits;
  float penalty = 1;
  std::size_t k = kVocabulary;
  Unlucky unlucky{};

  auto decoder() const {
    return lk::BeamSearchDecoder{lk::Chain{unlucky, lk::RepetitionPenalty{penalty}, lk::TopK{k}},
                                 options};
  }
  auto start() const { return decoder().start(prompt, limits); }
  auto alone() const { return decoder().decode(kModel, prompt, limits); }
};
using Search = decltype(Request{}.start());

const lk::Report kAll{.model = true, .alternatives = 2, .rank = true};
const std::vector<Request> kRequests{
    {{1, 2, 3}, {.beams = 3}, {.max_new_tokens = 9, .end_tokens = {2}}, 1.3f},
    {{4}, {.beams = 1, .length_penalty = 0}, {.max_new_tokens = 4}},
    {{5, 6, 7, 8, 9, 10}, {.beams = 8, .report = kAll}, {.max_tokens = 13}, 1, 5},
    {{1, 2, 3}, {.beams = 4}, {.max_new_tokens = 30, .end_tokens = {3, 4, 5, 6, 7, 8}}},
    {{11, 12}, {.beams = 2, .early_stopping = lk::EarlyStopping::when_full}, {.end_tokens = {0}}},
    {{1, 2, 3}, {.beams = 3}, {.max_new_tokens = 9, .end_tokens = {2}}, 1.3f},
};

/// What the engine keeps: one state a row, of which it reads nothing but tokens and parents.
struct Engine {
  std::vector<std::uint64_t> states;
  std::vector<float> rows;

  void append(std::span<const lk::Token> prompt) {
    states.push_back(kModel.seed);
    for (const lk::Token token : prompt) states.back() = test::advance(states.back(), token);
    write();
  }
  void follow(const lk::BeamStep& step) {
    std::vector<std::uint64_t> next;
    bool identity = step.parents.size() == states.size();
    for (std::size_t r = 0; r < step.parents.size(); ++r) {
      identity = identity && step.parents[r] == r;
      next.push_back(test::advance(states.at(step.parents[r]), step.tokens[r]));
    }
    if (!next.empty()) CHECK(step.identity == identity);
    states = next;
    write();
  }

 private:
  void write() {
    rows.resize(states.size() * kVocabulary);
    for (std::size_t r = 0; r < states.size(); ++r) {
      test::write_logits(states[r], kVocabulary, rows.data() + r * kVocabulary);
    }
  }
};

/// All of `order` in one batch, to the end.
template <class E>
std::vector<Search> run(const std::vector<std::size_t>& order, std::size_t workspace_count,
                        E&& executor) {
  std::vector<Search> searches;
  Engine engine;
  for (const std::size_t i : order) {
    searches.push_back(kRequests[i].start());
    engine.append(kRequests[i].prompt);
  }
  lk::BeamBatch batch;
  std::vector<lk::Workspace> workspaces(workspace_count);
  while (!engine.states.empty()) {
    const auto step = batch.step(engine.rows, searches, workspaces, executor);
    std::size_t live = 0;
    for (const Search& search : searches) live += search.live();
    REQUIRE(step.tokens.size() == live);  // no row of what is over
    engine.follow(step);
  }
  for (const auto& error : batch.errors()) CHECK_FALSE(error);
  return searches;
}

}  // namespace

TEST_CASE("each search finds what it finds alone, to the bit, in every order and on any threads") {
  std::vector<std::vector<lk::Generation>> alone;
  for (const Request& request : kRequests) alone.push_back(request.alone());
  const auto check = [&](const std::vector<std::size_t>& order, std::size_t count,
                         auto&& executor) {
    CAPTURE(order, count);
    const auto searches = run(order, count, executor);
    for (std::size_t i = 0; i < order.size(); ++i) {
      test::check_equal(searches[i].results(), alone[order[i]]);
    }
  };
  for (const std::vector<std::size_t>& order :
       {std::vector<std::size_t>{0, 1, 2, 3, 4, 5}, {5, 4, 3, 2, 1, 0}, {2, 0, 4}, {3}}) {
    for (const std::size_t count : {1u, 2u, 3u, 4u}) {
      check(order, count, test::threads);
      check(order, count, test::backwards);
    }
    check(order, 1, lk::Serial{});
  }
}

TEST_CASE("searches come and go: the new ones join at the end, the ended ones may be erased") {
  std::vector<Search> searches;
  std::vector<std::size_t> owners;
  std::vector<std::vector<lk::Generation>> results(kRequests.size());
  Engine engine;
  lk::BeamBatch batch;
  lk::Workspace workspace;
  for (std::size_t i = 0, step = 0; i < kRequests.size() || !searches.empty(); ++step) {
    if (step % 2 == 0 && i < kRequests.size()) {
      searches.push_back(kRequests[i].start());
      engine.append(kRequests[i].prompt);
      owners.push_back(i++);
    }
    engine.follow(batch.step(engine.rows, searches, workspace));
    for (std::size_t r = searches.size(); r-- > 0;) {
      if (!searches[r].done()) continue;
      results[owners[r]] = searches[r].results();
      searches.erase(searches.begin() + std::ptrdiff_t(r));
      owners.erase(owners.begin() + std::ptrdiff_t(r));
    }
  }
  for (std::size_t i = 0; i < results.size(); ++i)
    test::check_equal(results[i], kRequests[i].alone());
}

TEST_CASE("groups of beams, and sequences that are drawn, are batched as searches are") {
  const auto check = [](const auto& decoder) {
    const std::vector<Tokens> prompts{{1, 2, 3}, {4}, {5, 6}};
    const lk::Limits limits{.max_new_tokens = 9, .end_tokens = {2, 7}};
    std::vector<typename std::remove_cvref_t<decltype(decoder)>::Session> searches;
    Engine engine;
    for (const Tokens& prompt : prompts) {
      searches.push_back(decoder.start(prompt, limits));
      engine.append(prompt);
    }
    lk::BeamBatch batch;
    std::vector<lk::Workspace> workspaces(2);
    while (!engine.states.empty()) engine.follow(batch.step(engine.rows, searches, workspaces));
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      const auto results = searches[i].results();
      test::check_equal(results, decoder.decode(kModel, prompts[i], limits));
      CHECK(results.at(0).status == lk::Status::ok);
    }
  };
  check(lk::BeamSearchDecoder{lk::Chain{}, {.beams = 4}, lk::DiverseBeams{}});
  check(lk::BestOfNDecoder{lk::Chain{}, {.n = 3}});
}

TEST_CASE("the first step takes one row for each prompt, and an ended search has none") {
  std::vector<Search> searches;
  for (const std::size_t beams : {2u, 3u}) {
    searches.push_back(Request{{1}, {.beams = beams}, {.max_new_tokens = 2 + beams % 2}}.start());
  }
  lk::BeamBatch batch;
  lk::Workspace workspace;
  const auto step = [&](const std::vector<float>& rows) {
    const lk::BeamStep next = batch.step(rows, searches, workspace);
    return std::pair(Tokens(next.tokens.begin(), next.tokens.end()),
                     Parents(next.parents.begin(), next.parents.end()));
  };
  CHECK(step({0, 9, 5, 8, 9, 0, 7, 0}) == std::pair(Tokens{1, 3, 0, 2, 1}, Parents{0, 0, 1, 1, 1}));
  std::vector<float> rows(20);
  rows[4 * 3 + 1] = 20;  // of the second search's second beam
  const auto [tokens, parents] = step(rows);
  CHECK(searches[0].done());
  CHECK(tokens.size() == 3);
  for (const std::size_t parent : parents) CHECK(parent >= 2);
  CHECK(step(std::vector<float>(12)).first.empty());
  CHECK(searches[1].done());
  CHECK(step({}).first.empty());
}

TEST_CASE("identity: no row of any search moves or is gone") {
  std::vector<Search> searches{Request{{1}, {.beams = 2}, {.max_new_tokens = 3}}.start(),
                               Request{{2}, {.beams = 2}, {.max_new_tokens = 9}}.start()};
  lk::BeamBatch batch;
  lk::Workspace workspace;
  CHECK_FALSE(batch.step(std::vector<float>{3, 2, 0, 3, 2, 0}, searches, workspace).identity);
  CHECK(batch.step(std::vector<float>{9, 0, 0, 9, 0, 0, 9, 0, 0, 9, 0, 0}, searches, workspace)
            .identity);
  CHECK_FALSE(
      batch.step(std::vector<float>{9, 0, 0, 9, 0, 0, 9, 0, 0, 9, 0, 0}, searches, workspace)
          .identity);  // the first is over
  CHECK(batch.step(std::vector<float>{9, 0, 0, 9, 0, 0}, searches, workspace).identity);
}

TEST_CASE("one that fails is alone in it: a bad row, a wrong vocabulary, a predicate") {
  const Request good{{1, 2}, {.beams = 2}, {.max_new_tokens = 5}};
  for (const bool spoilt : {true, false}) {
    std::vector<Search> searches(3, good.start());
    if (!spoilt) {
      Request other = good;
      other.limits.vocabulary = kVocabulary + 1;
      searches[1] = other.start();
    }
    int steps = 0;
    Request cancelled = good;
    cancelled.limits.stop_when = [&](const lk::Context&) { return steps == 2; };
    searches[2] = cancelled.start();
    Engine engine;
    for (int i = 0; i < 3; ++i) engine.append(good.prompt);
    lk::BeamBatch batch;
    lk::Workspace workspace;
    for (; !engine.states.empty(); ++steps) {
      const float nan = std::numeric_limits<float>::quiet_NaN();
      if (spoilt && steps == 1) engine.rows[3 * kVocabulary + 7] = nan;  // of its second beam
      engine.follow(batch.step(engine.rows, searches, workspace));
    }
    test::check_equal(searches[0].results(), good.alone());
    const auto failed = searches[1].results();
    REQUIRE(failed.size() == (spoilt ? 2 : 1));
    CHECK(failed[0].reason == lk::StopReason::bad_row);
    CHECK(failed[0].status == (spoilt ? lk::Status::not_a_number : lk::Status::wrong_length));
    CHECK(failed[0].tokens.size() == (spoilt ? 1 : 0));
    REQUIRE(searches[2].results().size() == 2);
    CHECK(searches[2].results()[0].reason == lk::StopReason::predicate);
    CHECK(searches[2].results()[0].tokens.size() == 3);
  }
}

TEST_CASE("where a processor throws, its search ends and tells it; the others are not touched") {
  for (const bool in_accept : {false, true}) {
    std::vector<Request> requests(4, kRequests[0]);
    requests[1].prompt = requests[2].prompt = {13};
    requests[1].unlucky.in_accept = requests[2].unlucky.in_accept = in_accept;
    std::vector<Search> searches;
    Engine engine;
    for (const Request& request : requests) {
      searches.push_back(request.start());
      engine.append(request.prompt);
    }
    lk::BeamBatch batch;
    std::vector<lk::Workspace> workspaces(2);
    std::size_t told = 0;
    while (!engine.states.empty()) {
      engine.follow(batch.step(engine.rows, searches, workspaces, test::threads));
      for (std::size_t i = 0; i < 4; ++i) {
        if (!batch.errors()[i]) continue;
        CHECK((i == 1 || i == 2));
        CHECK(searches[i].done());
        CHECK_THROWS_WITH(std::rethrow_exception(batch.errors()[i]), "unlucky");
        ++told;
      }
    }
    CHECK(told == 2);
    for (const std::size_t i : {0u, 3u})
      test::check_equal(searches[i].results(), kRequests[0].alone());
    if (in_accept) continue;
    REQUIRE(searches[1].results().size() == 3);
    for (const lk::Generation& each : searches[1].results()) {
      CHECK(each.reason == lk::StopReason::processor_failed);
      CHECK(each.tokens.size() == 2);
      CHECK_THROWS_WITH(std::rethrow_exception(each.error), "unlucky");
    }
  }
}

TEST_CASE("a block that is not one row for each live beam ends all, with what they have") {
  lk::Workspace workspace;
  const auto refused = [&](const auto& rows) {
    std::vector<Search> searches(2, Request{{1}, {.beams = 2}, {}}.start());
    lk::BeamBatch batch;
    CHECK(batch.step(std::vector<float>(6), searches, workspace).tokens.size() == 4);
    CHECK(batch.step(rows, searches, workspace).tokens.empty());
    for (const Search& search : searches) {
      CHECK(search.done());
      REQUIRE(search.results().size() == 2);
      CHECK(search.results()[0].status == lk::Status::wrong_length);
      CHECK(search.results()[0].tokens.size() == 1);
    }
  };
  refused(std::vector<float>());
  refused(std::vector<float>(11));
  refused(Eigen::MatrixXf(Eigen::MatrixXf::Zero(3, 3)));
  refused(Eigen::MatrixXf(Eigen::MatrixXf::Zero(3, 5)));
}

TEST_CASE("a task for each workspace, but no more than searches that still run; none for none") {
  std::vector<Search> searches(3, Request{{1}, {.beams = 1}, {}}.start());
  searches[1] = Request{{1}, {.beams = 1}, {.max_new_tokens = 1}}.start();
  std::size_t asked = 0;
  const auto count_tasks = [&](std::size_t count, const auto& task) {
    asked = count;
    lk::Serial{}(count, task);
  };
  lk::BeamBatch batch;
  std::vector<lk::Workspace> workspaces(7);
  batch.step(std::vector<float>(12), searches, workspaces, count_tasks);
  CHECK(asked == 3);
  batch.step(std::vector<float>(8), searches, workspaces, count_tasks);
  CHECK(asked == 2);
  asked = 0;
  searches.clear();
  CHECK(batch.step(std::vector<float>(), searches, workspaces, count_tasks).tokens.empty());
  CHECK(asked == 0);
}

TEST_CASE("rows with a stride, and matrices, are blocks as well") {
  lk::Workspace workspace;
  const auto tokens = [&](const auto& rows) {
    std::vector<Search> searches(2, Request{{1}, {.beams = 1}, {.vocabulary = 3}}.start());
    lk::BeamBatch batch;
    const lk::BeamStep step = batch.step(rows, searches, workspace);
    return Tokens(step.tokens.begin(), step.tokens.end());
  };
  const std::vector<float> memory{1, 2, 3, 99, 6, 5, 4, 99};
  CHECK(tokens(lk::Rows<float>{memory.data(), 2, 3, 4}) == Tokens{2, 0});
  Eigen::MatrixXd matrix(3, 2);
  matrix << 1, 6, 2, 5, 3, 4;
  CHECK(tokens(matrix) == Tokens{2, 0});
}

TEST_CASE("what a processor throws is told in each result, whoever had ended, in groups, too") {
  const auto check = [](const auto& decoder, const lk::Limits& limits) {
    std::vector<typename std::remove_cvref_t<decltype(decoder)>::Session> searches{
        decoder.start(Tokens{13}, limits)};
    lk::BeamBatch batch;
    lk::Workspace workspace;
    while (!searches[0].done()) {
      std::vector<float> rows;
      for (std::size_t r = 0; r < searches[0].live(); ++r) rows.insert(rows.end(), {0, 1, 2, 3});
      batch.step(rows, searches, workspace);
    }
    CHECK(batch.errors()[0] != nullptr);
    const auto results = searches[0].results();
    CHECK_FALSE(results.empty());
    for (const lk::Generation& each : results) CHECK(each.error == batch.errors()[0]);
  };
  for (const bool in_accept : {false, true}) {
    const Unlucky unlucky{in_accept};
    const lk::Limits limits{.max_new_tokens = 9, .end_tokens = {3}};
    check(lk::BeamSearchDecoder{unlucky, {.beams = 2, .patience = 4}}, limits);
    check(lk::BeamSearchDecoder{unlucky, {.beams = 4, .patience = 4}, lk::DiverseBeams{}}, limits);
  }
}
