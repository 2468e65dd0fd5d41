// SPDX-License-Identifier: MIT
// The slow, obvious twin of Candidates<S>: V scores in double, full sorts, long double sums.
#pragma once

#include <logitkit/core/token.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace reference {

using logitkit::kNoToken;
using logitkit::Token;

/// Scores are rounded to S after each edit, as they are where they are kept. A dropped token stays
/// out; a banned one scores -inf and may be set again until a narrowing drops it.
template <class S>
class Candidates {
 public:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  explicit Candidates(const std::vector<S>& row)
      : scores_(row.begin(), row.end()), in_(row.size(), true) {}

  std::size_t vocabulary() const { return scores_.size(); }
  std::size_t size() const {
    return static_cast<std::size_t>(std::count(in_.begin(), in_.end(), true));
  }
  bool in(std::size_t i) const { return in_[i]; }
  double score(Token token) const {
    const auto i = static_cast<std::size_t>(token);
    return in_[i] ? scores_[i] : -kInfinity;
  }
  bool contains(Token token) const { return score(token) != -kInfinity; }

  // --- Facts -------------------------------------------------------------------------------------

  /// The tokens that are left, best first; among equals the lower first.
  std::vector<Token> order() const {
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      if (contains(static_cast<Token>(i))) tokens.push_back(static_cast<Token>(i));
    }
    std::stable_sort(tokens.begin(), tokens.end(),
                     [this](Token a, Token b) { return score(a) > score(b); });
    return tokens;
  }
  Token best() const {
    const auto tokens = order();
    return tokens.empty() ? kNoToken : tokens[0];
  }
  double maximum() const { return best() == kNoToken ? -kInfinity : score(best()); }

  /// exp(score) of every token, as a part of the best one's; 0 for those that are not left.
  std::vector<long double> weights() const {
    const auto tokens = order();
    std::vector<long double> weights(scores_.size());
    for (const Token token : tokens) {
      const long double distance = static_cast<long double>(score(token)) - score(tokens[0]);
      weights[static_cast<std::size_t>(token)] = std::exp(distance);
    }
    return weights;
  }
  long double total() const {
    const auto all = weights();
    return std::accumulate(all.begin(), all.end(), 0.0L);
  }
  double log_sum_exp() const { return static_cast<double>(maximum() + std::log(total())); }
  /// ln of each token's share of all weights; -inf for those that are not left.
  std::vector<double> log_probabilities() const {
    const long double all = std::log(total()), largest = maximum();
    std::vector<double> result;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      const long double distance = score(static_cast<Token>(i)) - largest;
      result.push_back(static_cast<double>(distance - all));
    }
    return result;
  }
  double entropy() const {
    const auto all = weights();
    const long double sum = std::accumulate(all.begin(), all.end(), 0.0L);
    long double entropy = 0;
    for (const long double weight : all) {
      const long double p = weight / sum;
      if (p > 0) entropy -= p * std::log(p);
    }
    return static_cast<double>(entropy);
  }
  double collision() const {
    const auto all = weights();
    const long double sum = std::accumulate(all.begin(), all.end(), 0.0L);
    long double squares = 0;
    for (const long double weight : all) squares += weight * weight;
    return static_cast<double>(squares / (sum * sum));
  }
  double deviation() const {
    const auto tokens = order();
    const auto count = static_cast<long double>(tokens.size());
    long double sum = 0, squares = 0;
    for (const Token token : tokens) sum += score(token);
    for (const Token token : tokens) squares += std::pow(score(token) - sum / count, 2.0L);
    return tokens.empty() ? 0 : static_cast<double>(std::sqrt(squares / count));
  }

  // --- Edits -------------------------------------------------------------------------------------

  void set(Token token, double score) {
    if (in_[static_cast<std::size_t>(token)]) put(token, score);
  }
  void add(Token token, double delta) { set(token, score(token) + delta); }
  void ban(Token token) { set(token, -kInfinity); }
  void scale(double factor) {
    for (double& score : scores_) score *= factor;
  }
  void normalise() {
    const double shift = log_sum_exp();
    for (double& score : scores_) score -= shift;
  }
  template <class F>
  void transform(const F& f) {
    for (const Token token : order()) put(token, double(f(token, score(token))));
  }

  // --- Narrowing ---------------------------------------------------------------------------------

  template <class F>
  void keep_if(const F& f) {
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      const auto token = static_cast<Token>(i);
      in_[i] = contains(token) && f(token, score(token));
    }
    narrowed_ = true;
  }
  void keep_only(std::span<const Token> tokens) {
    std::vector<bool> named(scores_.size());
    for (const Token token : tokens) named[static_cast<std::size_t>(token)] = true;
    keep_if([&](Token token, double) { return named[static_cast<std::size_t>(token)]; });
  }
  void mask(std::span<const std::uint32_t> words) {
    const auto allowed = [&](Token token) {
      const auto i = static_cast<std::size_t>(token);
      return i / 32 < words.size() && (words[i / 32] >> (i % 32) & 1u) == 1;
    };
    if (narrowed_) return keep_if([&](Token token, double) { return allowed(token); });
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      in_[i] = in_[i] && allowed(static_cast<Token>(i));
    }
  }
  void keep_above(double threshold) {
    keep_if([&](Token, double score) { return score >= threshold; });
  }
  void keep_top(std::size_t k) {
    if (k >= (narrowed_ ? size() : vocabulary())) return;  // no narrowing: what is banned stays
    auto tokens = order();
    tokens.resize(std::min(k, tokens.size()));
    keep_only(tokens);
  }

  /// Keeps a token iff the mass before it is < p times all. `margin`: how far the nearest decision
  /// is from going the other way, as a part of all mass; 1e-15 and less is a matter of rounding.
  double keep_mass(double p) {
    double margin = 1;
    const auto tokens = mass_set(p, margin);
    if (p < 1 && !tokens.empty()) keep_only(tokens);
    return margin;
  }
  double mass_margin(double p) const {
    double margin = 1;
    mass_set(p, margin);
    return margin;
  }

  // --- Choosing ----------------------------------------------------------------------------------

  /// The first token, ascending, with cumulative > u * total; `margin` as above.
  Token draw(double u, double& margin) const {
    const auto weight = weights();
    const long double sum = std::accumulate(weight.begin(), weight.end(), 0.0L), target = u * sum;
    long double cumulative = 0;
    Token drawn = kNoToken;
    margin = 1;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      if (!contains(static_cast<Token>(i))) continue;
      cumulative += weight[i];
      margin = std::min(margin, static_cast<double>(std::fabs(cumulative - target) / sum));
      if (drawn == kNoToken && cumulative > target) drawn = static_cast<Token>(i);
    }
    return drawn;
  }

 private:
  void put(Token token, double score) {
    scores_[static_cast<std::size_t>(token)] = double(static_cast<S>(score));
  }

  std::vector<Token> mass_set(double p, double& margin) const {
    std::vector<Token> kept;
    const auto weight = weights();
    const long double sum = std::accumulate(weight.begin(), weight.end(), 0.0L);
    long double before = 0;
    for (const Token token : order()) {
      if (!kept.empty()) {
        margin = std::min(margin, static_cast<double>(std::fabs(before / sum - p)));
      }
      if (kept.empty() || before < p * sum) kept.push_back(token);
      before += weight[static_cast<std::size_t>(token)];
    }
    return kept;
  }

  std::vector<double> scores_;
  std::vector<bool> in_;
  bool narrowed_ = false;
};

extern template class Candidates<float>;  // compiled once, in scores.cpp
extern template class Candidates<double>;

}  // namespace reference
