// SPDX-License-Identifier: MIT
// storyteller: a LLaMA 2 that tells stories, with logitkit choosing the words.
#include "beam_tree.hpp"
#include "checkpoint.hpp"
#include "compiled_once.hpp"
#include "embedded.hpp"
#include "options.hpp"
#include "picture.hpp"
#include "story.hpp"
#include "terminal.hpp"
#include "tokenizer.hpp"
#include "tour.hpp"
#include "transformer.hpp"
#include "tree_file.hpp"

#include <logitkit/logitkit.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
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

/// Every option in one chain; one that is off is at the value that changes nothing.
auto make_chain(const Options& o, std::int64_t vocabulary) {
  const bool random = o.decoder == "random";
  const std::int64_t k = o.top_k.value_or(random ? 40 : 0);
  return lk::Chain{lk::RepetitionPenalty{o.repetition_penalty},
                   lk::Temperature{o.temperature.value_or(random ? 0.8 : 1.0)},
                   lk::TopK{k == 0 ? vocabulary : k},
                   lk::TopP{o.top_p.value_or(random ? 0.95 : 1.0)}, lk::MinP{o.min_p}};
}

/// The model that drafts for another, if one is wanted.
std::optional<Checkpoint> read_draft(const Options& o, const Shape& shape) {
  if (!o.draft) return {};
  Checkpoint draft =
      o.draft->empty() ? Checkpoint(embedded_draft(), "draft.bin") : Checkpoint::load(*o.draft);
  const auto require_equal = [&](const std::string& field, std::int64_t ours, std::int64_t its) {
    if (ours != its)
      throw FileError(draft.name(), field + " must be the model's, " + std::to_string(its) +
                                        ", got " + std::to_string(ours));
  };
  require_equal("vocabulary", draft.shape().vocabulary, shape.vocabulary);
  require_equal("context", draft.shape().context, shape.context);
  return draft;
}

/// One story, several tokens a round.
lk::SpeculativeGeneration speculate(const Options& o, Transformer& model,
                                    const std::optional<Checkpoint>& smaller,
                                    const std::vector<Token>& prompt, const lk::Limits& limits,
                                    auto& observer) {
  const lk::SpeculativeOptions options{.draft_tokens = static_cast<std::size_t>(o.draft_tokens),
                                       .seed = o.seed};
  const auto tell = [&](const auto& drafter) {
    const auto by = [&](auto rule) {
      const auto chain = make_chain(o, model.shape().vocabulary);
      return lk::SpeculativeDecoder{chain, drafter, options, rule}.decode(model, prompt, limits,
                                                                          observer);
    };
    if (o.decoder == "greedy") return by(lk::ExactMatch{});
    return o.coupled ? by(lk::Coupled{}) : by(lk::BlockRule{});
  };
  if (!smaller) return tell(lk::LookupDrafter{});
  Options its = o;
  if (o.decoder == "greedy") its.top_k = 1;  // the best token is the best guess
  Transformer draft(*smaller);
  return tell(lk::ModelDrafter{draft, make_chain(its, draft.shape().vocabulary)});
}

/// The story, or several, the best first; with what speculation has brought, if it was wanted.
struct Told {
  std::vector<lk::Generation> stories;
  lk::SpeculationStatistics speculation{};
};

Told decode(const Options& o, Transformer& model, const std::optional<Checkpoint>& smaller,
            const std::vector<Token>& prompt, const lk::Limits& limits, auto& observer,
            BeamTree& tree) {
  if (o.speculates()) {
    const auto story = speculate(o, model, smaller, prompt, limits, observer);
    return {{story}, story.speculation};
  }
  const auto chain = make_chain(o, model.shape().vocabulary);
  if (o.decoder == "greedy")
    return {{lk::GreedyDecoder{chain}.decode(model, prompt, limits, observer)}};
  if (o.decoder == "random")
    return {{lk::RandomDecoder{chain, {.seed = o.seed}}.decode(model, prompt, limits, observer)}};
  const lk::BeamSearchDecoder beams{chain, o.beam_options()};
  if (!o.tree) return {beams.decode(model, prompt, limits, observer)};

  auto session = beams.start(prompt, limits);
  run_beams(session, model, prompt, [&](const lk::BeamStep& step) { tree.record(session, step); });
  std::vector<lk::Generation> results = session.results();
  tree.finish(session.finished());
  for (const Token token : results[0].text()) observer(token);
  return {std::move(results)};
}

