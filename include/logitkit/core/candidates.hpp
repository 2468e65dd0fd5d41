// SPDX-License-Identifier: MIT
// Candidates: the tokens that may come next, with their scores; what every processor works on.
#pragma once

#include <logitkit/core/row.hpp>
#include <logitkit/core/status.hpp>
#include <logitkit/core/workspace.hpp>
#include <logitkit/math/logarithm.hpp>
#include <logitkit/math/select.hpp>

#include <cmath>
#include <optional>

namespace logitkit::inline LOGITKIT_ABI {

/// The working set of one row of V logits. It starts as the whole vocabulary, read in place from
/// the engine's memory, which is never written; it is edited token by token and narrowed to the
/// survivors. S is float or double (half rows are scored in float).
///
/// Scores are log-domain, always: their exponentials are proportional to probabilities. A banned
/// token scores -inf. Ties go to the lower token. A temperature and a normalisation are two numbers
/// carried along, score = value * scale + shift, so they cost nothing and never change an order;
/// an edit made under a scale other than 1 is therefore exact to one more rounding.
///
/// Cost: construction reads the row once. Edits are O(1). The first narrowing looks only at the
/// tiles of 64 that can hold survivors, `keep_if` and `transform` at every token. From then on all
/// is O(survivors). No allocation once the workspace has seen the vocabulary.
template <std::floating_point S>
class Candidates {
 public:
  /// All tokens of `row`. Row and workspace must outlive the candidates, which use the workspace
  /// alone: a second set over the same workspace ends the first.
  Candidates(Row<S> row, Workspace& workspace);
  template <RowLike R>
  Candidates(const R& row, Workspace& workspace) : Candidates(as_row(row), workspace) {}
  Candidates(const Candidates&) = delete;
  Candidates& operator=(const Candidates&) = delete;

  // --- Looking -----------------------------------------------------------------------------------

  /// The length of the row: tokens are 0 to vocabulary() - 1.
  [[nodiscard]] std::size_t vocabulary() const { return row_.size(); }
  /// How many tokens are in the set; a banned one counts until the next narrowing drops it.
  [[nodiscard]] std::size_t size() const {
    return narrow_ ? scratch_.survivors.size() : vocabulary();
  }
  /// Whether a narrowing has happened: from here on work is O(size()).
  [[nodiscard]] bool narrowed() const { return narrow_; }
  /// The score of a token; -inf if it is banned, dropped or not in the vocabulary.
  [[nodiscard]] S score(Token token) const;
  /// Whether a token can still come: in the vocabulary, in the set and not banned.
  [[nodiscard]] bool contains(Token token) const { return score(token) != -kInfinity; }
  /// What is wrong with the row or the edits so far; `ok` if a token can be chosen.
  [[nodiscard]] Status status();

  /// The tokens of the set in ascending order: `for (auto [token, score] : candidates)`.
  class Iterator;
  [[nodiscard]] Iterator begin() const { return Iterator(this, 0); }
  [[nodiscard]] Iterator end() const { return Iterator(this, size()); }

  /// The n best that are not banned, best first, valid until the next call. O(size + n log n).
  [[nodiscard]] std::span<const Candidate<S>> sorted(std::size_t n = std::size_t(-1));

  // --- Facts, computed once and kept until an edit
  // --------------------------------------------------

  /// The token with the largest score; kNoToken if all are banned.
  [[nodiscard]] Token best() { return peak().token; }
  /// The largest score; -inf if all are banned.
  [[nodiscard]] double maximum() { return to_score(peak().score); }
  /// ln of the sum of exp(score), which is 0 when the scores are normalised.
  [[nodiscard]] double log_sum_exp() { return maximum() + math::log(mass().to_double() * 0x1p-62); }
  /// ln of a token's probability among the candidates, <= 0; -inf for one that cannot come.
  [[nodiscard]] double log_probability(Token token);
  /// Shannon's entropy of the distribution, in nats, >= 0. O(size).
  [[nodiscard]] double entropy();

  // --- Editing one token
  // -------------------------------------------------------------------------- A token that was
  // dropped stays out; one that the vocabulary does not have is a bad status.

