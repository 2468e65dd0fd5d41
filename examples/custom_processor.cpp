// SPDX-License-Identifier: MIT
// A processor of one's own: anything callable with candidates and context. Nothing to inherit.
#include <logitkit/logitkit.hpp>

#include <iostream>
#include <map>
#include <span>
#include <vector>

namespace lk = logitkit;

// Looks at the tokens so far: the same token never comes twice in a row.
struct NoStutter {
  void operator()(auto& candidates, const lk::Context& context) const {
    if (!context.tokens.empty()) candidates.ban(context.tokens.back());
  }
};

// Keeps state: `accept` hears of every token that is committed, so that none comes a third time.
// A copy has its own state; in beam search each beam has a copy.
struct AtMostTwice {
  std::map<lk::Token, int> times{};

  void accept(lk::Token token) { ++times[token]; }
  void operator()(auto& candidates, const lk::Context&) const {
    for (const auto& [token, n] : times) {
      if (n == 2) candidates.ban(token);
    }
  }
};

void print(const char* name, const lk::Generation& generation) {
  std::cout << name;
  for (const lk::Token token : generation.tokens) std::cout << ' ' << token;
  std::cout << '\n';
}

int main() {
  // Always the same scores: token 7 is the best of ten, then 6, then 5, ...
  const auto model = [](std::span<const lk::Token>) {
    return std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 0, 0};
  };
  const std::vector<lk::Token> prompt{7};
  const lk::Limits limits{.max_new_tokens = 8};

  // A lambda is a processor, too. `auto&`, because scores may be float or double.
  const auto odd_only = [](auto& candidates, const lk::Context&) {
    candidates.keep_if([](lk::Token token, auto) { return token % 2 == 1; });
  };

  print("no stutter:", lk::GreedyDecoder{NoStutter{}}.decode(model, prompt, limits));
  print("odd only:  ", lk::GreedyDecoder{odd_only}.decode(model, prompt, limits));

  // They go wherever the library's own go: any place in a chain, any decoder.
  const lk::Chain chain{lk::Temperature{2.0f}, NoStutter{}, AtMostTwice{}, odd_only};
  print("greedy:    ", lk::GreedyDecoder{chain}.decode(model, prompt, limits));
  print("random:    ", lk::RandomDecoder{chain, {.seed = 1}}.decode(model, prompt, limits));
  print("best beam: ", lk::BeamSearchDecoder{chain, {.beams = 2}}.decode(model, prompt, limits)[0]);
}
// > no stutter: 6 7 6 7 6 7 6 7
// > odd only:   7 7 7 7 7 7 7 7
// > greedy:     5 7 5 7 3 1 3 1
// > random:     5 7 1 7 3 5 3 9
// > best beam:  5 7 5 7 3 1 3 1
