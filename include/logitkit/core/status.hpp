// SPDX-License-Identifier: MIT
// Status: how one choice went. StopReason: why a sequence ended. Both print by `to_string`.
#pragma once

#include <logitkit/version.hpp>

#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI {

/// How one choice went. Anything but `ok` comes with no token: nothing is ever chosen silently.
enum class Status : std::uint8_t {
  ok,
  not_a_number,        ///< NaN in the row, or made by a processor
  positive_infinity,   ///< +inf in the row, or made by a processor
  nothing_left,        ///< every token is banned
  wrong_length,        ///< the row is empty, or not as long as the vocabulary; see CandidateList
  token_out_of_range,  ///< a processor edited, a list has or pick_of got one that the row lacks
  duplicate_token,     ///< a candidate list has a token twice
  needs_whole_row,     ///< a processor of a chain made at run time cannot work on a candidate list
  finished,            ///< the session has already stopped
};

/// Why a sequence ended. Where several rules are met at once, the first of this list counts.
enum class StopReason : std::uint8_t {
  none,                ///< it goes on
  end_token,           ///< Limits::end_tokens
  stop_sequence,       ///< Limits::stop_sequences
  predicate,           ///< Limits::stop_when
  max_new_tokens,      ///< Limits::max_new_tokens
  max_tokens,          ///< Limits::max_tokens
  observer,            ///< the observer returned false
  bad_row,             ///< see Generation::status
  token_out_of_range,  ///< an accepted token that the vocabulary does not have; it is not kept
  model_failed,        ///< the model threw; see Generation::error
  processor_failed,    ///< in a BeamBatch or DiverseBeams: a processor or Limits::stop_when threw
};

[[nodiscard]] constexpr const char* to_string(Status status) noexcept {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::not_a_number:
      return "not_a_number";
    case Status::positive_infinity:
      return "positive_infinity";
    case Status::nothing_left:
      return "nothing_left";
    case Status::wrong_length:
      return "wrong_length";
    case Status::token_out_of_range:
      return "token_out_of_range";
    case Status::duplicate_token:
      return "duplicate_token";
    case Status::needs_whole_row:
      return "needs_whole_row";
    case Status::finished:
      return "finished";
  }
  return "unknown";
}

[[nodiscard]] constexpr const char* to_string(StopReason reason) noexcept {
  switch (reason) {
    case StopReason::none:
      return "none";
    case StopReason::end_token:
      return "end_token";
    case StopReason::stop_sequence:
      return "stop_sequence";
    case StopReason::predicate:
      return "predicate";
    case StopReason::max_new_tokens:
      return "max_new_tokens";
    case StopReason::max_tokens:
      return "max_tokens";
    case StopReason::observer:
      return "observer";
    case StopReason::bad_row:
      return "bad_row";
    case StopReason::token_out_of_range:
      return "token_out_of_range";
    case StopReason::model_failed:
      return "model_failed";
    case StopReason::processor_failed:
      return "processor_failed";
  }
  return "unknown";
}

}  // namespace logitkit::inline LOGITKIT_ABI
