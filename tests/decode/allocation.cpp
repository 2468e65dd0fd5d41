// SPDX-License-Identifier: MIT
// Nothing is allocated after the first step, and a session is small.
#include "support/allocations.hpp"

#include <logitkit/decode/batch.hpp>
#include <logitkit/decode/beam_batch.hpp>
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/decode/sampled_beams.hpp>
#include <logitkit/decode/stochastic_beams.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;

namespace {

constexpr std::size_t kVocabulary = 128256;
const std::vector<lk::Token> kPrompt{3, 1, 4, 1, 5, 9, 2, 6};

const lk::Chain kChain{lk::TopK{40}, lk::Temperature{0.8f}, lk::TopP{0.95f}, lk::MinP{0.05f}};
const lk::Chain kWithPenalty{lk::RepetitionPenalty{1.1f}, kChain};

template <class Scalar>
std::vector<std::vector<Scalar>> some_rows() {
  std::vector<std::vector<Scalar>> rows(4, std::vector<Scalar>(kVocabulary));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    test::write_logits(i, kVocabulary, rows[i].data());
  }
  for (std::size_t v = 0; v < kVocabulary; ++v) rows[1][v] = Scalar(1.0f);  // all equal
  for (std::size_t v = 0; v < kVocabulary; ++v) rows[2][v] = Scalar(float(v) / 1e5f);
  return rows;
}

template <class Scalar, class Decoder>
void check_no_allocation(const Decoder& decoder, std::size_t first_row,
                         std::size_t allowed_in_accept = 0) {
  const auto rows = some_rows<Scalar>();
  const lk::Limits limits{.max_new_tokens = 5000, .stop_sequences = {{7, 7, 7}}};
  auto session = decoder.start(kPrompt, limits);
  lk::Workspace workspace;
  static_cast<void>(session.accept(session.next(rows[first_row], workspace).token));
  std::size_t in_next = 0, in_accept = 0;
  for (std::size_t i = 0; i < 24; ++i) {
    std::size_t before = test::allocations;
    const lk::Pick pick = session.next(rows[i % rows.size()], workspace);
    in_next += test::allocations - before;
    before = test::allocations;
    session.accept(pick.token);
    in_accept += test::allocations - before;
    REQUIRE(pick.status == lk::Status::ok);
  }
  CHECK(in_next == 0);
  CHECK(in_accept <= allowed_in_accept);
}

/// Steps a search 3000 times through rows that make beams fork, die and change places; returns what
/// is allocated after the first ten.
template <class C, class P = lk::PlainBeams>
std::size_t beam_allocations(const C& chain, const lk::Report& report, const P& policy = P()) {
  constexpr std::size_t kBeams = 6, kSize = 300;
  const lk::BeamSearchDecoder beams{chain, {.beams = kBeams, .report = report}, policy};
  auto session = beams.start(kPrompt, {.max_new_tokens = 3000, .stop_sequences = {{500, 7}}});
  lk::Workspace workspace;
  std::vector<float> rows(kBeams * kSize);
  std::size_t before = 0;
  for (std::uint64_t step = 0; step + 1 < 3000; ++step) {
    for (std::size_t r = 0; r < session.live(); ++r) {
      test::write_logits(10 * step + r % 4, kSize, rows.data() + r * kSize);
      if (step % 17 == 3 && r > 1) rows[r * kSize] = rows[r * kSize + 1] = -30;
    }
    if (step == 10) before = test::allocations;
    session.step(std::span(rows).first(session.live() * kSize), workspace);
    REQUIRE(session.live() == kBeams);
  }
  const std::size_t own = test::allocations - before;
  REQUIRE(session.context(0).generated().size() == 2999);
  return own;
}

