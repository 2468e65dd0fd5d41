// SPDX-License-Identifier: MIT
// Status and StopReason: every one prints as it is written, and 0 is the good one.
#include <logitkit/core/status.hpp>

#include "support/catch.hpp"

#include <set>
#include <string>

namespace lk = logitkit;

#define LOGITKIT_PRINTS(type, name) REQUIRE(std::string(lk::to_string(lk::type::name)) == #name)

static_assert(lk::Status{} == lk::Status::ok);
static_assert(lk::StopReason{} == lk::StopReason::none);

TEST_CASE("every status prints its name", "[status]") {
  LOGITKIT_PRINTS(Status, ok);
  LOGITKIT_PRINTS(Status, not_a_number);
  LOGITKIT_PRINTS(Status, positive_infinity);
  LOGITKIT_PRINTS(Status, nothing_left);
  LOGITKIT_PRINTS(Status, wrong_length);
  LOGITKIT_PRINTS(Status, token_out_of_range);
  LOGITKIT_PRINTS(Status, duplicate_token);
  LOGITKIT_PRINTS(Status, needs_whole_row);
  LOGITKIT_PRINTS(Status, finished);
  REQUIRE(std::string(lk::to_string(static_cast<lk::Status>(200))) == "unknown");
}

TEST_CASE("every stop reason prints its name", "[status]") {
  LOGITKIT_PRINTS(StopReason, none);
  LOGITKIT_PRINTS(StopReason, end_token);
  LOGITKIT_PRINTS(StopReason, stop_sequence);
  LOGITKIT_PRINTS(StopReason, predicate);
  LOGITKIT_PRINTS(StopReason, max_new_tokens);
  LOGITKIT_PRINTS(StopReason, max_tokens);
  LOGITKIT_PRINTS(StopReason, observer);
  LOGITKIT_PRINTS(StopReason, bad_row);
  LOGITKIT_PRINTS(StopReason, token_out_of_range);
  LOGITKIT_PRINTS(StopReason, model_failed);
  LOGITKIT_PRINTS(StopReason, processor_failed);
  REQUIRE(std::string(lk::to_string(static_cast<lk::StopReason>(200))) == "unknown");
}

TEST_CASE("no value without a name, and no name twice", "[status]") {
  std::set<std::string> statuses, reasons;
  for (int i = 0; i < 256; ++i) {
    statuses.insert(lk::to_string(static_cast<lk::Status>(i)));
    reasons.insert(lk::to_string(static_cast<lk::StopReason>(i)));
  }
  REQUIRE(statuses.size() == 9 + 1);
  REQUIRE(reasons.size() == 11 + 1);
}
