// SPDX-License-Identifier: MIT
// Requests of any kind, rows of which some are bad, and what must hold of whatever comes of them.
#pragma once

#include "fuzz/chain.hpp"
#include "fuzz/facts.hpp"

#include <logitkit/core/generation.hpp>
#include <logitkit/core/limits.hpp>

#include <stdexcept>
#include <utility>

namespace fuzz {

/// What can go wrong with a row, by a byte: mostly nothing.
inline void spoil(std::uint8_t mood, std::vector<float>& rows) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float& middle = rows[rows.size() / 2];
  switch (mood) {
    case 255:
      middle = std::numeric_limits<float>::quiet_NaN();
      break;
    case 254:
      middle = kInfinity;
      break;
    case 253:
      rows.assign(rows.size(), -kInfinity);
      break;
    case 252:
      rows.pop_back();
      break;
    case 251:
      rows.push_back(0);
      break;
    case 250:
      rows.clear();
      break;
    case 249:
      rows.resize(2 * rows.size());
      break;
    case 248:
      throw std::runtime_error("the engine is out of memory");
    case 247:
      throw 42;
    default:
      middle = mood % 4 == 0 ? -kInfinity : middle;
  }
}

/// What a model has come to that has read these tokens.
inline std::uint64_t state_after(std::span<const lk::Token> tokens, std::uint64_t state = 0) {
  for (const lk::Token token : tokens) state = state * 31 + std::uint64_t(token) + 1;
  return state;
}

/// One row or several of a state.
inline std::vector<float> scores(std::uint64_t state, std::size_t count) {
  std::vector<float> all(count);
  for (float& score : all) score = static_cast<float>(mix(state) % 64) / 8;
  return all;
}

inline constexpr std::size_t kMostTokens = 12;

struct Request {
  std::size_t vocabulary;
  Tokens prompt;
  lk::Limits limits;
  lk::Report report;
  std::size_t observed = 0;  // tokens after which the observer stops it
  bool observer_throws = false;

  explicit Request(Bytes& bytes) : vocabulary(1 + bytes.below(70)) {
    prompt.push_back(lk::Token(bytes.below(vocabulary)));
    for (std::size_t n = bytes.below(4); n > 0; --n) prompt.push_back(prompt[0]);
    limits.max_new_tokens = 1 + bytes.below(kMostTokens);
    if (bytes.byte() % 4 == 0) limits.max_tokens = 1 + bytes.below(12);
    if (bytes.byte() % 4 == 0) limits.vocabulary = vocabulary;
    for (std::size_t n = bytes.below(4); n > 0; --n) {
      limits.end_tokens.push_back(lk::Token(bytes.below(vocabulary)));
    }
    for (std::size_t n = bytes.below(3); n > 0; --n) {
      Tokens& sequence = limits.stop_sequences.emplace_back(1 + bytes.below(3));
      for (lk::Token& each : sequence) each = lk::Token(bytes.below(vocabulary));
    }
    if (bytes.byte() % 4 == 0) {
      const std::size_t at = bytes.below(16), kind = bytes.below(3);
      limits.stop_when = [=](const lk::Context& context) {
        if (kind == 2 && context.position() > at) throw Thrown();
        return kind == 1 ? context.position() > at : context.tokens.back() == lk::Token(at);
      };
    }
    report = {.model = bytes.flag(), .alternatives = bytes.below(4), .rank = bytes.flag()};
    observed = bytes.byte() % 4 == 0 ? bytes.below(8) : kMostTokens + 1;
    observer_throws = bytes.byte() % 8 == 0;
  }

  /// What the observer says to so many tokens.
  [[nodiscard]] bool goes_on(std::size_t heard) const {
    if (heard <= observed) return true;
    if (observer_throws) throw Thrown();
    return false;
  }
};

/// Nothing contradicts itself, and everything is noted.
inline void check(const lk::Generation& result, const Request& request, Facts& facts,
                  bool beams = false) {
  const auto& [tokens, reason] = std::pair(result.tokens, result.reason);
  expect(tokens.size() <= request.limits.max_new_tokens, "the limit is kept");
  expect(request.prompt.size() + tokens.size() <=
             std::max(request.limits.max_tokens, request.prompt.size()),
         "the limit of all tokens is kept");
  for (const lk::Token token : tokens) {
    expect(token >= 0 && std::size_t(token) < 2 * request.vocabulary + 1, "tokens of the rows");
  }
  expect(reason != lk::StopReason::none, "there is a reason");
  const auto& ends = request.limits.end_tokens;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool ended = std::ranges::count(ends, tokens[i]) > 0;
    expect(!ended || i + 1 == tokens.size(), "an end token is the last");
    expect(!ended || reason == lk::StopReason::end_token, "and the reason");
  }
  expect(result.stop_size <= tokens.size(), "a stop sequence is part of the tokens");
  expect((reason == lk::StopReason::stop_sequence) == (result.stop_size > 0), "and has its reason");
  if (!beams) {
    expect((reason == lk::StopReason::bad_row) == (result.status != lk::Status::ok), "bad rows");
    expect((reason == lk::StopReason::model_failed) == (result.error != nullptr), "failed models");
    expect(!request.report.model || result.model_log_probabilities.size() == tokens.size(),
           "a log-probability for each token");
  }
  for (const double each : result.model_log_probabilities)
    expect(each <= 1e-6, "a log-probability");
  facts.note(std::span<const lk::Token>(tokens));
  facts.note(int(reason)), facts.note(int(result.status)), facts.note(result.score);
  facts.note(result.inclusion), facts.note(result.weight), facts.note(result.stop_size);
  for (const auto& each : result.alternatives) facts.note(each.token);
  for (const std::size_t rank : result.ranks) facts.note(rank);
}

}  // namespace fuzz
