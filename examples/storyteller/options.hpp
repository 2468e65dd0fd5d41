// SPDX-License-Identifier: MIT
// Options: what the command line says, checked before anything runs.
#pragma once

#include <logitkit/logitkit.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace storyteller {

// Exit codes other than 0.
inline constexpr int kBadInput = 2;       // a bad option or a bad file
inline constexpr int kInterrupted = 130;  // Ctrl-C: what shells say, too

struct Options {
  std::string prompt = "Once upon a time";
  std::string decoder = "random";
  std::int64_t max_tokens = 200;
  bool tour = false;

  // What is not given does nothing, but for the random decoder's three customary defaults.
  std::optional<double> temperature, top_p;
  std::optional<std::int64_t> top_k;
  double min_p = 0;
  double repetition_penalty = 1;
  std::uint64_t seed = 0;
  std::int64_t beams = 4;
  double length_penalty = 1;

  std::string model, tokenizer;

  /// The first thing that is wrong, as a sentence; empty if nothing is. The rules are the library's
  /// own, which is what `check()` is for: a server asks it before it builds anything.
  [[nodiscard]] std::string check() const {
    namespace lk = logitkit;
    if (decoder != "greedy" && decoder != "random" && decoder != "beam")
      return "--decoder must satisfy decoder = greedy, random or beam, got " + decoder;
    if (max_tokens < 1)
      return "--max-tokens must satisfy max-tokens >= 1, got " + std::to_string(max_tokens);
    if (beams < 1 || beams > 64)
      return "--beams must satisfy 1 <= beams <= 64, got " + std::to_string(beams);
    if (top_k.value_or(0) < 0)
      return "--top-k must satisfy top-k >= 0 (0: off), got " + std::to_string(*top_k);

    lk::BeamOptions beam_options;
    beam_options.length_penalty = length_penalty;
    for (const std::string& sentence :
         {lk::Temperature<double>::check(temperature.value_or(1)),
          lk::TopP<double>::check(top_p.value_or(1)), lk::MinP<double>::check(min_p),
          lk::RepetitionPenalty<double>::check(repetition_penalty), beam_options.check()})
      if (!sentence.empty()) return sentence;
    return {};
  }
};

/// The options, or the exit code if there is nothing (more) to do.
inline std::variant<Options, int> parse(int argc, char** argv) {
  Options o;
  CLI::App app{
      "storyteller: a small LLaMA 2 writes a story, token by token.\n"
      "At each step the model gives every token of its vocabulary a score (a logit). How the next\n"
      "token is chosen from these scores is what the options below decide.\n"};
  app.get_formatter()->column_width(26);
  app.set_help_flag("-h,--help", "Show this text and exit");

  app.add_option("--prompt", o.prompt, "How the story begins. Default: Once upon a time")
      ->group("The story");
  app.add_option("--max-tokens", o.max_tokens,
                 "Stop after this many tokens (about 3 letters each here), or\n"
                 "when the model ends the story or its memory is full.\n"
                 "Default: 200")
      ->group("The story");
  app.add_flag("--tour", o.tour,
               "Tell one story under every decoder and say what to notice;\n"
               "then draw what each knob does to one choice. Start here.\n"
               "Takes --prompt, --model and --tokenizer, and no other knob.")
      ->group("The story");

  app.add_option("--decoder", o.decoder,
                 "greedy  the best token, always: safe, soon repeats itself\n"
                 "random  draws by probability: lively, different by --seed\n"
                 "beam    keeps the --beams best texts so far side by side:\n"
                 "        more probable as a whole than greedy, and drier\n"
                 "Default: random")
      ->group("The choice");
  app.add_option("--temperature", o.temperature,
                 "Divides the scores. Below 1 the favourites win more often,\n"
                 "above 1 the outsiders do; 0 is greedy.\n"
                 "Default: 0.8 for random, else 1")
      ->group("The choice");
  app.add_option("--top-k", o.top_k,
                 "Only the k best tokens may come; 0 is off. A fixed number,\n"
                 "whether the model is sure or not.\n"
                 "Default: 40 for random, else off")
      ->group("The choice");
  app.add_option("--top-p", o.top_p,
                 "Only the best tokens that together reach probability p may\n"
                 "come: few where the model is sure, many where it is not.\n"
                 "1 is off. Default: 0.95 for random, else off")
      ->group("The choice");
  app.add_option("--min-p", o.min_p,
                 "Only tokens at least this fraction as probable as the best\n"
                 "may come: a floor that moves with the model's certainty.\n"
                 "0 is off. Default: 0")
      ->group("The choice");
  app.add_option("--repetition-penalty", o.repetition_penalty,
                 "Above 1, tokens that have occurred become less likely: the\n"
                 "way out of greedy's loops. 1.1 is mild. Default: 1 (off)")
      ->group("The choice");
  app.add_option("--seed", o.seed,
                 "Which of all stories random tells: the same seed tells the\n"
                 "same one again. Default: 0")
      ->group("The choice")
      ->check([](const std::string& text) {  // CLI11 2.1 would wrap it around
        return text.starts_with('-') ? "must satisfy 0 <= seed < 2^64, got " + text : "";
      });
  app.add_option("--beams", o.beams, "How many texts beam keeps, 1 to 64. Default: 4")
      ->group("The choice");
  app.add_option("--length-penalty", o.length_penalty,
                 "Beam compares texts by log-probability / length^this: above\n"
                 "0 favours longer ones. Default: 1")
      ->group("The choice");

  app.add_option("--model", o.model,
                 "A llama2.c checkpoint (legacy format). Default: our own,\n"
                 "which is part of the program")
      ->type_name("FILE")
      ->group("Files");
  app.add_option("--tokenizer", o.tokenizer, "Its llama2.c tokenizer. Default: our own")
      ->type_name("FILE")
      ->group("Files");
  app.footer(
      "The order is fixed: repetition penalty, temperature, top-k, top-p, min-p. Text goes to\n"
      "standard output, all else to standard error. Ctrl-C ends the story where it is.\n"
      "Exit codes: 0 done, 2 a bad option or file, 130 ended by Ctrl-C.\n"
      "\n"
      "Try:  storyteller --tour\n"
      "      storyteller --prompt \"The dragon was\" --seed 7\n"
      "      storyteller --decoder greedy --repetition-penalty 1.1\n"
      "      storyteller --decoder beam --beams 8 --max-tokens 60");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return 0;
  } catch (const CLI::ParseError& error) {
    std::cerr << "storyteller: " << error.what() << " (see storyteller --help)\n";
    return kBadInput;
  }
  if (const std::string sentence = o.check(); !sentence.empty()) {
    std::cerr << "storyteller: " << sentence << '\n';
    return kBadInput;
  }
  return o;
}

}  // namespace storyteller
