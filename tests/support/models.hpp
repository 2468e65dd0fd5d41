// SPDX-License-Identifier: MIT
// Toy models: tables, a recurrent one with and without a cache, and wrappers that count and fail.
#pragma once

#include <logitkit/core/concepts.hpp>

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace test {

namespace lk = logitkit;

/// Row = last token (order 1) or previous * V + last (order 2; previous = 0 if there is none).
/// Returns a view of its own memory.
template <class Scalar = float>
struct TableModel {
  std::size_t vocabulary;
  std::vector<Scalar> logits;  // [rows x V]
  int order = 1;

  std::span<const Scalar> operator()(std::span<const lk::Token> tokens) const {
    std::size_t row = static_cast<std::size_t>(tokens.back());
    if (order == 2 && tokens.size() > 1) {
      row += static_cast<std::size_t>(tokens[tokens.size() - 2]) * vocabulary;
    }
    return std::span(logits).subspan(row * vocabulary, vocabulary);
  }
};

[[nodiscard]] inline std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// A recurrent state that depends on every token so far, in order.
[[nodiscard]] inline std::uint64_t advance(std::uint64_t state, lk::Token token) {
  return mix(state * 31 + static_cast<std::uint64_t>(token) + 0x9e3779b97f4a7c15u);
}

/// Logits of a state: multiples of 1/64 in [-8, 8), exact in every scalar but bfloat16.
template <class Scalar>
void write_logits(std::uint64_t state, std::size_t vocabulary, Scalar* out) {
  for (std::size_t v = 0; v < vocabulary; ++v) {
    const auto whole = static_cast<int>(mix(state ^ (v * 0x632be59bd9b4e019u)) >> 54) - 512;
    out[v] = static_cast<Scalar>(static_cast<float>(whole) / 64);
  }
}
extern template void write_logits<float>(std::uint64_t, std::size_t, float*);  // in rows.cpp
extern template void write_logits<double>(std::uint64_t, std::size_t, double*);

/// The recurrent model as a plain callable: reads all tokens every time.
template <class Scalar = float>
struct PlainRecurrent {
  std::size_t vocabulary = 12;
  std::uint64_t seed = 1;

  std::vector<Scalar> operator()(std::span<const lk::Token> tokens) const {
    std::uint64_t state = seed;
    for (const lk::Token token : tokens) state = advance(state, token);
    std::vector<Scalar> row(vocabulary);
    write_logits(state, vocabulary, row.data());
    return row;
  }
};

/// The same with a cache of states, one list a row, and a record of what it was asked to do.
template <class Scalar = float>
class CachedRecurrent {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  explicit CachedRecurrent(std::size_t vocabulary = 12, std::uint64_t seed = 1)
      : vocabulary_(vocabulary), seed_(seed) {}

  const Matrix& prefill(std::span<const lk::Token> prompt) {
    ++prefills;
    states_.assign(1, {seed_});
    for (const lk::Token token : prompt) push(states_[0], token);
    return rows();
  }

  const Matrix& step(std::span<const lk::Token> last) {
    ++steps;
    if (last.size() != states_.size()) throw std::logic_error("step: one token for each row");
    for (std::size_t r = 0; r < last.size(); ++r) push(states_[r], last[r]);
    return rows();
  }

  void reorder(std::span<const std::size_t> parents) {
    bool identity = parents.size() == states_.size();
    for (std::size_t r = 0; r < parents.size(); ++r) identity = identity && parents[r] == r;
    if (identity) throw std::logic_error("reorder: there is nothing to reorder");
    ++reorders;
    std::vector<States> next;
    for (const std::size_t parent : parents) next.push_back(states_.at(parent));
    states_ = std::move(next);
  }

  Matrix score(std::span<const lk::Token> tokens) {
    Matrix all(index(vocabulary_), index(tokens.size()));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      push(states_.at(0), tokens[i]);
      write_logits(states_[0].back(), vocabulary_, all.col(index(i)).data());
    }
    return all;
  }

  void rewind(std::size_t n) {
    for (States& row : states_) row.resize(row.size() - n);
  }

  int prefills = 0, steps = 0, reorders = 0;

 private:
  using States = std::vector<std::uint64_t>;
  static Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }
  static void push(States& row, lk::Token token) { row.push_back(advance(row.back(), token)); }

  const Matrix& rows() {
    rows_.resize(index(vocabulary_), index(states_.size()));
    for (std::size_t r = 0; r < states_.size(); ++r) {
      write_logits(states_[r].back(), vocabulary_, rows_.col(index(r)).data());
    }
    return rows_;
  }

  std::size_t vocabulary_;
  std::uint64_t seed_;
  std::vector<States> states_;  // for each row: the state after each token
  Matrix rows_;                 // V x rows
};

