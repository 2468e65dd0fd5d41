// SPDX-License-Identifier: MIT
// Hard constraints that meet leave their intersection, in any order; nothing left is a status.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/ban_sequences.hpp>
#include <logitkit/process/encoder_no_repeat_ngram.hpp>
#include <logitkit/process/exponential_length_decay.hpp>
#include <logitkit/process/force_first.hpp>
#include <logitkit/process/force_last.hpp>
#include <logitkit/process/force_prefix.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_length.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/no_repeat_ngram.hpp>
#include <logitkit/process/prefix_allowed.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/sequence_bias.hpp>
#include <logitkit/process/suppress_at_start.hpp>
#include <logitkit/process/thinking_budget.hpp>
#include <logitkit/process/token_mask.hpp>
#include <logitkit/process/top_k.hpp>

#include <functional>
#include <map>

namespace lk = logitkit;
using reference::Tokens;

namespace {

/// Of V = 8, in a context where every constraint below has something to say: nothing generated, one
/// token to go, a thinking section that is out of budget, a bad word one token from its end.
const Tokens kPrompt{5, 6};
const lk::Limits kLimits{.max_new_tokens = 1, .end_tokens = {2, 3}};

using Step = std::function<void(lk::Candidates<float>&, const lk::Context&)>;

const std::vector<float> kRow{1, 8, 2, 7, 3, 6, 4, 5};
const lk::Context kContext{kPrompt, kPrompt.size()};

std::vector<bool> kept_by(const auto& processor) {
  std::vector<bool> kept;
  for (const long double score : reference::after(processor, kRow, kContext)) {
    kept.push_back(score != reference::kBanned);
  }
  return kept;
}

std::vector<bool> both(std::vector<bool> a, const std::vector<bool>& b) {
  for (std::size_t t = 0; t < a.size(); ++t) a[t] = a[t] && b[t];
  return a;
}

/// All constraints, and what raises scores and must bring nothing back.
std::map<std::string, Step> constraints() {
  std::map<std::string, Step> all;
  const auto add = [&](const char* name, auto processor) {
    if constexpr (lk::StartingProcessor<decltype(processor)>) processor.start(kPrompt);
    all[name] = [processor](auto& candidates, const lk::Context& context) {
      processor(candidates, context);
    };
  };
  static const std::vector<std::uint32_t> words{0b10110110};
  add("TokenMask", lk::TokenMask{words});
  add("PrefixAllowed", lk::PrefixAllowed{[](const lk::Context&) { return Tokens{1, 2, 4}; }});
  add("AllowOnly", lk::AllowOnly{{0, 2, 3, 4}});
  add("Ban", lk::Ban{{1, 2}});
  add("LogitBias", lk::LogitBias{{{4, -std::numeric_limits<float>::infinity()}, {1, 50.0f}}});
  add("BanSequences", lk::BanSequences{{{6, 4}, {5, 6, 7}, {3}}});
  add("SequenceBias", lk::SequenceBias{{{{6, 0}, 100.0f}, {{6, 2}, 100.0f}}});
  add("NoRepeatNgram", lk::NoRepeatNgram{1});
  add("EncoderNoRepeatNgram", lk::EncoderNoRepeatNgram{2, Tokens{1, 6, 4, 6, 2}});
  add("MinLength", lk::MinLength{3, {2, 3}});
  add("MinNewTokens", lk::MinNewTokens{1, {3}});
  add("SuppressAtStart", lk::SuppressAtStart{{0, 7}});
  add("ForceFirst", lk::ForceFirst{4});
  add("ForceLast", lk::ForceLast{kLimits});
  add("ForcePrefix", lk::ForcePrefix{{1, 0}});
  add("ThinkingBudget", lk::ThinkingBudget{0, {6}, {2, 7}});
  add("ExponentialLengthDecay", lk::ExponentialLengthDecay{0, 3.0f, {2}});
  add("RepetitionPenalty", lk::RepetitionPenalty{0.01f});
  return all;
}

}  // namespace

