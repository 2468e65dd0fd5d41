// SPDX-License-Identifier: MIT
// Beam search the slow way: every extension of every beam, sorted; by Hugging Face's rules of
// today.
#pragma once

#include <logitkit/decode/beam_options.hpp>
#include <logitkit/stop/first_met.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace reference {

struct Hypothesis {
  std::vector<logitkit::Token> tokens;
  double score;
  logitkit::StopReason reason;
};

struct BeamSearch {
  std::vector<Hypothesis> finished;  // best first
  int steps = 0;
};

/// `log_probabilities(tokens)` is the row after these, banned tokens at -inf.
template <class F>
BeamSearch beam_search(const F& log_probabilities, const std::vector<logitkit::Token>& prompt,
                       const logitkit::Limits& limits, const logitkit::BeamOptions& options) {
  using logitkit::Token;
  struct Text {
    std::vector<Token> tokens;
    double sum;
    Token last;
    std::size_t parent;
  };
  std::set<Token> last(limits.end_tokens.begin(), limits.end_tokens.end());
  for (const auto& each : limits.stop_sequences) last.insert(each.back());
  const std::size_t beams = options.beams,
                    competitors = std::max<std::size_t>(2, 1 + last.size()) * beams;
  std::vector<Text> live{{prompt, 0, 0, 0}};
  BeamSearch result;
  auto& finished = result.finished;
  const auto add = [&](const Text& text, logitkit::StopReason reason) {
    std::vector<Token> tokens(text.tokens.begin() + std::ptrdiff_t(prompt.size()),
                              text.tokens.end());
    const double score = options.score(text.sum, tokens.size());
    finished.push_back({std::move(tokens), score, reason});
    std::stable_sort(finished.begin(), finished.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    if (finished.size() > beams) finished.pop_back();
  };
  while (!live.empty()) {
    ++result.steps;
    std::vector<Text> all;
    for (std::size_t r = 0; r < live.size(); ++r) {
      const auto row = log_probabilities(live[r].tokens);
      for (std::size_t v = 0; v < row.size(); ++v) {
        if (!(row[v] > -1e300)) continue;
        all.push_back({live[r].tokens, live[r].sum + row[v], Token(v), r});
        all.back().tokens.push_back(Token(v));
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const Text& a, const Text& b) {
      if (a.sum != b.sum) return a.sum > b.sum;
      return a.last != b.last ? a.last < b.last : a.parent < b.parent;
    });
    if (all.size() > competitors) all.resize(competitors);
    if (all.empty()) {
      if (finished.empty()) {
        for (const Text& each : live) add(each, logitkit::StopReason::bad_row);
      }
      return result;
    }
    live.clear();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto reason = logitkit::FirstMet{limits}({all[i].tokens, prompt.size()});
      if (reason == logitkit::StopReason::none) {
        if (live.size() < beams) live.push_back(all[i]);
      } else if (i < beams) {
        add(all[i], reason);
      }
    }
    if (live.empty() || finished.size() < beams) continue;
    if (beams == 1) return result;  // as greedy search
    const std::size_t length = live[0].tokens.size() - prompt.size();
    const double attainable =
        options.attainable(live[0].sum, length, limits.most_new_tokens(prompt.size()));
    if (!(attainable > finished.back().score)) return result;
  }
  return result;
}

}  // namespace reference