/// Accepts as many distinct tokens as leave a table that doubles at its emptiest: one above 2^12.
template <class Decoder>
void check_size(const Decoder& decoder, std::size_t bytes_a_distinct_token) {
  const lk::Limits limits{
      .max_new_tokens = 4096, .end_tokens = {2, 3}, .stop_sequences = {{7, 7, 7}}};
  const std::size_t before = test::live_bytes;
  auto session = decoder.start(kPrompt, limits);
  for (lk::Token token = 10; token < 4100; ++token) session.accept(token);
  const std::size_t original = test::live_bytes - before;
  const auto copy = session;
  const std::size_t copied = test::live_bytes - before - original;
  const std::size_t fixed = 4096 - sizeof session + 4097 * bytes_a_distinct_token;
  REQUIRE(copy.generated().size() == 4090);
  CHECK(original <= fixed + (kPrompt.size() + limits.max_new_tokens) * sizeof(lk::Token));
  CHECK(copied <= fixed + copy.tokens().size() * sizeof(lk::Token));
}

}  // namespace

TEST_CASE("after the first a step allocates nothing, whatever the row and its scalar") {
  const lk::GreedyDecoder greedy{kChain};
  const lk::RandomDecoder random{kChain, {.seed = 1}};
  for (const std::size_t first_row : {0u, 1u}) {
    check_no_allocation<float>(greedy, first_row);
    check_no_allocation<float>(random, first_row);
    check_no_allocation<double>(random, first_row);
    check_no_allocation<Eigen::bfloat16>(random, first_row);
  }
}

TEST_CASE("a penalty's table grows by doubling, and only as tokens are accepted") {
  check_no_allocation<float>(lk::GreedyDecoder{kWithPenalty}, 0, 5);
  check_no_allocation<float>(lk::RandomDecoder{kWithPenalty, {.seed = 1}}, 1, 5);
}

TEST_CASE("nor with a chain that does not narrow, and all that can be reported") {
  for (const lk::Distribution of : {lk::Distribution::model, lk::Distribution::choice}) {
    const lk::Report report{
        .model = true, .choice = true, .alternatives = 20, .rank = true, .of = of};
    check_no_allocation<float>(
        lk::RandomDecoder{lk::Chain{lk::TopP{0.99f}}, {.seed = 1, .report = report}}, 0);
  }
  check_no_allocation<float>(lk::RandomDecoder{}, 0);
}

TEST_CASE(
    "a batch step allocates nothing after the first, whoever takes which row, nor a smaller row") {
  const auto rows = some_rows<float>();
  std::vector<float> batch;
  for (const auto& row : rows) batch.insert(batch.end(), row.begin(), row.end());
  const std::vector sessions(
      4, lk::RandomDecoder{kChain, {.seed = 1, .report = {.alternatives = 5}}}.start(kPrompt, {}));
  std::vector<lk::Workspace> workspaces(3);
  // The task that comes first takes all rows.
  const auto step_from = [&](std::size_t first) {
    return lk::next(batch, sessions, workspaces, [&](std::size_t count, const lk::Task& task) {
      for (std::size_t i = 0; i < count; ++i) task((first + i) % count);
    });
  };
  static_cast<void>(step_from(0));
  const std::size_t before = test::allocations;
  for (const std::size_t first : {1u, 2u, 0u}) static_cast<void>(step_from(first));
  static_cast<void>(lk::next(batch, sessions, workspaces));
  for (const std::size_t length : {1000u, 64u, 63u, 1u}) {
    static_cast<void>(sessions[0].next(std::span(batch).first(length), workspaces[0]));
  }
  CHECK(test::allocations == before);
}

TEST_CASE("a beam step allocates nothing once all beams live, reports included") {
  CHECK(beam_allocations(lk::Chain{}, {}) == 0);
  CHECK(beam_allocations(kChain, {.model = true, .alternatives = 3, .rank = true}) == 0);
  // A penalty's tables grow in each of the beams until they have seen all 300 tokens.
  CHECK(beam_allocations(kWithPenalty, {.model = true}) <= 6 * 2 * 9);
}

TEST_CASE("nor one of beams that draw") {
  CHECK(beam_allocations(lk::Chain{}, {}, lk::StochasticBeams{{.seed = 1}}) == 0);
  CHECK(beam_allocations(lk::Chain{}, {}, lk::SampledBeams{{.seed = 1}}) == 0);
}

