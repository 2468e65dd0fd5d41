// SPDX-License-Identifier: MIT
// The tour: one prompt under every decoder, and one choice under every knob, in half a second.
#pragma once

#include "bars.hpp"
#include "terminal.hpp"
#include "tokenizer.hpp"
#include "transformer.hpp"

#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <numeric>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace storyteller {

class Tour {
 public:
  Tour(Transformer& model, const Tokenizer& tokenizer, std::vector<Token> prompt)
      : model_(model), tokenizer_(tokenizer), prompt_(std::move(prompt)) {}

  void run() {
    namespace lk = logitkit;
    out_ << style_.bold("logitkit tells a story: one model, one prompt, every way of choosing.\n");
    const double greedy = tell_greedily();
    search(greedy);

    title("Pure random", "RandomDecoder{Chain{}, {.seed = 3}}");
    tell(lk::RandomDecoder{lk::Chain{}, {.seed = 3}});
    notice(
        "every token comes as often as the model says, the one-in-a-thousand ones too. There are "
        "so many of those that one soon comes, and the sense is gone.");

    title("Temperature, low", "RandomDecoder{Chain{Temperature{0.3f}}, {.seed = 3}}");
    tell(lk::RandomDecoder{lk::Chain{lk::Temperature{0.3f}}, {.seed = 3}});
    notice("0.3 sharpens the distribution: nearly greedy, fluent and tame.");

    title("Temperature, high", "RandomDecoder{Chain{Temperature{1.6f}}, {.seed = 3}}");
    tell(lk::RandomDecoder{lk::Chain{lk::Temperature{1.6f}}, {.seed = 3}});
    notice("1.6 flattens it: the outsiders win, and words fall apart.");

    title("Top-k", "RandomDecoder{Chain{TopK{10}}, {.seed = 3}}");
    tell(lk::RandomDecoder{lk::Chain{lk::TopK{10}}, {.seed = 3}});
    notice(
        "only the 10 best may come: no nonsense tokens, but 10 are also too many where only one "
        "makes sense.");

    title("Top-p", "RandomDecoder{Chain{TopP{0.8f}}, {.seed = 3}}");
    tell(lk::RandomDecoder{lk::Chain{lk::TopP{0.8f}}, {.seed = 3}});
    notice(
        "only the best that together reach 80 %: one token where the model is sure, dozens where "
        "it is not.");

    title("Combined",
          "RandomDecoder{Chain{Temperature{0.8f}, TopK{40}, TopP{0.95f}}, {.seed = 3}}");
    tell(lk::RandomDecoder{lk::Chain{lk::Temperature{0.8f}, lk::TopK{40}, lk::TopP{0.95f}},
                           {.seed = 3}});
    notice(
        "what most engines do: lively, and still a story. The chain runs in the order it is "
        "written.");
    draw_one_choice();
    out_ << "\nThat was the tour. Now tell your own:  storyteller --prompt \"The dragon was\" "
            "--seed 7\n"
         << std::flush;
  }

 private:
  using Limits = logitkit::Limits;

  [[nodiscard]] Limits limits(std::size_t new_tokens) const {
    Limits result;
    result.max_new_tokens = new_tokens;
    result.max_tokens = static_cast<std::size_t>(model_.shape().context);
    result.end_tokens = {Tokenizer::kBegin, Tokenizer::kEnd};
    return result;
  }

  void title(const std::string& name, const std::string& code) {
    const std::string number = std::to_string(++section_) + "  ";
    out_ << '\n' << style_.bold(padded(number + name, 26)) << style_.blue(code) << "\n\n";
  }

  void notice(const std::string& what) {
    out_ << '\n' << style_.faint(paragraph("Notice: " + what, "  > "));
  }

  /// Prints the prompt and what was made of it.
  void print(std::span<const Token> generated) {
    std::vector<Token> all = prompt_;
    all.insert(all.end(), generated.begin(), generated.end());
    out_ << paragraph(shown(tokenizer_.decode(all)));
  }

  void tell(const auto& decoder) { print(decoder.decode(model_, prompt_, limits(70)).tokens); }

  /// Returns the log-probability of the first kSearched tokens, for the search to be better than.
  double tell_greedily() {
    namespace lk = logitkit;
    title("Greedy", "GreedyDecoder{}");
    const lk::GreedyDecoder decoder{lk::Chain{}, {.report = {.model = true}}};
    const lk::Generation story = decoder.decode(model_, prompt_, limits(220));
    print(story.tokens);
    notice(
        "the best token every time. Each sentence is likely, and soon they are all the same "
        "sentence: what was said once is the likeliest thing to say again.");
    const auto& each = story.model_log_probabilities;
    const std::size_t count = std::min(each.size(), kSearched);
    return std::accumulate(each.begin(), each.begin() + static_cast<std::ptrdiff_t>(count), 0.0);
  }

