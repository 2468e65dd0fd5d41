// SPDX-License-Identifier: MIT
// SynthIdWatermark: a tournament between tokens, which marks a text and leaves its distribution be.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/synth_id_options.hpp>
#include <logitkit/process/detail/synth_id.hpp>

#include <algorithm>

namespace logitkit::inline LOGITKIT_ABI {

/// Layer by layer, p' = p (b + q), where b is the token's bit in that layer, see detail::SynthId,
/// and q the probability of all tokens whose bit is 0: what comes of a knockout of two draws, won
/// by the larger bit. Over all keys the mean of p' is p. The scores are then ln p, normalised.
/// After a context that is among the last `history` ones they stay as they are, so that a text that
/// repeats itself is not marked twice. The context is the last ngram - 1 generated tokens, zeros
/// where there are fewer; the prompt plays no part. Banned stays banned. SynthIdDetector finds it
/// again.
///
/// State: the contexts so far, and `mutable` memory: one object serves one thread at a time, as
/// sessions and beams have copies of their own. Cost: O(layers) hashes and products a token of V,
/// or of the survivors, and 32 bytes: put it behind what truncates. `accept` O(ngram + history).
/// `SynthIdWatermark{{.keys = {654, 400, 836}}}`. Source: as detail::SynthId; Hugging Face,
/// `SynthIDTextWatermarkLogitsProcessor`.
class SynthIdWatermark {
 public:
  explicit SynthIdWatermark(const SynthIdOptions& options)
      : bits_(options), context_(bits_.width()), hash_(detail::SynthId::hash(context_)) {}

  void accept(Token token) {
    const std::size_t history = bits_.options().history;
    if (contexts_.size() < history) {
      contexts_.push_back(hash_);
    } else if (history > 0) {
      contexts_[oldest_] = hash_;
      oldest_ = (oldest_ + 1) % history;
    }
    context_.erase(context_.begin());
    context_.push_back(token);
    hash_ = detail::SynthId::hash(context_);
    known_ = std::find(contexts_.begin(), contexts_.end(), hash_) != contexts_.end();
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (known_ || candidates.status() != Status::ok) return;
    // What a candidate list leaves out has no part in the tournament: nobody knows its bits.
    if (candidates.narrowed()) candidates.keep_top(candidates.size());
    candidates.normalise();
    entries_.clear();
    for (const auto& [token, score] : candidates) {
      entries_.push_back(
          {math::exp(score), 0, detail::SynthId::prolonged(hash_, token), token, false});
    }
    for (std::size_t layer = 0; layer < bits_.layers(); ++layer) play(layer);
    auto entry = entries_.begin();
    candidates.transform([&](Token token, double score) {
      while (entry->token != token) ++entry;  // past those that are banned
      return score + entry->gain;
    });
  }

  void describe(auto& tell) const {  // but for the keys, which are a secret
    tell("synth_id_watermark", "layers", bits_.layers(), "ngram", bits_.options().ngram);
  }

 private:
  struct Entry {               // of a token
    double probability, gain;  // gain: how much its ln has grown
    std::uint64_t hash;
    Token token;
    bool bit;
  };

  void play(std::size_t layer) const {
    double lost = 0;  // the probability of all tokens whose bit is 0
    for (Entry& entry : entries_) {
      entry.bit = bits_.bit(entry.hash, layer);
      if (!entry.bit) lost += entry.probability;
    }
    const double factors[2] = {lost, 1 + lost};
    const double gains[2] = {math::log(factors[0]), math::log(factors[1])};
    for (Entry& entry : entries_) {
      entry.probability *= factors[entry.bit];
      entry.gain += gains[entry.bit];
    }
  }

  detail::SynthId bits_;
  std::vector<Token> context_;             // the last width() tokens
  std::uint64_t hash_;                     // of the context
  bool known_ = false;                     // the context is among `contexts_`
  std::vector<std::uint64_t> contexts_{};  // hashes of those before it, in a ring
  std::size_t oldest_ = 0;
  mutable std::vector<Entry> entries_{};
};

static_assert(AcceptingProcessor<SynthIdWatermark>);

}  // namespace logitkit::inline LOGITKIT_ABI
