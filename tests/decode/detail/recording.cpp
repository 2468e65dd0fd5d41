// SPDX-License-Identifier: MIT
// Recording: how a generation ends. What it is used for is tested with the decoders.
#include <logitkit/decode/detail/recording.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

TEST_CASE("a recording ends with a reason of the session, of the observer, or of who stops it") {
  const Tokens tokens{4, 5, 6};
  Tokens heard;
  auto observer = [&](lk::Token token) {
    heard.push_back(token);
    return token != 5;
  };
  const lk::Limits limits;
  const auto start = [&] { return lk::detail::Recording(observer, limits, lk::StopReason::none); };
  const auto first = std::span<const lk::Token>(tokens).first(1);

  auto by_session = start();
  CHECK(by_session.going());
  CHECK_FALSE(by_session.take({.token = 4}, first, lk::StopReason::end_token));
  CHECK(by_session.finish(first).reason == lk::StopReason::end_token);

  auto by_observer = start();
  CHECK(by_observer.take({.token = 4, .model_log_probability = -1}, first, lk::StopReason::none));
  CHECK_FALSE(by_observer.take({.token = 5, .model_log_probability = -2},
                               std::span(tokens).first(2), lk::StopReason::none));
  const lk::Generation two = by_observer.finish(std::span(tokens).first(2));
  CHECK(two.reason == lk::StopReason::observer);
  CHECK(two.tokens == Tokens{4, 5});
  CHECK(two.score == -3);
  CHECK(heard == Tokens{4, 4, 5});

  auto stopped = start();
  CHECK_FALSE(stopped.stop(lk::StopReason::bad_row, lk::Status::not_a_number));
  CHECK_FALSE(stopped.going());
  const lk::Generation none = stopped.finish({});
  CHECK(none.status == lk::Status::not_a_number);
  CHECK(none.tokens.empty());
}
