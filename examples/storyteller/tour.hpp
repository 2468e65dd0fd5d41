// SPDX-License-Identifier: MIT
// The tour: one prompt under every decoder, and one choice under every processor.
#pragma once

#include "bars.hpp"
#include "story.hpp"
#include "terminal.hpp"
#include "tokenizer.hpp"
#include "transformer.hpp"

#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace storyteller {

class Tour {
 public:
  /// Errors call the model by its name.
  Tour(Transformer& model, std::string name, const Tokenizer& tokenizer, std::vector<Token> prompt)
      : model_(model), name_(std::move(name)), tokenizer_(tokenizer), prompt_(std::move(prompt)) {}

  /// Tells it on standard output, and returns all of it as marked text.
  std::string run() {
    namespace lk = logitkit;
    out_ << bold("logitkit tells a story: one model, one prompt, every way of choosing.") << '\n';
    tell_greedily();
    tell_beams();
    tell_randomly(
        "Pure random", "Chain{}", lk::Chain{},
        "every token comes as often as the model says, the one-in-a-thousand ones too. There are "
        "so many of them that one soon appears, and the story derails.");
    tell_randomly("Temperature, low", "Chain{Temperature{0.3f}}", lk::Chain{lk::Temperature{0.3f}},
                  "0.3 sharpens the distribution: nearly greedy, fluent and tame.");
    tell_randomly("Temperature, high", "Chain{Temperature{1.6f}}", lk::Chain{lk::Temperature{1.6f}},
                  "1.6 flattens it: the outsiders win, and words fall apart.");
    tell_randomly("Top-k", "Chain{TopK{10}}", lk::Chain{lk::TopK{10}},
                  "only the 10 best may come: no nonsense tokens, but where only one word makes "
                  "sense, 10 are too many.");
    tell_randomly("Top-p", "Chain{TopP{0.8f}}", lk::Chain{lk::TopP{0.8f}},
                  "only the best that together reach 80 %: one token where the model is sure, "
                  "dozens where it is not.");
    tell_randomly("Combined", "Chain{Temperature{0.8f}, TopK{40}, TopP{0.95f}}",
                  lk::Chain{lk::Temperature{0.8f}, lk::TopK{40}, lk::TopP{0.95f}},
                  "what most engines do: lively, and still a story. The chain runs in the order it "
                  "is written.");
    draw_one_choice();
    return told_;
  }

 private:
  // --- The form of a section ---

  void title(const std::string& name, const std::string& code) {
    const std::string number = std::to_string(++section_) + "  ";
    out_ << '\n' << bold(padded(number + name, 26)) << blue(code) << "\n\n";
  }

  /// The end of a section, which is shown now: Ctrl-C takes away only what comes after.
  void notice(const std::string& what) {
    out_ << '\n' << faint(paragraph("Notice: " + what, "  > "));
    const std::string text = out_.str();
    out_.str("");
    std::cout << (colours_ ? text : plain(text)) << std::flush;
    told_ += text;
  }

  /// The prompt and what was made of it; "..." where the model might have gone on.
  void print(std::span<const Token> generated, bool ended) {
    out_ << paragraph(bold(shown(tokenizer_.decode(prompt_))) +
                      shown(tokenizer_.decode(generated, prompt_.back())) + (ended ? "" : " ..."));
  }

  void tell(const auto& decoder, std::size_t tokens) {
    const logitkit::Generation story =
        decoder.decode(model_, prompt_, story_limits(model_.shape(), tokens));
    require_usable(name_, story);
    print(story.tokens, story.reason == logitkit::StopReason::end_token);
  }

  // --- The sections ---

  void tell_greedily() {
    title("Greedy", "GreedyDecoder{}");
    tell(logitkit::GreedyDecoder{}, 220);
    notice(
        "the best token every time. Each sentence is likely, and soon they are all the same "
        "sentence: what was said once is the likeliest thing to say again.");
  }

  void tell_randomly(const std::string& name, const std::string& code, const auto& chain,
                     const std::string& what) {
    title(name, "RandomDecoder{" + code + ", {.seed = 10}}");
    tell(logitkit::RandomDecoder{chain, {.seed = 10}}, 70);
    notice(what);
  }

  void tell_beams() {
    const double one = search(1).front().score;  // which is greedy
    title("Beam search, k = 2", "BeamSearchDecoder{Chain{}, {.beams = 2, .length_penalty = 0}}");
    out_ << paragraph("Two texts at a time, " + std::to_string(searched()) +
                      " tokens each. The first steps, with the log-probability of each text as a "
                      "whole; \"from 2\" says that it continues what was text 2.")
         << '\n';
    const auto two = search(2, 16);
    print_all(two);
    notice(
        "what counts is the sum, not the next token. A text that is behind may overtake: the left "
        "one is then from 2. Where both continue the same one, the other's line has died out.");

    title("Beam search, k = 4", "BeamSearchDecoder{Chain{}, {.beams = 4, .length_penalty = 0}}");
    const auto four = search(4);
    print_all(four);
    const double best = four.front().score;
    notice("log-probability of the best text of " + std::to_string(searched()) +
           " tokens: greedy " + fixed(one) + ", k = 2 " + fixed(two.front().score) + ", k = 4 " +
           fixed(best) + '.' +
           (best > one ? " A wider search finds likelier text, but not livelier text." : ""));
  }

