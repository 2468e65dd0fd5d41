// SPDX-License-Identifier: MIT
// Every processor in every decoder: it runs, forks, rolls back, allocates nothing, leaves bad rows
// bad, and is the same in a batch, in one beam, by a candidate list and in double. A new processor
// is one line in `processors`, and is missed until it is there.
#include "support/allocations.hpp"

#include "reference/trial.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"

#include <logitkit/logitkit.hpp>

#include <array>
#include <filesystem>
#include <numeric>
#include <set>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

constexpr std::size_t kVocabulary = 16;
const std::vector<Tokens> kPrompts{
    {3}, {9, 1}, {5, 9, 5, 9, 12}, {5, 9, 5, 0, 5, 4, 5, 7, 5, 11, 5, 8, 5}};
const lk::Limits kLimits{.max_new_tokens = 12, .end_tokens = {2, 13}};
const lk::Limits kWithoutEnd{.max_new_tokens = 12};

using Any = lk::detail::AnyProcessor;  // so that each decoder is compiled once

struct Named {
  std::string name;  // of the class; what else is to be said comes after a space
  Any processor;

  template <class P>
  Named(const char* its, P p) : name(its), processor(std::move(p)) {}
};

/// Every processor that there is, with parameters that change something.
const std::vector<Named>& processors() {
  static const std::vector<std::uint32_t> words{0b1011'0110'1101'1101};
  static const std::array<Tokens, 2> even_and_odd{Tokens{0, 2, 4, 6, 8, 10, 12, 14},
                                                  Tokens{1, 3, 5, 7, 9, 11, 13, 15}};
  const auto to_an_even_sum = [](const lk::Context& context) {
    return std::span(even_and_odd[static_cast<std::size_t>(context.tokens.back()) % 2]);
  };
  static const std::vector<float> second{1, -2, 0, 3, -1, 2, 0, 1, -3, 2, 1, 0, -1, 4, 0, 1};
  const auto second_row = [](const lk::Context&) { return std::span(second); };
  const lk::GreenListOptions self_hash{
      .vocabulary = kVocabulary, .seeding = lk::GreenSeeding::self_hash, .context = 2};
  static const std::vector<Named> all{
      {"AdaptiveP", lk::AdaptiveP{0.3f, 0.5f}},
      {"AllowOnly", lk::AllowOnly{{0, 2, 5, 8, 11, 12}}},
      {"Ban", lk::Ban{{2, 4, 13}}},
      {"BanSequences", lk::BanSequences{{{4}, {3, 5}, {9, 12, 7}, {1, 7}, {7, 6}, {5, 9, 5, 9}}}},
      {"Chain", lk::Chain{lk::RepetitionPenalty{1.2f}, lk::TopK{5}, lk::Temperature{0.9f}}},
      {"Dry", lk::Dry{{.multiplier = 50, .allowed_length = 1}}},
      {"DynamicTemperature", lk::DynamicTemperature{0.2f, 0.9f}},
      {"EncoderNoRepeatNgram", lk::EncoderNoRepeatNgram{1, Tokens{4, 7, 9, 11}}},
      {"EncoderRepetitionPenalty", lk::EncoderRepetitionPenalty{3.0f, Tokens{4, 7, 9, 11}}},
      {"EndPrioritizer", lk::EndPrioritizer{0.1f, {4, 7, 11}}},
      {"Epsilon", lk::Epsilon{0.1f}},
      {"Eta", lk::Eta{0.1f}},
      {"ExponentialLengthDecay", lk::ExponentialLengthDecay{1, 1.25f, {2, 13}}},
      {"ForceFirst", lk::ForceFirst{7}},
      {"ForceLast", lk::ForceLast{kLimits}},
      {"ForcePrefix", lk::ForcePrefix{{7, 9, 7}}},
      {"FrequencyPenalty", lk::FrequencyPenalty{1.5f}},
      {"FrequencyPenalty in a window", lk::FrequencyPenalty{1.5f, {.last = 3}}},
      {"GreenListWatermark", lk::GreenListWatermark{3.0f, {.vocabulary = kVocabulary}}},
      {"GreenListWatermark by the token itself", lk::GreenListWatermark{3.0f, self_hash}},
      {"Guidance", lk::Guidance{1.5f, second_row}},
      {"Guidance of logits", lk::Guidance{1.5f, second_row, lk::Guided::logits}},
      {"LogitBias", lk::LogitBias{{{4, 3.0f}, {2, -5.0f}}}},
      {"MinLength", lk::MinLength{10, {2, 13}}},
      {"MinNewTokens", lk::MinNewTokens{10, {2, 13}}},
      {"MinP", lk::MinP{0.3f}},
      {"Mirostat", lk::Mirostat{2.2f, 0.5f}},
      {"Mirostat of version 1", lk::Mirostat{2.2f, 0.5f, {.version = 1}}},
      {"NoRepeatNgram", lk::NoRepeatNgram{1}},
      {"PLess", lk::PLess{}},
      {"PrefixAllowed", lk::PrefixAllowed{to_an_even_sum}},
      {"PresencePenalty", lk::PresencePenalty{2.5f}},
      {"QuadraticSmoothing", lk::QuadraticSmoothing{0.5f, 1.5f}},
      {"RepetitionPenalty", lk::RepetitionPenalty{1.5f}},
      {"RepetitionPenalty in a window", lk::RepetitionPenalty{1.5f, {.last = 4, .skip_prompt = 1}}},
      {"SequenceBias", lk::SequenceBias{{{{4}, 2.5f}, {{3, 5}, 4.0f}, {{9, 12, 7}, 8.0f}}}},
      {"Softmax", lk::Softmax{}},
      {"SuppressAtStart", lk::SuppressAtStart{{0, 2, 4, 6, 8, 10, 12, 14}}},
      {"SynthIdWatermark", lk::SynthIdWatermark{{.keys = {654, 400, 836}, .ngram = 3}}},
      {"TailFree", lk::TailFree{0.8f}},
      {"Temperature", lk::Temperature{0.5f}},
      {"ThinkingBudget", lk::ThinkingBudget{2, {9}, {4, 6}}},
      {"TokenMask", lk::TokenMask{words}},
      {"TopA", lk::TopA{0.5f}},
      {"TopH", lk::TopH{0.5f}},
      {"TopH of Hugging Face", lk::TopH{0.5f, lk::TopHRule::hugging_face}},
      {"TopK", lk::TopK{2}},
      {"TopNSigma", lk::TopNSigma{1.0f}},
      {"TopP", lk::TopP{0.5f}},
      {"Typical", lk::Typical{0.5f}},
      {"Xtc", lk::Xtc{0.5f, 0.15f, {.seed = 4}}},
  };
  return all;
}

/// Logits by the last two tokens, multiples of 1/64 and so the same in float and double.
template <class S>
const test::TableModel<S>& model() {
  static const test::TableModel<S> table = [] {
    constexpr std::size_t kRows = kVocabulary * kVocabulary;
    test::TableModel<S> made{kVocabulary, std::vector<S>(kRows * kVocabulary), 2};
    for (std::size_t row = 0; row < kRows; ++row) {
      test::write_logits(test::mix(row + 1), kVocabulary, &made.logits[row * kVocabulary]);
    }
    for (S& logit : made.logits) logit /= 4;  // wide enough for more than one token to be likely
    return made;
  }();
  return table;
}

/// Calls check(decoder) with a greedy and a random decoder.
template <class F>
void with_greedy_and_random(const Any& processor, const F& check) {
  check(lk::GreedyDecoder{processor});
  check(lk::RandomDecoder{processor, {.seed = 3}});
}

/// Calls check(processor, prompt) for all of either.
template <class F>
void for_each_case(const F& check) {
  for (const Named& each : processors()) {
    for (const Tokens& prompt : kPrompts) {
      INFO(each.name << ", prompt of " << prompt.size());
      check(each.processor, prompt);
    }
  }
}

/// What a session generates in the end.
template <class S, class Session>
Tokens finish(Session session) {
  lk::Workspace workspace;
  while (session.reason() == lk::StopReason::none) {
    const lk::Pick pick = session.next(model<S>()(session.tokens()), workspace);
    if (pick.status != lk::Status::ok) break;
    session.accept(pick.token);
  }
  return {session.generated().begin(), session.generated().end()};
}

/// Takes a token, whatever would have been picked. Some processors learn from the row.
template <class S, class Session>
void take(Session& session, lk::Token token) {
  lk::Workspace workspace;
  static_cast<void>(session.next(model<S>()(session.tokens()), workspace));
  session.accept(token);
}

/// What a beam search finds in the end, from any step on.
template <class Session, class M>
std::vector<lk::Generation> finish_beams(Session session, M engine, lk::BeamStep step) {
  lk::Workspace workspace;
  while (!session.done()) {
    if (!step.identity) engine.reorder(step.parents);
    step = session.step(engine.step(step.tokens), workspace);
  }
  return session.results();
}

bool same(const std::vector<lk::Generation>& a, const std::vector<lk::Generation>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.tokens == y.tokens && x.score == y.score && x.reason == y.reason;
  });
}

