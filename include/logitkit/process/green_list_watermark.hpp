// SPDX-License-Identifier: MIT
// GreenListWatermark: favours a part of the vocabulary that a secret and the context choose.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/core/green_list_options.hpp>
#include <logitkit/process/detail/green_list.hpp>

#include <array>
#include <bit>

namespace logitkit::inline LOGITKIT_ABI {

/// score' = score + bias for the green tokens, see detail::GreenList; with self_hash for those of
/// the 40 best that are green, equal scores: the lower token first. bias finite, usually in [1, 5];
/// larger is easier to detect and changes the text more. Nothing is changed before `context` tokens
/// have come, the prompt's counted. Banned stays banned. GreenListDetector finds it again.
///
/// Cost: left_hash O(V) for each accepted token, which is inherent: the list is drawn from all V;
/// then O(ratio * V) a row, or O(survivors) after narrowing, which is the cheaper place for it. A
/// copy takes 4 V bytes. self_hash: 40 * ratio * V random numbers a row.
/// `GreenListWatermark{2.0f, {.vocabulary = 32000}}`. Source: as detail::GreenList.
template <std::floating_point P = float>
class GreenListWatermark {
 public:
  GreenListWatermark(P bias, const GreenListOptions& options)
      : bias_(bias), green_((require(check(bias, options)), options)) {
    if (options.seeding == GreenSeeding::self_hash) return;
    permutation_.resize(options.vocabulary);
    bits_.resize((options.vocabulary + 63) / 64);
  }

  [[nodiscard]] static std::string check(P bias, const GreenListOptions& options) {
    constexpr P kMax = std::numeric_limits<P>::max();
    return bias >= -kMax && bias <= kMax
               ? options.check()
               : misuse("GreenListWatermark", "bias", "-inf < bias < inf", double(bias));
  }

  void start(std::span<const Token> prompt) {
    for (const Token token : prompt.last(std::min(prompt.size(), context()))) remember(token);
    draw_list();
  }
  void accept(Token token) {
    remember(token);
    draw_list();
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (before_.size() < context()) return;
    if (green_.options().seeding == GreenSeeding::self_hash) {
      std::array<Token, kBest> best;
      std::size_t n = 0;
      for (const auto& [token, score] : candidates.sorted(kBest)) best[n++] = token;
      for (std::size_t i = 0; i < n; ++i) {
        if (green_.contains(before_, best[i])) add(candidates, best[i]);
      }
    } else if (candidates.narrowed()) {
      for (const auto [token, score] : candidates) {
        const auto at = static_cast<std::size_t>(token);
        if (at / 64 < bits_.size() && (bits_[at / 64] >> at % 64 & 1) != 0) add(candidates, token);
      }
    } else {
      for (std::size_t word = 0; word < bits_.size(); ++word) {
        for (std::uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1) {
          add(candidates, static_cast<Token>(64 * word) + std::countr_zero(bits));
        }
      }
    }
  }

  void describe(auto& tell) const {  // but for the key, which is a secret
    const GreenListOptions& options = green_.options();
    tell("green_list_watermark", "bias", bias_)
        .option("ratio", options.ratio, 0.25)
        .option("self_hash", options.seeding == GreenSeeding::self_hash, false)
        .option("context", options.context, 1);
  }

 private:
  static constexpr std::size_t kBest = 40;

  [[nodiscard]] std::size_t context() const { return green_.options().context; }

  template <class C>
  void add(C& candidates, Token token) const {
    if (candidates.contains(token)) candidates.add(token, double(bias_));
  }

  void remember(Token token) {
    if (before_.size() == context()) before_.erase(before_.begin());
    before_.push_back(token);
  }

  void draw_list() {
    if (permutation_.empty() || before_.size() < context()) return;
    green_.list(before_.back(), permutation_);
    std::fill(bits_.begin(), bits_.end(), 0);
    for (std::size_t i = 0; i < green_.size(); ++i) {
      bits_[permutation_[i] / 64] |= std::uint64_t{1} << permutation_[i] % 64;
    }
  }

  P bias_;
  detail::GreenList green_;
  std::vector<Token> before_;               // the last `context` tokens
  std::vector<std::uint32_t> permutation_;  // left_hash: the green tokens, then all others
  std::vector<std::uint64_t> bits_;         // left_hash: bit t is whether token t is green
};

template <std::integral I>
GreenListWatermark(I, GreenListOptions) -> GreenListWatermark<float>;

static_assert(StatefulProcessor<GreenListWatermark<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
