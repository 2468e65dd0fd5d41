// SPDX-License-Identifier: MIT
// A server: a request's parameters become a chain, or a list of complaints.
#include <logitkit/logitkit.hpp>

#include <cmath>
#include <cstddef>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lk = logitkit;

// Stands for the engine.
std::vector<float> model(std::span<const lk::Token> tokens) {
  std::vector<float> row(50);
  const auto last = float(tokens.back()), length = float(tokens.size());
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = 3 * std::sin(last + length * float(i));
  return row;
}

// Stands for the handler; `parameters` is what a JSON reader has made of the body.
void answer(const lk::Parameters& parameters) {
  if (const auto complaints = lk::Request::complaints(parameters); !complaints.empty()) {
    std::cout << "400\n";
    for (const std::string& complaint : complaints) std::cout << "  " << complaint << '\n';
    return;
  }
  const lk::Request request(parameters);
  // One's own processors go in as any other: before the request's, so that these see what it left.
  lk::DynamicChain chain;
  chain.add([](auto& candidates, const lk::Context&) { candidates.ban(0); }, "no_zero");
  chain.add(request.chain);
  std::cout << "200  " << to_string(chain) << "\n ";
  const lk::RandomDecoder decoder{chain, request.random};
  const std::vector<lk::Token> prompt{1, 2, 3};
  for (const lk::Token token : decoder.decode(model, prompt, request.limits).tokens) {
    std::cout << ' ' << token;
  }
  std::cout << '\n';
}

int main() {
  answer({{"temperature", 0.8}, {"top_k", 40}, {"top_p", 0.95}, {"seed", 7}, {"max_tokens", 8}});
  // Names of other engines will do; a list of (token, bias); the order is not that of the request.
  answer({{"logit_bias", std::vector<std::pair<lk::Token, double>>{{7, -100}, {9, 2.5}}},
          {"temp", 0},
          {"repeat_penalty", 1.2},
          {"num_predict", 8}});
  answer({{"temprature", 0.7}, {"top_p", 1.5}, {"top_k", 0.5}, {"min_p", 0.05}});

  // The engines' own orders and defaults.
  const auto chain = lk::presets::vllm({.temperature = 0.7, .min_p = 0.1, .top_k = 20});
  std::cout << "vllm: " << to_string(chain) << '\n';
}
// > 200  no_zero > temperature(0.8) > top_k(40) > top_p(0.95)
// >   10 48 16 26 20 48 4 45
// > 200  no_zero > logit_bias([7: -100, 9: 2.5]) > repetition_penalty(1.2) > temperature(0)
// >   10 9 45 20 9 14 9 47
// > 400
// >   top_k must be a whole number, got 0.5
// >   top_p: p must satisfy 0 < p <= 1, got 1.5
// >   unknown parameter 'temprature'
// > vllm: temperature(0.7) > min_p(0.1) > top_k(k=20, keep_ties=true)