  void search(double greedy) {
    namespace lk = logitkit;
    title("Beam search, k = 2", "BeamSearchDecoder{Chain{}, {.beams = 2}}");
    out_ << paragraph("Two texts at a time, and the log-probability of each as a whole:");
    watch_beams(2, 7);
    const double two = best_of_beams(2);
    notice(
        "a beam that is behind may overtake: what counts is the sum, not the next token. Both "
        "beams may continue the same parent, and then the other one's line dies out.");

    title("Beam search, k = 4", "BeamSearchDecoder{Chain{}, {.beams = 4}}");
    const double four = best_of_beams(4);
    notice("log-probability of the first " + std::to_string(kSearched) + " tokens: greedy " +
           fixed(greedy) + ", k = 2 " + fixed(two) + ", k = 4 " + fixed(four) +
           ". A wider search finds likelier text, which is not the same as a livelier one.");
  }

  /// Owns the loop, as an engine does, to show the live beams after each step.
  void watch_beams(std::size_t beams, int steps) {
    namespace lk = logitkit;
    lk::BeamOptions options;
    options.beams = beams;
    auto session = lk::BeamSearchDecoder{lk::Chain{}, options}.start(prompt_, limits(kSearched));
    lk::Workspace workspace;
    lk::BeamStep step = session.step(model_.prefill(prompt_), workspace);
    for (int i = 1; i <= steps && !session.done(); ++i) {
      out_ << "    " << style_.faint(std::to_string(i));
      for (std::size_t r = 0; r < session.live(); ++r) {
        const auto generated = session.context(r).generated();
        const std::string text = '"' + shown(tokenizer_.decode(generated, prompt_.back())) + '"';
        out_ << "  " << style_.green(padded_left(fixed(session.sum(r)), 7)) << "  "
             << (r + 1 < session.live() ? padded(text, 30) : text);
      }
      out_ << '\n';
      if (!step.identity) model_.reorder(step.parents);
      step = session.step(model_.step(step.tokens), workspace);
    }
    out_ << '\n';
  }

  /// Prints all beams as they end, best first; returns the log-probability of the best.
  double best_of_beams(std::size_t beams) {
    namespace lk = logitkit;
    lk::BeamOptions options;
    options.beams = beams;
    options.length_penalty = 0;  // the score is then the plain sum
    Limits stop = limits(kSearched);
    stop.end_tokens.clear();  // all of one length, to be compared
    const auto found = lk::BeamSearchDecoder{lk::Chain{}, options}.decode(model_, prompt_, stop);
    for (const lk::Generation& text : found) {
      out_ << "  " << style_.green(fixed(text.score)) << '\n';
      print(text.tokens);
    }
    return found.front().score;
  }

  /// The choice, among those of a greedy story, at which the model is least sure.
  void draw_one_choice() {
    namespace lk = logitkit;
    lk::Workspace workspace;
    auto session = lk::GreedyDecoder{}.start(prompt_, limits(40));
    std::vector<Token> text = prompt_;
    Eigen::VectorXf row = model_.prefill(prompt_);
    Eigen::VectorXf hardest = row;
    double most = -1;
    while (true) {
      const double entropy = lk::Candidates(row, workspace).entropy();
      if (entropy > most) {
        most = entropy;
        hardest = row;
        text.assign(session.tokens().begin(), session.tokens().end());
      }
      const lk::Pick pick = session.next(row, workspace);
      if (pick.status != lk::Status::ok) break;
      if (session.accept(pick.token) != lk::StopReason::none) break;
      row = model_.step({&pick.token, 1});
    }

    title("One choice closely", "Chain{Temperature{0.7f}, TopK{8}, TopP{0.8f}}");
    out_ << paragraph(shown(tokenizer_.decode(text)) + " ...") << '\n';
    Bars bars;
    lk::Candidates candidates(hardest, workspace);
    const lk::Context context{text, prompt_.size()};
    bars.look("softmax of logits", candidates);
    lk::Temperature{0.7f}(candidates, context);
    bars.look("Temperature{0.7f}", candidates);
    lk::TopK{8}(candidates, context);
    bars.look("TopK{8}", candidates);
    lk::TopP{0.8f}(candidates, context);
    bars.look("TopP{0.8f}", candidates);
    bars.draw(out_, tokenizer_, style_);
    notice(
        "each processor takes the candidates as the one before left them. Temperature moves "
        "probability to the top, top-k and top-p cut the tail, and what is left grows to 100 %.");
  }

  [[nodiscard]] static std::string fixed(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", number);
    return text;
  }

  static constexpr std::size_t kSearched = 40;  // tokens that the searches look at

  Transformer& model_;
  const Tokenizer& tokenizer_;
  std::vector<Token> prompt_;
  std::ostream& out_ = std::cout;
  Style style_{colours_wanted()};
  int section_ = 0;
};

}  // namespace storyteller
