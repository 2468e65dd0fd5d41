// SPDX-License-Identifier: MIT
// ModelDrafter: a smaller model over the same tokens proposes what it would say itself.
#pragma once

#include <logitkit/core/detail/assignable.hpp>
#include <logitkit/decode/draft.hpp>
#include <logitkit/process/chain.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Draws from a model of any kind, through a chain of its own, and says for each token what that
/// was really drawn from. The target's chain is the natural one; narrow it, or each draft costs
/// O(V). With Temperature{0} or TopK{1} in it the drafts are the best tokens, as for ExactMatch.
/// The model is held by reference and kept in step: what was rejected is rewound, and what it has
/// not seen is read at once. One without `score` and `rewind` reads all anew after a rejection. It
/// serves one session at a time; copies of a session that take turns need a model each. A bad row
/// ends the draft. A processor that learns from rows (RecallingProcessor) learns from drafts alone.
/// Allocation: none once it has seen the vocabulary and drafts of this length, but for the text.
template <Model M, class C = Chain<>>
class ModelDrafter {
  static_assert(Processor<C>,
                "logitkit: a drafter's second argument is a processor or an lk::Chain");

 public:
  explicit ModelDrafter(M& model, C chain = C())
      : model_(&model), chain_(std::move(chain)), ahead_(chain_) {
    static_assert(detail::explain_model<M>());
  }

  void start(std::span<const Token> prompt)
    requires StartingProcessor<C>
  {
    chain_->start(prompt);
  }

  void accept(Token token)
    requires AcceptingProcessor<C>
  {
    chain_->accept(token);
  }

  [[nodiscard]] Draft propose(const Context& context, std::size_t n, const auto& decider) {
    if (n == 0) return {};
    catch_up(context.tokens);
    if constexpr (StatefulProcessor<C>) ahead_.assign(chain_);
    drawn_from_.resize(std::max(drawn_from_.size(), n));
    std::size_t size = 0;
    while (size < n && draw(drawn_from_[size], context.prompt_size, decider)) ++size;
    return {std::span(text_).last(size), std::span(drawn_from_).first(size)};
  }

 private:
  /// text_ becomes `tokens`, of which the model has then read some, but not the last.
  void catch_up(std::span<const Token> tokens) {
    const auto differs = std::mismatch(text_.begin(), text_.end(), tokens.begin(), tokens.end());
    const auto common = static_cast<std::size_t>(differs.first - text_.begin());
    text_.resize(common);
    text_.insert(text_.end(), differs.second, tokens.end());
    const std::size_t kept = std::min({read_, common, text_.size() - 1});
    const std::size_t rejected = std::exchange(read_, kept) - kept;
    if (rejected == 0) return;
    if constexpr (RewindableModel<M>) {
      if (kept > 0) model_->rewind(rejected);
    } else {
      read_ = 0;
    }
  }

  /// Draws one more token; false where the row does not allow it.
  bool draw(Probabilities& drawn_from, std::size_t prompt_size, const auto& decider) {
    Token token = kNoToken;
    with_row([&](const auto& row) {
      if (row.size() == 0) return;
      Candidates candidates(row, scratch_.workspace);
      (*ahead_)(candidates, Context{text_, prompt_size});
      if (candidates.status() != Status::ok) return;
      drawn_from.assign(candidates);
      token = candidates.draw(decider(text_.size()));
    });
    if (token == kNoToken) return false;
    text_.push_back(token);
    if constexpr (AcceptingProcessor<C>) ahead_->accept(token);
    return true;
  }

  /// Calls f with the row after text_. Should the model throw, it begins anew the next time.
  void with_row(const auto& f) {
    const std::span<const Token> text(text_);
    if constexpr (!StatefulModel<M>) {
      auto&& row = (*model_)(text);
      f(as_row(row));
    } else {
      const std::size_t read = std::exchange(read_, 0);
      const auto last_of = [&](const auto& result, std::size_t count) {
        const auto rows = as_rows(result, count);
        if (rows.count > 0) f(rows[rows.count - 1]);
      };
      if (read == 0) {
        auto&& row = model_->prefill(text);
        last_of(row, 1);
      } else if constexpr (RewindableModel<M>) {
        auto&& rows = model_->score(text.subspan(read));
        last_of(rows, text.size() - read);
      } else {
        for (std::size_t i = read; i + 1 < text.size(); ++i) model_->step(text.subspan(i, 1));
        auto&& row = model_->step(text.last(1));
        last_of(row, 1);
      }
      read_ = text.size();
    }
  }

  /// A copy has its own, which is empty.
  struct Scratch {
    Workspace workspace{};
    Scratch() = default;
    Scratch(const Scratch&) {}
    Scratch& operator=(const Scratch&) { return *this; }
    ~Scratch() = default;
  };

  M* model_;
  detail::Assignable<C> chain_;  // knows what was committed
  detail::Assignable<C> ahead_;  // and what is drafted, too
  Scratch scratch_;
  std::vector<Token> text_;  // the context and the draft
  std::size_t read_ = 0;     // how many of them the model has read
  std::vector<Probabilities> drawn_from_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
