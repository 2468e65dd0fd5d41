// SPDX-License-Identifier: MIT
// Options: what the command line says, checked before anything runs.
#pragma once

#include "tree_file.hpp"

#include <logitkit/logitkit.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace storyteller {

// Exit codes other than 0.
inline constexpr int kFailed = 1;         // the output cannot be written, or there is no memory
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

  std::int64_t beams = 4, n_best = 1;
  double length_penalty = 1;
  logitkit::EarlyStopping early_stopping = logitkit::EarlyStopping::heuristic;

  std::optional<std::string> draft;  // a file; "" is the model that is part of the program
  bool lookup = false, coupled = false;
  std::int64_t draft_tokens = 4;

  std::optional<std::string> tree, picture, model, tokenizer;
  std::string program = "storyteller";  // as one types it to run it again

  [[nodiscard]] bool speculates() const { return draft.has_value() || lookup; }

  [[nodiscard]] logitkit::BeamOptions beam_options() const {
    logitkit::BeamOptions options;
    options.beams = static_cast<std::size_t>(beams);
    options.length_penalty = length_penalty;
    options.early_stopping = early_stopping;
    options.n_best = static_cast<std::size_t>(n_best);
    return options;
  }

  /// The first thing that is wrong, as a sentence; empty if nothing is. The rules are the library's
  /// own, which is what `check()` is for: a server asks it before it builds anything.
  [[nodiscard]] std::string check() const {
    namespace lk = logitkit;
    if (decoder != "greedy" && decoder != "random" && decoder != "beam")
      return "--decoder must be greedy, random or beam, got \"" + decoder + '"';
    for (const auto& [name, file] : {std::pair("--tree", tree),
                                     {"--picture", picture},
                                     {"--model", model},
                                     {"--tokenizer", tokenizer}})
      if (file && file->empty()) return std::string(name) + " needs the name of a file, got \"\"";
    if (picture && !tour) return "--picture needs --tour";
    if (tree && decoder != "beam") return "--tree needs --decoder beam";
    if (tree && !TreeFile::knows(*tree))
      return "--tree needs the name of a .svg, .html or .dot file, got \"" + *tree + '"';

    if (draft && lookup) return "--draft and --lookup exclude each other";
    if (speculates() && decoder == "beam")
      return std::string(draft ? "--draft" : "--lookup") + " needs --decoder random or greedy";
    if (coupled && !speculates()) return "--coupled needs --draft or --lookup";

    for (const auto& [name, sentence] :
         {std::pair("--temperature", lk::Temperature<double>::check(temperature.value_or(1))),
          {"--top-p", lk::TopP<double>::check(top_p.value_or(1))},
          {"--min-p", lk::MinP<double>::check(min_p)},
          {"--repetition-penalty", lk::RepetitionPenalty<double>::check(repetition_penalty)}})
      if (!sentence.empty()) return name + sentence.substr(sentence.find(':'));

    const std::string sentence = beam_options().check();
    if (sentence.empty()) return {};
    const std::size_t colon = sentence.find(':');  // "BeamOptions: n_best must" is --n-best's
    std::string field = sentence.substr(colon + 2, sentence.find(' ', colon + 2) - colon - 2);
    std::replace(field.begin(), field.end(), '_', '-');
    return "--" + field + sentence.substr(colon);
  }
};

// How a value is read from its text; what is returned is what is wrong, or empty. CLI11 itself lets
// numbers saturate or wrap around.

inline auto as_text(auto& value) {
  return [&value](const std::string& text) -> std::string {
    value = text;
    return {};
  };
}

inline auto as_number(auto& value) {
  return [&value](const std::string& text) -> std::string {
    char* end = nullptr;
    value = std::strtod(text.c_str(), &end);
    const bool whole = !text.empty() && std::isspace(static_cast<unsigned char>(text[0])) == 0;
    return whole && *end == '\0' ? "" : " needs a number, got \"" + text + '"';
  };
}

/// `rule` says in words that the number is from `least` to `most`.
template <class Integer>
auto as_whole_number(auto& value, Integer least, Integer most, std::string rule) {
  return [&value, least, most, rule](const std::string& text) -> std::string {
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    if (text.size() == sign || text.find_first_not_of("0123456789", sign) != std::string::npos)
      return " needs a whole number, got \"" + text + '"';
    Integer number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || number < least || number > most)
      return " must satisfy " + rule + ", got " + text;
    value = number;
    return {};
  };
}

