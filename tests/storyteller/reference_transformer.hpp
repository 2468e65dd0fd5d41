// SPDX-License-Identifier: MIT
// The slow twin of storyteller's Transformer: LLaMA 2 in doubles and loops, without Eigen or cache.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace reference {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;  // [rows][columns]

/// Reads the checkpoint by itself, front to back, so that it shares no mistake with Checkpoint.
class Transformer {
 public:
  explicit Transformer(std::span<const std::byte> file) {
    std::int32_t header[7];
    std::memcpy(header, file.data(), sizeof header);
    file = file.subspan(sizeof header);
    const auto size = [&](int i) { return static_cast<std::size_t>(std::abs(header[i])); };
    dim_ = size(0);
    heads_ = size(3);
    kv_heads_ = size(4);
    head_ = dim_ / heads_;
    const std::size_t hidden = size(1), layers = size(2), vocabulary = size(5), context = size(6);
    const std::size_t kv = kv_heads_ * head_;

    const auto matrix = [&](std::size_t rows, std::size_t columns) {
      Matrix m(rows, Vector(columns));
      for (Vector& row : m) {
        for (double& value : row) {
          float single;
          std::memcpy(&single, file.data(), sizeof single);
          file = file.subspan(sizeof single);
          value = static_cast<double>(single);
        }
      }
      return m;
    };
    const auto matrices = [&](std::size_t rows, std::size_t columns) {
      std::vector<Matrix> all;
      for (std::size_t l = 0; l < layers; ++l) all.push_back(matrix(rows, columns));
      return all;
    };
    embedding_ = matrix(vocabulary, dim_);
    attention_norm_ = matrix(layers, dim_);
    wq_ = matrices(dim_, dim_);
    wk_ = matrices(kv, dim_);
    wv_ = matrices(kv, dim_);
    wo_ = matrices(dim_, dim_);
    feed_forward_norm_ = matrix(layers, dim_);
    w1_ = matrices(hidden, dim_);
    w2_ = matrices(dim_, hidden);
    w3_ = matrices(hidden, dim_);
    final_norm_ = matrix(1, dim_)[0];
    matrix(2, context * head_ / 2);  // cosines and sines
    classifier_ = header[5] > 0 ? embedding_ : matrix(vocabulary, dim_);
  }

  /// logits(tokens)[t]: the scores of what may follow tokens[0..t].
  [[nodiscard]] Matrix logits(std::span<const std::int32_t> tokens) const {
    Matrix x;
    for (const std::int32_t token : tokens)
      x.push_back(embedding_[static_cast<std::size_t>(token)]);
    for (std::size_t l = 0; l < wq_.size(); ++l) {
      const Matrix attended = attention(l, x);
      for (std::size_t t = 0; t < x.size(); ++t) add(x[t], times(wo_[l], attended[t]));
      for (Vector& position : x) {
        const Vector y = normalised(position, feed_forward_norm_[l]);
        Vector gate = times(w1_[l], y);
        const Vector up = times(w3_[l], y);
        for (std::size_t i = 0; i < gate.size(); ++i)
          gate[i] = gate[i] / (1.0 + std::exp(-gate[i])) * up[i];
        add(position, times(w2_[l], gate));
      }
    }
    Matrix result;
    for (const Vector& position : x)
      result.push_back(times(classifier_, normalised(position, final_norm_)));
    return result;
  }

 private:
  [[nodiscard]] Matrix attention(std::size_t l, const Matrix& x) const {
    Matrix attended;
    std::vector<Matrix> keys, values;  // [position][query head][number]
    for (std::size_t t = 0; t < x.size(); ++t) {
      const Vector y = normalised(x[t], attention_norm_[l]);
      const Matrix q = rotated(split(times(wq_[l], y)), t);
      keys.push_back(repeated(rotated(split(times(wk_[l], y)), t)));
      values.push_back(repeated(split(times(wv_[l], y))));

      Vector joined;
      for (std::size_t h = 0; h < heads_; ++h) {
        Vector weights;
        double total = 0;
        for (std::size_t s = 0; s <= t; ++s) {
          double score = 0;
          for (std::size_t i = 0; i < head_; ++i) score += q[h][i] * keys[s][h][i];
          weights.push_back(std::exp(score / std::sqrt(static_cast<double>(head_))));
          total += weights.back();
        }
        for (std::size_t i = 0; i < head_; ++i) {
          double sum = 0;
          for (std::size_t s = 0; s <= t; ++s) sum += weights[s] / total * values[s][h][i];
          joined.push_back(sum);
        }
      }
      attended.push_back(joined);
    }
    return attended;
  }

  [[nodiscard]] Matrix split(const Vector& joined) const {
    Matrix heads;
    for (std::size_t i = 0; i < joined.size(); ++i) {
      if (i % head_ == 0) heads.emplace_back();
      heads.back().push_back(joined[i]);
    }
    return heads;
  }

  /// 0 1 2 3 -> 0 0 1 1 2 2 3 3: as many heads as there are query heads.
  [[nodiscard]] Matrix repeated(const Matrix& kv_heads) const {
    Matrix heads;
    for (const Vector& head : kv_heads)
      for (std::size_t i = 0; i < heads_ / kv_heads_; ++i) heads.push_back(head);
    return heads;
  }

  [[nodiscard]] Matrix rotated(Matrix heads, std::size_t position) const {
    for (Vector& head : heads) {
      for (std::size_t i = 0; i < head_; i += 2) {
        const double theta =
            std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(head_));
        const double angle = static_cast<double>(position) * theta;
        const double a = head[i], b = head[i + 1];
        head[i] = a * std::cos(angle) - b * std::sin(angle);
        head[i + 1] = a * std::sin(angle) + b * std::cos(angle);
      }
    }
    return heads;
  }

  [[nodiscard]] static Vector normalised(Vector x, const Vector& gains) {
    double squares = 0;
    for (const double value : x) squares += value * value;
    const double root = std::sqrt(squares / static_cast<double>(x.size()) + 1e-5);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] / root * gains[i];
    return x;
  }

  [[nodiscard]] static Vector times(const Matrix& w, const Vector& x) {
    Vector y;
    for (const Vector& row : w) {
      double sum = 0;
      for (std::size_t i = 0; i < x.size(); ++i) sum += row[i] * x[i];
      y.push_back(sum);
    }
    return y;
  }

  static void add(Vector& x, const Vector& y) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  }

  std::size_t dim_, heads_, kv_heads_, head_;
  Matrix embedding_, attention_norm_, feed_forward_norm_, classifier_;
  std::vector<Matrix> wq_, wk_, wv_, wo_, w1_, w2_, w3_;
  Vector final_norm_;
};

}  // namespace reference
