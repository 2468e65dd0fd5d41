// SPDX-License-Identifier: MIT
// The obvious slow computations that each row's result is checked against: doubles, a full sort.
#pragma once

#include <logitkit/core/token.hpp>
#include <logitkit/random/philox.hpp>
#include <logitkit/random/uniform.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace bench {

using logitkit::Token;

/// One row as a vector of scores in double; -inf is banned or dropped.
struct Slow {
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> scores;

  explicit Slow(std::span<const float> row) : scores(row.begin(), row.end()) {}

  double& operator[](Token token) { return scores[static_cast<std::size_t>(token)]; }
  double operator[](Token token) const { return scores[static_cast<std::size_t>(token)]; }

  [[nodiscard]] Token best() const {
    return static_cast<Token>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  }
  /// The tokens that are left, best first; equal scores, the lower token.
  [[nodiscard]] std::vector<Token> ranked() const {
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (scores[i] != -kInfinity) tokens.push_back(static_cast<Token>(i));
    }
    std::stable_sort(tokens.begin(), tokens.end(),
                     [this](Token a, Token b) { return (*this)[a] > (*this)[b]; });
    return tokens;
  }
  [[nodiscard]] double log_sum_exp() const {
    const double best = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (const double score : scores) sum += std::exp(score - best);
    return best + std::log(sum);
  }

  void keep_first(const std::vector<Token>& tokens, std::size_t n) {
    for (std::size_t i = n; i < tokens.size(); ++i) (*this)[tokens[i]] = -kInfinity;
  }
  void top_k(std::size_t k) { keep_first(ranked(), k); }
  void top_p(double p) {
    const std::vector<Token> tokens = ranked();
    const double total = log_sum_exp();
    double before = 0;
    std::size_t n = 0;
    for (; n < tokens.size() && before < p; ++n) before += std::exp((*this)[tokens[n]] - total);
    keep_first(tokens, n);
  }
  void min_p(double p) {
    const double bound = *std::max_element(scores.begin(), scores.end()) + std::log(p);
    for (double& score : scores) {
      if (score < bound) score = -kInfinity;
    }
  }
  void typical(double p) {
    const double total = log_sum_exp();
    double entropy = 0, before = 0;
    for (const double score : scores) {
      if (score != -kInfinity) entropy += std::exp(score - total) * (total - score);
    }
    std::vector<Token> tokens = ranked();
    std::sort(tokens.begin(), tokens.end());
    std::stable_sort(tokens.begin(), tokens.end(), [&](Token a, Token b) {
      return std::abs(total - (*this)[a] - entropy) < std::abs(total - (*this)[b] - entropy);
    });
    std::size_t n = 0;
    for (; n < tokens.size() && before < p; ++n) before += std::exp((*this)[tokens[n]] - total);
    keep_first(tokens, n);
  }
  void mirostat(double mu) {
    const double bound = log_sum_exp() - mu * std::log(2.0);
    const std::vector<Token> tokens = ranked();
    std::size_t n = 1;
    while (n < tokens.size() && (*this)[tokens[n]] >= bound) ++n;
    keep_first(tokens, n);
  }
  void xtc(double threshold) {
    const double bound = log_sum_exp() + std::log(threshold);
    const std::vector<Token> tokens = ranked();
    for (std::size_t i = 0; i + 1 < tokens.size() && (*this)[tokens[i + 1]] >= bound; ++i) {
      (*this)[tokens[i]] = -kInfinity;
    }
  }
  void temperature(double t) {
    for (double& score : scores) score /= t;
  }
  void softmax() {
    const double total = log_sum_exp();
    for (double& score : scores) score -= total;
  }
};

/// The distribution of a slow row, to check draws by: a draw is right if its token is the one at
/// quantile u, tokens ascending, or is within the rounding of sums of it.
class Quantiles {
 public:
  explicit Quantiles(const Slow& slow) {
    const double total = slow.log_sum_exp();
    for (const double score : slow.scores)
      up_to_.push_back(up_to_.back() + std::exp(score - total));
  }
  [[nodiscard]] bool right(Token token, double u) const {
    constexpr double kRounding = 1e-6;
    const auto i = static_cast<std::size_t>(token);
    return i + 1 < up_to_.size() && up_to_[i] < up_to_[i + 1] && u > up_to_[i] - kRounding &&
           u < up_to_[i + 1] + kRounding;
  }

 private:
  std::vector<double> up_to_{0};  // the probability of all tokens below
};

/// Whether a peer kept as many tokens as it should, and the right ones, or nearly: of equal logits
/// it may keep others, and its sums are floats (llama.cpp's nucleus of 2200 tokens has 2139).
/// Banned tokens do not count.
inline bool nearly(const std::vector<Token>& kept, const Slow& expected,
                   std::span<const float> row) {
  const std::vector<Token> best = expected.ranked();
  const auto how_many = [&](float least) {
    return double(std::count_if(kept.begin(), kept.end(), [&](Token token) {
      return row[static_cast<std::size_t>(token)] >= least;
    }));
  };
  const auto count = double(best.size()), rounding = std::max(1.0, 0.05 * count);
  const double good = how_many(row[static_cast<std::size_t>(best.back())]);
  const double all = how_many(std::numeric_limits<float>::lowest());
  return std::abs(all - count) <= rounding && good >= count - rounding;
}

/// The chains that are measured; processors compute with their parameters as floats.
inline void slow_draw(Slow& slow) { slow.temperature(double(0.8f)); }
inline void slow_top_p(Slow& slow) { slow.top_p(double(0.95f)); }
inline void slow_min_p(Slow& slow) { slow.min_p(double(0.05f)); }
inline void slow_min_p_chain(Slow& slow) {
  slow_min_p(slow);
  slow.temperature(double(0.8f));
}
inline void slow_default_chain(Slow& slow) {
  slow.top_k(40);
  slow.temperature(double(0.8f));
  slow_top_p(slow);
  slow_min_p(slow);
}

/// Tokens that penalties and biases are for: 64 different ones of any vocabulary from 64 on.
inline std::vector<Token> some_tokens(std::size_t vocabulary) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < 64; ++i) tokens.push_back(Token((17 + i * 2003) % vocabulary));
  return tokens;
}
/// A grammar's bitmask that allows half of the tokens.
inline std::vector<std::uint32_t> some_mask(std::size_t vocabulary) {
  std::vector<std::uint32_t> words((vocabulary + 31) / 32);
  for (std::uint32_t i = 0; i < words.size(); ++i) {
    words[i] = logitkit::philox4x32({i, 0, 0, 0}, {1, 2026})[0];
  }
  return words;
}
inline void slow_mask(Slow& slow) {
  const auto words = some_mask(slow.scores.size());
  for (std::size_t i = 0; i < slow.scores.size(); ++i) {
    if ((words[i / 32] >> i % 32 & 1) == 0) slow.scores[i] = -Slow::kInfinity;
  }
}
inline void slow_penalties(Slow& slow) {
  for (const Token token : some_tokens(slow.scores.size())) {
    slow[token] *= slow[token] > 0 ? 1 / double(1.3f) : double(1.3f);
    slow[token] -= 2 * double(0.7f);  // frequency and presence, of one occurrence each
  }
}

}  // namespace bench