TEST_CASE("two hard constraints leave what both leave, in either order", "[peers]") {
  int empty = 0;
  const auto all = constraints();
  for (const auto& first : all) {
    for (const auto& second : all) {
      INFO(first.first << ", then " << second.first);
      const auto chain = [&](auto& candidates, const lk::Context& context) {
        first.second(candidates, context);
        second.second(candidates, context);
      };
      const std::vector<bool> expected = both(kept_by(first.second), kept_by(second.second));
      CHECK(kept_by(chain) == expected);
      const bool left = std::find(expected.begin(), expected.end(), true) != expected.end();
      CHECK(reference::status_after(chain, kRow, kContext) ==
            (left ? lk::Status::ok : lk::Status::nothing_left));
      empty += left ? 0 : 1;
    }
  }
  CHECK(empty > 20);
}

TEST_CASE("all hard constraints but two that contradict leave one token, forwards and backwards") {
  static const std::vector<std::uint32_t> words{0b1111};
  const lk::TokenMask mask{words};
  const lk::PrefixAllowed allowed{[](const lk::Context&) { return Tokens{2, 3, 7}; }};
  const lk::Ban ban{{3}};
  const lk::ForceLast last{kLimits};
  const std::vector<bool> only_2{false, false, true, false, false, false, false, false};
  CHECK(kept_by(lk::Chain{mask, allowed, ban, last}) == only_2);
  CHECK(kept_by(lk::Chain{last, ban, allowed, mask}) == only_2);
  CHECK(kept_by(lk::Chain{ban, last, mask, allowed}) == only_2);
}

TEST_CASE("a truncation before a constraint may have dropped what it allows") {
  const lk::AllowOnly allowed{{0}};  // the least probable
  const std::vector<float> row{1, 8, 2, 7};
  CHECK(reference::status_after(lk::Chain{allowed, lk::TopK{2}}, row) == lk::Status::ok);
  CHECK(reference::status_after(lk::Chain{lk::TopK{2}, allowed}, row) == lk::Status::nothing_left);
}

TEST_CASE("constraints that contradict end every decoder with a status, and no token", "[peers]") {
  const auto model = [](std::span<const lk::Token>) {
    return std::vector<float>{1, 8, 2, 7, 3, 6, 4, 5};
  };
  const Tokens prompt{5};
  const lk::Limits limits{.max_new_tokens = 5, .end_tokens = {2}};
  const auto check = [&](const auto& chain, const Tokens& until_then) {
    const auto one = [&](const lk::Generation& result) {
      CHECK(result.tokens == until_then);
      CHECK(result.reason == lk::StopReason::bad_row);
      CHECK(result.status == lk::Status::nothing_left);
    };
    one(lk::GreedyDecoder{chain}.decode(model, prompt, limits));
    one(lk::RandomDecoder{lk::Chain{chain, lk::TopK{1}}}.decode(model, prompt, limits));
    one(lk::BeamSearchDecoder{chain, {.beams = 1}}.decode(model, prompt, limits).at(0));
  };
  static const std::vector<std::uint32_t> only_the_end{0b100};
  // The end is forced at the length limit, and not allowed yet.
  check(lk::Chain{lk::MinNewTokens{5, {2}}, lk::ForceLast{limits}}, {1, 1, 1, 1});
  // A grammar that allows the end alone, and a minimum length.
  check(lk::Chain{lk::TokenMask{only_the_end}, lk::MinLength{2, {2}}}, {});
  // The end of a thinking section, which a grammar does not know.
  check(lk::Chain{lk::ThinkingBudget{2, {5}, {6, 7}}, lk::AllowOnly{{1, 6}}}, {1, 1, 6});
  // A bad word that is to come.
  check(lk::Chain{lk::ForcePrefix{{4, 4, 4}}, lk::BanSequences{{{4, 4}}}}, {4});
}
