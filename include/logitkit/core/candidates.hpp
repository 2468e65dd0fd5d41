// SPDX-License-Identifier: MIT
// Candidates: the tokens that may come next, with their scores; what every processor works on.
#pragma once

#include <logitkit/core/candidate_list.hpp>
#include <logitkit/core/row.hpp>
#include <logitkit/core/status.hpp>
#include <logitkit/core/workspace.hpp>
#include <logitkit/math/bisect.hpp>
#include <logitkit/math/exponential.hpp>
#include <logitkit/math/logarithm.hpp>
#include <logitkit/math/select.hpp>

#include <cmath>
#include <optional>

namespace logitkit::inline LOGITKIT_ABI {

/// The working set of one row of V logits: at first the whole row, read in place and never written,
/// with edited values and a mask beside it; once narrowed, a list of {token, value}, ascending. S,
/// float or double, is the scalar in which the row is held (float for half rows).
///
/// Scores are log-domain, always: their exponentials are proportional to probabilities. A banned
/// token scores -inf. Ties go to the lower token. A temperature and a normalisation are two numbers
/// carried along, score = value * scale + shift: they cost nothing and never change an order.
/// Scores are doubles; edits round to S. The weights that decide are exact to 1.5e-7 of each (of
/// double rows, 1e-14), log-probabilities of float rows to 2e-6.
///
/// Cost: the row is read once, when that is needed; edits and masks until then cost no read. Before
/// narrowing, edits are O(1); `best`, `maximum`, `keep_top`, `keep_above` and `sorted` look only at
/// tiles of 64 that can hold what is asked for; all else, masses above all, at every token. From
/// then on all is O(survivors), an edit O(log survivors). A second row allocates nothing.
template <std::floating_point S>
class Candidates {
 public:
  /// All tokens of `row`. Row and workspace must outlive the candidates, which use the workspace
  /// alone: a second set over the same workspace ends the first.
  Candidates(Row<S> row, Workspace& workspace);
  template <class R>
    requires(!std::same_as<std::remove_cvref_t<R>, Row<S>>)
  Candidates(R&& row, Workspace& workspace) : Candidates(as_row(row), workspace) {
    static_assert(std::is_lvalue_reference_v<R> || detail::View<R>,
                  "logitkit: this row is a temporary that owns its logits, and would be gone: "
                  "keep it in a variable");
  }
  /// A part of a row, which is read at once and need not outlive them: narrowed from the start.
  Candidates(CandidateList<S> list, Workspace& workspace);
  Candidates(const Candidates&) = delete;

  // --- Looking ---
  /// The length of the row: tokens are 0 to vocabulary() - 1.
  [[nodiscard]] std::size_t vocabulary() const { return row_.size(); }
  /// How many tokens are in the set; a banned one counts until the next narrowing drops it.
  [[nodiscard]] std::size_t size() const;
  /// How many of them can come. O(size).
  [[nodiscard]] std::size_t count();
  /// Whether the set is a list, work O(size()); a narrowing that leaves much of V may make none.
  [[nodiscard]] bool narrowed() const { return narrow_; }
  /// The score of a token; -inf if it is banned, dropped or not in the vocabulary.
  [[nodiscard]] double score(Token token) const;
  /// Whether a token can still come: in the vocabulary, in the set and not banned.
  [[nodiscard]] bool contains(Token token) const { return held(token) > kBannedKey; }
  /// What is wrong with the row or the edits so far; `ok` if a token can be chosen.
  [[nodiscard]] Status status();
  /// The same where probabilities will be asked for: one read of the row finds both.
  [[nodiscard]] Status status_and_mass();
  /// Makes the status bad, unless it is: for a processor that cannot do what it should.
  void fail(Status status) { status_ = status_ == Status::ok ? status : status_; }

  /// The tokens of the set in ascending order: `for (auto [token, score] : candidates)`.
  class Iterator;
  [[nodiscard]] Iterator begin() const { return Iterator(this, 0); }
  [[nodiscard]] Iterator end() const {
    return Iterator(this, narrow_ ? scratch_.survivors.size() : vocabulary());
  }

  /// The n best that are not banned and score at_least or more, best first, valid until the next
  /// call of `sorted`. A smaller logit shows a smaller score, even where scale and shift would
  /// round the difference away.
  [[nodiscard]] std::span<const Candidate> sorted(
      std::size_t n = std::size_t(-1), double at_least = -std::numeric_limits<double>::infinity());

