// SPDX-License-Identifier: MIT
// Story: what every decode of this program shares; when it ends, and what is said about the end.
#pragma once

#include "checkpoint.hpp"
#include "file.hpp"
#include "terminal.hpp"
#include "tokenizer.hpp"

#include <logitkit/logitkit.hpp>

#include <cstddef>
#include <exception>
#include <span>
#include <string>

namespace storyteller {

/// Until the model ends the story, and at most so many tokens. The model is never asked to go
/// beyond its context.
inline logitkit::Limits story_limits(const Shape& shape, std::size_t new_tokens) {
  logitkit::Limits limits;
  limits.max_new_tokens = new_tokens;
  limits.max_tokens = static_cast<std::size_t>(shape.context);
  limits.end_tokens = {Tokenizer::kBegin, Tokenizer::kEnd};
  return limits;
}

/// Runs a beam search to its end, as an engine would, and calls `look(step)` after each step.
void run_beams(auto& session, auto& model, std::span<const Token> prompt, const auto& look) {
  logitkit::Workspace workspace;
  logitkit::BeamStep step = session.step(model.prefill(prompt), workspace);
  look(step);
  while (!session.done()) {
    if (!step.identity) model.reorder(step.parents);
    step = session.step(model.step(step.tokens), workspace);
    look(step);
  }
}

/// Why a story ended, in the reader's words.
inline std::string ending(logitkit::StopReason reason, const Shape& shape) {
  using logitkit::StopReason;
  if (reason == StopReason::end_token) return "the model ended the story";
  if (reason == StopReason::max_new_tokens) return "--max-tokens reached";
  if (reason == StopReason::max_tokens)
    return "the model's memory (" + std::to_string(shape.context) + " tokens) is full";
  if (reason == StopReason::predicate) return "interrupted";
  return to_string(reason);
}

/// What speculation has brought, in the reader's words.
inline std::string told(const logitkit::SpeculationStatistics& s) {
  return std::to_string(s.rounds) + " rounds, " + std::to_string(s.drafted) + " drafted, " +
         std::to_string(s.accepted) + " accepted, " + fixed(s.tokens_per_round()) +
         " tokens a round";
}

/// A token as a reader sees it, on one line.
inline std::string named(const Tokenizer& tokenizer, Token token) {
  const std::string text = shown(tokenizer.decode(Tokenizer::kUnknown, token));
  return text == "\n" ? "(newline)" : text.empty() ? "(end)" : '"' + tail(text, 10) + '"';
}

/// Throws if the scores of the model with this name could not be used.
inline void require_usable(const std::string& model, logitkit::Status status) {
  if (status != logitkit::Status::ok)
    throw FileError(model, std::string("its scores cannot be used: ") + to_string(status));
}

/// The same for a whole story; passes on what the model threw.
inline void require_usable(const std::string& model, const logitkit::Generation& story) {
  if (story.error) std::rethrow_exception(story.error);
  if (story.reason == logitkit::StopReason::bad_row) require_usable(model, story.status);
}

}  // namespace storyteller