/// The prompt's tokens; they must leave room for one more.
std::vector<Token> read_prompt(const Options& o, const Transformer& model,
                               const Tokenizer& tokenizer) {
  const auto room = static_cast<std::size_t>(model.shape().context) - 1;
  const auto refuse = [&](std::size_t size, const std::string& unit) {
    throw std::invalid_argument("the prompt has " + std::to_string(size) + ' ' + unit +
                                "; this model has room for " + std::to_string(room) + " tokens");
  };
  // What cannot fit is not even encoded, which would take a while for a book.
  if (o.prompt.size() > room * tokenizer.longest()) refuse(o.prompt.size(), "bytes");
  std::vector<Token> prompt = tokenizer.encode(o.prompt);
  if (prompt.size() > room) refuse(prompt.size(), "tokens");
  return prompt;
}

/// Writes text as it comes; on a terminal only what is safe to show, the prompt in bold.
class Printer {
 public:
  void prompt(std::string_view text) {
    const std::string safe = terminal_ ? shown(text) : std::string(text);
    std::cout << (colours_wanted() ? bold(safe) : safe) << std::flush;
  }
  void operator()(std::string_view text) {
    pending_ += text;
    show(terminal_ ? pending_.size() - unfinished(pending_) : pending_.size());
  }
  void finish() {
    show(pending_.size());
    std::cout << std::endl;
  }

 private:
  void show(std::size_t bytes) {
    const std::string text = pending_.substr(0, bytes);
    std::cout << (terminal_ ? shown(text) : text) << std::flush;
    pending_.erase(0, bytes);
  }

  bool terminal_ = on_terminal();
  std::string pending_;  // on a terminal, the beginning of a character that is still to come
};

int tell(const Options& o, Transformer& model, const std::string& name, const Tokenizer& tokenizer,
         const std::vector<Token>& prompt) {
  lk::Limits limits = story_limits(model.shape(), static_cast<std::size_t>(o.max_tokens));
  limits.stop_when = [](const lk::Context&) { return interrupted != 0; };

  Printer print;
  Token previous = prompt.back();
  auto observer = [&](Token token) {
    print(tokenizer.decode(std::exchange(previous, token), token));
  };
  const auto finish = [&](const lk::Generation& story, const std::string& rate) {
    print.finish();
    require_usable(name, story);
    std::cerr << "[" << story.tokens.size() << " tokens" << rate << "; "
              << (o.decoder == "beam" ? "score " + fixed(story.score) + "; " : "")
              << ending(story.reason, model.shape()) << "]\n";
  };

  const std::optional<Checkpoint> smaller = read_draft(o, model.shape());
  std::signal(SIGINT, on_interrupt);
  const auto start = std::chrono::steady_clock::now();
  print.prompt(o.prompt);
  BeamTree tree;
  const auto [stories, speculation] = decode(o, model, smaller, prompt, limits, observer, tree);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const double rate = static_cast<double>(stories[0].tokens.size()) / seconds.count();
  finish(stories[0], ", " + std::to_string(static_cast<long>(rate)) + " tokens/s" +
                         (o.speculates() ? "; " + told(speculation) : ""));
  for (const lk::Generation& other : std::span(stories).subspan(1)) {
    std::cout << '\n';
    print.prompt(o.prompt);
    print(tokenizer.decode(other.text(), prompt.back()));
    finish(other, "");
  }
  if (o.tree) write_file(*o.tree, TreeFile(tree, tokenizer, prompt).text(*o.tree));
  return interrupted != 0 ? kInterrupted : 0;
}

int run(const Options& options) {
  const Checkpoint checkpoint = options.model ? Checkpoint::load(*options.model)
                                              : Checkpoint(embedded_checkpoint(), "stories.bin");
  Transformer model(checkpoint);
  const auto vocabulary = static_cast<std::size_t>(model.shape().vocabulary);
  const Tokenizer tokenizer = options.tokenizer
                                  ? Tokenizer::load(*options.tokenizer, vocabulary)
                                  : Tokenizer(embedded_tokenizer(), "tokenizer.bin", vocabulary);
  const std::vector<Token> prompt = read_prompt(options, model, tokenizer);
  if (!options.tour) return tell(options, model, checkpoint.name(), tokenizer, prompt);

  const std::string told = Tour(model, checkpoint.name(), tokenizer, prompt).run();
  if (options.picture) write_file(*options.picture, picture_of(told));
  std::cout << "\nThat was the tour. Now tell your own:\n"
            << options.program << " --prompt \"The dragon was\" --seed 7\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const auto parsed = parse(argc, argv);
  const int* done = std::get_if<int>(&parsed);
  const int code = done != nullptr ? *done : run(std::get<Options>(parsed));
  if (!std::cout.flush()) throw std::runtime_error("the output cannot be written");
  return code;
} catch (const FileError& error) {
  std::cerr << "storyteller: " << error.what() << '\n';
  return kBadInput;
} catch (const std::invalid_argument& error) {
  std::cerr << "storyteller: " << error.what() << '\n';
  return kBadInput;
} catch (const std::exception& error) {
  std::cerr << "storyteller: " << error.what() << '\n';
  return kFailed;
}
