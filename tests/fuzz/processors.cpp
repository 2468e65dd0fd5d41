// SPDX-License-Identifier: MIT
// Every processor against its slow twin, with parameters, rows and histories from the input.
#include <logitkit/logitkit.hpp>

#include "fuzz/bytes.hpp"
#include "reference/constraints.hpp"
#include "reference/dry.hpp"
#include "reference/green_list.hpp"
#include "reference/penalties.hpp"
#include "reference/thresholds.hpp"
#include "reference/transforms.hpp"
#include "reference/truncations.hpp"

using fuzz::Bytes;
using fuzz::expect;
using fuzz::Tokens;
using reference::kBanned;
using reference::Scores;
namespace lk = logitkit;

namespace {

Scores left_of(const Scores& scores, const std::vector<std::size_t>& order, std::size_t n,
               std::size_t min_keep) {
  return reference::keep_first(scores, order, std::max(n, min_keep));
}

/// A row, what has happened to it, a history; and a processor's work on them compared.
template <class S>
class Trial {
 public:
  explicit Trial(Bytes& bytes)
      : bytes_(bytes),
        row_(fuzz::row<S>(bytes, fuzz::length(bytes), false)),
        fast_(row_, workspace()),
        before_(row_.begin(), row_.end()) {
    vocabulary_ = row_.size();
    for (std::size_t n = 1 + bytes.below(5); n > 0; --n) tokens_.push_back(any());
    prompt_size_ = tokens_.size();
    for (std::size_t n = bytes.below(10); n > 0; --n) tokens_.push_back(any());
    prepare();
  }

  /// One processor, chosen by a byte; where nothing is left to begin with there is nothing to see.
  void run();

 private:
  static lk::Workspace& workspace() {
    static lk::Workspace one;  // for all: no run may leave a trace
    return one;
  }
  lk::Token any() {
    return static_cast<lk::Token>(bytes_.below(std::min<std::size_t>(vocabulary_, 256)));
  }
  Tokens some(std::size_t most) {
    Tokens tokens(1 + bytes_.below(most));
    for (lk::Token& each : tokens) each = any();
    return tokens;
  }
  double number() { return double(bytes_.byte()) / 8 - 16; }
  /// In (0, 1).
  double share() { return (1 + bytes_.byte()) / 257.0; }
  Tokens generated() const {
    return {tokens_.begin() + std::ptrdiff_t(prompt_size_), tokens_.end()};
  }
  lk::Context context() const { return {tokens_, prompt_size_}; }

  /// All exact in S.
  void prepare() {
    switch (bytes_.below(6)) {
      case 1:
        fast_.scale(0.5);
        for (long double& s : before_) s /= 2;
        break;
      case 2: {
        const std::size_t n = 2 + bytes_.below(5);
        fast_.keep_if([n](lk::Token t, double) { return std::size_t(t) % n != 1; });
        for (std::size_t t = 0; t < vocabulary_; ++t)
          before_[t] = t % n != 1 ? before_[t] : kBanned;
        break;
      }
      case 3: {
        const std::size_t k = 1 + bytes_.below(100);
        fast_.keep_top(k);
        before_ = reference::top_k(before_, k);
        break;
      }
      case 4:
        for (std::size_t n = bytes_.below(5); n > 0; --n) {
          const lk::Token token = any();
          const double score = number();
          fast_.set(token, score);
          before_[std::size_t(token)] = score;
        }
        break;
      default:
        break;
    }
  }

  template <class P>
  void apply(P processor) {
    if constexpr (lk::StartingProcessor<P>) processor.start(context().prompt());
    if constexpr (lk::AcceptingProcessor<P>) {
      for (const lk::Token token : generated()) processor.accept(token);
    }
    processor(fast_, context());
  }

  /// A few roundings of the largest number there is.
  long double rounding(const Scores& after) const {
    long double largest = 1;
    for (const long double s : before_)
      largest = std::isfinite(s) ? std::max(largest, std::fabs(s)) : largest;
    for (const long double s : after)
      largest = std::isfinite(s) ? std::max(largest, std::fabs(s)) : largest;
    return 16 * std::numeric_limits<S>::epsilon() * largest;
  }

  /// The same tokens are left, with the same scores but for rounding and `within`.
  bool matches(const Scores& after, long double within) {
    const bool left = reference::count_kept(after) > 0;
    if (fast_.status() != (left ? lk::Status::ok : lk::Status::nothing_left)) return false;
    for (std::size_t t = 0; t < vocabulary_; ++t) {
      const long double score = fast_.score(lk::Token(t));
      if (score != after[t] && !(std::fabs(score - after[t]) <= rounding(after) + within))
        return false;
    }
    return true;
  }

