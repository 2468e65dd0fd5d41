// SPDX-License-Identifier: MIT
// Residual: what the token after a node must still be drawn from when some of its drafted children
// have been rejected.
#pragma once

#include <logitkit/decode/verdict.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// The target p of a node and the distribution q of its next child, side by side. Sums go through
/// ascending tokens, and what is subtracted from a product is one fused operation: the numbers are
/// the same everywhere.
class Residual {
 public:
  /// q null: each child is certain, one after the other. Keeps its memory. O(sizes).
  void assign(const Probabilities& p, const Probabilities* q) {
    entries_.clear();
    certain_ = q == nullptr;
    std::size_t i = 0, j = 0;
    const auto end = [](const Probabilities* of, std::size_t at) {
      return of == nullptr || at == of->size();
    };
    while (!end(&p, i) || !end(q, j)) {
      const bool in_p = !end(&p, i) && (end(q, j) || p.tokens()[i] <= q->tokens()[j]);
      const bool in_q = !end(q, j) && (end(&p, i) || q->tokens()[j] <= p.tokens()[i]);
      entries_.push_back({in_p ? p.tokens()[i] : q->tokens()[j], in_p ? p.values()[i] : 0,
                          in_q ? q->values()[j] : 0});
      i += in_p;
      j += in_q;
    }
  }

  struct Pair {
    double p, q;
  };
  [[nodiscard]] Pair operator[](Token token) const {
    const auto place = std::lower_bound(entries_.begin(), entries_.end(), token,
                                        [](const Entry& e, Token t) { return e.token < t; });
    const bool found = place != entries_.end() && place->token == token;
    return {found ? place->p : 0, certain_ ? 1 : found ? place->q : 0};
  }

  /// A child was rejected that was to be accepted with probability min(1, share p(token) /
  /// q(token)): p becomes (share p - q)+, normalised, or stays if rounding leaves nothing of it.
  /// Returns the mass before normalising.
  double reject(Token token, double share) {
    double mass = 0;
    const auto left = [&](const Entry& e) {
      const double q = certain_ ? double(e.token == token) : e.q;
      return std::max(std::fma(share, e.p, -q), 0.0);
    };
    for (const Entry& e : entries_) mass += left(e);
    if (!(mass > 0)) return 0;
    for (Entry& e : entries_) e.p = left(e) / mass;
    return mass;
  }

  /// The token is not drawn again: q becomes the rest of it, normalised.
  void remove(Token token) {
    double rest = 0;
    for (Entry& e : entries_) {
      if (e.token == token) e.q = 0;
      rest += e.q;
    }
    if (!(rest > 0)) return;
    for (Entry& e : entries_) e.q /= rest;
  }

  /// The token at quantile u of p.
  [[nodiscard]] Token draw(const auto& u) const {
    return draw_weighted(u, [this](const auto& f) {
      for (const Entry& e : entries_) {
        if (e.p > 0) f(e.token, e.p);
      }
    });
  }

 private:
  struct Entry {
    Token token;
    double p, q;
  };
  std::vector<Entry> entries_;  // ascending tokens of p or q
  bool certain_ = false;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
