// SPDX-License-Identifier: MIT
// SynthIdDetector: counts against the twin, z by hand, texts with and without a watermark.
#include "support/catch.hpp"

#include "reference/synth_id.hpp"
#include "reference/trial.hpp"

#include <logitkit/decode/random.hpp>
#include <logitkit/process/synth_id_detector.hpp>
#include <logitkit/process/synth_id_watermark.hpp>

#include <set>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const lk::SynthIdOptions kOptions{
    .keys = {654, 400, 836, 123, 340, 443, 597, 160, 57, 29}, .ngram = 3, .table_size = 1000};

}  // namespace

TEST_CASE("SynthIdDetector counts what the twin counts, each context once") {
  reference::Bits bits(5);
  Tokens text(60);
  for (auto& token : text) token = static_cast<lk::Token>(bits.below(4));
  std::size_t ones = 0;
  std::set<Tokens> contexts;
  for (std::size_t at = 2; at < text.size(); ++at) {
    const Tokens context{text[at - 2], text[at - 1]};
    if (!contexts.insert(context).second) continue;
    for (const std::int64_t key : kOptions.keys) {
      ones += reference::synth_id_bit(context, text[at], key, kOptions);
    }
  }
  const auto evidence = lk::SynthIdDetector(kOptions).score(text);
  CHECK(evidence.scored == 10 * contexts.size());
  CHECK(evidence.ones == ones);
  const double g = lk::detail::SynthId(kOptions).share(), n = double(evidence.scored);
  CHECK(std::fabs(evidence.z - (double(ones) - g * n) / std::sqrt(n * g * (1 - g))) < 1e-12);
  CHECK(std::fabs(evidence.p_value - std::erfc(evidence.z / std::sqrt(2.0)) / 2) < 1e-15);
}

TEST_CASE("SynthIdDetector: a text without a token to score proves nothing") {
  for (const Tokens& text : {Tokens{}, Tokens{3, 1}}) {
    const auto evidence = lk::SynthIdDetector(kOptions).score(text);
    CHECK(evidence.scored == 0);
    CHECK(evidence.z == 0);
    CHECK(evidence.p_value == 1);
  }
}

TEST_CASE("SynthIdDetector finds what was marked with its own keys, and nothing else") {
  const auto model = [](std::span<const lk::Token> tokens) {
    return reference::normal_row<float>(200, tokens.size(), 1);
  };
  const lk::Limits limits{.max_new_tokens = 150};
  const Tokens prompt{1};
  const Tokens plain = lk::RandomDecoder{}.decode(model, prompt, limits).tokens;
  const Tokens marked =
      lk::RandomDecoder{lk::SynthIdWatermark{kOptions}}.decode(model, prompt, limits).tokens;
  auto other = kOptions;
  for (std::int64_t& key : other.keys) key += 1000;
  CHECK(lk::SynthIdDetector(kOptions).score(marked).z > 8);
  CHECK(std::fabs(lk::SynthIdDetector(kOptions).score(plain).z) < 4);
  CHECK(std::fabs(lk::SynthIdDetector(other).score(marked).z) < 4);
}