  // --- Facts, computed once and kept until an edit ---
  /// The token with the largest score; kNoToken if all are banned.
  [[nodiscard]] Token best() { return peak().token; }
  /// The largest score; -inf if all are banned.
  [[nodiscard]] double maximum() { return to_score(math::widen(peak().value)); }
  /// ln of the sum of exp(score), which is 0 when the scores are normalised.
  [[nodiscard]] double log_sum_exp();
  /// ln of a token's probability among the candidates, <= 0; -inf for one that cannot come.
  [[nodiscard]] double log_probability(Token token);
  /// 1 + how many tokens score more; 0 for one that cannot come.
  [[nodiscard]] std::size_t rank(Token token);
  /// Shannon's entropy of the distribution, in nats, >= 0; of float rows to 1e-6. O(size).
  [[nodiscard]] double entropy();
  /// The probability that two draws agree, the sum of p^2, in (0, 1]. O(size).
  [[nodiscard]] double collision();
  /// The population standard deviation of the scores that are not banned. O(size).
  [[nodiscard]] double deviation();
  /// Calls f(token, weight) for all that `draw` can choose, ascending, by these weights. O(size).
  void for_each_weight(const auto& f);

  // --- Editing one token ---
  // A token that was dropped stays out; one that the vocabulary does not have is a bad status.
  void set(Token token, double score);
  void add(Token token, double delta);
  void ban(Token token);
  /// For each {token, x} of a list, in turn, makes the score f(score, x), or adds delta(x) to it;
  /// passes over tokens that cannot come or do not exist. Faster than one by one.
  void edit_each(const auto& list, const auto& f);
  void add_each(const auto& list, const auto& delta);

  // --- Editing all ---
  /// Multiplies every score by `factor`, finite and > 0; else the status is not_a_number. O(1).
  void scale(double factor);
  /// Adds a finite number to every score; else the status is not_a_number. O(1).
  void shift(double delta);
  /// Shifts every score so that the exponentials sum to 1. O(size).
  void normalise();
  /// Replaces every score by f(score) or f(token, score); banned tokens stay banned. f may ask for
  /// `best` and `maximum`, those from before, and nothing else; where it throws, the status is bad.
  /// Before narrowing this writes V scores, the one operation that does: narrow first if you can.
  void transform(const auto& f);

  // --- Narrowing: what is not kept is gone, and so may be what is banned ---
  /// Keeps the k best, and `equals` of the last too if asked. k = 0 keeps nothing: `nothing_left`.
  void keep_top(std::size_t k, bool equals = false);
  /// Keeps a token iff the probability of all tokens before it, best first, is < p, or if it is
  /// among the `at_least` >= 1 best: p >= 1 keeps all, p <= 0 and NaN these alone.
  void keep_mass(double p, std::size_t at_least = 1);
  /// Keeps a token iff all nearer to `score`, a number, have probability < p, or if it is among the
  /// `at_least` nearest, and `equals` of the last if asked. Distances are of S; p is as above.
  void keep_near(double score, double p, std::size_t at_least = 1, bool equals = false);
  /// Keeps the tokens with score >= threshold.
  void keep_above(double threshold);
  /// Keeps the tokens for which f(token, score) is true; f may look at the candidates. O(size).
  void keep_if(const auto& f);
  /// Keeps the given tokens, in any order, and no others. O(tokens log tokens).
  void keep_only(std::span<const Token> tokens);
  /// Keeps the tokens whose bit is 1: word token / 32, bit token % 32, least significant first.
  /// A missing word means not allowed. Before the row is read this costs next to nothing. Before
  /// narrowing, banned tokens that are allowed stay in the set: they count, and may be set again.
  void mask(std::span<const std::uint32_t> words);

  // --- Choosing: kNoToken if the status is bad ---

  /// The token at quantile u in [0,1), tokens ascending: the first with cumulative > u * total, so
  /// never one with probability 0. A u outside [0,1) or NaN counts as the nearest one inside.
  [[nodiscard]] Token draw(double u);
  /// The first token with cumulative > where(total), which is less than the total, and its share.
  [[nodiscard]] Share share_at(const auto& where);

 private:
  using Key = math::OrderKey<S>;
  using Survivor = detail::Survivor<S>;
  static constexpr S kInfinity = std::numeric_limits<S>::infinity();
  static constexpr Key kBannedKey = math::kBannedKey<S>, kLowestKey = math::kLowestKey<S>;
  static constexpr double kLargest = 1e300;     // of scale and shift: no 0 times inf is a score
  static constexpr std::size_t kFewTiles = 64;  // as many as are looked at first
  static constexpr auto kAll = std::size_t(-1);

