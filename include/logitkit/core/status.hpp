// SPDX-License-Identifier: MIT
// Status: how one choice went. StopReason: why a sequence ended. Both print by `to_string`.
#pragma once

#include <logitkit/version.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>  // std::size

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
  constexpr const char* kNames[] = {
      "ok",           "not_a_number",       "positive_infinity", "nothing_left",
      "wrong_length", "token_out_of_range", "duplicate_token",   "needs_whole_row",
      "finished"};
  const auto i = static_cast<std::size_t>(status);
  return i < std::size(kNames) ? kNames[i] : "unknown";
}

[[nodiscard]] constexpr const char* to_string(StopReason reason) noexcept {
  constexpr const char* kNames[] = {"none",         "end_token",       "stop_sequence",
                                    "predicate",    "max_new_tokens",  "max_tokens",
                                    "observer",     "bad_row",         "token_out_of_range",
                                    "model_failed", "processor_failed"};
  const auto i = static_cast<std::size_t>(reason);
  return i < std::size(kNames) ? kNames[i] : "unknown";
}

}  // namespace logitkit::inline LOGITKIT_ABI
