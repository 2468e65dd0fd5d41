// SPDX-License-Identifier: MIT
// Streaming: tokens as they come, stop sequences that are never shown, and three ways to interrupt.
#include <logitkit/logitkit.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lk = logitkit;
using Clock = std::chrono::steady_clock;

// A model with one thing to say. Its tokens are characters.
std::vector<float> recite(std::span<const lk::Token> tokens) {
  static const std::string text = "?Users use it.\nUser: and this is never heard.\n";
  std::vector<float> logits(128, 0.0f);
  logits[std::size_t(text[tokens.size() % text.size()])] = 9.0f;
  return logits;
}

std::vector<lk::Token> tokens_of(std::string_view text) { return {text.begin(), text.end()}; }

int main() {
  const lk::GreedyDecoder decoder;
  const auto prompt = tokens_of("?");
  const auto show = [](lk::Token token) { std::cout << char(token) << std::flush; };
  const auto report = [](const lk::Generation& generation) {
    std::cout << "[" << to_string(generation.reason) << " after " << generation.tokens.size()
              << ", " << generation.text().size() << " of them text]\n";
  };

  // A token is shown as soon as it is certain to stay: "User" waits for the character that tells
  // whether it is the stop sequence.
  lk::Limits limits{.max_new_tokens = 100, .stop_sequences = {tokens_of("User:")}};
  report(decoder.decode(recite, prompt, limits, show));

  // A deadline is one line. (This one has passed, so that the example always prints the same.)
  limits.stop_when = [end = Clock::now()](const lk::Context&) { return Clock::now() >= end; };
  report(decoder.decode(recite, prompt, limits, show));

  // So is a cancel button, which another thread may press. It is looked at after each token.
  std::atomic<bool> cancelled = false;
  limits.stop_when = [&](const lk::Context&) { return cancelled.load(); };
  const auto impatient = [&](lk::Token token) {
    show(token);
    cancelled = token == ' ';
  };
  report(decoder.decode(recite, prompt, limits, impatient));

  // And the observer itself may end the run by returning false.
  limits.stop_when = nullptr;
  const auto one_sentence = [&](lk::Token token) {
    show(token);
    return token != '.';
  };
  report(decoder.decode(recite, prompt, limits, one_sentence));
}
// > Users use it.
// > [stop_sequence after 19, 14 of them text]
// > U[predicate after 1, 1 of them text]
// > Users u[predicate after 7, 7 of them text]
// > Users use it.[observer after 13, 13 of them text]
