// SPDX-License-Identifier: MIT
// Compiled once for all targets, since it has every processor.
#include "fuzz/chain.hpp"

#include <logitkit/logitkit.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

namespace fuzz {

namespace {

using Number = double;

class Builder {
 public:
  Builder(Bytes& bytes, std::size_t vocabulary) : bytes_(bytes), vocabulary_(vocabulary) {}

  lk::DynamicChain chain{};

  void add(std::size_t kind) {
    const Number x = bytes_.number(), y = bytes_.number();
    const std::int64_t n = bytes_.whole();
    const auto size = static_cast<std::size_t>(n);
    const lk::MinKeep keep{bytes_.below(4)};
    switch (kind) {
      case 0:
        return make<lk::Temperature<Number>>(x);
      case 1:
        return make<lk::DynamicTemperature>(x, y, bytes_.number());
      case 2:
        return make<lk::QuadraticSmoothing>(x, 1 + y);
      case 3:
        return make<lk::AdaptiveP<Number>>(x, y);
      case 4:
        return guidance(x);
      case 5:
        return make<lk::Softmax>();
      case 6:
        return make<lk::TopK<std::int64_t>>(n, lk::TopKOptions{.keep_ties = bytes_.flag()});
      case 7:
        return make<lk::TopP<Number>>(x, keep);
      case 8:
        return make<lk::MinP<Number>>(x, keep);
      case 9:
        return make<lk::Typical<Number>>(x,
                                         lk::TypicalOptions{keep.min_keep, bytes_.below(2) == 1});
      case 10:
        return make<lk::Epsilon<Number>>(x, keep);
      case 11:
        return make<lk::Eta<Number>>(x, keep);
      case 12:
        return make<lk::TopH<Number>>(
            x, bytes_.flag() ? lk::TopHRule::paper : lk::TopHRule::hugging_face);
      case 13:
        return make<lk::TopNSigma<Number>>(x);
      case 14:
        return make<lk::TopA<Number>>(x);
      case 15:
        return make<lk::TailFree<Number>>(x, keep);
      case 16:
        return make<lk::PLess>();
      case 17:
        return make<lk::Xtc<Number>>(x, y, lk::XtcOptions{.seed = size, .min_keep = keep.min_keep});
      case 18:
        return make<lk::Mirostat<Number>>(
            x, y, lk::MirostatOptions{.version = int(1 + bytes_.below(2)), .m = bytes_.below(8)});
      case 19:
        return make<lk::RepetitionPenalty<Number>>(x, scope());
      case 20:
        return make<lk::FrequencyPenalty<Number>>(x, scope());
      case 21:
        return make<lk::PresencePenalty<Number>>(x, scope());
      case 22:
        return make<lk::NoRepeatNgram<std::int64_t>>(n);
      case 23:
        return make<lk::EncoderRepetitionPenalty<Number>>(x, tokens());
      case 24:
        return make<lk::EncoderNoRepeatNgram<std::int64_t>>(n, tokens());
      case 25:
        return make<lk::Dry>(lk::DryOptions{.multiplier = x,
                                            .base = 1 + y,
                                            .allowed_length = size,
                                            .last = static_cast<std::size_t>(bytes_.whole()),
                                            .breakers = sequences()});
      case 26:
        return make<lk::LogitBias<Number>>(
            std::vector<std::pair<lk::Token, Number>>{{token(), x}, {token(), y}});
      case 27:
        return make<lk::SequenceBias<Number>>(
            std::vector<std::pair<Tokens, Number>>{{tokens(), x}, {tokens(), y}});
      case 28:
        return make<lk::BanSequences>(sequences());
      case 29:
        return make<lk::Ban>(tokens());
      case 30:
        return make<lk::AllowOnly>(tokens());
      case 31:
        return mask();
      case 32:
        return prefix_allowed();
      case 33:
        return make<lk::MinLength<std::int64_t>>(n, tokens());
      case 34:
        return make<lk::MinNewTokens<std::int64_t>>(n, tokens());
      case 35:
        return make<lk::ForceFirst>(token());
      case 36: {
        lk::Limits limits{.end_tokens = tokens()};
        limits.max_new_tokens = size;
        return make<lk::ForceLast>(limits);
      }
      case 37:
        return make<lk::ForcePrefix>(tokens());
      case 38:
        return make<lk::SuppressAtStart<std::int64_t>>(tokens(), n);
      case 39:
        return make<lk::ExponentialLengthDecay<Number>>(static_cast<int>(n), x, tokens());
      case 40:
        return make<lk::ThinkingBudget<std::int64_t>>(n, tokens(), tokens());
      default:
        return make<lk::GreenListWatermark<Number>>(
            x, lk::GreenListOptions{.vocabulary = bytes_.below(200), .ratio = y});
    }
  }
  static constexpr std::size_t kKinds = 42;

