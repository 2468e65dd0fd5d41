// SPDX-License-Identifier: MIT
// Speculation is lossless: exact enumeration of whole runs, drafts, tests and all; and the mistakes
// that others have made are seen by it.
#include "support/speculation.hpp"

#include "reference/inputs.hpp"
#include "reference/penalties.hpp"
#include "reference/transforms.hpp"
#include "reference/truncations.hpp"
#include "support/catch.hpp"

#include <logitkit/decode/coupled.hpp>
#include <logitkit/decode/token_rule.hpp>
#include <logitkit/decode/typical_acceptance.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/top_p.hpp>

namespace lk = logitkit;
using reference::Scores;
using test::Keys;
using Says = test::TableDrafter::Says;
using Tokens = std::vector<lk::Token>;
using Law = std::map<Tokens, long double>;

namespace {

constexpr double kBanned = -std::numeric_limits<double>::infinity();

/// A target and a draft model, and what surrounds them.
struct Case {
  test::TableModel<double> target, draft;
  double repetition, frequency, temperature, p;
  std::size_t k, draft_k;
  double draft_temperature;
  std::size_t draft_tokens, max_new_tokens;
  Tokens prompt;
};

/// Where a sequence ends in a bad row.
constexpr lk::Token kBadRow = -2;

/// 24 cases of three and four tokens; in every row of two of three of them a token has no mass, and
/// in one of five a row has none.
std::vector<Case> cases() {
  std::vector<Case> all;
  for (std::size_t i = 0; i < 24; ++i) {
    const std::size_t v = 3 + (i % 4 == 3);
    Case made{{v, {}}, {v, {}}, 1, 0, 1, 1, v, v, 1, 2, 3, {lk::Token(i % v), lk::Token(1)}};
    for (std::size_t t = 0; t < v; ++t) {
      auto target = reference::normal_row<double>(v, 100 * i + t, 1.5);
      auto draft = reference::normal_row<double>(v, 100 * i + 50 + t, 1.5);
      for (std::size_t j = 0; j < v && i % 2 == 0; ++j) draft[j] = target[j] + draft[j] / 4;
      if (i % 3 != 0) target[(i + t) % v] = kBanned;
      if (i % 3 == 2) draft[(i + 2 * t + 1) % v] = kBanned;
      made.target.logits.insert(made.target.logits.end(), target.begin(), target.end());
      made.draft.logits.insert(made.draft.logits.end(), draft.begin(), draft.end());
    }
    if (i % 2 == 1) made.temperature = 0.7, made.draft_temperature = 1.4;
    if (i % 4 >= 2) made.repetition = 1.3, made.frequency = 0.4;
    if (i % 4 == 3) made.k = 3, made.draft_k = 2;
    if (i % 6 == 1) made.p = 0.9;
    if (i % 8 == 4) made.draft_tokens = 3, made.max_new_tokens = 4, made.draft_k = 2;
    if (i == 10) made.max_new_tokens = 4;
    if (i % 5 == 4) {  // after token 1 nothing can come
      std::fill_n(made.target.logits.begin() + static_cast<std::ptrdiff_t>(v), v, kBanned);
      made.prompt = {1, 0};
    }
    all.push_back(std::move(made));
  }
  return all;
}

/// What plain decoding draws, by the slow twins.
Law plain_law(const Case& c) {
  Law law;
  const auto walk = [&](const auto& self, const Tokens& generated, long double weight) -> void {
    if (generated.size() == c.max_new_tokens) {
      law[generated] = weight;
      return;
    }
    Tokens all = c.prompt;
    all.insert(all.end(), generated.begin(), generated.end());
    const auto row = c.target(all);
    Scores s = reference::repetition_penalty(Scores(row.begin(), row.end()), c.repetition, all);
    s = reference::temperature(reference::frequency_penalty(s, c.frequency, generated),
                               c.temperature);
    const Scores p = reference::probabilities(reference::top_p(reference::top_k(s, c.k), c.p));
    if (std::all_of(p.begin(), p.end(), [](auto x) { return x == 0; })) {
      Tokens ended = generated;
      ended.push_back(kBadRow);
      law[ended] = weight;
    }
    for (std::size_t t = 0; t < p.size(); ++t) {
      if (p[t] == 0) continue;
      Tokens next = generated;
      next.push_back(static_cast<lk::Token>(t));
      self(self, next, weight * p[t]);
    }
  };
  walk(walk, {}, 1);
  return law;
}

auto decoder(const Case& c, const test::AnyRule& rule, test::Script& script, Says says, Keys keys) {
  return lk::SpeculativeDecoder{
      lk::Chain{lk::RepetitionPenalty{c.repetition}, lk::FrequencyPenalty{c.frequency},
                lk::Temperature{c.temperature}, lk::TopK{c.k}, lk::TopP{c.p}},
      test::TableDrafter{c.draft, c.draft_temperature, c.draft_k, says, &script},
      lk::SpeculativeOptions{.draft_tokens = c.draft_tokens}, rule.noting(script),
      test::ScriptedNumbers{script, keys}};
}

/// What speculative decoding draws.
Law speculative_law(const Case& c, const test::AnyRule& rule, Says says, Keys keys = Keys::right) {
  return test::enumerate_speculation([&](test::Script& script) {
    const auto result = decoder(c, rule, script, says, keys)
                            .decode(c.target, c.prompt, {.max_new_tokens = c.max_new_tokens});
    Tokens tokens = result.tokens;
    if (result.reason == lk::StopReason::bad_row) tokens.push_back(kBadRow);
    return tokens;
  });
}

/// The mean number of accepted tokens in the first round.
long double mean_accepted(const Case& c, const test::AnyRule& rule) {
  const auto law = test::enumerate_speculation([&](test::Script& script) {
    auto session = decoder(c, rule, script, Says::truth, Keys::right).start(c.prompt, lk::Limits{});
    const lk::Draft draft = session.propose();
    Tokens tokens = c.prompt;
    std::vector<double> rows;
    for (std::size_t i = 0; i <= draft.size(); ++i) {
      const auto row = c.target(tokens);
      rows.insert(rows.end(), row.begin(), row.end());
      if (i < draft.size()) tokens.push_back(draft.tokens[i]);
    }
    lk::Workspace workspace;
    return Tokens{static_cast<lk::Token>(session.step(rows, draft, workspace).picks.size() - 1)};
  });
  long double mean = 0;
  for (const auto& [accepted, weight] : law) mean += weight * accepted[0];
  return mean;
}

long double variation(const Law& a, const Law& b) {
  long double sum = 0;
  for (const auto& [tokens, weight] : a) {
    const auto other = b.find(tokens);
    sum += std::fabs(weight - (other == b.end() ? 0 : other->second));
  }
  for (const auto& [tokens, weight] : b) sum += a.count(tokens) == 0 ? weight : 0;
  return sum / 2;
}

/// Whether the law is another one in any case, by at least so much.
bool deviates(const test::AnyRule& rule, Says says, Keys keys, long double at_least) {
  const auto all = cases();
  return std::any_of(all.begin(), all.end(), [&](const Case& c) {
    return c.max_new_tokens == 3 &&
           variation(speculative_law(c, rule, says, keys), plain_law(c)) >= at_least;
  });
}

// --- Rules with mistakes that have been made ---

/// Block verification with one of two mistakes.
template <bool stops, bool forgets_ratio>
struct WrongBlockRule {
  lk::Verdict operator()(const auto& target, const lk::Draft& draft, const auto& tests,
                         const auto& next) const {
    const std::size_t n = draft.size();
    std::size_t accepted = 0;
    double ratio = 1, ratio_accepted = 1;
    std::vector<const lk::Probabilities*> p{&target(0)};
    for (std::size_t i = 1; i <= n; ++i) {
      const lk::Token token = draft.tokens[i - 1];
      ratio = std::min(1.0, ratio * (*p.back())[token] / draft.drawn_from[i - 1][token]);
      p.push_back(&target(i));
      double rest = 0;
      if (i < n) {
        lk::detail::for_each_excess(*p.back(), ratio, lk::detail::DrawnFrom(draft, i),
                                    [&](lk::Token, double excess) { rest += excess; });
      }
      const bool passes =
          i == n ? tests(i - 1) < ratio : tests(i - 1) * (rest + (1 - ratio)) < rest;
      if (passes) accepted = i, ratio_accepted = ratio;
      if (!passes && stops) break;
    }
    const double u = next(accepted);
    if (accepted == n) return {n, lk::detail::draw(*p[n], u)};
    return {accepted, lk::detail::draw_excess(*p[accepted], forgets_ratio ? 1 : ratio_accepted,
                                              lk::detail::DrawnFrom(draft, accepted), u)};
  }
};

}  // namespace

