// SPDX-License-Identifier: MIT
// Every decoder with a model, callbacks and processors that misbehave as the input says: all that
// comes is within the limits, has its reason, and comes again.
#include <logitkit/decode/arithmetic.hpp>
#include <logitkit/decode/batch.hpp>
#include <logitkit/decode/beam_batch.hpp>
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/best_of_n.hpp>
#include <logitkit/decode/diverse_beams.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/decode/required_phrases.hpp>
#include <logitkit/decode/sampled_beams.hpp>
#include <logitkit/decode/stochastic_beams.hpp>

#include "fuzz/hostile.hpp"

#include <functional>

using fuzz::Bytes;
using fuzz::expect;
using fuzz::Facts;
using fuzz::Request;
using fuzz::spoil;
using fuzz::Tokens;
namespace lk = logitkit;

namespace {

/// A plain model: reads a byte of its script at each call, and may call whoever called it.
struct PlainModel {
  Bytes script;
  std::size_t vocabulary;
  std::function<void()> call_back{};

  std::vector<float> operator()(std::span<const lk::Token> tokens) {
    std::vector<float> row = fuzz::scores(fuzz::state_after(tokens), vocabulary);
    const std::uint8_t mood = script.byte();
    if (mood == 246 && call_back) call_back();
    spoil(mood, row);
    return row;
  }
};

/// The same with a state for each row.
struct CachedModel {
  Bytes script;
  std::size_t vocabulary;
  std::vector<std::uint64_t> states{};

  std::vector<float> prefill(std::span<const lk::Token> prompt) {
    states.assign(1, fuzz::state_after(prompt));
    return rows();
  }
  std::vector<float> step(std::span<const lk::Token> last) {
    expect(last.size() == states.size(), "one token for each row");
    for (std::size_t r = 0; r < last.size(); ++r) {
      states[r] = fuzz::state_after(last.subspan(r, 1), states[r]);
    }
    return rows();
  }
  void reorder(std::span<const std::size_t> parents) {
    if (script.byte() == 255) throw std::runtime_error("the engine cannot move its cache");
    std::vector<std::uint64_t> next;
    for (const std::size_t parent : parents) {
      expect(parent < states.size(), "parents are rows");
      next.push_back(states[parent]);
    }
    states = std::move(next);
  }