  /// What a user's own might do.
  void add_rude() {
    const std::size_t kind = bytes_.below(6), at = bytes_.below(20);
    const lk::Token token = bytes_.token(vocabulary_);
    const Number x = bytes_.number();
    chain.add([=](auto& candidates, const lk::Context& context) {
      if (kind == 0) candidates.set(token, x);
      if (kind == 1) candidates.scale(x);
      if (context.position() < at) return;
      if (kind == 2) candidates.keep_top(0);
      if (kind == 3) candidates.transform([](double) { return std::nan(""); });
      if (kind == 4) candidates.keep_if([](lk::Token, double) { return false; });
      if (kind == 5) throw Thrown();
    });
  }

 private:
  template <class P, class... Arguments>
  void make(const Arguments&... arguments) {
    try {
      chain.add(P(arguments...));
    } catch (const std::invalid_argument&) {
    }
  }

  lk::Token token() { return bytes_.token(vocabulary_); }
  Tokens tokens() { return bytes_.tokens(4, vocabulary_); }
  std::vector<Tokens> sequences() {
    std::vector<Tokens> all(bytes_.below(3));
    for (Tokens& each : all) each = tokens();
    return all;
  }
  lk::PenaltyScope scope() {
    lk::PenaltyScope scope;
    if (bytes_.flag()) scope.last = static_cast<std::size_t>(bytes_.whole());
    if (bytes_.flag()) scope.skip_prompt = static_cast<std::size_t>(bytes_.whole());
    return scope;
  }
  void guidance(Number g) {
    const auto second = std::make_shared<std::vector<float>>(
        row<float>(bytes_, bytes_.flag() ? vocabulary_ : 1 + bytes_.below(40), bytes_.flag()));
    const auto returns = [second](const lk::Context&) { return std::span<const float>(*second); };
    make<lk::Guidance<decltype(returns)>>(g, returns);
  }
  void mask() {
    const auto words = std::make_shared<std::vector<std::uint32_t>>(bytes_.below(5));
    for (auto& word : *words) word = bytes_.word<std::uint32_t>();
    if (words->empty()) return;
    chain.add([words](auto& candidates, const lk::Context& context) {
      lk::TokenMask{*words}(candidates, context);
    });
  }
  void prefix_allowed() {
    make<lk::PrefixAllowed<Tokens (*)(const lk::Context&)>>([](const lk::Context& context) {
      return Tokens(context.tokens.begin(), context.tokens.end());
    });
  }

  Bytes& bytes_;
  std::size_t vocabulary_;
};

}  // namespace

lk::DynamicChain chain(Bytes& bytes, std::size_t vocabulary, bool rude) {
  Builder builder(bytes, vocabulary);
  for (std::size_t n = bytes.below(7); n > 0; --n) {
    const std::size_t kind = bytes.below(Builder::kKinds + (rude ? 8 : 0));
    if (kind < Builder::kKinds) {
      builder.add(kind);
    } else {
      builder.add_rude();
    }
  }
  return std::move(builder.chain);
}

}  // namespace fuzz
