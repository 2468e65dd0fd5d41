// SPDX-License-Identifier: MIT
// Beam sampling: its law against every order of draws, and what it is at its ends.
#include <logitkit/decode/sampled_beams.hpp>

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"
#include "support/sequence_law.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{1};

struct SlowBeam {
  Tokens tokens;
  long double sum = 0;
};

/// The law of beam sampling as Hugging Face has it, for sequences of two tokens without an end
/// token: every order of the draws of each step is walked.
void slow(const test::TableModel<double>& model, std::size_t beams,
          const std::vector<SlowBeam>& live, long double p,
          std::map<std::vector<Tokens>, double>& out) {
  std::vector<SlowBeam> extensions;
  long double total = 0;
  for (const SlowBeam& beam : live) {
    Tokens all = kPrompt;
    all.insert(all.end(), beam.tokens.begin(), beam.tokens.end());
    const auto row = model(all);
    const auto probabilities = reference::probabilities(reference::Scores(row.begin(), row.end()));
    for (std::size_t t = 0; t < probabilities.size(); ++t) {
      if (probabilities[t] == 0) continue;
      SlowBeam next = beam;
      next.tokens.push_back(static_cast<lk::Token>(t));
      next.sum += std::log(probabilities[t]);
      total += std::exp(next.sum);
      extensions.push_back(next);
    }
  }
  const std::size_t draws = std::min(2 * beams, extensions.size());
  const bool last = extensions[0].tokens.size() == 2;
  std::vector<std::size_t> order;
  const auto walk = [&](const auto& self, long double weight, long double rest) -> void {
    if (order.size() == draws) {
      std::vector<SlowBeam> drawn;
      for (const std::size_t i : order) drawn.push_back(extensions[i]);
      if (last) drawn.resize(std::min(drawn.size(), beams));  // hypotheses: of the first drawn
      std::stable_sort(drawn.begin(), drawn.end(),
                       [](const auto& a, const auto& b) { return a.sum > b.sum; });
      drawn.resize(std::min(drawn.size(), beams));
      if (!last) return slow(model, beams, drawn, weight, out);
      std::vector<Tokens> results;
      for (const auto& each : drawn) results.push_back(each.tokens);
      out[results] += double(weight);
      return;
    }
    for (std::size_t i = 0; i < extensions.size(); ++i) {
      if (std::find(order.begin(), order.end(), i) != order.end()) continue;
      const long double mass = std::exp(extensions[i].sum);
      order.push_back(i);
      self(self, weight * mass / rest, rest - mass);
      order.pop_back();
    }
  };
  walk(walk, p, total);
}

auto sample(const auto& model, std::size_t beams, std::uint64_t seed, const lk::Limits& limits) {
  return lk::BeamSearchDecoder{lk::Chain{}, {.beams = beams}, lk::SampledBeams{{.seed = seed}}}
      .decode(model, kPrompt, limits);
}

}  // namespace

TEST_CASE("two beams have the law of drawing four extensions and keeping the two best") {
  const auto model = test::small_table();
  std::map<std::vector<Tokens>, double> expected, found;
  slow(model, 2, {SlowBeam{}}, 1, expected);
  constexpr std::size_t kSeeds = 12000;
  lk::Workspace workspace;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    std::vector<Tokens> results;
    const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 2}, lk::SampledBeams{{.seed = seed}}};
    for (const auto& each : test::find(beams, model, kPrompt, {.max_new_tokens = 2}, workspace)) {
      results.push_back(each.tokens);
    }
    ++found[results];
  }
  CHECK(test::chi_square_excess(found, expected, kSeeds) < 0);
}

TEST_CASE("one beam is RandomDecoder, bit for bit") {
  const test::PlainRecurrent<float> model{12, 4};
  const lk::Limits limits{.max_new_tokens = 12, .end_tokens = {0}};
  const lk::Chain chain{lk::Temperature{2.0f}, lk::TopK{7}};
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    const auto one = lk::RandomDecoder{chain, {.seed = seed}}.decode(model, kPrompt, limits);
    const auto beam =
        lk::BeamSearchDecoder{chain, {.beams = 1}, lk::SampledBeams{{.seed = seed}}}.decode(
            model, kPrompt, limits);
    REQUIRE(beam.size() == 1);
    CHECK(beam[0].tokens == one.tokens);
    CHECK(beam[0].reason == one.reason);
  }
}

TEST_CASE("a temperature of 0 is greedy, and what is as good as certain is beam search") {
  const test::PlainRecurrent<float> model{12, 5};
  const lk::Limits limits{.max_new_tokens = 8, .end_tokens = {0}};
  const auto greedy = lk::GreedyDecoder{}.decode(model, kPrompt, limits);
  for (const std::size_t k : {1u, 3u}) {
    const auto cold =
        lk::BeamSearchDecoder{lk::Chain{lk::Temperature{0}}, {.beams = k}, lk::SampledBeams{}}
            .decode(model, kPrompt, limits);
    REQUIRE(cold.size() == 1);
    CHECK(cold[0].tokens == greedy.tokens);
  }
  // The sums that compete are nine nats apart, which is as good as certain.
  const auto model_of_steps = [](std::span<const lk::Token> tokens) {
    const double gap = 8 + 9 * double(tokens.size());
    return std::vector<double>{0, -gap};
  };
  const lk::Limits short_limits{.max_new_tokens = 3};
  const auto beams = lk::BeamSearchDecoder{lk::Chain{}, {.beams = 3}}.decode(model_of_steps,
                                                                             kPrompt, short_limits);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    test::check_equal(sample(model_of_steps, 3, seed, short_limits), beams);
  }
}

TEST_CASE("fewer extensions than are to be drawn: all come, and this is beam search") {
  const test::ConstantModel<double> model{{-0.4, -1.2}};
  const auto all = sample(model, 4, 1, {.max_new_tokens = 1});
  REQUIRE(all.size() == 2);
  CHECK(all[0].tokens == Tokens{0});
  CHECK(all[1].tokens == Tokens{1});
}
