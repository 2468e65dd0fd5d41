// SPDX-License-Identifier: MIT
// Bars: what each processor of a chain does to one choice, side by side.
#pragma once

#include "story.hpp"
#include "terminal.hpp"
#include "tokenizer.hpp"

#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace storyteller {

/// Looks at candidates between one processor and the next, and draws what it saw: a column a stage,
/// a line a token, the model's favourites first. The candidates must be usable: see status().
class Bars {
 public:
  void look(std::string title, logitkit::Candidates<float>& candidates) {
    Stage stage{std::move(title), std::vector<double>(candidates.vocabulary()), candidates.size()};
    const double log_sum_exp = candidates.log_sum_exp();
    for (const auto& [token, score] : candidates)
      stage.probabilities[static_cast<std::size_t>(token)] =
          std::exp(static_cast<double>(score) - log_sum_exp);
    stages_.push_back(std::move(stage));
  }

  void draw(std::ostream& out, const Tokenizer& tokenizer, std::size_t lines = 12) const {
    const std::vector<std::size_t> tokens = favourites(lines);
    double largest = 0;
    for (const Stage& stage : stages_)
      for (const double p : stage.probabilities) largest = std::max(largest, p);

    const auto line = [&](std::string label, const auto& cell) {
      out << "  " << padded(std::move(label), kLabel - 2);
      for (std::size_t s = 0; s < stages_.size(); ++s) out << cell(s);
      out << '\n';
    };
    line("", [&](std::size_t s) { return bold(column(stages_[s].title, s)); });
    std::vector<double> others(stages_.size(), 1.0);
    std::vector<std::size_t> more(stages_.size());
    for (std::size_t s = 0; s < stages_.size(); ++s) more[s] = stages_[s].left;
    for (const std::size_t token : tokens) {
      line(named(tokenizer, static_cast<Token>(token)), [&](std::size_t s) {
        const double p = stages_[s].probabilities[token];
        if (p == 0) return red(column("cut", s));
        others[s] -= p;
        --more[s];
        return green(bar(p / largest)) + column(number(p), s, kBar);
      });
    }
    line("all others", [&](std::size_t s) {
      if (more[s] == 0) return red(column("cut", s));
      return bar(0) + column(number(std::max(0.0, others[s])), s, kBar);
    });
    line("tokens left",
         [&](std::size_t s) { return blue(column(std::to_string(stages_[s].left), s)); });
  }

 private:
  static constexpr std::size_t kLabel = 15, kBar = 12, kColumn = kBar + 10;

  struct Stage {
    std::string title;
    std::vector<double> probabilities;  // by token, 0 where it can no longer come
    std::size_t left;                   // how many can
  };

  [[nodiscard]] std::vector<std::size_t> favourites(std::size_t count) const {
    const std::vector<double>& p = stages_.front().probabilities;
    std::vector<std::size_t> tokens(p.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] = i;
    std::stable_sort(tokens.begin(), tokens.end(), [&](auto a, auto b) { return p[a] > p[b]; });
    tokens.resize(std::min(count, tokens.size()));
    return tokens;
  }

  /// Text of stage s, filled up with spaces but for the last stage; `taken` columns are full.
  [[nodiscard]] std::string column(std::string text, std::size_t s, std::size_t taken = 0) const {
    return s + 1 < stages_.size() ? padded(std::move(text), kColumn - taken) : text;
  }

  /// A bar of kBar columns for 1, in eighths of a column; none for what is no share.
  [[nodiscard]] static std::string bar(double share) {
    static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto eighths =
        share > 0 ? static_cast<std::size_t>(std::lround(std::min(share, 1.0) * 8 * kBar)) : 0;
    std::string text;
    for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
    return padded(text + kEighths[eighths % 8], kBar);
  }

  [[nodiscard]] static std::string number(double p) {
    char text[16];
    std::snprintf(text, sizeof text, " %5.1f%%", 100 * p);
    return text;
  }

  std::vector<Stage> stages_;
};

}  // namespace storyteller
