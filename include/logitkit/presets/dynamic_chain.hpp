// SPDX-License-Identifier: MIT
// DynamicChain: processors in order, chosen at run time; itself a processor.
#pragma once

#include <logitkit/presets/detail/any_processor.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// At run time what `Chain` is at compile time: nothing reordered, nothing added, the same tokens.
/// One type whatever is in it, so that sessions of requests with different chains share a batch.
///
///   DynamicChain chain;
///   chain.add(TopK{40});
///   if (wanted) chain.add(TopP{0.95f});
///   chain.add(NoStutter{}, "no_stutter");  // one's own; the name is for logs
///
/// A value: copying it forks the state of all its members. Cost: the sum of its members' and one
/// indirect call each; no allocation but in `add` and in a copy, and none where a copy is assigned
/// to a chain of the same members. For one from names and values see Request.
class DynamicChain {
 public:
  /// Appends a processor, or the members of another chain. `name` is what logs show where it does
  /// not `describe` itself.
  template <Processor P>
  DynamicChain& add(P processor, std::string name = "processor") {
    static_assert(detail::explain_state<P>());
    if constexpr (std::same_as<P, DynamicChain>) {
      members_.insert(members_.end(), processor.members_.begin(), processor.members_.end());
    } else {
      members_.push_back({detail::AnyProcessor(std::move(processor)), std::move(name)});
    }
    return *this;
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    for (const Member& member : members_) member.processor(candidates, context);
  }
  void start(std::span<const Token> prompt) {
    for (Member& member : members_) member.processor.start(prompt);
  }
  void accept(Token token) {
    for (Member& member : members_) member.processor.accept(token);
  }

  /// After a replay, lets the members that learn from rows look back: see RecallingProcessor.
  void recall(const DynamicChain& before) {
    for (std::size_t i = 0; i < std::min(size(), before.size()); ++i) {
      members_[i].processor.recall(before.members_[i].processor);
    }
  }

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  /// Whether a member wants to be told the prompt or the tokens.
  [[nodiscard]] bool keeps_state() const {
    return std::any_of(members_.begin(), members_.end(),
                       [](const Member& member) { return member.processor.keeps_state(); });
  }
  /// Whether a member needs the whole row: candidate lists then get the status of this name.
  [[nodiscard]] bool needs_whole_row() const {
    return std::any_of(members_.begin(), members_.end(),
                       [](const Member& member) { return member.processor.needs_whole_row(); });
  }
  /// Names and parameters of the members, in order.
  [[nodiscard]] std::vector<Description> description() const {
    std::vector<Description> all;
    for (const Member& member : members_) {
      all.push_back(member.processor.description());
      if (all.back().name.empty()) all.back().name = member.name;
    }
    return all;
  }
  /// One line for logs: "temperature(0.8) > top_k(40) > top_p(0.95)"; of an empty chain "".
  [[nodiscard]] friend std::string to_string(const DynamicChain& chain) {
    std::string text;
    for (const Description& each : chain.description()) {
      text += (text.empty() ? "" : " > ") + to_string(each);
    }
    return text;
  }

 private:
  struct Member {
    detail::AnyProcessor processor;
    std::string name;
  };
  std::vector<Member> members_;
};

static_assert(StatefulProcessor<DynamicChain> && RecallingProcessor<DynamicChain>);

}  // namespace logitkit::inline LOGITKIT_ABI