  /// How many tokens the searches look ahead.
  [[nodiscard]] std::size_t searched() const {
    return std::min<std::size_t>(40,
                                 static_cast<std::size_t>(model_.shape().context) - prompt_.size());
  }

  /// The best texts, best first, all of one length, to be compared. The loop is ours, as in an
  /// engine, to show the live beams after each of the first steps.
  std::vector<logitkit::Generation> search(std::size_t beams, std::size_t steps_shown = 0) {
    namespace lk = logitkit;
    lk::Limits limits = story_limits(model_.shape(), searched());
    limits.end_tokens.clear();
    auto session = lk::BeamSearchDecoder{lk::Chain{}, {.beams = beams, .length_penalty = 0}}.start(
        prompt_, limits);
    std::size_t i = 0;
    run_beams(session, model_, prompt_, [&](const lk::BeamStep& step) {
      if (++i <= steps_shown && !session.done()) show_beams(i, session, step.parents);
    });
    if (steps_shown > 0) out_ << '\n';
    std::vector<lk::Generation> found = session.results();
    require_usable(name_, found.front());
    return found;
  }

  void show_beams(std::size_t step, const auto& session, std::span<const std::size_t> parents) {
    out_ << "    " << faint(padded_left(std::to_string(step), 2));
    for (std::size_t r = 0; r < session.live(); ++r) {
      const bool own = step == 1 || parents[r] == r;
      const std::string from = own ? "" : "from " + std::to_string(parents[r] + 1);
      const std::string text =
          shown(tokenizer_.decode(session.context(r).generated(), prompt_.back()));
      out_ << "  " << blue(padded(from, 6)) << green(padded_left(fixed(session.sum(r)), 7))
           << padded("  \"" + tail(text, 28) + '"', r + 1 < session.live() ? 32 : 0);
    }
    out_ << '\n';
  }

  /// The words with which all texts begin, once, and then how each goes on, behind its score.
  void print_all(const std::vector<logitkit::Generation>& found) {
    std::vector<std::string> texts;
    for (const auto& each : found)
      texts.push_back(shown(tokenizer_.decode(each.tokens, prompt_.back())));
    std::string_view common = texts.front();
    for (const std::string& text : texts) {
      const auto end = std::mismatch(common.begin(), common.end(), text.begin(), text.end()).first;
      common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
    }
    common = common.substr(0, common.find_last_of(" \n") + 1);
    out_ << paragraph(bold(shown(tokenizer_.decode(prompt_))) + std::string(common) + " ...");
    for (std::size_t i = 0; i < found.size(); ++i) {
      std::string lines = paragraph("... " + texts[i].substr(common.size()) + " ...", kBehindScore);
      lines.replace(4, 7, green(padded_left(fixed(found[i].score), 7)));
      out_ << lines;
    }
  }

  /// The choice, among the first of the greedy story, at which the model is least sure.
  void draw_one_choice() {
    namespace lk = logitkit;
    lk::Workspace workspace;
    auto session = lk::GreedyDecoder{}.start(prompt_, story_limits(model_.shape(), 40));
    std::vector<Token> text = prompt_;
    Eigen::VectorXf row = model_.prefill(prompt_);
    Eigen::VectorXf hardest = row;
    double most = -1;
    while (true) {
      const lk::Pick pick = session.next(row, workspace);
      require_usable(name_, pick.status);
      const double entropy = lk::Candidates(row, workspace).entropy();
      if (entropy > most) {
        most = entropy;
        hardest = row;
        text.assign(session.tokens().begin(), session.tokens().end());
      }
      if (session.accept(pick.token) != lk::StopReason::none) break;
      row = model_.step(std::span(&pick.token, 1));
    }

    title("One choice, close up", "Chain{Temperature{0.7f}, TopK{8}, TopP{0.8f}}");
    out_ << paragraph(
                "A token is a piece of a word: \" r\" may become \" room\". This is the choice, of "
                "the first " +
                std::to_string(session.generated().size()) +
                " in the greedy story, at which the model was least sure:")
         << '\n';
    print(std::span(text).subspan(prompt_.size()), false);
    out_ << '\n';
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
    bars.draw(out_, tokenizer_);
    notice(
        "each processor takes the candidates as the one before left them. Temperature moves "
        "probability to the top, top-k and top-p cut the tail, and what is left grows to 100 %.");
  }

  static constexpr const char* kBehindScore = "             ";  // a margin of 4 + 7 + 2

  Transformer& model_;
  std::string name_;
  const Tokenizer& tokenizer_;
  std::vector<Token> prompt_;
  bool colours_ = colours_wanted();
  std::ostringstream out_;  // the section so far
  std::string told_;        // the sections before it
  int section_ = 0;
};

}  // namespace storyteller