static_assert(lk::ForkableModel<CachedRecurrent<>> && lk::RewindableModel<CachedRecurrent<>>);

/// A plain model that is counted: `calls` outlives it.
template <class M>
struct Counting {
  M model;
  int& calls;
  decltype(auto) operator()(std::span<const lk::Token> tokens) const {
    ++calls;
    return model(tokens);
  }
};

/// Throws std::runtime_error once there are `length` tokens, prompt included.
template <class M>
struct ThrowsAt {
  M model;
  std::size_t length;
  auto operator()(std::span<const lk::Token> tokens) const {
    if (tokens.size() == length) throw std::runtime_error("the engine is out of memory");
    return model(tokens);
  }
};

enum class Spoil { not_a_number, positive_infinity, all_banned, too_short, too_long, empty };

/// Returns a bad row once there are `length` tokens, prompt included.
template <class M>
struct SpoiltAt {
  M model;
  std::size_t length;
  Spoil spoil;

  auto operator()(std::span<const lk::Token> tokens) const {
    auto row = model(tokens);
    using Limits = std::numeric_limits<std::remove_cvref_t<decltype(row[0])>>;
    if (tokens.size() != length) return row;
    switch (spoil) {
      case Spoil::not_a_number:
        row[row.size() / 2] = Limits::quiet_NaN();
        break;
      case Spoil::positive_infinity:
        row[row.size() / 2] = Limits::infinity();
        break;
      case Spoil::all_banned:
        for (auto& score : row) score = -Limits::infinity();
        break;
      case Spoil::too_short:
        row.pop_back();
        break;
      case Spoil::too_long:
        row.push_back(0);
        break;
      case Spoil::empty:
        row.clear();
        break;
    }
    return row;
  }
};

/// A cached model whose rows are one score longer from the second step on.
struct Stretching {
  CachedRecurrent<float> shorter{12, 1}, longer{13, 1};
  int calls = 0;

  const auto& prefill(std::span<const lk::Token> prompt) {
    longer.prefill(prompt);
    return shorter.prefill(prompt);
  }
  const auto& step(std::span<const lk::Token> last) {
    const auto& rows = shorter.step(last);
    const auto& long_rows = longer.step(last);
    return ++calls > 1 ? long_rows : rows;
  }
  void reorder(std::span<const std::size_t> parents) {
    shorter.reorder(parents);
    longer.reorder(parents);
  }
};

/// Always the same row.
template <class Scalar = float>
struct ConstantModel {
  std::vector<Scalar> row;
  const std::vector<Scalar>& operator()(std::span<const lk::Token>) const { return row; }
};

/// Says these tokens one after the other, whatever it hears: for tests of stopping.
struct ScriptedModel {
  std::size_t vocabulary;
  std::size_t prompt_size;
  std::vector<lk::Token> script;

  std::vector<float> operator()(std::span<const lk::Token> tokens) const {
    std::vector<float> row(vocabulary, 0.0f);
    row.at(static_cast<std::size_t>(script.at(tokens.size() - prompt_size))) = 10.0f;
    return row;
  }
};

}  // namespace test