  void set(Token token, S score) {
    edit(token, [&](S) { return (score - shift_) / scale_; });
  }
  void add(Token token, S delta) {
    edit(token, [&](S v) { return double(v) + delta / scale_; });
  }
  void ban(Token token) {
    edit(token, [](S) { return -kInfinity; });
  }

  // --- Editing all
  // --------------------------------------------------------------------------------

  /// Multiplies every score by `factor`, finite and > 0. O(1).
  void scale(double factor);
  /// Shifts every score so that the exponentials sum to 1. O(size).
  void normalise();
  /// Replaces every score by f(score) or f(token, score); banned tokens stay banned. Before
  /// narrowing this writes V scores: the one operation that costs O(V) memory traffic. Narrow first
  /// where you can.
  template <class F>
  void transform(const F& f);

  // --- Narrowing: what is not kept is gone; banned tokens are dropped, too
  // --------------------------

  /// Keeps the k best. k = 0 keeps nothing, which is the bad status `nothing_left`.
  void keep_top(std::size_t k);
  /// Keeps a token iff the probability of all tokens before it, best first, is < p. At least one
  /// stays; p >= 1 keeps all.
  void keep_mass(double p);
  /// Keeps the tokens with score >= threshold.
  void keep_above(double threshold);
  /// Keeps the tokens for which f(token, score) is true. O(size) calls.
  template <class F>
  void keep_if(const F& f);
  /// Keeps the given tokens, in any order, and no others. O(tokens log tokens).
  void keep_only(std::span<const Token> tokens);
  /// Keeps the tokens whose bit is 1: word token / 32, bit token % 32, least significant first.
  /// A missing word means not allowed.
  void mask(std::span<const std::uint32_t> words);

  // --- Choosing
  // ---------------------------------------------------------------------------------------

  /// The token at quantile u in [0,1) of the distribution, tokens ascending: the first with
  /// cumulative > u * total, so never one with probability 0. kNoToken if all are banned.
  [[nodiscard]] Token draw(double u);

 private:
  using Key = math::OrderKey<S>;
  static constexpr S kInfinity = std::numeric_limits<S>::infinity();
  static constexpr Key kBannedKey = math::kBannedKey<S>;

  // A token's value: its score before scale and shift.
  [[nodiscard]] S value(std::size_t token) const {
    const bool edited = scratch_.edited[token / math::kTile] >> (token % math::kTile) & 1;
    return edited ? scratch_.values[token] : row_[token];
  }
  [[nodiscard]] double to_score(S value) const { return std::fma(double(value), scale_, shift_); }
  [[nodiscard]] Candidate<S>* find(Token token) const;
  template <class F>
  void edit(Token token, const F& new_value);
  void edited(S value);
  void refresh_tiles();
  [[nodiscard]] Candidate<S> peak();
  [[nodiscard]] math::Mass mass();
  [[nodiscard]] auto distance();
  [[nodiscard]] Key tile_bound(std::size_t k);
  template <class F>
  void for_each_value(Key at_least, const F& f) const;
  template <class F>
  void narrow_to(Key at_least, const F& keep);
  void keep_up_to(Candidate<S> last);

  detail::Scratch<S>& scratch_;
  Row<S> row_;
  double scale_ = 1;                  // score = value * scale + shift
  double shift_ = 0;                  //
  double per_octave_ = math::kLog2E;  // scale / ln 2
  bool narrow_ = false;               // the set is scratch_.survivors, not the whole row
  Status status_ = Status::ok;        // the first thing that went wrong
  std::size_t fresh_edits_ = 0;       // edits whose tiles are up to date
  std::optional<Candidate<S>> peak_;  // the best token and its value
  std::optional<math::Mass> mass_;    // the sum of weights, 2^62 for the best
};

template <class R>
Candidates(const R&, Workspace&) -> Candidates<ScoreOf<R>>;
template <class S>
Candidates(Row<S>, Workspace&) -> Candidates<S>;

}  // namespace logitkit::inline LOGITKIT_ABI

#include <logitkit/core/detail/candidates_edit.hpp>
#include <logitkit/core/detail/candidates_facts.hpp>
#include <logitkit/core/detail/candidates_look.hpp>
#include <logitkit/core/detail/candidates_narrow.hpp>