  template <class P>
  void same(const char* name, const P& processor, const Scores& after, long double within = 0) {
    apply(processor);
    expect(matches(after, within), name);
  }

  /// The tokens of `narrow` are left, and of the others none that `wide` has not, with their
  /// scores: the twin's sets for parameters a hair's breadth from the processor's.
  template <class P>
  void between(const char* name, const P& processor, const Scores& narrow, const Scores& wide) {
    apply(processor);
    expect(fast_.status() == lk::Status::ok, name);
    for (std::size_t t = 0; t < vocabulary_; ++t) {
      const long double score = fast_.score(lk::Token(t));
      expect(
          score == kBanned ? narrow[t] == kBanned : std::fabs(score - wide[t]) <= rounding(before_),
          name);
    }
  }

  template <class P>
  void threshold(const char* name, const P& processor, long double at, std::size_t min_keep = 1) {
    const auto reaching = [&](long double threshold) {
      Scores scores = before_;
      const auto order = reference::best_first(before_);
      const long double least = before_[order[std::min(min_keep, order.size()) - 1]];
      for (long double& s : scores) s = s >= std::min(threshold, least) ? s : kBanned;
      return scores;
    };
    const long double within = 1e-6L + rounding(before_);
    between(name, processor, reaching(at + within), reaching(at - within));
  }

  void truncate();
  void shape();
  void penalise();
  void constrain();

