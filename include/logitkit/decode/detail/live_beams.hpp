// SPDX-License-Identifier: MIT
// LiveBeams: the prefixes that a beam search still extends, each with its own chain and tokens.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/detail/assignable.hpp>
#include <logitkit/core/detail/scope_exit.hpp>
#include <logitkit/core/limits.hpp>
#include <logitkit/decode/detail/beam_history.hpp>

namespace logitkit::inline LOGITKIT_ABI::detail {

template <class C, class State>
struct Beam {
  Assignable<C> chain;                // its own
  [[no_unique_address]] State state;  // what its policy notes with it
  std::vector<Token> tokens;          // the prompt first
  BeamHistory::Node node;             // of the last token
  double key;                         // what it has competed by
  double sum;                         // of the log-probabilities after the chain
};

/// Each beam lives in a slot. One of its children inherits the slot; for each further child a slot
/// becomes a copy, preferably that of a beam that has just died: its tokens then differ only where
/// the two have parted, and its chain has the memory already. So a step costs what the beams have
/// grown apart, not their length, and allocates nothing once there are enough slots.
template <class C, class State>
class LiveBeams {
 public:
  using Beam = detail::Beam<C, State>;

  LiveBeams(const C& chain, State state, std::span<const Token> prompt, const Limits& limits,
            const Report& report, std::size_t most)
      : history_(report), prompt_size_(prompt.size()), reserved_(reserved_tokens(limits, most)) {
    history_.reserve(most * reserved_);
    for (auto* list : {&rows_, &next_rows_, &heirs_, &spare_}) list->reserve(most);
    slots_.reserve(most);
    slots_.push_back({Assignable<C>(chain), std::move(state), {}, BeamHistory::kRoot, 0, 0});
    make_room(slots_[0], prompt.size());
    slots_[0].tokens.assign(prompt.begin(), prompt.end());
    if constexpr (StartingProcessor<C>) slots_[0].chain->start(prompt);
    rows_.push_back(0);
  }

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// The beam of row r.
  [[nodiscard]] Beam& operator[](std::size_t r) { return slots_[rows_[r]]; }
  [[nodiscard]] const Beam& operator[](std::size_t r) const { return slots_[rows_[r]]; }
  [[nodiscard]] Context context(std::size_t r) const { return {(*this)[r].tokens, prompt_size_}; }
  [[nodiscard]] BeamHistory& history() { return history_; }
  /// The largest sum; needs !empty().
  [[nodiscard]] double best_sum() const {
    double best = (*this)[0].sum;
    for (std::size_t r = 1; r < size(); ++r) best = std::max(best, (*this)[r].sum);
    return best;
  }

  /// What a stop rule says of a beam and one more token; it may throw.
  [[nodiscard]] StopReason with(const Extension& extension, const auto& rule) {
    std::vector<Token>& tokens = (*this)[extension.parent].tokens;
    tokens.push_back(extension.token);
    const ScopeExit taken_back([&] { tokens.pop_back(); });
    return rule(Context{tokens, prompt_size_});
  }

  /// What row r has generated, and what was reported with it.
  [[nodiscard]] Generation generation(std::size_t r) const { return generation(r, {}); }
  /// The same of an extension.
  [[nodiscard]] Generation generation(const Extension& extension) const {
    return generation(extension.parent, {&extension, 1});
  }

  /// Row r becomes extensions[r], and accept(state, token) is called for it. Where a chain's
  /// `accept` or copy throws, no beam is left.
  void advance(std::span<const Extension> extensions, const auto& accept) {
    ScopeExit otherwise([this] {
      clear();
      broken_ = true;
    });

    constexpr std::size_t kNobody = std::size_t(-1);
    heirs_.assign(size(), kNobody);
    for (std::size_t r = 0; r < extensions.size(); ++r) heirs_[extensions[r].parent] = r;
    for (std::size_t r = 0; r < size(); ++r) {
      if (heirs_[r] == kNobody) spare_.push_back(rows_[r]);
    }
    next_rows_.clear();
    for (std::size_t r = 0; r < extensions.size(); ++r) {
      const std::size_t slot = rows_[extensions[r].parent];
      next_rows_.push_back(heirs_[extensions[r].parent] == r ? slot : copy_of(slot));
    }
    rows_.swap(next_rows_);
    for (std::size_t r = 0; r < extensions.size(); ++r) {
      Beam& beam = (*this)[r];
      beam.tokens.push_back(extensions[r].token);
      beam.node = history_.add(beam.node, extensions[r]);
      beam.key = extensions[r].key;
      beam.sum = extensions[r].sum;
      accept(beam.state, extensions[r].token);
      if constexpr (AcceptingProcessor<C>) beam.chain->accept(extensions[r].token);
    }
    otherwise.release();
  }

  /// No beam is left, and no memory of them but the history.
  void clear() {
    rows_.clear();
    spare_.clear();
    slots_.clear();
    broken_ = false;
  }
  /// Whether there is none because something has been thrown in `advance`.
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  [[nodiscard]] Generation generation(std::size_t r, std::span<const Extension> last) const {
    const std::span<const Token> tokens = context(r).generated();
    Generation result;
    result.tokens.reserve(tokens.size() + last.size());
    result.tokens.assign(tokens.begin(), tokens.end());
    for (const Extension& each : last) result.tokens.push_back(each.token);
    history_.report((*this)[r].node, tokens.size(), last.empty() ? Extension{} : last[0], result);
    return result;
  }

  void make_room(Beam& beam, std::size_t size) const { beam.tokens.reserve(size + reserved_); }

  /// The slot of a copy of what is in slot `from`.
  [[nodiscard]] std::size_t copy_of(std::size_t from) {
    if (spare_.empty()) {
      slots_.push_back(slots_[from]);
      make_room(slots_.back(), slots_[from].tokens.size());
      return slots_.size() - 1;
    }
    const std::size_t slot = spare_.back();
    spare_.pop_back();
    Beam& child = slots_[slot];
    const Beam& parent = slots_[from];
    if constexpr (AcceptingProcessor<C>) {  // any other chain is the same in every beam
      child.chain.assign(parent.chain);
    }
    history_.redirect(child.tokens, child.node, parent.node, parent.tokens.size());
    child.state = parent.state;
    child.node = parent.node;
    return slot;
  }

  BeamHistory history_;
  std::size_t prompt_size_;
  std::size_t reserved_;  // tokens, for each slot
  std::vector<Beam> slots_;
  std::vector<std::size_t> rows_;       // the slot of each live beam, best first
  std::vector<std::size_t> next_rows_;  // those of the next step
  std::vector<std::size_t> heirs_;      // the child that inherits a beam's slot
  std::vector<std::size_t> spare_;      // slots without a beam, the latest last
  bool broken_ = false;                 // in `advance`
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