TEST_CASE("speculation draws exactly what plain decoding draws") {
  for (const Case& c : cases()) {
    INFO("V = " << c.target.vocabulary << ", case with prompt " << c.prompt[0] << ", temperature "
                << c.temperature << ", repetition " << c.repetition << ", p " << c.p);
    const Law expected = plain_law(c);
    for (const Says says : {Says::truth, Says::certain}) {
      CHECK(variation(speculative_law(c, lk::TokenRule{}, says), expected) <= 1e-12L);
      CHECK(variation(speculative_law(c, lk::BlockRule{}, says), expected) <= 1e-12L);
    }
    CHECK(variation(speculative_law(c, lk::Coupled{}, Says::truth), expected) <= 1e-12L);
  }
}

TEST_CASE("block verification takes at least as many tokens as the token rule") {
  bool more = false;
  for (const Case& c : cases()) {
    const long double by_token = mean_accepted(c, lk::TokenRule{});
    const long double by_block = mean_accepted(c, lk::BlockRule{});
    CHECK(by_block >= by_token - 1e-14L);
    more = more || by_block > by_token + 1e-3L;
  }
  CHECK(more);
}

TEST_CASE("mistakes that have been made elsewhere are seen") {
  CHECK(deviates(WrongBlockRule<true, false>{}, Says::truth, Keys::right, 1e-2L));
  CHECK(deviates(WrongBlockRule<false, true>{}, Says::truth, Keys::right, 1e-3L));
  CHECK(deviates(lk::TokenRule{}, Says::before_truncation, Keys::right, 1e-2L));
  CHECK(deviates(lk::TokenRule{}, Says::certain_as_drawn, Keys::right, 1e-2L));
  CHECK(deviates(lk::TokenRule{}, Says::truth, Keys::tests_are_drafts, 1e-2L));
  CHECK(deviates(lk::BlockRule{}, Says::truth, Keys::tests_by_position, 1e-3L));
  CHECK(deviates(lk::BlockRule{}, Says::truth, Keys::drafts_by_position, 1e-3L));
  CHECK(deviates(lk::TypicalAcceptance{}, Says::truth, Keys::right, 1e-2L));  // as it says
}

TEST_CASE("the rule that the mistakes are made in is right without them") {
  for (std::size_t i = 0; i < 4; ++i) {
    const Case c = cases()[i];
    CHECK(variation(speculative_law(c, WrongBlockRule<false, false>{}, Says::truth),
                    plain_law(c)) <= 1e-12L);
  }
}
