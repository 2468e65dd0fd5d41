// SPDX-License-Identifier: MIT
// The loop over rows: what the model is asked for, in which order, and who may end it.
#include <logitkit/decode/detail/run_to_end.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{4, 1};

/// Two rows from the second step on, which are swapped at every other one; over after six.
struct Script {
  std::size_t steps = 0;
  std::vector<std::vector<float>> seen{};
  lk::StopReason reason = lk::StopReason::none;
  std::exception_ptr error{};
  Tokens tokens{0, 0};
  std::vector<std::size_t> parents{0, 0};

  [[nodiscard]] bool done() const { return steps == 6 || reason != lk::StopReason::none; }
  void stop(lk::StopReason why, lk::Status = {}, std::exception_ptr thrown = {}) {
    reason = why;
    error = thrown;
  }
  lk::BeamStep step(const auto& rows, lk::Workspace&) {
    const auto all = lk::as_rows(rows, seen.empty() ? 1 : 2);
    seen.emplace_back(all.data, all.data + all.count * all.vocabulary);
    const bool swapped = steps % 2 == 1;
    if (++steps > 1)
      parents = swapped ? std::vector<std::size_t>{1, 0} : std::vector<std::size_t>{0, 1};
    tokens = {lk::Token(steps), lk::Token(steps + 1)};
    return {tokens, parents, steps > 1 && !swapped};
  }
};

}  // namespace

TEST_CASE(
    "a plain and a cached model show a session the same rows, moved only where they must be") {
  Script by_plain, by_cached;
  test::PlainRecurrent<float> plain{9, 3};
  test::CachedRecurrent<float> cached{9, 3};
  int looks = 0;
  lk::detail::run_to_end(by_plain, plain, kPrompt, [&] { ++looks; });
  lk::detail::run_to_end(by_cached, cached, kPrompt, [] {});
  CHECK(looks == 6);
  CHECK(by_plain.seen == by_cached.seen);
  CHECK(cached.prefills == 1);
  CHECK(cached.steps == 5);
  CHECK(cached.reorders == 3);
}

TEST_CASE("a session that is over asks for nothing, and one that is stopped for nothing more") {
  test::CachedRecurrent<float> model{9, 3};
  Script over{.steps = 6};
  lk::detail::run_to_end(over, model, kPrompt, [] { FAIL("there was no step"); });
  CHECK(model.prefills == 0);
  Script stopped;
  lk::detail::run_to_end(stopped, model, kPrompt, [&] {
    if (stopped.steps == 3) stopped.stop(lk::StopReason::observer);
  });
  CHECK(model.steps == 2);
}

TEST_CASE("what a model throws stops the session, and is looked at") {
  Script session;
  test::ThrowsAt<test::PlainRecurrent<float>> model{{9, 3}, 4};
  int looks = 0;
  lk::detail::run_to_end(session, model, kPrompt, [&] { ++looks; });
  CHECK(session.steps == 2);
  CHECK(looks == 3);
  CHECK(session.reason == lk::StopReason::model_failed);
  CHECK_THROWS_WITH(std::rethrow_exception(session.error), "the engine is out of memory");
}
