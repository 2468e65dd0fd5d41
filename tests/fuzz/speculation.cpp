// SPDX-License-Identifier: MIT
// Speculation with a drafter, a model, callbacks and processors that misbehave as the input says:
// all that comes is within the limits, has its reason, and comes again; and where the drafter
// should not matter, it does not.
#include <logitkit/decode/adaptive_drafter.hpp>
#include <logitkit/decode/coupled.hpp>
#include <logitkit/decode/exact_match.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/lookup_drafter.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/decode/recursive_rejection.hpp>
#include <logitkit/decode/speculative.hpp>
#include <logitkit/decode/suffix_drafter.hpp>
#include <logitkit/decode/token_rule.hpp>
#include <logitkit/decode/traversal_rule.hpp>
#include <logitkit/decode/typical_acceptance.hpp>

#include "fuzz/hostile.hpp"

#include <variant>

using fuzz::Bytes;
using fuzz::expect;
using fuzz::Facts;
using fuzz::Request;
using fuzz::Tokens;
namespace lk = logitkit;

namespace {

/// A few tokens of any weights; most often, and at least with one of the vocabulary, some mass.
lk::Probabilities probabilities(Bytes& bytes, std::size_t vocabulary) {
  Tokens tokens = bytes.tokens(5, vocabulary);
  std::ranges::sort(tokens);
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  std::vector<double> weights(tokens.size());
  for (double& weight : weights) weight = bytes.byte() % 8;
  lk::Probabilities all;
  all.assign(tokens, weights);
  if (all.size() == 0) all.assign(lk::Token(bytes.below(vocabulary)));
  return all;
}

/// Looks up, or proposes whatever the script says, more than was asked for and tokens that nobody
/// has; in truth drawn from what it says, or not. Rarely it throws.
class Drafter {
 public:
  Drafter(const Bytes& script, std::size_t vocabulary) : script_(script), vocabulary_(vocabulary) {}

  void start(std::span<const lk::Token> prompt) { lookup_.start(prompt), suffix_.start(prompt); }
  void accept(lk::Token token) { lookup_.accept(token), suffix_.accept(token); }

  lk::Draft propose(const lk::Context& context, std::size_t n, const auto& decider) {
    const std::uint8_t mood = script_.byte();
    if (mood == 255) throw fuzz::Thrown();
    if (mood % 4 == 0) return lookup_.propose(context, n, decider);
    if (mood % 4 == 1) return suffix_.propose(context, n, decider);
    const std::size_t size = script_.below(n + 3);
    tokens_.clear();
    drawn_from_.clear();
    for (std::size_t i = 0; i < size; ++i) {
      tokens_.push_back(script_.token(vocabulary_));
      if (mood % 4 == 2) continue;
      drawn_from_.push_back(probabilities(script_, vocabulary_));
      const double u = decider(context.position() + i);
      if (!script_.flag()) tokens_.back() = lk::detail::draw(drawn_from_.back(), u);
    }
    return {tokens_, drawn_from_};
  }

 private:
  Bytes script_;
  std::size_t vocabulary_;
  lk::LookupDrafter lookup_{};
  lk::SuffixDrafter suffix_{{.min_match = 1}};
  Tokens tokens_;
  std::vector<lk::Probabilities> drawn_from_;
};

/// Whichever the input chooses, so that a decoder is compiled once.
struct AnyRule {
  std::variant<lk::BlockRule, lk::TokenRule, lk::TypicalAcceptance> rule;

  explicit AnyRule(Bytes& bytes) {
    const std::size_t kind = bytes.below(3);
    if (kind == 1) rule = lk::TokenRule();
    if (kind == 2) rule = lk::TypicalAcceptance(bytes.part(), bytes.part());
  }
  lk::Verdict operator()(const auto& target, const lk::Draft& draft, const auto& tests,
                         const auto& next) const {
    return std::visit([&](const auto& which) { return which(target, draft, tests, next); }, rule);
  }
};

/// A plain model whose rows, bad ones too, depend on the tokens alone.
struct Model {
  Bytes script;
  std::size_t vocabulary;