  [[nodiscard]] bool untouched() const;
  [[nodiscard]] bool allowed(std::size_t token) const;
  [[nodiscard]] S value(std::size_t token) const;
  [[nodiscard]] double to_score(double value) const {
    return scale_ == 1 && shift_ == 0 ? value : std::fma(value, scale_, shift_);
  }
  [[nodiscard]] double to_value(double score) const { return (score - shift_) / scale_; }
  [[nodiscard]] Survivor* find(Token token) const;
  [[nodiscard]] Key held(Token token) const;
  void put(Token token, const auto& new_value);
  void put_each(const auto& list, const auto& new_value);
  void forget_facts();
  void forget_weights();
  void allow_marked();
  [[nodiscard]] std::size_t count_allowed() const;
  std::size_t mark(std::size_t tile, std::size_t count, Key bound);
  void scan(math::Spread* spread = nullptr, float centre = 0);
  void scan_by(const auto& read);
  void take(const CandidateList<S>& list);
  void scan_values();
  void refresh_tiles();
  [[nodiscard]] Key largest_key();
  [[nodiscard]] double largest() { return math::widen(math::from_order_key<S>(largest_key())); }
  [[nodiscard]] Survivor peak();
  [[nodiscard]] bool fits_kernels();
  [[nodiscard]] math::Weighing weighing();
  math::Mass weigh(std::span<const Survivor> entries);
  std::size_t tile_values(std::size_t tile, S* out) const;
  [[nodiscard]] std::span<const Survivor> tile_entries(std::size_t tile);
  [[nodiscard]] std::optional<math::QuickSums> scan_and_sum();
  [[nodiscard]] std::optional<math::QuickSums> sum_tiles_quickly();
  [[nodiscard]] std::optional<math::FineSums> sum_tiles_finely();
  void for_each_run(const auto& f);
  void for_each_stretch(const auto& f);
  void for_each_block(const auto& f);
  [[nodiscard]] double find_deviation(math::Spread spread, float centre);
  void weigh_blocks();
  [[nodiscard]] math::Mass total();
  [[nodiscard]] double log_mass();
  [[nodiscard]] std::optional<math::WeightSums> sum_weights(math::SumKernel kernel);
  [[nodiscard]] double log_rest();
  [[nodiscard]] Token draw_by(const auto& sums, double u);
  struct Boundary;
  struct Nucleus;
  struct Near;
  double take_sample();
  [[nodiscard]] math::Parts split(const auto& kernel);
  [[nodiscard]] std::span<const std::int32_t> tile_tops();
  [[nodiscard]] std::span<std::int32_t> group_tops();
  [[nodiscard]] Key largest_in(std::span<const std::int32_t> groups);
  [[nodiscard]] Key tile_bound(std::size_t k, std::size_t* listed = nullptr);
  [[nodiscard]] Key likely_bound(std::size_t k, std::size_t* listed);
  [[nodiscard]] Key score_bound(double threshold) const;
  [[nodiscard]] std::span<const std::uint32_t> tiles_at_least(Key bound, std::size_t enough = kAll);
  std::size_t collect(std::span<const std::uint32_t> tiles, Key bound, Survivor* out);
  static std::size_t keep_at_least(std::span<const Survivor> list, Key bound, Survivor* out);
  void pick_at_least(Key bound, auto& list, std::size_t k = kAll, std::size_t listed = 0);
  void for_each_value(Key at_least, const auto& f) const;
  void narrow_to(Key at_least, const auto& keep);
  void narrow_to_picked();
  void narrow_to_best();
  [[nodiscard]] bool narrow_by_mask(const Boundary& last, std::size_t at_least, std::size_t tiles);
  void drop_equals(const Boundary& last);
  void keep_up_to(const Boundary& last, std::size_t at_least);

  detail::Scratch<S>& scratch_;
  Row<S> row_;
  double scale_ = 1, shift_ = 0;     // score = value * scale + shift
  double rest_ = -kInfinity;         // CandidateList::rest, as a value
  bool scanned_ = false;             // scratch_.tiles are those of the row
  bool masked_ = false;              // scratch_.allowed is in force
  bool transformed_ = false;         // every value is an edited one
  bool narrow_ = false;              // the set is scratch_.survivors, not the whole row
  Status status_ = Status::ok;       // the first thing that went wrong
  std::optional<Key> largest_;       // the largest key
  std::optional<Survivor> peak_;     // the best token and its value
  std::optional<math::Mass> total_;  // the sum of weights, exactly; scratch_ has the parts
  std::optional<double> log_mass_;   // ln of the sum of exp(score - maximum)
  std::optional<double> entropy_, collision_, deviation_;  // the last of values, not of scores
};

template <class R>
Candidates(R&&, Workspace&) -> Candidates<ScoreOf<R>>;
template <class S>
Candidates(Row<S>, Workspace&) -> Candidates<S>;

}  // namespace logitkit::inline LOGITKIT_ABI

#include <logitkit/core/detail/candidates_draw.hpp>
#include <logitkit/core/detail/candidates_edit.hpp>
#include <logitkit/core/detail/candidates_facts.hpp>
#include <logitkit/core/detail/candidates_look.hpp>
#include <logitkit/core/detail/candidates_mask.hpp>
#include <logitkit/core/detail/candidates_narrow.hpp>
#include <logitkit/core/detail/candidates_near.hpp>
#include <logitkit/core/detail/candidates_nucleus.hpp>
#include <logitkit/core/detail/candidates_pick.hpp>
#include <logitkit/core/detail/candidates_weigh.hpp>