/// One of a library's named values, by its name there.
template <class Enum>
auto as_name(Enum& value, std::vector<Enum> all) {
  return [&value, all](const std::string& text) -> std::string {
    std::string names;
    for (const Enum each : all) {
      if (text == to_string(each)) {
        value = each;
        return {};
      }
      if (!names.empty()) names += each == all.back() ? " or " : ", ";
      names += to_string(each);
    }
    return " must be " + names + ", got \"" + text + '"';
  };
}

inline void add_options(CLI::App& app, Options& o) {
  namespace lk = logitkit;
  std::string group = "The story";
  const auto add = [&](const std::string& name, const char* kind, const auto& read,
                       const std::string& help) {
    const auto take = [name, read](const std::string& text) {
      if (const std::string wrong = read(text); !wrong.empty())
        throw std::invalid_argument(name + wrong);
    };
    return app.add_option_function<std::string>(name, take, help)->type_name(kind)->group(group);
  };
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

  add("--prompt", "TEXT", as_text(o.prompt),
      "How the story begins; with \"\" the model makes that up, too.\n"
      "Default: Once upon a time");
  add("--max-tokens", "N",
      as_whole_number<std::int64_t>(o.max_tokens, 1, kMost, "1 <= max-tokens < 2^63"),
      "Stop after this many tokens (about 2 letters each), or when\n"
      "the model ends the story or its memory is full.\n"
      "Default: 200");
  app.add_flag("--tour", o.tour,
               "Tell one story under every decoder and say what to notice;\n"
               "then draw what each processor does to one choice. Start\n"
               "here. Takes --prompt and the files below, nothing else.")
      ->group(group);

  group = "The choice";
  add("--decoder", "greedy|random|beam", as_text(o.decoder),
      "greedy: the best token, always; safe, soon repeats itself\n"
      "random: draws by probability; lively, different by --seed\n"
      "beam: keeps the --beams best texts so far side by side; more\n"
      "probable as a whole than greedy, and drier; text appears\n"
      "only once all beams agree on it\n"
      "Default: random");
  add("--temperature", "T", as_number(o.temperature),
      "Divides the scores. Below 1 the favourites win more often,\n"
      "above 1 the outsiders do; 0 is greedy.\n"
      "Default: 0.8 for random, else 1");
  add("--top-k", "K",
      as_whole_number<std::int64_t>(o.top_k, 0, kMost, "0 <= top-k < 2^63 (0 is off)"),
      "Keeps only the k best tokens: a fixed number, whether the\n"
      "model is sure or not. 0 is off.\n"
      "Default: 40 for random, else off");
  add("--top-p", "P", as_number(o.top_p),
      "Keeps only the best tokens that together reach probability\n"
      "p: few where the model is sure, many where it is not.\n"
      "1 is off. Default: 0.95 for random, else off");
  add("--min-p", "P", as_number(o.min_p),
      "Keeps only tokens at least this fraction as probable as the\n"
      "best: a floor that moves with the model's certainty.\n"
      "0 is off. Default: 0");
  add("--repetition-penalty", "R", as_number(o.repetition_penalty),
      "Above 1, tokens that have occurred become less likely: the\n"
      "way out of greedy's loops. 1.1 is mild. Default: 1 (off)");
  add("--seed", "N",
      as_whole_number<std::uint64_t>(o.seed, 0, std::numeric_limits<std::uint64_t>::max(),
                                     "0 <= seed < 2^64"),
      "(random only) Selects one of the possible stories; the same\n"
      "seed always gives the same story. Default: 0");

  group = "Beam search (--decoder beam)";
  add("--beams", "K", as_whole_number<std::int64_t>(o.beams, 1, 64, "1 <= beams <= 64"),
      "How many texts it keeps, 1 to 64. Default: 4");
  add("--length-penalty", "X", as_number(o.length_penalty),
      "The score of a text is its log-probability / length^X;\n"
      "X > 0 favours longer texts. Default: 1");
  using lk::EarlyStopping;
  add("--early-stopping", "RULE",
      as_name(o.early_stopping, {EarlyStopping::heuristic, EarlyStopping::when_full,
                                 EarlyStopping::never, EarlyStopping::canonical}),
      "When it stops, with as many texts ended as beams:\n"
      "heuristic: when no beam, at its length, scores better\n"
      "when_full: at once\n"
      "never: when no beam can become better\n"
      "canonical: when no beam can change the results\n"
      "Default: heuristic");
  add("--n-best", "N", as_whole_number<std::int64_t>(o.n_best, 1, 64, "1 <= n-best <= 64"),
      "How many of the texts to print, the best first; at most\n"
      "--beams. Default: 1");
  add("--tree", "FILE", as_text(o.tree),
      "Draws the search: its tokens, scores, dead ends and results.\n"
      "The end of the name says how: .svg, .html, or .dot for\n"
      "Graphviz. The text appears only when all is done");

  group = "Speculation (--decoder random or greedy)";
  const auto flag = [&](const std::string& name, bool& value, const std::string& help) {
    app.add_flag(name, value, help)->group(group);
  };
  add("--draft", "[FILE]", as_text(o.draft),
      "A smaller model guesses some tokens, and the model checks all\n"
      "of them at once: as good as without, and fewer rounds. How\n"
      "many guesses were right is told at the end. FILE has the same\n"
      "tokens; without it, our own is taken")
      ->expected(0, 1);
  flag("--lookup", o.lookup,
       "The guess is what came after the last two tokens before. Good\n"
       "where a text repeats itself, as greedy ones do");
  flag("--coupled", o.coupled,
       "(random only) Tells the very story that is told without\n"
       "guesses, instead of one that is as probable. A draft is then\n"
       "right a little less often");
  add("--draft-tokens", "N",
      as_whole_number<std::int64_t>(o.draft_tokens, 1, 64, "1 <= draft-tokens <= 64"),
      "How many tokens to guess at most. Default: 4");

  group = "Files";
  add("--model", "FILE", as_text(o.model),
      "A llama2.c checkpoint (legacy format). Default: our own,\n"
      "which is part of the program");
  add("--tokenizer", "FILE", as_text(o.tokenizer), "Its llama2.c tokenizer. Default: our own");
  add("--picture", "FILE", as_text(o.picture),
      "(--tour only) Draws the tour into this file, too (SVG)");
}

