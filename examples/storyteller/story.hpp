// SPDX-License-Identifier: MIT
// Story: what every decode of this program shares; when it ends, and what is said about the end.
#pragma once

#include "checkpoint.hpp"
#include "file.hpp"
#include "tokenizer.hpp"

#include <logitkit/logitkit.hpp>

#include <cstddef>
#include <exception>
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