  std::vector<float> operator()(std::span<const lk::Token> tokens) const {
    for (const lk::Token token : tokens) {
      expect(token >= 0 && std::size_t(token) < 2 * vocabulary + 1, "tokens that rows have had");
    }
    std::uint64_t state = fuzz::state_after(tokens);
    std::vector<float> row = fuzz::scores(state, vocabulary);
    if (!script.empty()) fuzz::spoil(script.rest()[fuzz::mix(state) % script.rest().size()], row);
    return row;
  }
};

/// The same with a memory.
struct CachedModel {
  Model model;
  Tokens read{};

  std::vector<float> prefill(std::span<const lk::Token> prompt) {
    read.assign(prompt.begin(), prompt.end());
    return model(read);
  }
  std::vector<float> step(std::span<const lk::Token> last) { return score(last); }
  std::vector<float> score(std::span<const lk::Token> tokens) {
    std::vector<float> rows;
    for (const lk::Token token : tokens) {
      read.push_back(token);
      const std::vector<float> row = model(read);
      rows.insert(rows.end(), row.begin(), row.end());
    }
    return rows;
  }
  void rewind(std::size_t n) {
    expect(n < read.size(), "what is forgotten was read");
    read.resize(read.size() - n);
  }
};

struct Outcome {
  Facts facts{};
  bool threw = false;
};

Outcome run(const auto& decoder, const Request& request, auto model) {
  Outcome outcome;
  std::size_t heard = 0;
  const auto observer = [&](lk::Token) { return request.goes_on(++heard); };
  try {
    const auto result = decoder.decode(model, request.prompt, request.limits, observer);
    check(result, request, outcome.facts);
    if constexpr (requires { result.speculation; }) {
      const lk::SpeculationStatistics& all = result.speculation;
      expect(all.accepted <= all.drafted && all.tokens >= result.tokens.size(), "all is counted");
      expect(all.tokens <= all.accepted + all.rounds, "a round adds one token to the accepted");
    }
  } catch (const fuzz::Thrown&) {
    outcome.threw = true;
  }
  expect(heard <= request.observed + 1, "the observer is obeyed");
  return outcome;
}

/// What `decoder` decodes, which comes again, and with a memory.
Outcome twice(const auto& decoder, const Request& request, const Bytes& script) {
  const Model model{script, request.vocabulary};
  const Outcome outcome = run(decoder, request, model);
  expect(run(decoder, request, model).facts == outcome.facts, "the same again");
  const CachedModel cached{model};
  expect(run(decoder, request, cached).facts == run(decoder, request, cached).facts,
         "the same again, cached");
  return outcome;
}

/// The drafter has no influence on what comes. Where something of the user's throws, tokens of the
/// round may be committed that the observer has not heard of.
void twice_as(const auto& plain, const auto& decoder, const Request& request, const Bytes& script) {
  const Outcome expected = run(plain, request, Model{script, request.vocabulary});
  const Outcome outcome = twice(decoder, request, script);
  if (expected.threw || outcome.threw) return;
  expect(outcome.facts == expected.facts, "the same as without speculation");
}

void decode(Bytes& bytes) {
  const Request request(bytes);
  const auto chain = fuzz::chain(bytes, request.vocabulary, true);
  const std::uint64_t seed = bytes.byte();
  const lk::SpeculativeOptions options{
      .draft_tokens = bytes.below(8), .seed = seed, .report = request.report};
  const std::size_t kind = bytes.below(4);
  const AnyRule rule(bytes);
  const Drafter drafter(bytes, request.vocabulary);
  if (kind == 0) {
    const lk::RandomDecoder plain{chain, {.seed = seed, .report = request.report}};
    twice_as(plain, lk::SpeculativeDecoder{chain, drafter, options, lk::Coupled()}, request, bytes);
  } else if (kind == 1) {
    const lk::GreedyDecoder plain{chain, {.report = request.report}};
    twice_as(plain,
             lk::SpeculativeDecoder{chain, lk::AdaptiveDrafter{drafter}, options, lk::ExactMatch()},
             request, bytes);
  } else {
    twice(lk::SpeculativeDecoder{chain, drafter, options, rule}, request, bytes);
  }
}

/// Sessions of an engine that owns the loop, which takes tokens back, forks, and may read rows that
/// are bad.
void sessions(Bytes& bytes) {
  const Request request(bytes);
  const auto chain = fuzz::chain(bytes, request.vocabulary, true);
  const lk::SpeculativeOptions options{
      .draft_tokens = bytes.below(8), .seed = bytes.byte(), .report = request.report};
  const AnyRule rule(bytes);
  const Drafter drafter(bytes, request.vocabulary);
  const lk::SpeculativeDecoder decoder{chain, drafter, options, rule};
  std::vector all(1 + bytes.below(3), decoder.start(request.prompt, request.limits));
  lk::Workspace workspace;
  for (int i = 0; i < 20 && !bytes.empty(); ++i) {
    auto& session = all[bytes.below(all.size())];
    const std::size_t before = session.generated().size();
    try {
      const std::size_t kind = bytes.below(8);
      if (kind == 0) {
        session = all[bytes.below(all.size())];
      } else if (kind == 1) {
        const std::size_t n = bytes.below(6);
        session.rollback(n);
        expect(session.generated().size() == before - std::min(n, before), "so many are gone");
      } else {
        const lk::Draft draft = session.propose();
        const std::size_t count = session.readable(draft) + 1;
        expect(draft.size() <= options.draft_tokens, "no more than was asked for");
        auto rows = fuzz::scores(bytes.byte(), request.vocabulary * count);
        fuzz::spoil(bytes.byte(), rows);
        const bool finished = session.reason() != lk::StopReason::none;
        const lk::SpeculativeStep step = session.step(rows, draft, workspace);
        expect(session.generated().size() == before + step.picks.size(), "picks are committed");
        expect(step.picks.size() <= draft.size() + 1 && step.rewind < count, "a round's tokens");
        expect(finished == (step.status == lk::Status::finished), "after the end nothing comes");
        expect(step.status != lk::Status::ok || !step.picks.empty(), "a token or a status");
      }
    } catch (const fuzz::Thrown&) {
      expect(session.generated().size() >= before, "what was committed stays");
    } catch (const std::runtime_error&) {  // the engine's
    } catch (int) {
    }
  }
}

/// A tree of any drafts: the path goes down it, and what follows can follow.
void tree(Bytes& bytes, auto rule, std::size_t vocabulary) {
  const std::size_t nodes = bytes.below(10);
  Tokens tokens;
  std::vector<std::size_t> parents;
  std::vector<lk::Probabilities> targets, drawn_from;
  for (std::size_t i = 0; i <= nodes; ++i) {
    targets.push_back(probabilities(bytes, vocabulary));
    drawn_from.push_back(probabilities(bytes, vocabulary));
    if (i == nodes) break;
    tokens.push_back(bytes.token(vocabulary));
    const std::size_t parent = bytes.below(i + 1);
    parents.push_back(parent == i ? lk::DraftTree::kRoot : parent);
  }
  if (bytes.flag()) drawn_from.clear();
  const lk::DraftTree drafts{tokens, parents, drawn_from};
  Bytes numbers = bytes;
  const auto number = [&](std::size_t) { return numbers.byte() / 256.0; };
  const auto target = [&](std::size_t row) -> const lk::Probabilities& { return targets[row]; };
  const lk::TreeVerdict verdict = rule(drafts, target, number, number);
  std::size_t node = lk::DraftTree::kRoot;
  for (const std::size_t next : verdict.path) {
    expect(next < nodes && parents[next] == node, "a path down the tree");
    expect(targets[node + 1][tokens[next]] > 0, "of tokens that can come");
    node = next;
  }
  expect(targets[node + 1][verdict.next] > 0, "and so can the one after it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const std::size_t kind = bytes.below(8);
  if (kind < 2) {
    sessions(bytes);
  } else if (kind == 2) {
    const auto siblings = static_cast<lk::Siblings>(bytes.below(2));
    const std::size_t vocabulary = 1 + bytes.below(6);
    if (bytes.flag()) {
      tree(bytes, lk::RecursiveRejection{siblings}, vocabulary);
    } else {
      tree(bytes, lk::TraversalRule{siblings}, vocabulary);
    }
  } else {
    decode(bytes);
  }
  return 0;
}
