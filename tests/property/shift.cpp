// SPDX-License-Identifier: MIT
// A law: a number added to all scores changes nothing, but where a processor asks where zero lies.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/logitkit.hpp>

namespace lk = logitkit;
using reference::after;
using reference::probabilities;
using reference::Scores;
using reference::total_variation;

namespace {

constexpr std::size_t kVocabulary = 100;
const std::vector<lk::Token> kTokens{9, 3, 5, 3, 0, 3, 5, 3};  // the first is the prompt
const lk::Context kContext{kTokens, 1};

template <class P>
P accepted(P processor) {
  if constexpr (lk::StartingProcessor<P>) processor.start(kContext.prompt());
  for (const lk::Token token : kContext.generated()) processor.accept(token);
  return processor;
}

/// The largest total variation between what a processor makes of rows and of the same rows shifted;
/// 1 where it keeps others.
template <class S, class P>
long double change(const P& processor) {
  long double largest = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    // Multiples of 1/64, so that sums with small whole numbers are exact.
    std::vector<S> row = reference::normal_row<S>(kVocabulary, seed);
    for (S& score : row) score = std::round(score * 64) / 64;
    const Scores plain = after(processor, row, kContext);
    for (const S shift : {S(-8), S(1), S(16)}) {
      auto moved = row;
      for (S& score : moved) score += shift;
      const Scores other = after(processor, moved, kContext);
      for (std::size_t t = 0; t < row.size(); ++t) {
        if ((plain[t] == reference::kBanned) != (other[t] == reference::kBanned)) return 1;
      }
      largest = std::max(largest, total_variation(probabilities(plain), probabilities(other)));
    }
  }
  return largest;
}

template <class S>
constexpr long double kRounding = sizeof(S) == 4 ? 1e-6L : 1e-12L;

lk::Row<double> second_row(const lk::Context&) {
  static const auto row = reference::normal_row<double>(kVocabulary, 77);
  return lk::as_row(row);
}

}  // namespace

TEMPLATE_TEST_CASE("what scales, shapes and truncates is shift invariant", "", float, double) {
  const auto unchanged = [](const auto&... processors) {
    for (const long double each : {change<TestType>(processors)...}) {
      CHECK(each < 4 * kRounding<TestType>);
    }
  };
  unchanged(lk::Temperature{0.7}, lk::Temperature{0}, lk::DynamicTemperature{0.5, 1.5},
            lk::QuadraticSmoothing{0.3, 2.0}, lk::Softmax{}, lk::TopK{7}, lk::TopP{0.8},
            lk::MinP{0.05}, lk::Typical{0.8}, lk::Epsilon{0.01}, lk::Eta{0.02}, lk::TopH{0.6},
            lk::TopH{0.6, lk::TopHRule::hugging_face}, lk::TopNSigma{1.5}, lk::TopA{0.2},
            lk::TailFree{0.9}, lk::PLess{}, lk::Xtc{1.0, 0.1}, lk::Mirostat{3.0},
            lk::Mirostat{3.0, 0.1, {.version = 1}}, lk::AdaptiveP{0.3},
            lk::Guidance{1.5, second_row}, lk::Guidance{1.5, second_row, lk::Guided::logits},
            lk::Chain{lk::Temperature{0.5}, lk::TopK{40}, lk::TopP{0.9}});
}

TEMPLATE_TEST_CASE("what names tokens is shift invariant", "", float, double) {
  const auto unchanged = [](const auto&... processors) {
    for (const long double each : {change<TestType>(processors)...}) {
      CHECK(each < kRounding<TestType>);
    }
  };
  const std::vector<std::uint32_t> words{0xf0f0f0f1u, 0, 7};
  lk::Limits limits{.max_new_tokens = kTokens.size()};
  limits.end_tokens = {2};
  unchanged(lk::LogitBias{{{3, 2.5f}, {90, -1.0f}}}, lk::SequenceBias{{{{5, 3, 8}, 1.5f}}},
            accepted(lk::FrequencyPenalty{0.5}), accepted(lk::PresencePenalty{0.5}),
            accepted(lk::NoRepeatNgram{2}), lk::EncoderNoRepeatNgram{2, kTokens},
            accepted(lk::Dry{{.allowed_length = 1}}), lk::Ban{{0, 99}}, lk::AllowOnly{{5, 50}},
            lk::BanSequences{{{5, 3, 8}, {1}}}, lk::TokenMask{words},
            lk::PrefixAllowed{[](const lk::Context&) { return std::vector<lk::Token>{7, 8}; }},
            lk::MinLength{30, {2}}, lk::MinNewTokens{30, {2}}, lk::ForceFirst{4},
            lk::ForcePrefix{{4, 5, 6, 7, 8, 9, 10, 11}}, lk::ForceLast{limits},
            lk::SuppressAtStart{{4}, 7}, accepted(lk::ThinkingBudget{1, {5}, {6}}),
            accepted(lk::GreenListWatermark{2.0, {.vocabulary = kVocabulary}}));
}

TEST_CASE("what divides, multiplies or takes the size of scores depends on where zero lies") {
  CHECK(change<double>(accepted(lk::RepetitionPenalty{2.0})) > 1e-3L);
  CHECK(change<double>(lk::EncoderRepetitionPenalty{2.0, {3, 5}}) > 1e-3L);
  CHECK(change<double>(lk::ExponentialLengthDecay{1, 1.5, {2}}) > 1e-3L);
}