TEST_CASE("nor does a batch of searches, whoever takes which, nor as they end") {
  constexpr std::size_t kSize = 300;
  std::vector<lk::BeamSearchDecoder<>::Session> searches;
  for (const std::size_t beams : {2u, 5u, 3u}) {
    searches.push_back(lk::BeamSearchDecoder{lk::Chain{}, {.beams = beams}}.start(
        kPrompt, {.max_new_tokens = 99}));
  }
  lk::BeamBatch batch;
  std::vector<lk::Workspace> workspaces(2);
  std::vector<float> rows(10 * kSize);
  std::size_t live = 3, before = 0;
  for (std::uint64_t step = 0; step < 40; ++step) {
    for (std::size_t r = 0; r < live; ++r) {
      test::write_logits(10 * step + r % 4, kSize, rows.data() + r * kSize);
    }
    const auto either = [&](std::size_t count, const lk::Task& task) {  // one does all the work
      for (std::size_t i = 0; i < count; ++i) task((i + step) % count);
    };
    if (step == 5) before = test::allocations;
    live =
        batch.step(std::span(rows).first(live * kSize), searches, workspaces, either).tokens.size();
  }
  CHECK(test::allocations == before);
  CHECK(live == 10);
}

TEST_CASE("a session takes 4 KB and its tokens at most; a penalty 32 bytes a distinct token") {
  check_size(lk::RandomDecoder{kChain, {.seed = 1}}, 0);
  check_size(lk::RandomDecoder{kWithPenalty, {.seed = 1}}, 32);
}

TEST_CASE("decode holds its result and scratch memory that does not grow with it") {
  constexpr std::size_t kTokens = 4096, kAlternatives = 8;
  const lk::GreedyDecoder greedy{lk::Chain{}, {.report = {.alternatives = kAlternatives}}};
  const test::ConstantModel<> model{std::vector<float>(kAlternatives)};
  const std::size_t before = test::live_bytes;
  std::size_t most = 0;
  const auto result = greedy.decode(model, kPrompt, {.max_new_tokens = kTokens}, [&](lk::Token) {
    most = std::max(most, test::live_bytes - before);
  });
  REQUIRE(result.alternatives.size() == kTokens * kAlternatives);
  CHECK(most < kTokens * kAlternatives * sizeof(lk::Alternative) * 3 / 2);
}

TEST_CASE(
    "4 beams and 131072 tokens: a number for each token, and one copy for the chain, no more") {
  constexpr std::size_t kBeams = 4, kTokens = 131072;
  const std::size_t before = test::live_bytes;
  lk::detail::LiveBeams<lk::Chain<>, int> live(lk::Chain{}, 0, kPrompt, {.max_new_tokens = kTokens},
                                               {}, kBeams);
  const auto nothing = [](int&, lk::Token) {};
  std::array<lk::Extension, kBeams> next{};
  std::size_t allocations_late = 0;
  for (std::size_t step = 0; step < kTokens; ++step) {
    for (std::size_t r = 0; r < kBeams; ++r) {
      next[r].token = static_cast<lk::Token>(step + r);
      next[r].parent = live.size() < kBeams || (step % 3 == 0 && r == 3) ? 0 : r;
    }
    const std::size_t so_far = test::allocations;
    live.advance(next, nothing);
    if (step >= 65536) allocations_late += test::allocations - so_far;
  }
  // 8 bytes a token of the history and 4 of a beam's own row, and what vectors keep ready.
  CHECK(test::live_bytes - before < 2 * kBeams * kTokens * (8 + sizeof(lk::Token)));
  CHECK(allocations_late <= 8);  // those of doubling
}

TEST_CASE("what Eigen allocates would be noticed") {
  const std::size_t before = test::allocations;
  const Eigen::VectorXf vector(1000);
  CHECK(test::allocations == before + 1);
}
