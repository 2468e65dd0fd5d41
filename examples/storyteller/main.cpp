// SPDX-License-Identifier: MIT
// storyteller: a LLaMA 2 that tells stories, with logitkit choosing the words.
#include "checkpoint.hpp"
#include "embedded.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "tokenizer.hpp"
#include "tour.hpp"
#include "transformer.hpp"

#include <logitkit/logitkit.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lk = logitkit;
using namespace storyteller;

namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);  // the second time it ends at once
}

/// Every knob in one chain; one that is off is at the value that changes nothing.
auto make_chain(const Options& o, std::int64_t vocabulary) {
  const bool random = o.decoder == "random";
  const std::int64_t k = o.top_k.value_or(random ? 40 : 0);
  return lk::Chain{lk::RepetitionPenalty{o.repetition_penalty},
                   lk::Temperature{o.temperature.value_or(random ? 0.8 : 1.0)},
                   lk::TopK{k == 0 ? vocabulary : k},
                   lk::TopP{o.top_p.value_or(random ? 0.95 : 1.0)}, lk::MinP{o.min_p}};
}

lk::Generation decode(const Options& o, Transformer& model, const std::vector<Token>& prompt,
                      const lk::Limits& limits, auto& observer) {
  const auto chain = make_chain(o, model.shape().vocabulary);
  if (o.decoder == "greedy")
    return lk::GreedyDecoder{chain}.decode(model, prompt, limits, observer);
  if (o.decoder == "random")
    return lk::RandomDecoder{chain, {.seed = o.seed}}.decode(model, prompt, limits, observer);
  lk::BeamOptions options;
  options.beams = static_cast<std::size_t>(o.beams);
  options.length_penalty = o.length_penalty;
  return lk::BeamSearchDecoder{chain, options}.decode(model, prompt, limits, observer).front();
}

/// The prompt's tokens; they must leave room for one more.
std::vector<Token> read_prompt(const Options& o, const Transformer& model,
                               const Tokenizer& tokenizer) {
  const auto context = static_cast<std::size_t>(model.shape().context);
  const std::string rule =
      "--prompt must satisfy tokens < " + std::to_string(context) + " (the model's context), got ";
  // What cannot fit is not even encoded, which would take a while for a book.
  if (o.prompt.size() > context * tokenizer.longest())
    throw std::invalid_argument(rule + std::to_string(o.prompt.size()) + " bytes");
  const std::vector<Token> prompt = tokenizer.encode(o.prompt);
  if (prompt.size() >= context) throw std::invalid_argument(rule + std::to_string(prompt.size()));
  return prompt;
}

int tell(const Options& o, Transformer& model, const Tokenizer& tokenizer,
         const std::vector<Token>& prompt) {
  lk::Limits limits;
  limits.max_new_tokens = static_cast<std::size_t>(o.max_tokens);
  // The model is never asked to go beyond its context.
  limits.max_tokens = static_cast<std::size_t>(model.shape().context);
  limits.end_tokens = {Tokenizer::kBegin, Tokenizer::kEnd};
  limits.stop_when = [](const lk::Context&) { return interrupted != 0; };

  const bool terminal = on_terminal();
  const auto print = [&](std::string_view text) {
    std::cout << (terminal ? shown(text) : std::string(text)) << std::flush;
  };
  Token previous = prompt.back();
  auto observer = [&](Token token) {
    print(tokenizer.decode(std::exchange(previous, token), token));
  };

  std::signal(SIGINT, on_interrupt);
  const auto start = std::chrono::steady_clock::now();
  print(o.prompt);
  const lk::Generation story = decode(o, model, prompt, limits, observer);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << std::endl;

  if (story.error) std::rethrow_exception(story.error);
  std::cerr << "[" << story.tokens.size() << " tokens, "
            << static_cast<long>(static_cast<double>(story.tokens.size()) / seconds.count())
            << " tokens/s, ended by " << to_string(story.reason) << "]\n";
  if (story.reason == lk::StopReason::bad_row) {
    std::cerr << "storyteller: " << (o.model.empty() ? "the model" : o.model)
              << ": its scores cannot be used: " << to_string(story.status) << '\n';
    return kBadInput;
  }
  if (interrupted != 0) return kInterrupted;
  return std::cout ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  const auto parsed = parse(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const Options& options = std::get<Options>(parsed);

  Transformer model(options.model.empty() ? Checkpoint(embedded_checkpoint(), "stories.bin")
                                          : Checkpoint::load(options.model));
  const auto vocabulary = static_cast<std::size_t>(model.shape().vocabulary);
  const Tokenizer tokenizer = options.tokenizer.empty()
                                  ? Tokenizer(embedded_tokenizer(), "tokenizer.bin", vocabulary)
                                  : Tokenizer::load(options.tokenizer, vocabulary);
  const std::vector<Token> prompt = read_prompt(options, model, tokenizer);
  if (!options.tour) return tell(options, model, tokenizer, prompt);
  Tour(model, tokenizer, prompt).run();
  return 0;
} catch (const FileError& error) {
  std::cerr << "storyteller: " << error.what() << '\n';
  return kBadInput;
} catch (const std::invalid_argument& error) {
  std::cerr << "storyteller: " << error.what() << '\n';
  return kBadInput;
} catch (const std::exception& error) {
  std::cerr << "storyteller: " << error.what() << '\n';
  return 1;
}