/// A rule that looks at all there is and takes it.
struct Looks {
  std::vector<lk::Probabilities>* seen;

  lk::Verdict operator()(const auto& target, const lk::Draft& draft, const auto&,
                         const auto& next) const {
    for (std::size_t i = 0; i <= draft.size(); ++i) seen->push_back(target(i));
    return {draft.size(), lk::detail::draw(seen->back(), next(draft.size()))};
  }
};

/// Everything that the three decoders make of a processor.
template <class S>
std::vector<lk::Generation> everything(const Any& processor, const Tokens& prompt) {
  std::vector<lk::Generation> all;
  with_greedy_and_random(processor, [&](const auto& decoder) {
    all.push_back(decoder.decode(model<S>(), prompt, kLimits));
    all.back().score = 0;  // NaN is not equal to itself
  });
  const lk::BeamSearchDecoder beams{processor, {.beams = 3}};
  for (auto& each : beams.decode(model<S>(), prompt, kLimits)) all.push_back(std::move(each));
  return all;
}

}  // namespace

TEST_CASE("every header of process/ is in the list") {
  std::set<std::string> listed, headers;
  for (const Named& each : processors()) {
    std::string file;
    for (const char c : each.name.substr(0, each.name.find(' '))) {
      const bool capital = c >= 'A' && c <= 'Z';
      if (capital && !file.empty()) file += '_';
      file += capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    listed.insert(file);
  }
  for (const auto& entry :
       std::filesystem::directory_iterator(LOGITKIT_TEST_DATA "/../include/logitkit/process")) {
    if (entry.path().extension() == ".hpp") headers.insert(entry.path().stem().string());
  }
  headers.erase("green_list_detector");  // which reads a text, and no row
  headers.erase("synth_id_detector");    // likewise
  for (const std::string& header : headers) {
    INFO("process/" << header << ".hpp: add a line to `processors`, with parameters that matter");
    CHECK(listed.count(header) == 1);
  }
  for (const std::string& name : listed) {
    INFO("`processors` has a line whose class is in no header: process/" << name << ".hpp");
    CHECK(headers.count(name) == 1);
  }
}

TEMPLATE_TEST_CASE("every processor runs in every decoder, and changes something", "", float,
                   double) {
  for (const Named& each : processors()) {
    INFO(each.name);
    bool changes = each.name == "Softmax";
    for (const Tokens& prompt : kPrompts) {
      const auto all = everything<TestType>(each.processor, prompt);
      CHECK(all.size() == 5);
      for (const lk::Generation& result : all) {
        CHECK(result.status == lk::Status::ok);
        CHECK_FALSE(result.tokens.empty());
      }
      changes = changes || !same(all, everything<TestType>(Any(lk::Chain{}), prompt));
    }
    CHECK(changes);
  }
}

TEMPLATE_TEST_CASE("every processor: a fork is a replay from the start", "", float, double) {
  for_each_case([](const Any& processor, const Tokens& prompt) {
    with_greedy_and_random(processor, [&](const auto& decoder) {
      const Tokens expected = decoder.decode(model<TestType>(), prompt, kLimits).tokens;
      auto session = decoder.start(prompt, kLimits);
      for (const lk::Token token : expected) {
        CHECK(finish<TestType>(session) == expected);
        // The same where the fork and the replay take a token that nobody has picked.
        auto fork = session;
        auto replay = decoder.start(prompt, kLimits);
        for (const lk::Token before : fork.generated()) take<TestType>(replay, before);
        const lk::Token other = (token + 1) % lk::Token(kVocabulary);
        take<TestType>(fork, other);
        take<TestType>(replay, other);
        CHECK(finish<TestType>(fork) == finish<TestType>(replay));
        take<TestType>(session, token);
      }
    });
  });
}

TEMPLATE_TEST_CASE("every processor: a fork of a beam search is a replay from the start", "", float,
                   double) {
  for_each_case([](const Any& processor, const Tokens& prompt) {
    const lk::BeamSearchDecoder beams{processor, {.beams = 3}};
    const auto expected = beams.decode(model<TestType>(), prompt, kLimits);
    lk::Stateless engine{model<TestType>()};
    lk::Workspace workspace;
    auto session = beams.start(prompt, kLimits);
    lk::BeamStep step = session.step(engine.prefill(prompt), workspace);
    while (!session.done()) {
      CHECK(same(finish_beams(session, engine, step), expected));
      if (!step.identity) engine.reorder(step.parents);
      step = session.step(engine.step(step.tokens), workspace);
    }
    CHECK(same(session.results(), expected));
  });
}

TEMPLATE_TEST_CASE("every processor: what is rolled back was never accepted", "", float, double) {
  for_each_case([](const Any& processor, const Tokens& prompt) {
    with_greedy_and_random(processor, [&](const auto& decoder) {
      const Tokens expected = decoder.decode(model<TestType>(), prompt, kLimits).tokens;
      auto session = decoder.start(prompt, kLimits);
      for (const lk::Token token : expected) {
        const std::size_t before = session.generated().size();
        for (const lk::Token detour : {9, 5, 4}) take<TestType>(session, detour);
        session.rollback(session.generated().size() - before);
        CHECK(finish<TestType>(session) == expected);
        take<TestType>(session, token);
      }
    });
  });
}

TEMPLATE_TEST_CASE("every processor: one beam is greedy", "", float, double) {
  for_each_case([](const Any& processor, const Tokens& prompt) {
    // Beams see normalised scores, which some processors tell from others.
    const lk::GreedyDecoder greedy{lk::Chain{lk::Softmax{}, processor}};
    const lk::BeamSearchDecoder beam{processor, {.beams = 1}};
    for (const lk::Limits& limits : {kLimits, kWithoutEnd}) {
      const auto results = beam.decode(model<TestType>(), prompt, limits);
      const auto expected = greedy.decode(model<TestType>(), prompt, limits);
      REQUIRE(results.size() == 1);
      CHECK(results[0].tokens == expected.tokens);
      CHECK(results[0].reason == expected.reason);
    }
  });
}

TEMPLATE_TEST_CASE("every processor: a row of a batch is its single run", "", float, double) {
  for (const Named& each : processors()) {
    INFO(each.name);
    with_greedy_and_random(each.processor, [&](const auto& decoder) {
      std::vector sessions(1, decoder.start(kPrompts[0], kLimits));
      for (const std::size_t i : {1u, 2u, 0u}) {
        sessions.push_back(decoder.start(kPrompts[i], kLimits));
      }
      std::vector<lk::Workspace> workspaces(2);
      for (bool going = true; going;) {
        std::vector<TestType> rows;
        for (const auto& session : sessions) {
          const auto row = model<TestType>()(session.tokens());
          rows.insert(rows.end(), row.begin(), row.end());
        }
        const auto picks = lk::next(rows, sessions, workspaces);
        going = false;
        for (std::size_t r = 0; r < sessions.size(); ++r) {
          if (picks[r].status != lk::Status::ok) continue;
          sessions[r].accept(picks[r].token);
          going = true;
        }
      }
      for (std::size_t r = 0; r < sessions.size(); ++r) {
        const Tokens& prompt = kPrompts[r == 3 ? 0 : r];
        const auto generated = sessions[r].generated();
        CHECK(Tokens(generated.begin(), generated.end()) ==
              decoder.decode(model<TestType>(), prompt, kLimits).tokens);
      }
    });
  }
}

TEMPLATE_TEST_CASE("every processor: a candidate list of all tokens is the row", "", float,
                   double) {
  Tokens backwards(kVocabulary);
  std::iota(backwards.rbegin(), backwards.rend(), 0);
  for_each_case([&](const Any& processor, const Tokens& prompt) {
    if (processor.needs_whole_row()) return;
    with_greedy_and_random(processor, [&](const auto& decoder) {
      lk::Workspace workspace;
      auto session = decoder.start(prompt, kLimits);
      while (session.reason() == lk::StopReason::none) {
        const auto row = model<TestType>()(session.tokens());
        const lk::Token expected = session.next(row, workspace).token;
        const std::vector<TestType> logits(row.rbegin(), row.rend());
        const lk::CandidateList list{backwards, logits, kVocabulary};
        REQUIRE(session.next(list, workspace).token == expected);
        session.accept(expected);
      }
    });
  });
}

TEMPLATE_TEST_CASE("every processor: coupled speculation is random decoding", "", float, double) {
  const auto guess = [](const lk::Context& context, std::size_t n) {
    return Tokens(n, (context.tokens.back() + 5) % lk::Token(kVocabulary));
  };
  for_each_case([&](const Any& processor, const Tokens& prompt) {
    const lk::RandomDecoder random{processor, {.seed = 3}};
    const lk::SpeculativeDecoder coupled{processor, guess, {.seed = 3}, lk::Coupled{}};
    const auto expected = random.decode(model<TestType>(), prompt, kLimits);
    CHECK(coupled.decode(model<TestType>(), prompt, kLimits).tokens == expected.tokens);
  });
}

TEMPLATE_TEST_CASE("every processor: behind a draft it does what it does behind the same tokens",
                   "", float, double) {
  const auto guess = [](const lk::Context& context, std::size_t n) {
    Tokens tokens(n);
    for (std::size_t i = 0; i < n; ++i) {
      tokens[i] = static_cast<lk::Token>((context.tokens.size() + 3 * i) % kVocabulary);
    }
    return tokens;
  };
  const auto row = [](std::size_t, std::span<const lk::Token> tokens) {
    return lk::as_row(model<TestType>()(tokens));
  };
  for_each_case([&](const Any& processor, const Tokens& prompt) {
    std::vector<lk::Probabilities> seen;
    const lk::SpeculativeDecoder speculative{processor, guess, {.draft_tokens = 3}, Looks{&seen}};
    const lk::RandomDecoder random{processor, {.report = {.choice = true}}};
    const Tokens expected = speculative.decode(model<TestType>(), prompt, kWithoutEnd).tokens;
    auto session = speculative.start(prompt, kWithoutEnd);
    auto plain = random.start(prompt, kWithoutEnd);
    lk::Workspace workspace;
    const auto advance = [&](auto& any) {
      seen.clear();
      return any.step_lazily(row, any.propose(), workspace).status == lk::Status::ok &&
             any.reason() == lk::StopReason::none;
    };
    for (bool going = true; going;) {
      auto fork = session;
      while (advance(fork)) {
      }
      CHECK(Tokens(fork.generated().begin(), fork.generated().end()) == expected);
      going = advance(session);
      const Tokens committed(session.tokens().begin(), session.tokens().end());
      for (std::size_t i = 0; plain.tokens().size() < committed.size(); ++i) {
        const auto likely = i < seen.size() ? seen[i].tokens() : std::span<const lk::Token>();
        for (const lk::Token token : likely) {
          const auto pick = plain.pick_of(token, row(i, plain.tokens()), workspace);
          CHECK(pick.choice_log_probability ==
                Catch::Approx(lk::math::log(seen[i][token])).margin(1e-6).epsilon(1e-6));
        }
        take<TestType>(plain, committed[plain.tokens().size()]);
      }
    }
    CHECK(Tokens(session.generated().begin(), session.generated().end()) == expected);
  });
}

TEMPLATE_TEST_CASE("every processor: a pick allocates nothing", "", float, double) {
  for_each_case([](const Any& processor, const Tokens& prompt) {
    with_greedy_and_random(processor, [&](const auto& decoder) {
      lk::Workspace workspace;
      auto session = decoder.start(prompt, kLimits);
      lk::Pick pick = session.next(model<TestType>()(session.tokens()), workspace);
      while (session.accept(pick.token) == lk::StopReason::none) {
        const auto row = model<TestType>()(session.tokens());
        const std::size_t before = test::allocations;
        pick = session.next(row, workspace);
        CHECK(test::allocations == before);
        REQUIRE(pick.status == lk::Status::ok);
      }
    });
  });
}

TEST_CASE("every processor: double chooses what float does, where the logits are the same") {
  for_each_case([](const Any& processor, const Tokens& prompt) {
    const auto floats = everything<float>(processor, prompt);
    const auto doubles = everything<double>(processor, prompt);
    REQUIRE(floats.size() == doubles.size());
    for (std::size_t i = 0; i < floats.size(); ++i) {
      CHECK(floats[i].tokens == doubles[i].tokens);
      CHECK(floats[i].score == Catch::Approx(doubles[i].score).margin(1e-5));
    }
  });
}

TEMPLATE_TEST_CASE("every processor leaves a bad row bad, and an empty one empty", "", float,
                   double) {
  for (const Named& each : processors()) {
    INFO(each.name);
    Any processor = each.processor;
    processor.start(kPrompts[3]);
    processor.accept(5);
    reference::keeps_bad_rows<TestType>(processor, {kPrompts[3], kPrompts[3].size()});
  }
}
