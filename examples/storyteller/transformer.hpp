// SPDX-License-Identifier: MIT
// Transformer: the forward pass of LLaMA 2 in Eigen, over a cache that can fork, shrink and rewind.
//
// One token at position t, as a column x of length dim (arXiv:2307.09288, section 2.2):
//
//   x  = embedding of the token
//   for each layer:
//     y  = norm(x)                                     RMSNorm, arXiv:1910.07467, equation 4
//     q, k, v = Wq y, Wk y, Wv y                       cut into heads of dim / heads numbers
//     q, k = rotate(q, t), rotate(k, t)                RoPE, arXiv:2104.09864, equation 34
//     for each query head h, over all positions s <= t:
//       a_h = sum_s softmax_s(q_h . k_h,s / sqrt(head)) v_h,s      attention, arXiv:1706.03762
//     x += Wo [a_0 ... a_heads-1]
//     y  = norm(x)
//     x += W2 (SiLU(W1 y) * (W3 y))                    SwiGLU, arXiv:2002.05202, equation 6
//   logits = classifier norm(x)
//
// There are fewer key and value heads than query heads: each kv-head is repeated to match them
// (grouped-query attention, arXiv:2305.13245). The keys and values of past positions do not
// change, so they are kept: the KV cache. Every other line above sees one position alone.
#pragma once

#include "cache.hpp"
#include "checkpoint.hpp"

#include <logitkit/core/token.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace storyteller {

using logitkit::Token;

/// A stateful model as logitkit's decoders drive it. Live rows are numbered from 0; each is one
/// sequence. What `prefill`, `append`, `step` and `score` return is there until the next of them.
///
/// Same tokens, same bits: a row's logits do not depend on the other rows, nor on whether its
/// tokens came one by one or together. Copyable: a copy goes on by itself and shares the weights.
///
/// Errors are thrown before anything is changed: std::out_of_range for a token that the vocabulary
/// does not have, std::length_error where a sequence would outgrow the context,
/// std::invalid_argument for a number of tokens or rows that does not fit.
template <class Cache>
class BasicTransformer {
 public:
  using Index = Eigen::Index;

  explicit BasicTransformer(Checkpoint checkpoint)
      : model_(std::move(checkpoint)), cache_(model_.shape()) {
    const Shape& s = shape();
    const Index pairs = s.head() / 2;
    cosines_.resize(pairs, s.context);
    sines_.resize(pairs, s.context);
    for (Index t = 0; t < s.context; ++t) {
      for (Index i = 0; i < pairs; ++i) {
        // Pair i turns by t * theta_i, theta_i = 10000^(-2i / head).
        const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(s.head());
        const double angle = static_cast<double>(t) * std::pow(10000.0, exponent);
        cosines_(i, t) = static_cast<float>(std::cos(angle));
        sines_(i, t) = static_cast<float>(std::sin(angle));
      }
    }
    scores_.resize(s.context);
  }

  [[nodiscard]] const Shape& shape() const { return model_.shape(); }

  /// Live rows, and the number of tokens that row r has seen.
  [[nodiscard]] std::size_t rows() const { return cache_.rows(); }
  [[nodiscard]] std::size_t length(std::size_t row) const { return cache_.length(row); }
  [[nodiscard]] const Cache& cache() const { return cache_; }

  /// Forgets everything, and reads a prompt into row 0. Returns V x 1: what may follow it.
  const Eigen::MatrixXf& prefill(std::span<const Token> prompt) {
    check_tokens(prompt, 0);
    reorder({});
    return append(prompt);
  }

  /// Reads a prompt into one more row, behind the live ones. Returns V x 1.
  const Eigen::MatrixXf& append(std::span<const Token> prompt) {
    check_tokens(prompt, 0);
    cache_.append();
    enqueue(rows() - 1, prompt);
    forward();
    return classify(x_.rightCols(1));
  }

  /// Reads one more token into every live row. Returns V x rows: column r is what may follow row r.
  const Eigen::MatrixXf& step(std::span<const Token> last) {
    if (last.size() != rows())
      refuse<std::invalid_argument>("step: number of tokens",
                                    "tokens == live rows (" + std::to_string(rows()) + ")",
                                    last.size());
    for (std::size_t r = 0; r < last.size(); ++r) check_tokens(last.subspan(r, 1), length(r));
    for (std::size_t r = 0; r < last.size(); ++r) enqueue(r, last.subspan(r, 1));
    forward();
    return classify(x_);
  }