 private:
  std::vector<float> rows() {
    std::vector<float> all;
    for (const std::uint64_t state : states) {
      const std::vector<float> row = fuzz::scores(state, vocabulary);
      all.insert(all.end(), row.begin(), row.end());
    }
    spoil(script.byte(), all);
    return all;
  }
};

void check(const std::vector<lk::Generation>& results, const Request& request, Facts& facts) {
  facts.note(results.size());
  for (const auto& each : results) check(each, request, facts, true);
}

/// Facts of one run; where something of the user's throws, what came before.
template <class Decoder>
Facts run(const Decoder& decoder, const Request& request, auto model) {
  Facts facts;
  Tokens heard;
  const auto observer = [&](lk::Token token) {
    heard.push_back(token);
    return request.goes_on(heard.size());
  };
  const auto scorer = [&](const lk::Generation& each) {  // NaN for those without a token
    if (request.observer_throws && each.tokens.size() > request.observed) throw fuzz::Thrown();
    return double(each.tokens.size()) / double(each.tokens.size());
  };
  try {
    if constexpr (requires(typename Decoder::Session& session) { session.samples(); }) {
      check(decoder.decode(model, request.prompt, request.limits, scorer), request, facts);
    } else {
      check(decoder.decode(model, request.prompt, request.limits, observer), request, facts);
    }
  } catch (const fuzz::Thrown&) {
    facts.note(-1);
  }
  expect(heard.size() <= request.observed + 1, "the observer is obeyed");
  facts.note(std::span<const lk::Token>(heard));
  return facts;
}

/// Twice, with a plain model that may decode again within a call, and with a stateful one.
template <class Decoder>
void twice(const Decoder& decoder, const Request& request, const Bytes& script) {
  PlainModel plain{script, request.vocabulary, [] {}};
  plain.call_back = [&] {
    Request inner = request;
    inner.limits.max_new_tokens = 2;
    static_cast<void>(run(decoder, inner, PlainModel{{nullptr, 0}, request.vocabulary}));
  };
  expect(run(decoder, request, plain) == run(decoder, request, plain), "the same again");
  const CachedModel cached{script, request.vocabulary};
  expect(run(decoder, request, cached) == run(decoder, request, cached), "the same again, cached");
}

lk::BeamOptions beam_options(Bytes& bytes, const Request& request) {
  lk::BeamOptions options{.beams = 1 + bytes.below(6)};
  options.length_penalty = double(bytes.below(5)) - 2;
  options.word_reward = double(bytes.below(3)) - 1;
  options.early_stopping = static_cast<lk::EarlyStopping>(bytes.below(4));
  if (bytes.flag()) options.patience = 2 * bytes.part();
  options.legacy = bytes.byte() % 4 == 0;
  options.n_best = bytes.below(4);
  options.report = request.report;
  return options;
}

template <class Policy>
void beams(Bytes& bytes, const Request& request, const lk::DynamicChain& chain,
           const Policy& policy) {
  const lk::BeamOptions options = beam_options(bytes, request);
  twice(lk::BeamSearchDecoder{chain, options, policy}, request, bytes);
}

void one_decoder(Bytes& bytes) {
  const Request request(bytes);
  const auto chain = fuzz::chain(bytes, request.vocabulary, true);
  const std::uint64_t seed = bytes.byte();
  lk::SamplesOptions samples{.n = 1 + bytes.below(5), .seed = seed, .distinct = bytes.flag()};
  samples.report = request.report;
  switch (bytes.below(9)) {
    case 0:
      return twice(lk::GreedyDecoder{chain, {.report = request.report}}, request, bytes);
    case 1:
      return twice(lk::RandomDecoder{chain, {.seed = seed, .report = request.report}}, request,
                   bytes);
    case 2:
      return beams(bytes, request, chain, lk::PlainBeams());
    case 3:
      return beams(bytes, request, chain,
                   lk::DiverseBeams{{.groups = 1 + bytes.below(3), .penalty = bytes.part()}});
    case 4: {
      std::vector<std::vector<Tokens>> demands(bytes.below(3));
      for (auto& demand : demands) {
        demand.resize(1 + bytes.below(2));
        for (Tokens& phrase : demand) phrase = bytes.tokens(3, request.vocabulary);
      }
      using Order = lk::RequiredPhrases::Order;
      return beams(bytes, request, chain,
                   lk::RequiredPhrases{demands, bytes.flag() ? Order::as_given : Order::any});
    }
    case 5:
      return beams(bytes, request, chain, lk::StochasticBeams{{.seed = seed}});
    case 6:
      return beams(bytes, request, chain, lk::SampledBeams{{.seed = seed}});
    case 7:
      return twice(lk::BestOfNDecoder{chain, samples}, request, bytes);
    default:
      return twice(lk::ArithmeticDecoder{chain, samples}, request, bytes);
  }
}

// --- Engines that own the loop ---

/// Sessions in a batch, which accept whatever tokens, take them back, fork and are replaced.
void sessions(Bytes& bytes) {
  const Request request(bytes);
  const lk::RandomDecoder decoder{fuzz::chain(bytes, request.vocabulary, false),
                                  {.seed = bytes.byte(), .report = request.report}};
  std::vector all(1 + bytes.below(3), decoder.start(request.prompt, request.limits));
  std::vector<lk::Workspace> workspaces(1 + bytes.below(2));
  lk::Workspace alone;
  for (int i = 0; i < 20 && !bytes.empty(); ++i) {
    auto& session = all[bytes.below(all.size())];
    try {
      switch (bytes.below(5)) {
        case 0: {
          auto rows = fuzz::scores(bytes.byte(), request.vocabulary * all.size());
          spoil(bytes.byte(), rows);
          const auto picks = lk::next(rows, all, workspaces);
          expect(picks.size() == all.size(), "a pick for each session");
          for (std::size_t s = 0; s < all.size(); ++s) {
            expect((picks[s].token == lk::kNoToken) == (picks[s].status != lk::Status::ok),
                   "a token or a status");
            if (picks[s].status == lk::Status::ok) all[s].accept(picks[s].token);
          }
          break;
        }
        case 1: {
          auto row = fuzz::scores(bytes.byte(), request.vocabulary);
          spoil(bytes.byte(), row);
          const lk::Pick pick = session.next(row, alone);
          expect(pick.token < lk::Token(2 * request.vocabulary + 1), "a token of the row");
          break;
        }
        case 2: {
          const lk::Token token = bytes.token(request.vocabulary);
          const std::size_t before = session.generated().size();
          const bool running = session.reason() == lk::StopReason::none;
          const auto reason = session.accept(token);
          const bool kept = running && reason != lk::StopReason::token_out_of_range;
          expect(session.generated().size() == before + kept, "a token is kept or refused");
          break;
        }
        case 3: {
          const std::size_t n = bytes.below(6), before = session.generated().size();
          session.rollback(n);
          expect(session.generated().size() == before - std::min(n, before), "so many are gone");
          break;
        }
        default:
          session = all[bytes.below(all.size())];
      }
    } catch (const fuzz::Thrown&) {
    } catch (const std::runtime_error&) {  // the engine's
    } catch (int) {
    }
  }
}

/// Searches in a batch, some of which are stopped, copied or begun anew.
void searches(Bytes& bytes) {
  const Request request(bytes);
  const auto options = beam_options(bytes, request);
  const lk::BeamSearchDecoder decoder{fuzz::chain(bytes, request.vocabulary, true), options};
  std::vector all(1 + bytes.below(3), decoder.start(request.prompt, request.limits));
  std::vector<lk::Workspace> workspaces(1);
  lk::BeamBatch batch;
  for (int i = 0; i < 20 && !bytes.empty(); ++i) {
    std::size_t live = 0;
    for (const auto& search : all) live += search.live();
    auto rows = fuzz::scores(bytes.byte(), request.vocabulary * std::max<std::size_t>(live, 1));
    if (bytes.byte() > 250) rows.resize(rows.size() - 1);
    const lk::BeamStep step = batch.step(rows, all, workspaces);
    expect(step.tokens.size() == step.parents.size(), "a parent for each token");
    for (const std::size_t parent : step.parents) expect(parent < live, "parents are rows");
    std::size_t left = 0;
    for (const auto& search : all) left += search.live();
    expect(step.tokens.size() == left, "a token for each live beam");
    auto& search = all[bytes.below(all.size())];
    const std::uint8_t kind = bytes.byte();
    if (kind == 255) search.stop(lk::StopReason::model_failed);
    if (kind == 254) search = all[0];
    if (kind == 253) search = decoder.start(request.prompt, request.limits);
  }
  Facts facts;
  for (const auto& search : all) {
    if (search.done()) check(search.results(), request, facts);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  try {
    switch (bytes.below(6)) {
      case 0:
        sessions(bytes);
        break;
      case 1:
        searches(bytes);
        break;
      default:
        one_decoder(bytes);
    }
  } catch (const std::invalid_argument&) {  // options that do not go together
  }
  return 0;
}
