// SPDX-License-Identifier: MIT
// Each processor alone: reading the row, and the processor; one that only edits is followed by
// `best()`, since edits cost nothing until someone looks.
#include <logitkit/logitkit.hpp>
#include <support/measure.hpp>
#include <support/slow.hpp>

namespace lk = logitkit;
using bench::Logits, bench::Maker, bench::Method, bench::Scores;

namespace {

const std::vector<lk::Token> kPrompt{1, 2, 3};
const lk::Context kContext{kPrompt, kPrompt.size()};

/// Whether candidates have the scores of a slow row.
template <class S>
bool same(lk::Candidates<S>& candidates, const Scores& slow) {
  for (std::size_t i = 0; i < slow.size(); ++i) {
    const double score = candidates.score(lk::Token(i)), expected = double(slow[i]);
    const bool close = std::abs(score - expected) <= 1e-5 * (1 + std::abs(expected));
    if (score != expected && !close) return false;
  }
  return true;
}

/// What `process(candidates)` costs, with a look at the result; `slow` does the same to a slow row.
template <class F, class Look, class S>
Method processing(F process, Look look, S slow) {
  const auto workspace = std::make_shared<lk::Workspace>();
  return {[=](const Logits& row) {
            lk::Candidates candidates(row.floats, *workspace);
            process(candidates);
            benchmark::DoNotOptimize(look(candidates));
          },
          [=](const Logits& row) {
            lk::Candidates candidates(row.floats, *workspace);
            process(candidates);
            return same(candidates, slow(bench::scores_of(row)));
          }};
}

/// A processor that narrows.
template <class P, class S>
Maker narrowing(P processor, S slow) {
  return [=](std::size_t) {
    return processing([=](auto& candidates) { processor(candidates, kContext); },
                      [](auto& candidates) { return candidates.size(); }, slow);
  };
}

/// A processor that edits.
template <class P, class S>
Maker editing(P processor, S slow) {
  return [=](std::size_t) {
    return processing([=](auto& candidates) { processor(candidates, kContext); },
                      [](auto& candidates) { return candidates.best(); }, slow);
  };
}

/// One that edits 64 tokens: `make(tokens)` gives the processor, `slow(row, tokens)` what it does.
template <class F, class S>
Maker editing_tokens(F make, S slow) {
  return [=](std::size_t vocabulary) {
    const auto tokens = bench::some_tokens(vocabulary);
    return editing(make(tokens), [=](const Scores& row) { return slow(row, tokens); })(vocabulary);
  };
}

/// A penalty on 64 tokens, each of which has come twice; `twin(row, parameter, text)` is slow.
template <class P, class S>
Maker penalising(P penalty, float parameter, S twin) {
  return [=](std::size_t vocabulary) {
    std::vector<lk::Token> text;
    for (const lk::Token token : bench::some_tokens(vocabulary)) {
      text.insert(text.end(), {token, token});
    }
    P told = penalty;
    for (const lk::Token token : text) told.accept(token);
    return editing(told, [=](const Scores& row) { return twin(row, parameter, text); })(vocabulary);
  };
}

Method penalties(std::size_t vocabulary) {
  lk::Chain chain{lk::RepetitionPenalty{1.3f}, lk::FrequencyPenalty{0.7f},
                  lk::PresencePenalty{0.7f}};
  for (const lk::Token token : bench::some_tokens(vocabulary)) chain.accept(token);
  return editing(chain, bench::slow_penalties)(vocabulary);
}

/// The second version's truncation, by 10 bits, and a draw.
Method mirostat(std::size_t) {
  return processing(
      [mirostat = lk::Mirostat{}](auto& candidates) { mirostat(candidates, kContext); },
      [](auto& candidates) { return candidates.draw(0.6); },
      [](const Scores& row) { return reference::mirostat_2(row, 10); });
}

Method allow_mask(std::size_t vocabulary) {
  const auto words = bench::some_mask(vocabulary);
  return processing([=](auto& candidates) { candidates.mask(words); },
                    [](auto& candidates) { return candidates.best(); }, bench::slow_mask);
}

Method entropy(std::size_t) {
  const auto workspace = std::make_shared<lk::Workspace>();
  return bench::method(
      [=](const Logits& row) { return lk::Candidates(row.floats, *workspace).entropy(); },
      [](const Logits& row, double found) {
        const auto expected = double(reference::entropy(bench::scores_of(row)));
        return std::abs(found - expected) <= 1e-5 * (1 + found);
      });
}

void add_edits() {
  const bench::Where where{{bench::Distribution::llm}, {128256}};
  const auto add = [&](const char* name, const Maker& make) { bench::add({name, make}, where); };
  add("temperature", editing(lk::Temperature{0.8f}, bench::slow_draw));
  add("repetition_penalty",
      penalising(lk::RepetitionPenalty{1.3f}, 1.3f, reference::repetition_penalty));
  add("frequency_penalty",
      penalising(lk::FrequencyPenalty{0.7f}, 0.7f, reference::frequency_penalty));
  add("presence_penalty", penalising(lk::PresencePenalty{0.7f}, 0.7f, reference::presence_penalty));
  add("logit_bias", editing_tokens(
                        [](const auto& tokens) {
                          std::vector<std::pair<lk::Token, float>> biases;
                          for (const lk::Token token : tokens) biases.emplace_back(token, 1.5f);
                          return lk::LogitBias{biases};
                        },
                        [](Scores row, const auto& tokens) {
                          for (const lk::Token token : tokens) row[std::size_t(token)] += 1.5;
                          return row;
                        }));
  add("ban", editing_tokens([](const auto& tokens) { return lk::Ban{tokens}; }, reference::ban));
  add("min_new_tokens",
      editing_tokens([](const auto& tokens) { return lk::MinNewTokens{10, tokens}; },
                     reference::ban));
  add("allow_only", [](std::size_t vocabulary) {
    const auto tokens = bench::some_tokens(vocabulary);
    return narrowing(lk::AllowOnly{tokens}, [=](const Scores& row) {
      return reference::allow_only(row, tokens);
    })(vocabulary);
  });
}

const bench::Part kPart("process", [] {
  using enum bench::Distribution;
  const auto top_k = [](std::size_t k) {
    return narrowing(lk::TopK{k}, [=](const Scores& row) { return reference::top_k(row, k); });
  };
  // Alone it may take what the chain that begins with it may; a thousand times the k, three times.
  const bench::Operation top_k_40{"top_k_40", top_k(40), {1.5, 1.25}};
  bench::add({"top_k_1", top_k(1), {1.5, 1.25}}, {{llm, gauss}, {128256}});
  bench::add(top_k_40, {{llm, gauss}});
  bench::add_shapes_and_lengths(top_k_40);
  bench::add({"top_k_1000", top_k(1000), {3 * 1.5, 3 * 1.25}}, {{llm, gauss}, {128256}});

  const bench::Operation top_p{"top_p", narrowing(lk::TopP{0.95f}, bench::slow_top_p), {30, 12}};
  bench::add({top_p.name, top_p.make, {8, 3}}, {{llm}});  // a nucleus of a few tokens
  bench::add(top_p, {{gauss, flat, peaked}});             // and of a large part of the vocabulary
  bench::add_shapes_and_lengths(top_p);

  bench::add({"min_p", narrowing(lk::MinP{0.05f}, bench::slow_min_p), {1.5, 1.25}}, {{llm, gauss}});
  bench::add({"typical",
              narrowing(lk::Typical{0.95f},
                        [](const Scores& row) { return reference::typical(row, 0.95f); }),
              {40, 15}},
             {{llm, gauss, flat}});
  bench::add({"mirostat_draw", mirostat, {12, 5}}, {{llm, gauss}});
  bench::add(
      {"xtc",
       editing(lk::Xtc{1.0f, 0.07f}, [](const Scores& row) { return reference::xtc(row, 0.07f); }),
       {12, 5}},
      {{llm, gauss}, {128256}});
  const auto top_n_sigma = narrowing(lk::TopNSigma{1.0f}, [](const Scores& row) {
    return reference::reaching(row, reference::top_n_sigma(row, 1));
  });
  bench::add({"top_n_sigma", top_n_sigma, {1.6, 1.3}}, {{llm, gauss, flat, peaked}});
  const auto epsilon = [](const Scores& row) {
    return reference::reaching(row, reference::epsilon(row, 3e-4f));
  };
  const auto eta = [](const Scores& row) {
    return reference::reaching(row, reference::eta(row, 3e-4f));
  };
  bench::add({"epsilon", narrowing(lk::Epsilon{3e-4f}, epsilon)}, {{llm, gauss}, {128256}});
  bench::add({"eta", narrowing(lk::Eta{3e-4f}, eta)}, {{llm, gauss}, {128256}});
  bench::add({"entropy", entropy}, {{llm, gauss}});
  bench::add({"softmax", editing(lk::Softmax{}, reference::log_softmax)}, {{llm, gauss}});
  bench::add({"penalties", penalties, {1.2 + 0.1, 1.1 + 0.1}}, {{llm, gauss}});
  bench::add({"allow_mask", allow_mask, {1.2 + 0.3, 1.1 + 0.3}}, {{llm, gauss}});
  add_edits();
});

}  // namespace
