// SPDX-License-Identifier: MIT
// GreenListWatermark: the twin of both seedings, before and after narrowing, forks, refusals.
#include "support/catch.hpp"

#include "reference/green_list.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/green_list_watermark.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;
using reference::with_history;

TEMPLATE_TEST_CASE("GreenListWatermark agrees with its twin", "", float, double) {
  const Tokens prompt{3, 1, 7}, generated{0, 41};
  const Tokens all{3, 1, 7, 0, 41};
  for (const auto seeding : {lk::GreenSeeding::left_hash, lk::GreenSeeding::self_hash}) {
    for (const std::size_t context : {1u, 3u, 9u}) {
      // The vocabulary is larger than some rows and smaller than others.
      const lk::GreenListOptions options{
          .vocabulary = 70, .ratio = 0.4, .seeding = seeding, .context = context};
      reference::agree<TestType>(
          with_history(lk::GreenListWatermark{1.5, options}, prompt, generated),
          [&](const Scores& s) { return reference::green_list_watermark(s, 1.5L, all, options); });
    }
  }
}

TEST_CASE("GreenListWatermark after every token, however the prompt is cut") {
  for (const auto seeding : {lk::GreenSeeding::left_hash, lk::GreenSeeding::self_hash}) {
    const lk::GreenListOptions options{.vocabulary = 100, .seeding = seeding, .context = 3};
    const lk::GreenListWatermark fresh{2.0, options};
    auto step_by_step = fresh;
    const auto row = reference::normal_row<double>(100, 3);
    Tokens all;
    reference::Bits bits(2);
    for (int i = 0; i < 10; ++i) {
      const Scores slow =
          reference::green_list_watermark(Scores(row.begin(), row.end()), 2, all, options);
      const auto cut = all.begin() + static_cast<std::ptrdiff_t>(bits.below(all.size() + 1));
      const Scores fast = reference::after(step_by_step, row);
      REQUIRE(reference::difference(fast, slow, 1e-12L) == "");
      const auto replayed = with_history(fresh, {all.begin(), cut}, {cut, all.end()});
      REQUIRE(reference::after(replayed, row) == fast);
      all.push_back(static_cast<lk::Token>(bits.below(100)));
      step_by_step.accept(all.back());
    }
  }
}

TEST_CASE("GreenListWatermark does nothing before its context has come", "[peers]") {
  const std::vector<float> row(16, 1);
  const lk::GreenListOptions options{.vocabulary = 16, .context = 2};
  CHECK(reference::after(lk::GreenListWatermark{2.0f, options}, row) == Scores(16, 1));
  CHECK(reference::after(with_history(lk::GreenListWatermark{2.0f, options}, {9}), row) ==
        Scores(16, 1));
  const auto two = with_history(lk::GreenListWatermark{2.0f, options}, {1}, {9});
  CHECK(reference::after(two, row) == Scores{1, 1, 3, 1, 1, 1, 3, 1, 1, 1, 1, 3, 3, 1, 1, 1});
}

TEST_CASE("GreenListWatermark refuses by name, and is deduced") {
  using Watermark = lk::GreenListWatermark<double>;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK(Watermark::check(-2, {.vocabulary = 10}).empty());
  CHECK(Watermark::check(kInfinity, {.vocabulary = 10}) ==
        "GreenListWatermark: bias must satisfy -inf < bias < inf, got inf");
  CHECK_FALSE(Watermark::check(std::nan(""), {.vocabulary = 10}).empty());
  reference::refuses([] { lk::GreenListWatermark{2.0f, {.vocabulary = 10, .ratio = 1.5}}; },
                     "GreenListOptions: ratio must satisfy 0 < ratio < 1, got 1.5");
  static_assert(std::same_as<decltype(lk::GreenListWatermark{2, {.vocabulary = 10}}),
                             lk::GreenListWatermark<float>>);
  static_assert(std::same_as<decltype(lk::GreenListWatermark{2.0, {.vocabulary = 10}}),
                             lk::GreenListWatermark<double>>);
}
