// SPDX-License-Identifier: MIT
// The interface for C: it finds what the C++ one finds, and nothing comes through it but a status.
#include <c_api/logitkit_c.cpp>

#include "support/catch.hpp"

#include <array>
#include <limits>

namespace {

constexpr std::size_t kVocabulary = 70;
const std::vector<lk::Token> kPrompt{3, 1, 4};
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// What may follow some tokens, a few of them being equals.
std::vector<float> row_after(std::span<const lk::Token> tokens) {
  std::vector<float> row(kVocabulary);
  std::uint32_t state = 7;
  for (const lk::Token token : tokens) state = state * 31 + static_cast<std::uint32_t>(token);
  for (float& each : row)
    each = static_cast<float>((state = state * 1664525 + 1013904223) >> 26) / 8;
  return row;
}

logitkit_parameter number(const char* name, double x) {
  return {name, x, LOGITKIT_NUMBER, {}, {}, {}, {}};
}

/// Every kind of value, and the same as the C++ interface takes it.
struct Wanted {
  std::vector<lk::Token> ends{0, 9}, biased{5, 6}, banned{7, 8, 11};
  std::vector<double> biases{-1.5, 2};
  std::vector<std::size_t> lengths{2, 1};
  std::vector<logitkit_parameter> parameters{
      number("temperature", 0.9),
      number("top_k", 20),
      number("seed", 11),
      number("max_tokens", 15),
      {"renormalize_logits", 1, LOGITKIT_FLAG, {}, {}, {}, {}},
      {"eos_token_id", 0, LOGITKIT_TOKENS, ends.data(), {}, {}, 2},
      {"logit_bias", 0, LOGITKIT_BIASES, biased.data(), biases.data(), {}, 2},
      {"bad_words_ids", 0, LOGITKIT_SEQUENCES, banned.data(), {}, lengths.data(), 2},
  };
  lk::Parameters same{
      {"temperature", 0.9},
      {"top_k", 20},
      {"seed", 11},
      {"max_tokens", 15},
      {"renormalize_logits", true},
      {"eos_token_id", ends},
      {"logit_bias", lk::Value::Biases{{5, -1.5}, {6, 2}}},
      {"bad_words_ids", lk::Value::Sequences{{7, 8}, {11}}},
  };
  logitkit_request request{parameters.data(), parameters.size(), kPrompt.data(), kPrompt.size()};
};

}  // namespace

TEST_CASE("a session in C draws the tokens of the C++ one") {
  const Wanted wanted;
  const lk::Request request(wanted.same);
  const auto expected = lk::RandomDecoder{request.chain, request.random}.decode(
      [](std::span<const lk::Token> tokens) { return row_after(tokens); }, kPrompt, request.limits);

  char why[64] = "untouched";
  logitkit_session* session = logitkit_start(&wanted.request, why, sizeof why);
  REQUIRE(session != nullptr);
  std::vector<lk::Token> tokens = kPrompt;
  const auto take = [&](logitkit_session* from) {
    const std::vector<float> row = row_after(tokens);
    const lk::Token token = logitkit_next(from, row.data(), row.size());
    REQUIRE(token == logitkit_next(from, row.data(), row.size()));  // it has changed nothing
    tokens.push_back(token);
    return logitkit_accept(from, token);
  };
  REQUIRE(take(session) == 0);
  REQUIRE(take(session) == 0);
  REQUIRE(logitkit_rollback(session, 1) == 0);
  tokens.pop_back();
  logitkit_session* fork = logitkit_fork(session);
  logitkit_end(session);
  int reason = 0;
  while (reason == 0) reason = take(fork);
  CHECK(logitkit_reason_text(reason) == std::string(to_string(expected.reason)));
  tokens.erase(tokens.begin(), tokens.begin() + 3);
  CHECK(tokens == expected.tokens);

  const std::vector<float> row(kVocabulary, 0);
  CHECK(logitkit_next(fork, row.data(), row.size()) == negative(lk::Status::finished));
  logitkit_end(fork);
}

