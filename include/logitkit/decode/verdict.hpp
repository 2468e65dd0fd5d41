// SPDX-License-Identifier: MIT
// Verdict: what a verification rule makes of a draft; and what the rules draw the next token from.
#pragma once

#include <logitkit/decode/choose.hpp>
#include <logitkit/decode/draft.hpp>

#include <cmath>  // std::fma, which IEEE 754 specifies to the last bit

namespace logitkit::inline LOGITKIT_ABI {

/// How many tokens of a draft are taken, from its first on, and the token that follows them.
///
/// A verification rule is a callable `rule(target, draft, tests, next) -> Verdict`. target(i) is
/// the model's distribution, after the chain, at draft token i (i = draft.size(): after the last),
/// a const Probabilities& that is good until the rule returns; it is asked for in ascending order,
/// each i at most once, and only as far as the verdict depends on it. tests(i) and next(i) are the
/// random numbers in [0,1) that decide about token i and draw a token in its place: two
/// independent streams, and independent of what the draft was drawn with.
/// All arithmetic is in doubles, products and their sums fused, sums in ascending order of tokens:
/// the same verdict on every machine.
///
/// Where the tokens do not depend on the draft, a rule may have `chooser(numbers)`, too. A session
/// then does not call the rule: it chooses each token by its row, as if without a draft, by what
/// that returns, and drafters that draw are given the same numbers.
struct Verdict {
  std::size_t accepted = 0;
  Token next = kNoToken;
};

namespace detail {

template <class Rule, class N>
concept RowByRowRule = requires(const Rule& rule, const N& numbers) { rule.chooser(numbers); };

/// What chooses a token by its row alone: what the rule says, or a draw.
template <class Rule, SpeculativeDecider N>
[[nodiscard]] auto chooser_of(const Rule& rule, const N& numbers) {
  if constexpr (RowByRowRule<Rule, N>) {
    return rule.chooser(numbers);
  } else {
    return ChooseRandomly<N>{numbers};
  }
}

/// What a draft token was drawn from: ascending tokens and their probabilities.
struct DrawnFrom {
  std::span<const Token> tokens;
  std::span<const double> values;

  DrawnFrom(const Draft& draft, std::size_t i) {
    static constexpr double kCertain = 1;
    const bool by_chance = !draft.drawn_from.empty();
    tokens = by_chance ? draft.drawn_from[i].tokens() : draft.tokens.subspan(i, 1);
    values = by_chance ? draft.drawn_from[i].values() : std::span(&kCertain, 1);
  }

  [[nodiscard]] double operator[](Token token) const {
    const auto place = std::lower_bound(tokens.begin(), tokens.end(), token);
    if (place == tokens.end() || *place != token) return 0;
    return values[static_cast<std::size_t>(place - tokens.begin())];
  }
};

/// Calls f(token, ratio * p - q) for each token where that is > 0, ascending. O(size of p and q).
void for_each_excess(const Probabilities& p, double ratio, const DrawnFrom& q, const auto& f) {
  std::size_t j = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const Token token = p.tokens()[i];
    while (j < q.tokens.size() && q.tokens[j] < token) ++j;
    const bool shared = j < q.tokens.size() && q.tokens[j] == token;
    const double excess = std::fma(ratio, p.values()[i], shared ? -q.values[j] : -0.0);
    if (excess > 0) f(token, excess);
  }
}

/// The first token whose cumulative weight is > u * total, of those that `visit(f)` calls
/// f(token, weight) for, each time the same; kNoToken if there are none.
[[nodiscard]] Token draw_weighted(const auto& u, const auto& visit) {
  double total = 0;
  visit([&](Token, double weight) { total += weight; });
  double cumulative = 0;
  Token drawn = kNoToken;
  visit([&](Token token, double weight) {
    if (!(u * total < cumulative)) drawn = token;
    cumulative += weight;
  });
  return drawn;
}

/// The token at quantile u of a distribution.
[[nodiscard]] inline Token draw(const Probabilities& p, double u) {
  return draw_weighted(u, [&](const auto& f) {
    for (std::size_t i = 0; i < p.size(); ++i) f(p.tokens()[i], p.values()[i]);
  });
}

/// The token at quantile u of what p, times the ratio, has more than q; of p where that is nothing,
/// as happens by rounding alone.
[[nodiscard]] inline Token draw_excess(const Probabilities& p, double ratio, const DrawnFrom& q,
                                       double u) {
  const Token token = draw_weighted(u, [&](const auto& f) { for_each_excess(p, ratio, q, f); });
  return token != kNoToken ? token : draw(p, u);
}

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
