// SPDX-License-Identifier: MIT
// GreenListDetector: counts against the twin, z by hand, texts with and without a watermark.
#include "support/catch.hpp"

#include "reference/green_list.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/green_list_detector.hpp>

namespace lk = logitkit;
using reference::Tokens;

namespace {

Tokens random_text(std::size_t size, std::size_t vocabulary, std::uint64_t seed) {
  reference::Bits bits(seed);
  Tokens text(size);
  for (auto& token : text) token = static_cast<lk::Token>(bits.below(vocabulary));
  return text;
}

}  // namespace

TEST_CASE("GreenListDetector counts what the twin counts") {
  for (const auto seeding : {lk::GreenSeeding::left_hash, lk::GreenSeeding::self_hash}) {
    for (const std::size_t context : {1u, 2u, 3u}) {
      const lk::GreenListOptions options{.vocabulary = 50, .seeding = seeding, .context = context};
      const std::size_t before = seeding == lk::GreenSeeding::self_hash ? context - 1 : context;
      const Tokens text = random_text(120, 5, context);  // few tokens: runs occur again
      std::size_t green = 0, distinct_green = 0;
      std::set<Tokens> distinct;
      for (std::size_t at = before; at < text.size(); ++at) {
        const auto end = text.begin() + static_cast<std::ptrdiff_t>(at);
        const Tokens context_of(end - static_cast<std::ptrdiff_t>(before), end);
        const bool is = reference::is_green(context_of, text[at], options);
        Tokens run = context_of;
        run.push_back(text[at]);
        green += is;
        distinct_green += distinct.insert(run).second && is;
      }
      const auto all = lk::GreenListDetector(options).score(text);
      CHECK(all.scored == text.size() - before);
      CHECK(all.green == green);
      const auto once = lk::GreenListDetector(options, true).score(text);
      CHECK(once.scored == distinct.size());
      CHECK(once.green == distinct_green);
      CHECK(once.scored < all.scored);
    }
  }
}

TEST_CASE("GreenListDetector: z and the tail of the normal distribution, by hand") {
  // After 9 the tokens 2, 6, 11 and 12 of 16 are green, after 8 the tokens 1, 4, 6 and 13.
  const lk::GreenListDetector detector({.vocabulary = 16});
  const auto evidence = detector.score(Tokens{9, 8, 13});
  CHECK(evidence.scored == 2);
  CHECK(evidence.green == 1);
  CHECK(std::fabs(evidence.z - 0.5 / std::sqrt(0.375)) < 1e-15);
  CHECK(std::fabs(evidence.p_value - 0.20710808) < 1e-8);
  // The part that is green is 2 of 10, not the ratio.
  const auto tenth = lk::GreenListDetector({.vocabulary = 10, .ratio = 0.29}).score(Tokens{1, 1});
  const double g = double(tenth.green);
  CHECK(std::fabs(tenth.z - (g - 0.2) / 0.4) < 1e-15);
}

TEST_CASE("GreenListDetector: a text without a token to score proves nothing") {
  for (const Tokens& text : {Tokens{}, Tokens{3}}) {
    const auto evidence = lk::GreenListDetector({.vocabulary = 16}).score(text);
    CHECK(evidence.scored == 0);
    CHECK(evidence.z == 0);
    CHECK(evidence.p_value == 1);
  }
}

TEST_CASE("GreenListDetector finds what was marked with its own key, and nothing else") {
  for (const auto seeding : {lk::GreenSeeding::left_hash, lk::GreenSeeding::self_hash}) {
    const lk::GreenListOptions options{.vocabulary = 300, .seeding = seeding};
    const lk::detail::GreenList green(options);
    Tokens marked{5}, plain = random_text(200, 300, 4);
    for (const lk::Token token : random_text(2000, 300, 3)) {  // a strong watermark: only greens
      if (green.contains(marked, token)) marked.push_back(token);
    }
    const auto z = [](const lk::GreenListOptions& of, const Tokens& text) {
      return lk::GreenListDetector(of).score(text).z;
    };
    CHECK(marked.size() > 300);
    CHECK(z(options, marked) > 25);
    CHECK(std::fabs(z(options, plain)) < 4);
    auto other = options;
    other.key = 17;
    CHECK(std::fabs(z(other, marked)) < 5);
  }
}

TEST_CASE("GreenListDetector: a text that repeats itself is scored once where that is asked for",
          "[peers]") {
  Tokens text;
  for (int i = 0; i < 100; ++i) text.push_back(i % 2 == 0 ? 9 : 12);  // 12 is green after 9
  const lk::GreenListOptions options{.vocabulary = 16};
  CHECK(lk::GreenListDetector(options, true).score(text).scored == 2);
  CHECK(lk::GreenListDetector(options).score(text).scored == 99);
}
