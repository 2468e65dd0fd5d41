// SPDX-License-Identifier: MIT
// CandidateList: a part of a row, from an engine whose logits live elsewhere.
#pragma once

#include <logitkit/core/row.hpp>
#include <logitkit/core/token.hpp>

#include <algorithm>
#include <iterator>  // std::data
#include <limits>
#include <span>

namespace logitkit::inline LOGITKIT_ABI {

/// Some tokens with their logits, in any order: those that a GPU or another process has found to be
/// the best, or the only ones that come into question. Reads; owns nothing.
///
///     lk::CandidateList list{tokens, logits, 128256, rest};
///     lk::Pick pick = session.next(list, workspace);
///     lk::next(lists, sessions, workspaces);  // a batch: std::vector<lk::CandidateList<float>>
///
/// Candidates of a list are a set that has been narrowed to it: what is not in the list cannot
/// come, and what works on a narrowed set works on it. Where the list holds the best tokens, a
/// truncation that keeps none but these keeps the same as from the row, and the same are drawn.
///
/// `rest` is ln of the sum of exp(logit) over the tokens that are not in the list, if the engine
/// knows it; by default there is nothing. It counts in `log_sum_exp`, `log_probability`,
/// `normalise` and in the mass of which `keep_mass` keeps the part p, or the list if that holds
/// less. It does not count in `entropy`, `rank` and `draw`. It is forgotten when the set is
/// narrowed or transformed, or scaled by another factor than 1: nobody knows it then.
///
/// A bad status: as many logits as tokens, else wrong_length; no token twice, else duplicate_token;
/// each in the vocabulary, else token_out_of_range; NaN and +inf, in `rest` too, as in a row.
/// Cost: O(tokens + vocabulary / 64), no sort; no allocation once the workspace has seen the
/// vocabulary.
template <std::floating_point S>
class CandidateList {
 public:
  using Score = S;
  static constexpr double kNoRest = -std::numeric_limits<double>::infinity();

  template <class R>
  CandidateList(std::span<const Token> tokens, R&& logits, std::size_t vocabulary,
                double rest = kNoRest)
      : tokens_(tokens), logits_(as_row(logits)), vocabulary_(vocabulary), rest_(rest) {
    static_assert(std::is_lvalue_reference_v<R> || detail::View<R>,
                  "logitkit: these logits are a temporary that owns them, and would be gone: "
                  "keep them in a variable");
  }

  [[nodiscard]] std::span<const Token> tokens() const { return tokens_; }
  [[nodiscard]] Row<S> logits() const { return logits_; }
  [[nodiscard]] std::size_t vocabulary() const { return vocabulary_; }
  [[nodiscard]] double rest() const { return rest_; }

 private:
  std::span<const Token> tokens_;
  Row<S> logits_;
  std::size_t vocabulary_;
  double rest_;
};

template <class R>
CandidateList(std::span<const Token>, R&&, std::size_t, double = CandidateList<ScoreOf<R>>::kNoRest)
    -> CandidateList<ScoreOf<R>>;

/// Several lists, of which each may have a length and a rest of its own.
template <std::floating_point S>
struct CandidateLists {
  const CandidateList<S>* data = nullptr;
  std::size_t count = 0;
  std::size_t vocabulary = 0;  ///< the largest of theirs

  [[nodiscard]] CandidateList<S> operator[](std::size_t r) const { return data[r]; }
};

/// Reads a contiguous range of lists.
template <class R>
  requires requires(const R& lists) { []<class S>(const CandidateList<S>*) {}(std::data(lists)); }
[[nodiscard]] auto as_rows(const R& lists, std::size_t) {
  using S = typename std::remove_cvref_t<decltype(*std::data(lists))>::Score;
  CandidateLists<S> all{std::data(lists), std::size(lists)};
  for (const CandidateList<S>& list : lists) {
    all.vocabulary = std::max(all.vocabulary, list.vocabulary());
  }
  return all;
}

}  // namespace logitkit::inline LOGITKIT_ABI
