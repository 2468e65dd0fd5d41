// SPDX-License-Identifier: MIT
// RequiredPhrases: lexically constrained beam search: every result has the phrases it must have.
#pragma once

#include <logitkit/decode/beam_policy.hpp>
#include <logitkit/decode/detail/phrase_demands.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// A policy with demands, each a phrase, or any one of several, that must stand in what is
/// generated, whole and without a gap: anywhere, where one token may serve several demands, or in
/// the order given, one behind the other. A beam ends only when all demands are met, and goes no
/// way on which too few tokens would be left to meet them: every hypothesis that ends by itself has
/// met them. Where the chain bans what is needed, beams die; a search that has none left ends with
/// the status `nothing_left`, and `missing` tells what its results lack. (Hugging Face's
/// `constraints` return texts that lack some.)
///
/// Beams compete in banks, by the number of tokens towards the demands; the places are dealt round
/// the banks, the furthest first, in each the best first. Without demands it is plain beam search.
/// Cost: that of plain beams, and for each beam its tokens in phrases times the phrases.
/// Source: Post, Vilar 2018, "Fast Lexically Constrained Decoding with Dynamic Beam Allocation for
/// Neural Machine Translation".
class RequiredPhrases : public BeamPolicy {
 public:
  using Phrase = std::vector<Token>;
  using State = detail::PhraseDemands::State;
  enum class Order : std::uint8_t { any, as_given };

  /// Each demand: the phrases of which it takes one.
  explicit RequiredPhrases(const std::vector<std::vector<Phrase>>& demands,
                           Order order = Order::any)
      : demands_(demands, order == Order::as_given) {}

  [[nodiscard]] std::string check(const BeamOptions&) const {
    for (const std::size_t length : demands_.shortest()) {
      if (length == 0) {
        return misuse("RequiredPhrases", "each demand", "it has phrases of length >= 1", 0);
      }
    }
    return {};
  }
  /// What would be wrong with these limits after a prompt of so many tokens.
  [[nodiscard]] std::string check(const Limits& limits, std::size_t prompt) const {
    for (const Token token : demands_.tokens()) {
      if (!limits.in_vocabulary(token) || is_end(limits, token)) {
        return misuse("RequiredPhrases", "each token",
                      "token is in the vocabulary and no end token", token);
      }
    }
    if (demands_.total() <= limits.most_new_tokens(prompt)) return {};
    return misuse("RequiredPhrases", "all phrases", "tokens <= those that may be generated",
                  double(demands_.total()));
  }

  /// The demands that a text does not meet, by their numbers.
  [[nodiscard]] std::vector<std::size_t> missing(std::span<const Token> text) const {
    State state = root();
    for (const Token token : text) accept(state, token);
    std::vector<std::size_t> result;
    for (std::size_t d = 0; d < state.met.size(); ++d) {
      if (!state.met[d]) result.push_back(d);
    }
    return result;
  }

  [[nodiscard]] State root() const { return demands_.start(); }
  void accept(State& state, Token token) const { demands_.accept(state, token); }

  void prepare(const BeamOptions& options, const Limits& limits, std::size_t vocabulary) {
    limits_ = limits;
    competitors_ = detail::competitors(options, limits);
    const std::size_t most = std::min(competitors_, options.beams * vocabulary);
    banks_.resize(demands_.total() + 1);
    for (auto& bank : banks_) bank.reserve(most);
    all_.reserve(banks_.size() * most);
  }
  void restart() {
    for (auto& bank : banks_) bank.restart(competitors_);
  }

  template <std::floating_point S>
  void extend(Candidates<S>& candidates, const ParentBeam<State>& parent) {
    const std::size_t left = limits_.most_new_tokens(parent.context.prompt().size()) -
                             parent.context.generated().size() - 1;
    const auto offer = [&](std::size_t needed, Token token, double sum) {
      const std::size_t bank = demands_.total() - needed;
      banks_[bank].offer({sum, sum, token, parent.row, bank});
    };
    next_ = parent.state;
    accept(next_, kNoToken);  // all tokens that are in no phrase have the same consequences
    if (const std::size_t needed = demands_.needed(next_); needed == 0) {
      detail::for_each_extension(candidates, competitors_, parent.sum, banks_.back(),
                                 [&](Token token, double sum) { offer(0, token, sum); });
      return;
    } else if (needed <= left) {
      const std::size_t skipped = demands_.tokens().size() + limits_.end_tokens.size();
      detail::for_each_extension(candidates, competitors_ + skipped, parent.sum,
                                 banks_[demands_.total() - needed], [&](Token token, double sum) {
                                   if (is_demanded(token) || is_end(limits_, token)) return;
                                   offer(needed, token, sum);
                                 });
    }
    for (const Token token : demands_.tokens()) {
      if (!candidates.contains(token)) continue;
      next_ = parent.state;
      accept(next_, token);
      const std::size_t needed = demands_.needed(next_);
      if (needed <= left) offer(needed, token, parent.sum + candidates.score(token));
    }
  }

  /// Those that have met all demands first: of them alone any may end.
  [[nodiscard]] std::span<Extension> best_first() {
    all_.clear();
    for (auto bank = banks_.rbegin(); bank != banks_.rend(); ++bank) {
      const auto best = bank->best_first();
      all_.insert(all_.end(), best.begin(), best.end());
    }
    return all_;
  }
  [[nodiscard]] bool may_end(const Extension& each) const { return each.bank == demands_.total(); }

  [[nodiscard]] std::size_t keep(std::span<Extension> alive, std::size_t beams,
                                 const FinishedBeams&) const {
    const std::size_t count = std::min(alive.size(), beams);
    // They stand bank by bank: a place in its bank, then the bank, is the order of the deal.
    std::size_t place = 0;
    for (std::size_t i = 0, bank = 0; i < alive.size(); ++i) {
      place = i > 0 && alive[i].bank == bank ? place + 1 : 0;
      bank = alive[i].bank;
      alive[i].bank = place * banks_.size() + (demands_.total() - bank);
    }
    std::sort(alive.begin(), alive.end(),
              [](const auto& a, const auto& b) { return a.bank < b.bank; });
    std::sort(alive.begin(), alive.begin() + static_cast<std::ptrdiff_t>(count));
    for (Extension& each : alive.first(count)) {
      each.bank = demands_.total() - each.bank % banks_.size();  // as it was
    }
    return count;
  }

 private:
  [[nodiscard]] static bool is_end(const Limits& limits, Token token) {
    const auto& ends = limits.end_tokens;
    return std::find(ends.begin(), ends.end(), token) != ends.end();
  }
  [[nodiscard]] bool is_demanded(Token token) const {
    return std::binary_search(demands_.tokens().begin(), demands_.tokens().end(), token);
  }

  detail::PhraseDemands demands_;
  Limits limits_;
  std::size_t competitors_ = 0;
  std::vector<BestExtensions> banks_;  // by the tokens towards the demands
  std::vector<Extension> all_;
  State next_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