  /// Reads several tokens into row 0. Returns V x tokens: column i is what may follow the i-th.
  const Eigen::MatrixXf& score(std::span<const Token> tokens) {
    if (rows() == 0) refuse<std::invalid_argument>("score: live rows", "1 <= rows", 0);
    check_tokens(tokens, length(0));
    enqueue(0, tokens);
    forward();
    return classify(x_);
  }

  /// Row r goes on where row parents[r] was: forks, shuffles and drops rows.
  void reorder(std::span<const std::size_t> parents) {
    for (const std::size_t parent : parents)
      if (parent >= rows())
        refuse<std::invalid_argument>(
            "reorder: parent", "parent < live rows (" + std::to_string(rows()) + ")", parent);
    cache_.reorder(parents);
  }

  /// Forgets the last n tokens of every live row.
  void rewind(std::size_t n) {
    for (std::size_t r = 0; r < rows(); ++r)
      if (n > length(r))
        refuse<std::invalid_argument>(
            "rewind: n", "n <= tokens of every row (" + std::to_string(length(r)) + ")", n);
    for (std::size_t r = 0; r < rows(); ++r) cache_.rewind(r, n);
  }

 private:
  /// The kv-heads of one row in one layer, repeated to match the query heads. With 8 query heads
  /// and 4 kv-heads, heads 0 1 2 3 4 5 6 7 of the repeated matrix are kv-heads 0 0 1 1 2 2 3 3:
  /// query heads of one group share keys and values. Nothing is copied; a head is a view.
  struct RepeatedHeads {
    Columns kv_heads;
    Index head_size;
    Index repeats;  // query heads / kv-heads

    [[nodiscard]] auto operator[](Index query_head) const {
      return kv_heads.middleRows(query_head / repeats * head_size, head_size);
    }
  };

  /// One column of the pass: a token, and where it goes.
  struct Column {
    std::size_t row;
    Index position;
  };

  /// Places tokens at the end of a row; `forward` then runs all that were placed.
  void enqueue(std::size_t row, std::span<const Token> tokens) {
    for (const Token token : tokens) {
      columns_.push_back({row, cache_.extend(row)});
      tokens_.push_back(token);
    }
  }

  void forward() {
    const Shape& s = shape();
    const auto count = static_cast<Index>(columns_.size());
    for (Eigen::MatrixXf* wide : {&x_, &y_, &q_, &attended_}) wide->resize(s.dim, count);
    for (Eigen::MatrixXf* kv : {&k_, &v_}) kv->resize(s.kv(), count);
    for (Eigen::MatrixXf* hidden : {&gate_, &up_}) hidden->resize(s.hidden, count);

    for (Index c = 0; c < count; ++c)
      x_.col(c) = model_.embedding().row(tokens_[static_cast<std::size_t>(c)]).transpose();
    for (Index l = 0; l < s.layers; ++l) {
      const Layer layer = model_.layer(l);
      normalise(x_, layer.attention_norm, y_);
      multiply(layer.wq, y_, q_);
      multiply(layer.wk, y_, k_);
      multiply(layer.wv, y_, v_);
      attend(l);
      multiply(layer.wo, attended_, y_);
      x_ += y_;

      normalise(x_, layer.feed_forward_norm, y_);
      multiply(layer.w1, y_, gate_);
      multiply(layer.w3, y_, up_);
      gate_ = gate_.unaryExpr(&silu).cwiseProduct(up_);
      multiply(layer.w2, gate_, y_);
      x_ += y_;
    }
    columns_.clear();
    tokens_.clear();
  }

  const Eigen::MatrixXf& classify(const Eigen::Ref<const Eigen::MatrixXf>& x) {
    y_.resize(x.rows(), x.cols());
    logits_.resize(shape().vocabulary, x.cols());
    normalise(x, model_.final_norm(), y_);
    multiply(model_.classifier(), y_, logits_);
    return logits_;
  }

  /// Every column by its root mean square, then by the learned gains.
  static void normalise(const Eigen::Ref<const Eigen::MatrixXf>& x, const Gains& gains,
                        Eigen::MatrixXf& y) {
    constexpr float kEpsilon = 1e-5f;
    for (Index c = 0; c < x.cols(); ++c) {
      const float mean = x.col(c).squaredNorm() / static_cast<float>(x.rows());
      y.col(c) = (x.col(c) / std::sqrt(mean + kEpsilon)).cwiseProduct(gains);
    }
  }