  Bytes& bytes_;
  std::vector<S> row_;
  lk::Candidates<S> fast_;
  Scores before_;
  std::size_t vocabulary_ = 0, prompt_size_ = 0;
  Tokens tokens_;
};

template <class S>
void Trial<S>::truncate() {
  const auto order = reference::best_first(before_);
  const double p = share();
  const std::size_t min_keep = 1 + bytes_.below(4);
  const auto first = [&](std::size_t n) { return left_of(before_, order, n, min_keep); };
  constexpr long double kHair = 1e-6L;
  switch (bytes_.below(14)) {
    case 0: {
      const std::size_t k = 1 + bytes_.below(vocabulary_ + 3);
      return same("TopK", lk::TopK{k}, reference::top_k(before_, k));
    }
    case 1:
      return between("TopP", lk::TopP{p, {.min_keep = min_keep}},
                     first(reference::nucleus(before_, p - kHair)),
                     first(reference::nucleus(before_, p + kHair)));
    case 2:
      return threshold("MinP", lk::MinP{p, {.min_keep = min_keep}},
                       before_[order[0]] + std::log((long double)(p)), min_keep);
    case 3: {  // the distances from the entropy must tell, too
      auto distances = reference::untypicality(before_);
      std::erase(distances, -1.0L);
      std::ranges::sort(distances);
      for (std::size_t i = 1; i < distances.size(); ++i) {
        const long double gap = distances[i] - distances[i - 1];
        if (gap != 0 && gap < 1e-5L) return;
      }
      return between("Typical", lk::Typical{p, {.min_keep = min_keep}},
                     reference::typical(before_, p - kHair, min_keep),
                     reference::typical(before_, p + kHair, min_keep));
    }
    case 4:
      return threshold("Epsilon", lk::Epsilon{p, {.min_keep = min_keep}},
                       reference::epsilon(before_, p), min_keep);
    case 5:
      return threshold("Eta", lk::Eta{p, {.min_keep = min_keep}}, reference::eta(before_, p),
                       min_keep);
    case 6:
      return threshold("TopA", lk::TopA{p}, reference::top_a(before_, p));
    case 7:
      return threshold("PLess", lk::PLess{}, reference::p_less(before_));
    case 8: {
      const double n = 4 * p;
      return threshold("TopNSigma", lk::TopNSigma{n}, reference::top_n_sigma(before_, n));
    }
    case 9:
      return between(
          "TailFree", lk::TailFree{p, {.min_keep = min_keep}},
          reference::keep_first(before_, order, reference::head(before_, p - kHair, min_keep)),
          reference::keep_first(before_, order, reference::head(before_, p + kHair, min_keep)));
    case 10: {
      const double tau = 8 * p;
      return between("Mirostat", lk::Mirostat{tau, 0.1},
                     reference::mirostat_2(before_, 2 * tau - 1e-5L),
                     reference::mirostat_2(before_, 2 * tau + 1e-5L));
    }
    case 11: {
      const std::size_t m = 2 + bytes_.below(20);
      const long double mu = 4 * p;
      const auto kept = [&](long double by) {
        const long double k = reference::mirostat_k(before_, mu, m) * by;
        const std::size_t n =
            k < (long double)(vocabulary_) ? std::size_t(std::max(k, 1.0L)) : vocabulary_;
        return reference::keep_first(before_, order, n);
      };
      return between("Mirostat 1", lk::Mirostat{2 * p, 0.1, {.version = 1, .m = m}},
                     kept(1 - kHair), kept(1 + kHair));
    }
    case 12: {
      const bool paper = bytes_.flag();
      const auto twin = paper ? reference::top_h : reference::top_h_of_100;
      const long double off = kHair * (1 + reference::entropy(before_));
      const auto kept = [&](long double by) {
        return reference::keep_first(before_, order, twin(before_, p, by));
      };
      return between("TopH", lk::TopH{p, paper ? lk::TopHRule::paper : lk::TopHRule::hugging_face},
                     kept(-off), kept(off));
    }
    default: {
      apply(lk::Xtc{1.0, p, {.min_keep = min_keep}});
      return expect(matches(reference::xtc(before_, p * (1 - kHair), min_keep), 0) ||
                        matches(reference::xtc(before_, p * (1 + kHair), min_keep), 0),
                    "Xtc");
    }
  }
}

template <class S>
void Trial<S>::shape() {
  const double x = share();
  switch (bytes_.below(6)) {
    case 0: {
      const double t = bytes_.flag() ? 4 * x : 0;
      return same("Temperature", lk::Temperature{t}, reference::temperature(before_, t));
    }
    case 1: {
      const double max = x + share(), exponent = 2 * share();
      // Near no entropy at all a power below 1 makes much of a little of it.
      const long double off = std::same_as<S, float> ? 1e-6L : 1e-12L;
      const auto after = [&](long double by) {
        return reference::dynamic_temperature(before_, x, max, exponent, by);
      };
      long double within = 0;
      const Scores cold = after(-off), warm = after(off);
      for (std::size_t t = 0; t < vocabulary_; ++t) {
        if (cold[t] != kBanned) within = std::max(within, std::fabs(cold[t] - warm[t]));
      }
      return same("DynamicTemperature", lk::DynamicTemperature{x, max, exponent}, after(0), within);
    }
    case 2: {
      const double curve = 1 + 2 * share();
      return same("QuadraticSmoothing", lk::QuadraticSmoothing{x, curve},
                  reference::quadratic_smoothing(before_, x, curve));
    }
    case 3:
      return same("AdaptiveP", lk::AdaptiveP{x}, reference::adaptive_p(before_, x), 1e-4L);
    case 4: {
      auto second = fuzz::row<S>(bytes_, vocabulary_, false);
      for (S& s : second) s = std::max(s, S(-100));
      const auto returns = [&](const lk::Context&) { return std::span<const S>(second); };
      const double g = number();
      return same("Guidance", lk::Guidance{g, returns},
                  reference::guidance(before_, Scores(second.begin(), second.end()), g, true),
                  1e-4L);
    }
    default:
      return same("Softmax", lk::Softmax{}, reference::log_softmax(before_), 1e-6L);
  }
}

template <class S>
void Trial<S>::penalise() {
  const double x = 2 * share();
  switch (bytes_.below(9)) {
    case 0:
      return same("RepetitionPenalty", lk::RepetitionPenalty{x},
                  reference::repetition_penalty(before_, x, tokens_));
    case 1:
      return same("FrequencyPenalty", lk::FrequencyPenalty{x},
                  reference::frequency_penalty(before_, x, generated()));
    case 2:
      return same("PresencePenalty", lk::PresencePenalty{x},
                  reference::presence_penalty(before_, x, generated()));
    case 3: {
      const std::size_t n = 1 + bytes_.below(4);
      return same("NoRepeatNgram", lk::NoRepeatNgram{n},
                  reference::no_repeat_ngram(before_, n, tokens_, tokens_));
    }
    case 4: {
      const Tokens source = some(8);
      return same("EncoderRepetitionPenalty", lk::EncoderRepetitionPenalty{x, source},
                  reference::encoder_repetition_penalty(before_, x, source));
    }
    case 5: {
      const Tokens source = some(8);
      const std::size_t n = 1 + bytes_.below(4);
      return same("EncoderNoRepeatNgram", lk::EncoderNoRepeatNgram{n, source},
                  reference::no_repeat_ngram(before_, n, source, tokens_));
    }
    case 6: {
      reference::DryRule rule{x, 1 + x, 1 + bytes_.below(3), lk::kAllTokens, {}};
      if (bytes_.flag()) rule.last = bytes_.below(20);
      if (bytes_.flag()) rule.breakers = {some(2)};
      return same("Dry",
                  lk::Dry{{.multiplier = rule.multiplier,
                           .base = rule.base,
                           .allowed_length = rule.allowed_length,
                           .last = rule.last,
                           .breakers = rule.breakers}},
                  reference::dry(before_, tokens_, rule));
    }
    case 7: {
      const lk::GreenListOptions options{.vocabulary = 70, .ratio = 0.4};
      return same("GreenListWatermark", lk::GreenListWatermark{x, options},
                  reference::green_list_watermark(before_, x, tokens_, options));
    }
    default: {
      const Tokens ends = some(1);
      const std::size_t start = bytes_.below(6);
      return same("ExponentialLengthDecay", lk::ExponentialLengthDecay{start, x, ends},
                  reference::exponential_length_decay(before_, start, x, ends, generated().size()));
    }
  }
}

template <class S>
void Trial<S>::constrain() {
  const Tokens tokens = some(5);
  const std::size_t n = bytes_.below(8), said = generated().size();
  switch (bytes_.below(13)) {
    case 0: {
      std::vector<std::pair<lk::Token, double>> biases;
      std::vector<std::pair<lk::Token, long double>> twins;
      for (const lk::Token token : tokens) {
        biases.emplace_back(token, bytes_.flag() ? number() : double(kBanned));
        twins.push_back(biases.back());
      }
      return same("LogitBias", lk::LogitBias{biases}, reference::logit_bias(before_, twins));
    }
    case 1: {
      std::vector<std::pair<Tokens, double>> biases;
      std::vector<std::pair<Tokens, long double>> twins;
      for (std::size_t i = 1 + bytes_.below(3); i > 0; --i) {
        biases.emplace_back(some(3), number());
        twins.push_back(biases.back());
      }
      return same("SequenceBias", lk::SequenceBias{biases},
                  reference::sequence_bias(before_, twins, tokens_));
    }
    case 2:
      return same("BanSequences", lk::BanSequences{{tokens}},
                  reference::sequence_bias(before_, {{tokens, kBanned}}, tokens_));
    case 3:
      return same("Ban", lk::Ban{tokens}, reference::ban(before_, tokens));
    case 4:
      return same("AllowOnly", lk::AllowOnly{tokens}, reference::allow_only(before_, tokens));
    case 5: {
      std::vector<std::uint32_t> words(1 + bytes_.below(6));
      for (auto& word : words) word = bytes_.word<std::uint32_t>();
      return same("TokenMask", lk::TokenMask{words}, reference::token_mask(before_, words));
    }
    case 6:
      return same("PrefixAllowed",
                  lk::PrefixAllowed{[&](const lk::Context&) { return std::span(tokens); }},
                  reference::allow_only(before_, tokens));
    case 7:
      return same("MinLength", lk::MinLength{n, tokens},
                  reference::min_new_tokens(before_, n, tokens, tokens_.size()));
    case 8:
      return same("MinNewTokens", lk::MinNewTokens{n, tokens},
                  reference::min_new_tokens(before_, n, tokens, said));
    case 9:
      return same("ForceFirst", lk::ForceFirst{tokens[0]},
                  said == 0 ? reference::force(before_, {tokens[0]}) : before_);
    case 10:
      return same("ForcePrefix", lk::ForcePrefix{tokens},
                  said < tokens.size() ? reference::force(before_, {tokens[said]}) : before_);
    case 11:
      return same("SuppressAtStart", lk::SuppressAtStart{tokens, n},
                  said == n ? reference::ban(before_, tokens) : before_);
    default: {
      const Tokens begin = some(2), end = some(2);
      Tokens forced = some(2);
      forced.insert(forced.end(), end.begin(), end.end());
      const lk::Token token = reference::forced_token(tokens_, n, begin, end, forced);
      return same("ThinkingBudget", lk::ThinkingBudget{n, begin, end, forced},
                  token < 0 ? before_ : reference::force(before_, {token}));
    }
  }
}

template <class S>
void Trial<S>::run() {
  if (reference::count_kept(before_) == 0) return;
  switch (bytes_.below(4)) {
    case 0:
      return truncate();
    case 1:
      return shape();
    case 2:
      return penalise();
    default:
      return constrain();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  if (bytes.flag()) {
    Trial<float>(bytes).run();
  } else {
    Trial<double>(bytes).run();
  }
  return 0;
}