/// Options that the tour would ignore.
inline std::string check_tour(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    if (option->count() > 0 && name != "--tour" && name != "--prompt" &&
        option->get_group() != "Files")
      return "--tour does not take " + name;
  }
  return {};
}

inline void print_help(const CLI::App& app, const std::string& program) {
  std::cout << app.help() << "\n"
            << "The order is fixed: repetition penalty, temperature, top-k, top-p, min-p.\n"
            << "Text goes to standard output, all else to standard error. Ctrl-C ends the story\n"
            << "where it is. Exit codes: 0 done, 1 the output cannot be written or no memory is\n"
            << "left, 2 a bad option or file, 130 ended by Ctrl-C.\n\n"
            << "Try:  " << program << " --tour\n"
            << "      " << program << " --prompt \"The dragon was\" --seed 7\n"
            << "      " << program << " --decoder greedy --repetition-penalty 1.1\n"
            << "      " << program << " --draft --coupled --seed 7\n"
            << "      " << program << " --decoder beam --beams 8 --tree beams.svg\n";
}

/// The options, or the exit code if there is nothing (more) to do.
inline std::variant<Options, int> parse(int argc, char** argv) {
  Options o;
  if (argc > 0) o.program = argv[0];
  if (o.program.find(' ') != std::string::npos) o.program = '"' + o.program + '"';
  CLI::App app{
      "A small LLaMA 2 writes a story, token by token. At each step the model gives\n"
      "every token of its vocabulary a score (a logit). How the next token is chosen\n"
      "from these scores is what the options below decide.\n",
      "storyteller"};
  app.get_formatter()->column_width(26);
  app.set_help_flag("-h,--help", "Show this text and exit");
  add_options(app, o);

  std::string wrong;
  try {
    app.parse(argc, argv);
    if (o.tour) wrong = check_tour(app);
    if (wrong.empty()) wrong = o.check();
  } catch (const CLI::CallForHelp&) {
    print_help(app, o.program);
    return 0;
  } catch (const CLI::ParseError& error) {
    wrong = error.what();
  } catch (const std::invalid_argument& error) {
    wrong = error.what();
  }
  if (wrong.empty()) return o;
  std::cerr << "storyteller: " << wrong << " (see storyteller --help)\n";
  return kBadInput;
}

}  // namespace storyteller