TEST_CASE("a beam search in C finds what the C++ one finds") {
  const Wanted wanted;
  const lk::Request request(wanted.same);
  const auto expected =
      lk::BeamSearchDecoder{request.chain, {.beams = 3, .length_penalty = 0.5}}.decode(
          [](std::span<const lk::Token> tokens) { return row_after(tokens); }, kPrompt,
          request.limits);

  logitkit_beams* search = logitkit_beams_start(&wanted.request, 3, 0.5, nullptr, 0);
  REQUIRE(search != nullptr);
  std::vector<std::vector<lk::Token>> beams{kPrompt};
  const lk::Token* tokens = nullptr;
  while (!beams.empty()) {
    std::vector<float> rows;
    for (const auto& beam : beams) {
      const std::vector<float> row = row_after(beam);
      rows.insert(rows.end(), row.begin(), row.end());
    }
    const std::size_t* parents = nullptr;
    const std::size_t live =
        logitkit_beams_step(search, rows.data(), kVocabulary, &tokens, &parents);
    std::vector<std::vector<lk::Token>> next;
    for (std::size_t r = 0; r < live; ++r) {
      next.push_back(beams[parents[r]]);
      next.back().push_back(tokens[r]);
    }
    beams.swap(next);
  }
  CHECK(logitkit_beams_status(search) == 0);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    double score = 0;
    const std::size_t count = logitkit_beams_result(search, i, &tokens, &score);
    CHECK(std::vector<lk::Token>(tokens, tokens + count) == expected[i].tokens);
    CHECK(score == expected[i].score);
  }
  CHECK(logitkit_beams_result(search, expected.size(), &tokens, nullptr) == 0);
  logitkit_beams_end(search);
}

TEST_CASE("what is wrong with a request is told in sentences, as far as there is room") {
  const std::array parameters{number("top_p", 1.5), number("top_q", 1), number("top_k", 2.5)};
  const logitkit_request request{parameters.data(), parameters.size(), nullptr, 0};
  std::array<char, 400> why{};
  CHECK(logitkit_start(&request, why.data(), why.size()) == nullptr);
  CHECK(std::string(why.data()) ==
        "prompt: its length must satisfy length >= 1, got 0\n"
        "top_k must be a whole number, got 2.5\n"
        "top_p: p must satisfy 0 < p <= 1, got 1.5\n"
        "unknown parameter 'top_q'");
  CHECK(logitkit_beams_start(&request, 0, 1, why.data(), 30) == nullptr);
  CHECK(std::string(why.data()) == "BeamOptions: beams must satis");
  CHECK(logitkit_start(&request, nullptr, 0) == nullptr);
}

TEST_CASE("bad rows are a status, which says what is wrong") {
  const Wanted wanted;
  std::vector<float> row(kVocabulary, 0);
  row[60] = kInfinity;
  logitkit_session* session = logitkit_start(&wanted.request, nullptr, 0);
  const int status = logitkit_next(session, row.data(), row.size());
  CHECK(status < 0);
  CHECK(logitkit_status_text(status) == std::string("positive_infinity"));
  CHECK(logitkit_status_text(logitkit_next(session, nullptr, 0)) == std::string("wrong_length"));
  CHECK(logitkit_reason_text(logitkit_accept(session, -1)) == std::string("token_out_of_range"));
  logitkit_end(session);

  logitkit_beams* search = logitkit_beams_start(&wanted.request, 2, 1, nullptr, 0);
  const lk::Token* tokens = nullptr;
  const std::size_t* parents = nullptr;
  CHECK(logitkit_beams_step(search, row.data(), row.size(), &tokens, &parents) == 0);
  CHECK(logitkit_beams_status(search) == status);
  logitkit_beams_end(search);
  CHECK(logitkit_status_text(kFailed) == std::string("failed"));
}