  /// y = W x, column by column: a matrix product would round a column differently in different
  /// company. Going through W in slices that fit the cache reads it from memory once all the same.
  static void multiply(const Weights& w, const Eigen::MatrixXf& x, Eigen::MatrixXf& y) {
    constexpr Index kSlice = 64;
    for (Index first = 0; first < w.rows(); first += kSlice) {
      const Index size = std::min(kSlice, w.rows() - first);
      for (Index c = 0; c < x.cols(); ++c)
        y.col(c).segment(first, size).noalias() = w.middleRows(first, size) * x.col(c);
    }
  }

  /// SiLU(z) = z * sigmoid(z).
  static float silu(float z) { return z / (1.0f + std::exp(-z)); }

  /// Turns every pair (2i, 2i + 1) of every head by the angle of its position.
  void rotate(Eigen::Ref<Eigen::VectorXf> heads, Index position) const {
    const Index pairs = cosines_.rows();
    for (Index i = 0; i < heads.size() / 2; ++i) {
      const float cosine = cosines_(i % pairs, position);
      const float sine = sines_(i % pairs, position);
      const float a = heads[2 * i];
      const float b = heads[2 * i + 1];
      heads[2 * i] = a * cosine - b * sine;
      heads[2 * i + 1] = a * sine + b * cosine;
    }
  }

  /// From q_, k_ and v_ to attended_, column by column; k_ and v_ go into the cache first.
  void attend(Index layer) {
    const Shape& s = shape();
    const float scale = 1.0f / std::sqrt(static_cast<float>(s.head()));
    for (Index c = 0; c < q_.cols(); ++c) {
      const auto [row, position] = columns_[static_cast<std::size_t>(c)];
      rotate(q_.col(c), position);
      rotate(k_.col(c), position);
      cache_.write(layer, row, position, k_.col(c), v_.col(c));

      const Index repeats = s.heads / s.kv_heads;
      const RepeatedHeads keys{cache_.keys(layer, row, position + 1), s.head(), repeats};
      const RepeatedHeads values{cache_.values(layer, row, position + 1), s.head(), repeats};
      auto scores = scores_.head(position + 1);
      for (Index h = 0; h < s.heads; ++h) {
        scores.noalias() = keys[h].transpose() * q_.col(c).segment(h * s.head(), s.head());
        scores = ((scores.array() - scores.maxCoeff()) * scale).exp();
        attended_.col(c).segment(h * s.head(), s.head()).noalias() =
            values[h] * scores / scores.sum();
      }
    }
  }

  void check_tokens(std::span<const Token> tokens, std::size_t length) const {
    if (tokens.empty()) refuse<std::invalid_argument>("number of tokens", "1 <= tokens", 0);
    const auto context = static_cast<std::size_t>(shape().context);
    if (tokens.size() > context - length)
      refuse<std::length_error>("length of the sequence",
                                "length <= context (" + std::to_string(context) + ")",
                                length + tokens.size());
    for (const Token token : tokens)
      if (token < 0 || token >= shape().vocabulary)
        refuse<std::out_of_range>("token", "0 <= token < " + std::to_string(shape().vocabulary),
                                  token);
  }

  template <class Error>
  [[noreturn]] static void refuse(const std::string& field, const std::string& rule, auto value) {
    throw Error("Transformer: " + field + " must satisfy " + rule + ", got " +
                std::to_string(value));
  }

  Checkpoint model_;
  Eigen::MatrixXf cosines_, sines_;  // pairs of a head x context
  Cache cache_;                      // of the live rows

  // The pass: one column a token. Kept, so that a step of the same width allocates nothing.
  std::vector<Column> columns_;           // where each goes
  std::vector<Token> tokens_;             // what each is
  Eigen::MatrixXf x_, y_, q_, attended_;  // dim x columns
  Eigen::MatrixXf k_, v_;                 // kv x columns
  Eigen::MatrixXf gate_, up_;             // hidden x columns
  Eigen::VectorXf scores_;                // one a position
  Eigen::MatrixXf logits_;                // V x columns
};

/// With a memory for each row: see cache.hpp, and examples/kv_*.cpp for other caches.
using Transformer = BasicTransformer<RowCache>;

}  // namespace storyteller
